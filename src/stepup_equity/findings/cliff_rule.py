"""When a gap is called a cliff edge: the thresholds, and the verdict that follows from them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np

from stepup_equity.errors import ArgumentError, listed
from stepup_equity.statistics import adjust, two_group_p
from stepup_equity.statistics.multiplicity import AdjustMethod

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    from stepup_equity.statistics.inputs import Bools, Floats, Strings

__all__ = [
    "DEFAULT_RULE",
    "VERDICTS",
    "CliffRule",
    "Evidence",
    "Verdict",
    "evidence",
    "verdicts",
    "verdicts_of_ratio",
]

Verdict = Literal[
    "not computable",
    "cliff edge",
    "small gap",
    "small advantage",
    "advantage",
    "no evidence",
    "too few to tell",
]
VERDICTS: Final[tuple[Verdict, ...]] = get_args(Verdict)
"""Every verdict, in the order in which they are tried."""


@dataclass(frozen=True, slots=True)
class CliffRule:
    """The thresholds behind a verdict.

    A gap must be both *material*, so that it matters, and *evident*, so that it is unlikely to be chance. The
    four-fifths rule alone is material without evident: among six equal groups of 100 at a pass rate of
    30 % it flags some group in nine of ten cohorts.

    Attributes
    ----------
    material : float
        Impact ratio below which a gap is material.
    advantage : float
        Impact ratio above which an advantage is more than small.
    alpha : float
        A row is evident where its adjusted p is at most this; also the level at which power is stated.
    adjust : str
        How p-values are adjusted over the family; Benjamini-Hochberg controls the share of false flags.
    power : float
        Power from which silence counts as "no evidence" rather than "too few to tell".
    power_at : float
        True impact ratio that the power is for.
    score_from : float
        Expected count from which the score test replaces Fisher's mid-p. Score tests in small cells would
        flag single people.
    level_confidence : float
        Confidence of the interval of the whole way that must lie within `material` and `advantage` for
        a group's profile to be ``level``.

    Raises
    ------
    ArgumentError
        Where a threshold is out of range.

    References
    ----------
    Four-fifths: Uniform Guidelines on Employee Selection Procedures (1978), 29 CFR 1607.4(D). Benjamini and
    Hochberg (1995), J. R. Stat. Soc. B 57, 289-300. Interval inclusion: Schuirmann (1987), J.
    Pharmacokinet. Biopharm. 15, 657-680.

    Examples
    --------
    A stricter rule, for a cohort of a hundred thousand:

    >>> CliffRule(material=0.9, alpha=0.01).material
    0.9
    """

    material: float = 0.8
    advantage: float = 1.25
    alpha: float = 0.05
    adjust: AdjustMethod = "BH"
    power: float = 0.8
    power_at: float = 0.8
    score_from: float = 1000.0
    level_confidence: float = 0.9

    def __post_init__(self) -> None:
        bounds = (
            ("material", 0.0, 1.0, True),
            ("power_at", 0.0, 1.0, False),
            ("alpha", 0.0, 1.0, False),
            ("level_confidence", 0.0, 1.0, False),
            ("power", self.alpha, 1.0, False),
        )
        for name, low, high, closed in bounds:
            value = getattr(self, name)
            if not (low < value < high or (closed and value == high)):
                raise ArgumentError(
                    f"{name}={value!r} is out of range. Give a number above {low:g} and "
                    f"{'up to' if closed else 'below'} {high:g}."
                )
        if not self.advantage >= 1:
            raise ArgumentError(f"advantage={self.advantage!r} is out of range. Give a ratio of 1 or more.")
        if self.adjust not in get_args(AdjustMethod):
            raise ArgumentError(
                f"adjust={self.adjust!r} is not known. Possible: {listed(get_args(AdjustMethod))}."
            )

    @property
    def in_words(self) -> str:
        """The rule in two sentences."""
        return (
            f"A cliff edge is a group's impact ratio below {self.material:g} at one gate, with a p-value of "
            f"at most {self.alpha:g} after adjustment ({_ADJUSTMENTS[self.adjust]}) over all comparisons of "
            "the run. p: Fisher's mid-p, or the score test where all four expected counts are at least "
            f"{self.score_from:,g}."
        )


DEFAULT_RULE: Final = CliffRule()

_ADJUSTMENTS: Final[dict[str, str]] = {
    "BH": "Benjamini-Hochberg",
    "BY": "Benjamini-Yekutieli",
    "holm": "Holm",
    "hochberg": "Hochberg",
    "hommel": "Hommel",
    "bonferroni": "Bonferroni",
    "none": "none",
}


def verdicts(
    passed: Floats,
    at_risk: Floats,
    ref_passed: Floats,
    ref_at_risk: Floats,
    p_adjusted: Floats,
    power: Floats,
    rule: CliffRule = DEFAULT_RULE,
) -> NDArray[np.object_]:
    """One verdict for each row.

    Parameters
    ----------
    passed, at_risk, ref_passed, ref_at_risk : ndarray, shape (n_rows,)
        Counts of the group and of its reference.
    p_adjusted : ndarray, shape (n_rows,)
        Adjusted over the family; NaN where there is no test.
    power : ndarray, shape (n_rows,)
        Of the row's own test, taken alone.
    rule : CliffRule
        Thresholds.

    Returns
    -------
    ndarray of str, shape (n_rows,)
        See `VERDICTS`. The ratio is compared with the thresholds as a fraction of whole people, so that
        40 of 100 against 50 of 100 is exactly 0.8 and not below.

    Examples
    --------
    >>> import numpy as np
    >>> passed, at_risk = np.array([21.0, 0.0]), np.array([105.0, 0.0])
    >>> ref_passed, ref_at_risk = np.array([526.0, 5.0]), np.array([1072.0, 9.0])
    >>> p_adjusted, power = np.array([1e-7, np.nan]), np.array([0.49, np.nan])
    >>> verdicts(passed, at_risk, ref_passed, ref_at_risk, p_adjusted, power)
    array(['cliff edge', 'not computable'], dtype=object)
    """
    computable = (at_risk > 0) & (ref_at_risk > 0) & ((ref_passed > 0) | (passed > 0))

    def sign(threshold: float) -> Floats:
        exact = Fraction(threshold).limit_denominator(10**6)
        return np.sign(exact.denominator * passed * ref_at_risk - exact.numerator * ref_passed * at_risk)

    return _chosen(computable, sign, p_adjusted, power, rule)


def verdicts_of_ratio(
    ratio: Floats, p_adjusted: Floats, power: Floats, rule: CliffRule = DEFAULT_RULE
) -> NDArray[np.object_]:
    """One verdict for each ratio that comes from a model and not from two counts of people.

    Parameters
    ----------
    ratio, p_adjusted, power : ndarray, shape (n_rows,)
        NaN where the model gives no ratio.
    rule : CliffRule
        Thresholds.

    Examples
    --------
    >>> import numpy as np
    >>> verdicts_of_ratio(np.array([0.6, np.nan]), np.array([0.01, np.nan]), np.array([0.9, 0.9]))
    array(['cliff edge', 'not computable'], dtype=object)
    """
    return _chosen(~np.isnan(ratio), lambda threshold: np.sign(ratio - threshold), p_adjusted, power, rule)


def _chosen(
    computable: Bools, sign: Callable[[float], Floats], p_adjusted: Floats, power: Floats, rule: CliffRule
) -> NDArray[np.object_]:
    """The first verdict that holds; `sign` tells on which side of a threshold a ratio lies."""
    with np.errstate(invalid="ignore"):
        evident = p_adjusted <= rule.alpha
        seen = power >= rule.power
    to_equal = sign(1.0)
    conditions: list[tuple[Verdict, Bools]] = [
        ("not computable", ~computable),
        ("cliff edge", evident & (sign(rule.material) < 0)),
        ("small gap", evident & (to_equal < 0)),
        ("advantage", evident & (sign(rule.advantage) > 0)),
        ("small advantage", evident & (to_equal > 0)),
        ("no evidence", seen),
    ]
    return np.select(
        [where for _, where in conditions],
        [np.array(name, object) for name, _ in conditions],
        "too few to tell",
    )


@dataclass(frozen=True, eq=False, slots=True)
class Evidence:
    """p-values of a family of rows.

    Attributes
    ----------
    p_value, p_adjusted : ndarray, shape (n_rows,)
        NaN where one of the two groups is empty; such rows are outside the family.
    test : ndarray of str, shape (n_rows,)
        ``"mid-p"``, ``"score"``, or empty where there was nothing to test.
    """

    p_value: Floats
    p_adjusted: Floats
    test: Strings


def evidence(
    passed: ArrayLike,
    at_risk: ArrayLike,
    ref_passed: ArrayLike,
    ref_at_risk: ArrayLike,
    rule: CliffRule = DEFAULT_RULE,
) -> Evidence:
    """Test every row and adjust over all of them: one call is one family.

    Parameters
    ----------
    passed, at_risk, ref_passed, ref_at_risk : array_like, shape (n_rows,)
        Counts of the group and of its reference.
    rule : CliffRule
        Names the adjustment, and where the score test begins.

    Examples
    --------
    BME at shortlisting and at appointment, one council:

    >>> found = evidence([10, 2], [43, 10], [389, 117], [920, 389])
    >>> print(found.p_value.round(4), found.p_adjusted.round(4), found.test)
    [0.012  0.5338] [0.024  0.5338] ['mid-p' 'mid-p']
    """
    test = two_group_p(passed, at_risk, ref_passed, ref_at_risk, score_from=rule.score_from)
    return Evidence(test.p_value, adjust(test.p_value, rule.adjust), test.method)
