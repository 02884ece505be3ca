"""When a gap is called a cliff edge: the thresholds, and the verdict that follows from them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np

from stepup_equity.errors import ArgumentError, listed
from stepup_equity.statistics import adjust, two_group_p
from stepup_equity.statistics.edge_claims import edge_claims
from stepup_equity.statistics.edge_power import EdgePower, edge_power
from stepup_equity.statistics.multiplicity import AdjustMethod

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import ArrayLike, NDArray

    from stepup_equity.arrays import Bools, Floats, Strings


Verdict = Literal[
    "not computable",
    "cliff edge",
    "gap",
    "small gap",
    "advantage",
    "small advantage",
    "no material gap",
    "no evidence",
    "too few to tell",
]
VERDICTS: Final[tuple[Verdict, ...]] = get_args(Verdict)
"""Every verdict, in the order in which they are tried."""

EVIDENT: Final[tuple[Verdict, ...]] = VERDICTS[1:6]
"""The verdicts of rows in which some group is evidently behind."""


@dataclass(frozen=True, slots=True)
class CliffRule:
    """The thresholds behind a verdict.

    A gap must be both *material*, so that it matters, and *evident*, so that it is unlikely to be chance. The
    four-fifths rule alone is material without evident: among six equal groups of 100 at a pass rate of
    30 % it flags some group in nine of ten cohorts.

    Attributes
    ----------
    material : float
        Impact ratio below which a gap is material, whichever of the two groups is behind.
    advantage : float
        Impact ratio above which an advantage is more than small.
    alpha : float
        Share of false flags among the flags; a row is evident where its adjusted p is at most this.
    adjust : str
        How two-sided p-values are adjusted over the family, for the verdicts that are no flags; flags are
        adjusted by a step-down made for whole people.
    power : float
        Chance of being flagged from which silence counts as "no evidence" rather than "too few to tell".
    power_at : float
        True impact ratio that the power of a test taken alone is for.
    flag_power_at : float
        True impact ratio that the chance of being flagged is for.
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
    Four-fifths: Uniform Guidelines on Employee Selection Procedures (1978), 29 CFR 1607.4(D). Flags: Döhler,
    Durand and Roquain (2018), Electron. J. Stat. 12, 1867-1900. Benjamini and Hochberg (1995), J. R. Stat.
    Soc. B 57, 289-300. Interval inclusion: Schuirmann (1987), J. Pharmacokinet. Biopharm. 15, 657-680.

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
    flag_power_at: float = 0.5
    score_from: float = 1000.0
    level_confidence: float = 0.9

    def __post_init__(self) -> None:
        bounds = (
            ("material", 0.0, 1.0, True),
            ("power_at", 0.0, 1.0, False),
            ("flag_power_at", 0.0, 1.0, False),
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
    def share(self) -> Fraction:
        """`material` as a fraction of whole people."""
        return _fraction(self.material)

    @property
    def in_words(self) -> str:
        """The rule in a few sentences."""
        return (
            f"A cliff edge is a pass rate below {self.material:g} times another group's at one gate, "
            f"whichever "
            "of the two is the reference, that is evidently lower: one-sided exact p-values with that ratio "
            f"inside, adjusted over all claims of the run so that at most {self.alpha:.0%} of flags are "
            f"false "
            "(discrete step-down of Döhler, Durand and Roquain 2018). "
            "p: two-sided, Fisher's mid-p, or the score test where all four expected counts are at least "
            f"{self.score_from:,g}; adjusted ({_ADJUSTMENTS[self.adjust]}) over all comparisons of the run "
            f"it "
            f"makes other gaps and advantages evident where it is at most {self.alpha:g}."
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


def _fraction(threshold: float) -> Fraction:
    return Fraction(threshold).limit_denominator(10**6)


@dataclass(frozen=True, eq=False, slots=True)
class Evidence:
    """What is evident in a family of rows.

    Attributes
    ----------
    p_value, p_adjusted : ndarray, shape (n_rows,)
        Two-sided, and adjusted over the family; NaN where one of the two groups is empty, such rows are
        outside the family. Where a row is flagged, `p_adjusted` is its `q`.
    p_edge, q : ndarray, shape (n_rows,)
        One-sided, that the side seen behind is so, and adjusted over all claims of the family; 1 where the
        ratio seen is not material on either side.
    behind : ndarray of int, shape (n_rows,)
        Who is evidently behind: 1 the group, -1 the reference, 0 neither.
    flagged : ndarray of bool, shape (n_rows,)
        Whether that gap is a cliff edge.
    test : ndarray of str, shape (n_rows,)
        ``"mid-p"``, ``"score"``, or empty where there was nothing to test.
    threshold : float
        `p_edge` up to which one more row would be flagged in this family.
    """

    p_value: Floats
    p_adjusted: Floats
    p_edge: Floats
    q: Floats
    behind: NDArray[np.int64]
    flagged: Bools
    test: Strings
    threshold: float

    def behind_of(self, columns: Mapping[str, NDArray[np.object_]]) -> NDArray[np.object_]:
        """The group evidently behind, from the columns ``group`` and ``reference``; empty for none."""
        who = np.where(self.behind > 0, columns["group"], columns["reference"])
        return np.where(self.behind == 0, "", who).astype(object)


def evidence(
    passed: ArrayLike,
    at_risk: ArrayLike,
    ref_passed: ArrayLike,
    ref_at_risk: ArrayLike,
    rule: CliffRule = DEFAULT_RULE,
    *,
    unseen: int = 0,
) -> Evidence:
    """Test every row and adjust over all of them: one call is one family.

    Parameters
    ----------
    passed, at_risk, ref_passed, ref_at_risk : array_like, shape (n_rows,)
        Counts of the group and of its reference.
    rule : CliffRule
        Thresholds.
    unseen : int
        Further comparisons of the family whose counts are not known, such as those a publication hides: they
        count as if they showed nothing, so that hiding a number makes no other one evident.

    Examples
    --------
    BME at shortlisting and at appointment, one council:

    >>> found = evidence([10, 2], [43, 10], [389, 117], [920, 389])
    >>> print(found.p_value.round(4), found.p_adjusted.round(4), found.flagged)
    [0.012  0.5338] [0.0181 0.5338] [ True False]

    Whichever of the two is called the reference:

    >>> print(evidence([180, 200], [600, 400], [200, 180], [400, 600]).behind)
    [ 1 -1]
    """
    four = passed, at_risk, ref_passed, ref_at_risk
    test = two_group_p(*four, score_from=rule.score_from)
    claims = edge_claims(*four, material=rule.share, alpha=rule.alpha, unseen=unseen)
    with np.errstate(invalid="ignore"):
        flagged = np.asarray((claims.q <= rule.alpha).any(axis=0))
    adjusted = adjust(np.append(test.p_value, np.ones(unseen)), rule.adjust)[: test.p_value.size]
    q = claims.q.min(axis=0)
    p_adjusted = np.where(flagged, q, adjusted)
    x1, n1, x2, n2 = (np.asarray(counts, np.float64) for counts in four)
    with np.errstate(invalid="ignore"):
        evident = p_adjusted <= rule.alpha
    side = np.sign(x2 * n1 - x1 * n2).astype(np.int64)
    return Evidence(
        p_value=test.p_value,
        p_adjusted=p_adjusted,
        p_edge=claims.p_value.min(axis=0),
        q=q,
        behind=np.where(evident, side, 0),
        flagged=flagged,
        test=test.method,
        threshold=claims.threshold,
    )


def power_of(
    counts: tuple[Floats, Floats, Floats, Floats], found: Evidence, rule: CliffRule, *ratios: float
) -> EdgePower:
    """Chances of being flagged in this run at the true ratio of the rule, and at others besides."""
    return edge_power(
        *counts[1:],
        found.threshold,
        ratios=(rule.flag_power_at, *ratios),
        target=rule.power,
        material=rule.share,
    )


def verdicts(
    passed: Floats,
    at_risk: Floats,
    ref_passed: Floats,
    ref_at_risk: Floats,
    found: Evidence,
    low: Floats,
    power: Floats,
    rule: CliffRule = DEFAULT_RULE,
) -> NDArray[np.object_]:
    """One verdict for each row.

    Parameters
    ----------
    passed, at_risk, ref_passed, ref_at_risk : ndarray, shape (n_rows,)
        Counts of the group and of its reference.
    found : Evidence
        Of these rows.
    low : ndarray, shape (n_rows,)
        Lower limit of the impact ratio.
    power : ndarray, shape (n_rows,)
        Chance of being flagged in the family.
    rule : CliffRule
        Thresholds.

    Returns
    -------
    ndarray of str, shape (n_rows,)
        See `VERDICTS`. The ratio is compared with the thresholds as a fraction of whole people, so that
        40 of 100 against 50 of 100 is exactly 0.8 and not below. A ``gap`` and an ``advantage`` are evident
        and seen outside 0.8 to 1.25, though not among the flags that keep to the share of false ones.

    Examples
    --------
    >>> import numpy as np
    >>> four = [np.array(counts, float) for counts in ([21, 0], [105, 0], [526, 5], [1072, 9])]
    >>> low, power = np.array([0.27, np.nan]), np.array([0.9, np.nan])
    >>> verdicts(*four, evidence(*four), low, power)
    array(['cliff edge', 'not computable'], dtype=object)
    """
    computable = (at_risk > 0) & (ref_at_risk > 0) & ((ref_passed > 0) | (passed > 0))

    def sign(threshold: float) -> Floats:
        exact = _fraction(threshold)
        return np.sign(exact.denominator * passed * ref_at_risk - exact.numerator * ref_passed * at_risk)

    with np.errstate(invalid="ignore"):
        evident = found.p_adjusted <= rule.alpha
        level = low >= rule.material
    return _chosen(computable, sign, found.flagged, evident, level, power, rule)


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
    with np.errstate(invalid="ignore"):
        evident = p_adjusted <= rule.alpha
        flagged = evident & ((ratio < rule.material) | (ratio > 1 / rule.material))
    level = np.zeros(ratio.shape, bool)
    return _chosen(
        ~np.isnan(ratio), lambda threshold: np.sign(ratio - threshold), flagged, evident, level, power, rule
    )


def _chosen(
    computable: Bools,
    sign: Callable[[float], Floats],
    flagged: Bools,
    evident: Bools,
    level: Bools,
    power: Floats,
    rule: CliffRule,
) -> NDArray[np.object_]:
    """The first verdict that holds; `sign` tells on which side of a threshold a ratio lies."""
    to_equal = sign(1.0)
    with np.errstate(invalid="ignore"):
        seen = power >= rule.power
    conditions: list[tuple[Verdict, Bools]] = [
        ("not computable", ~computable),
        ("cliff edge", flagged),
        ("gap", evident & (sign(rule.material) < 0)),
        ("small gap", evident & (to_equal < 0)),
        ("advantage", evident & (sign(rule.advantage) > 0)),
        ("small advantage", evident & (to_equal > 0)),
        ("no material gap", level),
        ("no evidence", seen),
    ]
    return np.select(
        [where for _, where in conditions],
        [np.array(name, object) for name, _ in conditions],
        "too few to tell",
    )
