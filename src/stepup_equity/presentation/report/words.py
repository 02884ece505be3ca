"""The parts of a report that are the same for every cohort: limits and glossary."""

from __future__ import annotations

from typing import Final

from stepup_equity.findings.cliff_rule import DEFAULT_RULE

_SEEN: Final = DEFAULT_RULE.flag_power_at
"""The true ratio of which a comparison is asked whether it would have been flagged."""

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
    ("Everyone chose a group from a list. Whoever stated nothing is shown apart, and is in no comparison."),
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
    (
        "Cumulative selection rate",
        "Those who got past a gate divided by all who applied, less those who still wait at it or before.",
    ),
    ("Reference", "The group that others are compared with; it is declared before the data are read."),
    ("Impact ratio", "A group's pass rate divided by the reference's. Below 1 the group passes less often."),
    (
        "Four-fifths rule",
        "A convention that calls an impact ratio below 0.8 material. Alone it is noise in small groups.",
    ),
    ("Material", "An impact ratio below 0.8."),
    ("Evident", "Unlikely to be chance: an adjusted p-value of at most 0.05."),
    (
        "Cliff edge",
        "A pass rate below 0.8 times another group's at one gate, which chance is unlikely to explain.",
    ),
    ("Gap", "Evident and below 0.8, but not a cliff edge by the test that cliff edges have."),
    ("Small gap, small advantage", "Evident, but between 0.8 and 1, or between 1 and 1.25."),
    ("Behind, ahead", "Evident over the whole way, from applying to the last stage."),
    (
        "Not judged",
        (
            "Evident in the numbers printed, and no verdict on it, since what it would have to be looked at "
            "within, such as regions, is not printed."
        ),
    ),
    ("No material gap", "Not evident, and the interval lies above 0.8."),
    (
        "No evidence",
        (
            f"Not evident, though a true ratio of {_SEEN:g} would have been flagged in at least "
            f"{DEFAULT_RULE.power:.0%} of cohorts like this, among as many comparisons."
        ),
    ),
    (
        "Too few to tell",
        (
            f"Not evident, and even a true ratio of {_SEEN:g} would have been missed in more than "
            f"{1 - DEFAULT_RULE.power:.0%} of cohorts like this, among as many comparisons."
        ),
    ),
    (
        "Adjusted p",
        (
            "A p-value corrected for the number of comparisons made at once: beside verdicts by Benjamini "
            "and Hochberg, so that few of the gaps called evident are false; in the other tables by Holm, so "
            "that none is likely to be. Cliff edges have a test of their own; see Methods."
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
    "Adjusted p": (
        "A p-value corrected for the number of comparisons made at once: beside verdicts by Benjamini and "
        "Hochberg, for tests of association by Holm. Cliff edges have a test of their own; see Methods."
    ),
    "Adjusted ratio": "",
}

PUBLISHED_GLOSSARY: Final = tuple(
    (term, _OTHERWISE.get(term, words)) for term, words in GLOSSARY if _OTHERWISE.get(term, words)
)
"""The words of a publication, which counts who is pending and holds no regression."""
