"""The parts of a report that are the same for every cohort: limits, glossary, references."""

from __future__ import annotations

from typing import Final

__all__ = ["GLOSSARY", "HELD_EQUAL", "LIMITS", "PUBLISHED_GLOSSARY", "REFERENCES"]

LIMITS: Final = (
    (
        "Association, not discrimination. A gap says that a group passed less often than the reference. It "
        "does not say "
        "why: experience, qualifications, region, timing and the decision itself all lie behind a pass "
        "rate, and most of "
        "them are not in the data."
    ),
    (
        "An impact ratio is about the people who entered the gate. Who applied at all, and who was put off "
        "from applying, "
        "is not seen here."
    ),
    (
        "A gate that shows no gap among those who got there may still follow one that took away the people "
        "it would have "
        "shown in."
    ),
    "Silence is not equality. Where there are too few people to tell, a gap of any size could be there.",
    (
        "Many comparisons are made at once. The adjustment keeps false cliff edges rare over all of them; "
        "picking single "
        "numbers out of the tables by their size undoes that."
    ),
    (
        "Groups are those people chose from a list. People who stated nothing are shown apart, and are in "
        "no comparison."
    ),
    (
        "A person with several characteristics is counted under each. What it means to belong to several "
        "groups at once is not shown."
    ),
)

HELD_EQUAL: Final = (
    "The regression holds the other characteristics equal as far as they are in the data; what else differs "
    "between groups, such as experience, it cannot hold equal."
)

GLOSSARY: Final = (
    ("Gate", "A decision between two stages, such as screening. It has an owner, who decides."),
    (
        "Entered, passed",
        "Those who reached the stage before a gate, and those of them who reached the stage behind it.",
    ),
    (
        "Conditional pass rate",
        "Passed divided by entered, at one gate; those whose case is pending are left out.",
    ),
    ("Cumulative selection rate", "Those who got past a gate divided by all who applied."),
    ("Reference", "The group that others are compared with; it is declared before the data are read."),
    ("Impact ratio", "A group's pass rate divided by the reference's. Below 1 the group passes less often."),
    (
        "Four-fifths rule",
        "A convention that calls an impact ratio below 0.8 material. Alone it is noise in small groups.",
    ),
    ("Material", "An impact ratio below 0.8."),
    ("Evident", "Unlikely to be chance: an adjusted p-value of at most 0.05."),
    ("Cliff edge", "A gap at one gate that is both material and evident."),
    ("Small gap, small advantage", "Evident, but between 0.8 and 1, or between 1 and 1.25."),
    (
        "No evidence",
        "Not evident, though a true ratio of 0.8 would have shown in at least 80% of cohorts like this.",
    ),
    (
        "Too few to tell",
        "Not evident, and a true ratio of 0.8 would have been missed more than one time in five.",
    ),
    (
        "Adjusted p",
        (
            "A p-value corrected for the number of comparisons made at once: for cliff edges by Benjamini "
            "and Hochberg, so that few flags are false; in the other tables by Holm, so that none is likely "
            "to be."
        ),
    ),
    ("Interval", "The range of values the data are compatible with, at the level stated, usually 95%."),
    ("Not stated", "No answer, “prefer not to say”, or an answer that no code list knows to be a group."),
    ("Power", "The chance that a test shows a gap of a given size, if it is there."),
    (
        "Adjusted ratio",
        (
            "An impact ratio with the other characteristics held equal: everyone who entered the gate is "
            "given each "
            "group in turn, and the fitted rates are averaged."
        ),
    ),
)

_OTHERWISE: Final = {
    "Conditional pass rate": "Passed divided by entered, at one gate, from the printed counts.",
    "Adjusted p": "A p-value corrected for the number of comparisons made at once (Benjamini and Hochberg).",
    "Adjusted ratio": "",
}

PUBLISHED_GLOSSARY: Final = tuple(
    (term, _OTHERWISE.get(term, words)) for term, words in GLOSSARY if _OTHERWISE.get(term, words)
)
"""The words of a publication, which counts who is pending and holds no regression."""

REFERENCES: Final = (
    "Armitage, P. (1955). Tests for linear trends in proportions and frequencies. Biometrics 11, 375-386.",
    "Agresti, A. (2013). Categorical Data Analysis, 3rd ed. Wiley. (Adjusted residuals, section 3.3.)",
    (
        "Benjamini, Y. and Hochberg, Y. (1995). Controlling the false discovery rate. Journal of the Royal "
        "Statistical "
        "Society B 57, 289-300."
    ),
    (
        "Cochran, W. G. (1954). Some methods for strengthening the common chi-squared tests. Biometrics 10, "
        "417-451."
    ),
    (
        "Equal Employment Opportunity Commission (1978). Uniform Guidelines on Employee Selection "
        "Procedures, 29 CFR "
        "1607.4(D)."
    ),
    (
        "Fieller, E. C. (1954). Some problems in interval estimation. Journal of the Royal Statistical "
        "Society B 16, "
        "175-185."
    ),
    "Firth, D. (1993). Bias reduction of maximum likelihood estimates. Biometrika 80, 27-38.",
    (
        "Freeman, G. H. and Halton, J. H. (1951). Note on an exact treatment of contingency. Biometrika 38, "
        "141-149."
    ),
    (
        "Heinze, G. and Schemper, M. (2002). A solution to the problem of separation in logistic "
        "regression. Statistics in "
        "Medicine 21, 2409-2419."
    ),
    (
        "Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of "
        "Statistics 6, "
        "65-70."
    ),
    (
        "Katz, D., Baptista, J., Azen, S. P. and Pike, M. C. (1978). Obtaining confidence intervals for the "
        "risk ratio. "
        "Biometrics 34, 469-474."
    ),
    (
        "Lancaster, H. O. (1961). Significance tests in discrete distributions. Journal of the American "
        "Statistical "
        "Association 56, 223-234."
    ),
    (
        "Lane, P. W. and Nelder, J. A. (1982). Analysis of covariance and standardization as instances of "
        "prediction. "
        "Biometrics 38, 613-621."
    ),
    "Manski, C. F. (1990). Nonparametric bounds on treatment effects. American Economic Review 80, 319-323.",
    (
        "Mare, R. D. (1980). Social background and school continuation decisions. Journal of the American "
        "Statistical "
        "Association 75, 295-305."
    ),
    (
        "Miettinen, O. and Nurminen, M. (1985). Comparative analysis of two rates. Statistics in Medicine "
        "4, 213-226."
    ),
    (
        "Pearson, K. (1900). On the criterion that a given system of deviations... Philosophical Magazine "
        "50, 157-175."
    ),
    (
        "Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. "
        "Journal of the "
        "American Statistical Association 22, 209-212."
    ),
)
