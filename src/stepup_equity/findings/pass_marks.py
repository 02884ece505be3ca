"""Scores and pass marks: how far groups lie apart, and what each mark would do to their pass rates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from stepup_equity.errors import ArgumentError
from stepup_equity.findings.result import Result
from stepup_equity.findings.scores import asked_of_records, composite, scores_before, weights_of
from stepup_equity.statistics import adjust, score_ratio_interval, wilson_interval
from stepup_equity.statistics.mean_difference import mean_difference
from stepup_equity.statistics.predictive import moments
from stepup_equity.words.names import Names
from stepup_equity.words.numbers import ratio, signed
from stepup_equity.words.rows import lowest_at

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import ArrayLike

    from stepup_equity.arrays import Floats, Ints
    from stepup_equity.findings.scores import Scores
    from stepup_equity.records.applicants import Applicants


_MOST_MARKS: Final = 101


@dataclass(frozen=True, eq=False, repr=False)
class PassMarks(Result):
    """Pass rate and impact ratio of each group by pass mark.

    Attributes
    ----------
    gate : str
        The gate the score decides.
    mark : float or None
        The actual pass mark.
    reference : str
        Whom the groups are compared with.
    weights : dict
        Criteria and their weights in the composite.
    confidence : float
        Level of the intervals.
    """

    gate: str
    mark: float | None
    reference: str
    weights: Mapping[str, float]
    confidence: float
    _gaps: pd.DataFrame
    _agreement: pd.DataFrame
    _sensitivity: pd.DataFrame

    @property
    def gaps(self) -> pd.DataFrame:
        """Each group's mean score against the reference's, in points and in standard deviations."""
        return self._gaps.copy()

    @property
    def agreement(self) -> pd.DataFrame:
        """How the actual mark and the gate agree: people at or above it and below it, passed and not."""
        return self._agreement.copy()

    @property
    def sensitivity(self) -> pd.DataFrame:
        """Impact ratios when a criterion is left out or counts double and as many people pass as did.

        Empty where the score is a single criterion, or no mark is given.
        """
        return self._sensitivity.copy()

    @property
    def headline(self) -> str:
        """The widest gap in scores, and the lowest impact ratio at the actual mark."""
        gaps = self._gaps.dropna(subset=["estimate"])
        if gaps.empty:
            return f"{self.names.gate_in_words(self.gate)}; nothing to compare"
        row = gaps.iloc[lowest_at(gaps["estimate"])]
        words = (
            f"{self.names.gate_in_words(self.gate)}; {row['group']} {signed(row['estimate'], 2)} standard "
            f"deviations from {self.reference}"
        )
        actual = self._frame[self._frame["actual"] & (self._frame["group"] != self.reference)]
        actual = actual.dropna(subset=["impact_ratio"])
        if actual.empty:
            return words
        low = actual.iloc[lowest_at(actual["impact_ratio"])]
        return f"{words}; at the mark {self.mark:g} lowest ratio {ratio(low['impact_ratio'])}, {low['group']}"


def pass_marks(
    applicants: Applicants,
    *,
    score: str | Sequence[str] | Mapping[str, float],
    gate: str,
    by: str,
    mark: float | None = None,
    marks: ArrayLike | None = None,
    reference: str | None = None,
    level: str | None = None,
    where: Mapping[str, str] | None = None,
    cohort: str | None = None,
    confidence: float = 0.95,
) -> PassMarks:
    r"""Pass rates and impact ratios by pass mark, gaps in scores, and what other weights would do.

    Where a gate is a score and a mark, a gap in pass rates has two sources: the scores, and where the mark
    stands. The curve shows which marks keep the impact ratio above four-fifths; the standardised difference
    does not depend on the mark.

    Parameters
    ----------
    applicants : Applicants
        Records whose programme declares the scores under ``[covariates]``. Read a second time.
    score : str, sequence or mapping
        A score; several, whose mean is taken; or criteria with their weights.
    gate : str
        The gate that the score decides; those who entered it are compared.
    by : str
        One characteristic.
    mark : float, optional
        The actual pass mark: who has it passes.
    marks : array_like, optional
        Pass marks to try; by default every score that occurs, or 101 between the lowest and the highest.
    reference : str, optional
        A group or ``"largest"``; by default the declared reference.
    level, where
        As in `selection_rates`.
    cohort : str, optional
        By default the last, where there are several.
    confidence : float
        Level of the intervals.

    Returns
    -------
    PassMarks
        A row for each group and mark: ``denominator`` (people with a score who stated a group), ``passed``
        (with that mark or more), ``estimate`` with Wilson interval, ``impact_ratio`` with score interval.
        Where the mark alone decides the gate, the row of the actual mark is the gate's own impact ratio, and
        `PassMarks.agreement` shows it.

    Raises
    ------
    ArgumentError
        Unknown names, no weights, or nobody with a score.

    References
    ----------
    Hedges (1981), Journal of Educational Statistics 6, 107-128. Pass marks and adverse impact: Sackett and
    Ellingson (1997), Personnel Psychology 50, 707-721.

    Examples
    --------
    >>> import pandas as pd
    >>> import stepup_equity as su
    >>> from stepup_equity.process import programme_from_toml, programme_to_toml
    >>> text = programme_to_toml(su.step_up_to_social_work()) + "[covariates.total]"
    >>> records = pd.DataFrame({
    ...     "applicant_id": range(8), "gender": ["Female"] * 4 + ["Male"] * 4,
    ...     "total": [50, 60, 70, 80, 40, 50, 60, 70],
    ...     "furthest_stage": ["invited", *["assessed"] * 3, "invited", "invited", *["assessed"] * 2],
    ... })
    >>> applicants = su.read_applicants(records, programme=programme_from_toml(text))
    >>> print(pass_marks(applicants, score="total", gate="assessed", by="gender", mark=60).headline)
    the assessment centre; Male −0.67 standard deviations from Female; at the mark 60 lowest ratio 0.67, Male
    """
    where, which = asked_of_records(
        applicants,
        {"gate": gate, "by": by},
        by=by,
        level=level,
        where=where,
        cohort=cohort,
        reference=reference,
        confidence=confidence,
    )
    weights = weights_of(score)
    scores = scores_before(applicants, list(weights), gate, by, reference=reference, level=level, where=where)
    total = composite(scores.parts, list(weights.values()))
    tried = _marks(total, mark, marks)
    frame = _curve(scores, total, tried, mark, gate, weights, confidence)
    return PassMarks(
        _frame=frame,
        method=(
            f"Pass rate with Wilson interval, impact ratio with score interval (Miettinen and "
            f"Nurminen 1985), "
            f"of those who entered {gate!r} and have a score; standardised mean difference with noncentral-t "
            f"interval (Hedges 1981), Welch's test; all at {confidence:.0%}."
        ),
        notes=(*applicants.notes, *which, *_notes(scores)),
        names=Names.of(applicants.programme),
        gate=gate,
        mark=mark,
        reference=scores.reference,
        weights=weights,
        confidence=confidence,
        _gaps=_gaps(scores, total, weights, confidence),
        _agreement=_agreement(scores, total, mark),
        _sensitivity=_sensitivity(scores, weights, mark, confidence),
    )


def _marks(total: Floats, mark: float | None, marks: ArrayLike | None) -> Floats:
    if marks is not None:
        tried = np.unique(np.asarray(marks, np.float64))
    else:
        tried = np.unique(total)
        if len(tried) > _MOST_MARKS:
            tried = np.linspace(tried[0], tried[-1], _MOST_MARKS)
    if np.isnan(tried).any():
        raise ArgumentError("marks holds something that is no number. Give the pass marks to try.")
    return tried if mark is None else np.unique(np.append(tried, float(mark)))


def _passing(scores: Scores, total: Floats, marks: Floats) -> tuple[Ints, Ints]:
    """People of each group, and how many have each mark, shapes (n_groups,) and (n_groups, n_marks)."""
    everyone = np.zeros(len(scores.groups), np.int64)
    above = np.zeros((len(scores.groups), len(marks)), np.int64)
    # a composite is a sum of products: a mark met exactly must not be missed by rounding
    reached = marks - 1e-9 * np.maximum(np.abs(marks), 1.0)
    for i in range(len(scores.groups)):
        mine = scores.group == i
        order = np.argsort(total[mine], kind="stable")
        people = np.concatenate([[0], np.cumsum(scores.n[mine][order])])
        below = people[np.searchsorted(total[mine][order], reached, side="left")]
        everyone[i], above[i] = people[-1], people[-1] - below
    return everyone, above


def _curve(
    scores: Scores,
    total: Floats,
    marks: Floats,
    mark: float | None,
    gate: str,
    weights: Mapping[str, float],
    confidence: float,
) -> pd.DataFrame:
    import pandas as pd

    everyone, above = _passing(scores, total, marks)
    n = np.broadcast_to(everyone[:, None], above.shape)
    rate = wilson_interval(above, n, confidence=confidence)
    at = scores.groups.index(scores.reference)
    impact = score_ratio_interval(above, n, above[at], n[at], confidence=confidence)
    itself = np.broadcast_to((np.arange(len(scores.groups)) == at)[:, None], above.shape)
    nobody = np.broadcast_to(above[at] == 0, above.shape)
    status = np.select([itself, nobody], ["reference", "nobody of the reference has it"], "")
    n_groups, n_marks = above.shape
    return pd.DataFrame(
        {
            "characteristic": scores.characteristic,
            "group": np.repeat(np.array(scores.groups, object), n_marks),
            "reference": scores.reference,
            "gate": gate,
            "score": " + ".join(weights),
            "mark": np.tile(marks, n_groups),
            "actual": np.tile(np.zeros(n_marks, bool) if mark is None else marks == float(mark), n_groups),
            "denominator": n.ravel(),
            "passed": above.ravel(),
            "estimate": rate.estimate.ravel(),
            "conf_low": rate.low.ravel(),
            "conf_high": rate.high.ravel(),
            "impact_ratio": impact.estimate.ravel(),
            "ratio_low": np.where(itself, np.nan, impact.low).ravel(),
            "ratio_high": np.where(itself, np.nan, impact.high).ravel(),
            "confidence": confidence,
            "status": status.ravel(),
        }
    )


def _gaps(scores: Scores, total: Floats, weights: Mapping[str, float], confidence: float) -> pd.DataFrame:
    """Mean scores of the composite and, where there are several, of each criterion."""
    import pandas as pd

    columns = {" + ".join(weights): total}
    if len(weights) > 1:
        columns |= {name: scores.parts[:, i] for i, name in enumerate(weights)}
    return pd.concat(
        [_gap(scores, name, values, confidence) for name, values in columns.items()], ignore_index=True
    )


def _gap(scores: Scores, name: str, values: Floats, confidence: float) -> pd.DataFrame:
    import pandas as pd

    groups = len(scores.groups)
    of = moments(values, np.zeros(len(values)), scores.group, scores.n, groups)
    n, mean, sd = of.n, of.mean_x, of.sd_x  # 0 where all have one score, and not 1e-17
    at = scores.groups.index(scores.reference)
    others = [i for i in range(groups) if i != at]
    spread = np.where(n > 1, sd, 0.0)
    gap = mean_difference(
        mean[others], spread[others], n[others], mean[at], spread[at], n[at], confidence=confidence
    )
    return pd.DataFrame(
        {
            "characteristic": scores.characteristic,
            "group": [scores.groups[i] for i in others],
            "reference": scores.reference,
            "score": name,
            "n": n[others].astype(np.int64),
            "mean": mean[others],
            "sd": sd[others],
            "reference_n": int(n[at]),
            "reference_mean": mean[at],
            "reference_sd": sd[at],
            "difference": gap.difference,
            "estimate": gap.standardised.estimate,
            "conf_low": gap.standardised.low,
            "conf_high": gap.standardised.high,
            "confidence": confidence,
            "p_value": gap.p_value,
            "p_adjusted": adjust(gap.p_value, "holm"),
            "status": np.where(
                np.isnan(gap.standardised.estimate), "fewer than two people, or all have one score", ""
            ),
        }
    )


def _agreement(scores: Scores, total: Floats, mark: float | None) -> pd.DataFrame:
    import pandas as pd

    if mark is None:
        return pd.DataFrame({"score": [], "passed": [], "n": []})
    above = total >= mark - 1e-9 * max(abs(mark), 1.0)
    rows = [
        (words, outcome, int(scores.n[(above == side) & (scores.passed == passed)].sum()))
        for words, side in (("at or above the mark", True), ("below the mark", False))
        for outcome, passed in ((True, True), (False, False))
    ]
    return pd.DataFrame(rows, columns=["score", "passed", "n"])


def _sensitivity(
    scores: Scores, weights: Mapping[str, float], mark: float | None, confidence: float
) -> pd.DataFrame:
    """Other weights, with the mark moved so that as many pass: ties at the mark all pass."""
    import pandas as pd

    columns = ["criterion", "change", "characteristic", "group", "reference", "mark", "denominator", "passed",
               "estimate", "conf_low", "conf_high", "confidence"]  # fmt: skip
    if mark is None or len(weights) < 2:
        return pd.DataFrame({name: [] for name in columns})
    total = composite(scores.parts, list(weights.values()))
    passing = int(_passing(scores, total, np.array([mark]))[1].sum())
    changes: list[tuple[str, str, dict[str, float]]] = [("", "as declared", dict(weights))]
    for name in weights:
        without = {**weights, name: 0.0}
        if sum(without.values()) > 0:
            changes.append((name, "left out", without))
        changes.append((name, "counts double", {**weights, name: 2 * weights[name]}))
    frames = []
    for criterion, change, other in changes:
        values = composite(scores.parts, list(other.values()))
        moved = mark if not criterion else _mark_for(values, scores.n, passing)
        frame = _curve(scores, values, np.array([moved]), moved, "", other, confidence)
        frame = frame[frame["group"] != scores.reference]
        numbers = {
            "estimate": frame["impact_ratio"],
            "conf_low": frame["ratio_low"],
            "conf_high": frame["ratio_high"],
        }
        frames.append(frame.assign(criterion=criterion, change=change, **numbers)[columns])
    return pd.concat(frames, ignore_index=True)


def _mark_for(values: Floats, n: Ints, passing: int) -> float:
    """The highest mark that at least so many people have."""
    order = np.argsort(-values, kind="stable")
    people = np.cumsum(n[order])
    last = int(np.searchsorted(people, max(passing, 1), side="left"))
    return float(values[order][min(last, len(order) - 1)])


def _notes(scores: Scores) -> tuple[str, ...]:
    out = [
        (scores.without_score, "have no score"),
        (scores.not_stated, f"did not state {scores.label.lower()}"),
        (scores.pending, "have no outcome yet"),
    ]
    return tuple(f"{people:,} who entered the gate {why} and are left out." for people, why in out if people)
