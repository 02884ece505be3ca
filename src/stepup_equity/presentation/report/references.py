"""The literature behind a page: what its own words lean on, and nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from stepup_equity.presentation.report.blocks import Bullets, Definitions, Figure, Heading, Paragraph, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from stepup_equity.presentation.report.blocks import Block, Section


METHODS: Final = "methods"
"""Key of the section that ends with the references."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A work, and what a text says that leans on it.

    Attributes
    ----------
    said : str
        Pattern: an author's name, or the name of the method.
    text : str
        The work in print; it begins with the first author.
    """

    said: str
    text: str


REFERENCES: Final = (
    Reference(
        "Agresti|[Aa]djusted residual",
        "Agresti, A. (2013). Categorical Data Analysis, 3rd ed. Wiley. (Adjusted residuals, section 3.3.)",
    ),
    Reference(
        "Armitage",
        "Armitage, P. (1955). Tests for linear trends in proportions and frequencies. Biometrics 11, "
        "375-386.",
    ),
    Reference(
        "Benjamini",
        "Benjamini, Y. and Hochberg, Y. (1995). Controlling the false discovery rate. Journal of the Royal "
        "Statistical Society B 57, 289-300.",
    ),
    Reference(
        "Birge",
        "Birge, R. T. (1932). The calculation of errors by the method of least squares. Physical Review 40, "
        "207-227.",
    ),
    Reference(
        "Cochran's Q",
        "Cochran, W. G. (1954). The combination of estimates from different experiments. Biometrics 10, "
        "101-129.",
    ),
    Reference(
        "Cochran 1954|Cochran-Armitage",
        "Cochran, W. G. (1954). Some methods for strengthening the common chi-squared tests. Biometrics 10, "
        "417-451.",
    ),
    Reference(
        "Döhler",
        "Döhler, S., Durand, G. and Roquain, E. (2018). New FDR bounds for discrete and heterogeneous tests. "
        "Electronic Journal of Statistics 12, 1867-1900.",
    ),
    Reference(
        "[Ff]our-fifths|0\\.8 times",
        "Equal Employment Opportunity Commission (1978). Uniform Guidelines on Employee Selection "
        "Procedures, 29 CFR 1607.4(D).",
    ),
    Reference(
        "Fieller",
        "Fieller, E. C. (1954). Some problems in interval estimation. Journal of the Royal Statistical "
        "Society B 16, 175-185.",
    ),
    Reference(
        "Firth",
        "Firth, D. (1993). Bias reduction of maximum likelihood estimates. Biometrika 80, 27-38.",
    ),
    Reference(
        "Fox",
        "Fox, J. and Weisberg, S. (2019). An R Companion to Applied Regression, 3rd ed. Sage.",
    ),
    Reference(
        "Freeman|exact (?:test )?where an expected count|exact test",
        "Freeman, G. H. and Halton, J. H. (1951). Note on an exact treatment of contingency. Biometrika 38, "
        "141-149.",
    ),
    Reference(
        "Grizzle",
        "Grizzle, J. E., Starmer, C. F. and Koch, G. G. (1969). Analysis of categorical data by linear "
        "models. Biometrics 25, 489-504.",
    ),
    Reference(
        "Heinze",
        "Heinze, G. and Schemper, M. (2002). A solution to the problem of separation in logistic regression. "
        "Statistics in Medicine 21, 2409-2419.",
    ),
    Reference(
        "Holm",
        "Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of "
        "Statistics 6, 65-70.",
    ),
    Reference(
        "Ibrahim",
        "Ibrahim, J. G. (1990). Incomplete data in generalized linear models. Journal of the American "
        "Statistical Association 85, 765-769.",
    ),
    Reference(
        "Jeffreys",
        "Jeffreys, H. (1946). An invariant form for the prior probability in estimation problems. "
        "Proceedings of the Royal Society A 186, 453-461.",
    ),
    Reference(
        "Katz",
        "Katz, D., Baptista, J., Azen, S. P. and Pike, M. C. (1978). Obtaining confidence intervals for the "
        "risk ratio. Biometrics 34, 469-474.",
    ),
    Reference(
        "Lancaster|mid-p",
        "Lancaster, H. O. (1961). Significance tests in discrete distributions. Journal of the American "
        "Statistical Association 56, 223-234.",
    ),
    Reference(
        "Lane",
        "Lane, P. W. and Nelder, J. A. (1982). Analysis of covariance and standardization as instances of "
        "prediction. Biometrics 38, 613-621.",
    ),
    Reference(
        "Manski",
        "Manski, C. F. (1990). Nonparametric bounds on treatment effects. American Economic Review 80, "
        "319-323.",
    ),
    Reference(
        "Mantel",
        "Mantel, N. and Haenszel, W. (1959). Statistical aspects of the analysis of data from retrospective "
        "studies of disease. Journal of the National Cancer Institute 22, 719-748.",
    ),
    Reference(
        "Mare",
        "Mare, R. D. (1980). Social background and school continuation decisions. Journal of the American "
        "Statistical Association 75, 295-305.",
    ),
    Reference(
        "Miettinen",
        "Miettinen, O. and Nurminen, M. (1985). Comparative analysis of two rates. Statistics in Medicine 4, "
        "213-226.",
    ),
    Reference(
        "Pearson|[Cc]hi-squared",
        "Pearson, K. (1900). On the criterion that a given system of deviations... Philosophical Magazine "
        "50, 157-175.",
    ),
    Reference(
        "Puhr|FLAC",
        "Puhr, R., Heinze, G., Nold, M., Lusa, L. and Geroldinger, A. (2017). Firth's logistic regression "
        "with rare events: accurate effect estimates and predictions? Statistics in Medicine 36, 2302-2317.",
    ),
    Reference(
        "Venzon",
        "Venzon, D. J. and Moolgavkar, S. H. (1988). A method for computing profile-likelihood-based "
        "confidence intervals. Applied Statistics 37, 87-94.",
    ),
    Reference(
        "Wilson",
        "Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. Journal "
        "of the American Statistical Association 22, 209-212.",
    ),
)
"""By the first author's name."""


def cited(sections: Iterable[Section]) -> tuple[str, ...]:
    """The works that the words of some sections lean on, by first author.

    Labels of groups are not read: a group called Wilson cites nobody.
    """
    said = "\n".join(text for section in sections for block in section.blocks for text in _words(block))
    return tuple(one.text for one in REFERENCES if re.search(rf"\b(?:{one.said})\b", said))


def with_references(sections: Sequence[Section]) -> tuple[Section, ...]:
    """The sections of a page, those of its methods with the works that the whole page leans on."""
    works = (Heading("References"), Bullets(cited(sections)))
    return tuple(
        replace(section, blocks=(*section.blocks, *works)) if section.key == METHODS else section
        for section in sections
    )


def _words(block: Block) -> Iterator[str]:
    """What a block says in the words of the house."""
    if isinstance(block, Paragraph):
        yield block.text
    elif isinstance(block, Bullets):
        yield from block.items
    elif isinstance(block, Definitions):
        yield from (words for _, words in block.pairs)
    elif isinstance(block, Figure) and block.table is not None:
        yield from _words(block.table)
    elif isinstance(block, Table):
        yield block.caption
        yield block.note
        yield from (head.text for head in block.heads)
