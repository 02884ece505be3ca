"""Whether a score of the selection predicts the award, and whether it does so alike for all groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stepup_equity.errors import ArgumentError
from stepup_equity.findings.comparison import first_reason
from stepup_equity.findings.result import Result
from stepup_equity.findings.scores import asked_of_records, composite, scores_before, stated_none, weights_of
from stepup_equity.statistics import adjust
from stepup_equity.statistics.predictive import (
    above_line,
    correlation_interval,
    line_tests,
    moments,
    unrestricted,
)
from stepup_equity.words.names import Names, within
from stepup_equity.words.numbers import decimals_for, probability, rounded, signed, signed_interval

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from stepup_equity.findings.scores import Scores
    from stepup_equity.records.applicants import Applicants
    from stepup_equity.statistics.predictive import Moments

_ALPHA = 0.05


@dataclass(frozen=True, eq=False, repr=False)
class PredictiveValidity(Result):
    """How well a score predicts an award in each group, and whether one line serves all.

    Attributes
    ----------
    gate : str
        The gate the score decides.
    score, award : str
        What predicts, and what is predicted.
    reference : str
        Whose line the groups are set beside.
    confidence : float
        Level of the intervals.
    """

    gate: str
    score: str
    award: str
    reference: str
    confidence: float
    _tests: pd.DataFrame

    @property
    def tests(self) -> pd.DataFrame:
        """Cleary's tests: one slope for all groups, one intercept, one line."""
        return self._tests.copy()

    @property
    def headline(self) -> str:
        """How the score predicts the award, and whether groups differ."""
        frame = self._frame
        whole = frame[frame["group"] == self.reference].iloc[0]
        score = " + ".join(map(self.names.other, self.score.split(" + ")))
        said = f"{score} and {self.names.other(self.award)}, r {_r(whole['estimate'])} for {self.reference}"
        if np.isfinite(whole["corrected"]):
            said += f" ({_r(whole['corrected'])} without the restriction of range)"
        lines = self._tests[self._tests["test"] == "lines"].iloc[0]
        if np.isnan(lines["p_value"]):
            return f"{said}; whether one line serves all cannot be told"
        one = (
            "one line does not serve all groups"
            if lines["p_value"] <= _ALPHA
            else "that one line does not serve all groups is not evident"
        )
        return f"{said}; {one} ({probability(lines['p_value'])})"

    @property
    def sentences(self) -> tuple[str, ...]:
        """Each group beside the line of the reference."""
        return tuple(self._frame.loc[self._frame["sentence"] != "", "sentence"])


def predictive_validity(
    applicants: Applicants,
    *,
    score: str | Sequence[str] | Mapping[str, float],
    award: str,
    gate: str,
    by: str,
    reference: str | None = None,
    level: str | None = None,
    where: Mapping[str, str] | None = None,
    cohort: str | None = None,
    confidence: float = 0.95,
) -> PredictiveValidity:
    r"""Whether a score predicts the award, and whether it does so for every group alike.

    A score that decides a gate should say something of what comes after. Two questions are apart: how well it
    predicts within a group (a correlation), and whether the same score promises the same award whichever
    group somebody belongs to (one line for all). The award is known only of those who were selected, whose
    scores spread less; the correlation is given as seen and corrected for that.

    Parameters
    ----------
    applicants : Applicants
        Records whose programme declares score and award under ``[covariates]``. Read a second time.
    score : str, sequence or mapping
        As in `pass_marks`.
    award : str
        The covariate that is predicted, such as a final mark; blank where there is none.
    gate : str
        The gate that the score decides: its entrants are those among whom the score has its whole range.
    by : str
        One characteristic.
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
    PredictiveValidity
        A row for each group: ``scored`` (people who entered the gate and have a score), ``n`` (those with an
        award too), ``sd_scored`` and ``sd`` (standard deviations of the score of both), ``estimate``
        (Pearson's r, Fisher's interval), ``corrected`` with limits (Thorndike's case II; the ratio of the
        deviations is taken as known), ``slope``, ``intercept``; ``above`` with limits, ``p_value`` and
        ``p_adjusted`` (Holm): the group's mean award less what the reference's line says of its mean score,
        above 0 where the line promises too little. NaN, with the reason in ``status``, for fewer than three
        people (limits of r: four) or where all have the same score. `PredictiveValidity.tests` are F tests of
        one slope, one intercept and one line for all groups.

    Raises
    ------
    ArgumentError
        Unknown names, or nobody with a score and an award.

    References
    ----------
    Cleary (1968), Journal of Educational Measurement 5, 115-124; Thorndike (1949), Personnel Selection, 173;
    Fisher (1921), Metron 1, 3-32. Bias and prediction: Berry (2015), Annual Review of Organizational
    Psychology 2, 435-463.

    Examples
    --------
    >>> import pandas as pd
    >>> import stepup_equity as su
    >>> from stepup_equity.process import programme_from_toml, programme_to_toml
    >>> text = programme_to_toml(su.step_up_to_social_work()) + "[covariates.total]\n[covariates.mark]"
    >>> records = pd.DataFrame({
    ...     "applicant_id": range(12), "gender": ["Female"] * 6 + ["Male"] * 6,
    ...     "total": [40, 50, 60, 70, 80, 90, 40, 50, 60, 70, 80, 90],
    ...     "mark": [None, None, 55, 58, 66, 68, None, None, 52, 57, 61, 66],
    ...     "furthest_stage": [*["invited"] * 2, *["accepted"] * 4, *["invited"] * 2, *["accepted"] * 4],
    ... })
    >>> applicants = su.read_applicants(records, programme=programme_from_toml(text))
    >>> found = su.predictive_validity(applicants, score="total", award="mark", gate="assessed", by="gender")
    >>> found.frame[["group", "scored", "n", "estimate", "corrected", "above"]].round(2)
        group  scored  n  estimate  corrected  above
    0  Female       6  4      0.97       0.99    NaN
    1    Male       6  4      1.00       1.00  -2.75
    """
    where, which = asked_of_records(
        applicants,
        {"gate": gate, "by": by, "award": award},
        by=by,
        level=level,
        where=where,
        cohort=cohort,
        reference=reference,
        confidence=confidence,
    )
    weights = weights_of(score)
    if award in weights:
        raise ArgumentError(f"award={award!r} is the score itself. Name what it should predict.")
    scores = scores_before(
        applicants, list(weights), gate, by, reference=reference, level=level, where=where, more=[award]
    )
    total, reached = composite(scores.parts, list(weights.values())), scores.more[:, 0]
    has = ~np.isnan(reached)
    if not has.any():
        raise ArgumentError(
            f"Nobody who entered {gate!r} has a score and {award!r}, so nothing can be predicted. Name a "
            "number that those who were selected have."
        )
    groups = len(scores.groups)
    everyone = moments(total, np.zeros(len(total)), scores.group, scores.n, groups)
    known = moments(total[has], reached[has], scores.group[has], scores.n[has], groups)
    names = Names.of(applicants.programme)
    said = " + ".join(weights)
    return PredictiveValidity(
        _frame=_rows(scores, gate, names.other(award), everyone, known, confidence),
        method=(
            "Pearson's r with Fisher's (1921) interval; corrected for restriction of range by Thorndike's "
            "(1949) case II, the ratio of standard deviations taken as known. Groups beside the reference's "
            "line at their mean score, t with the scatter around both lines, adjusted by Holm; F tests of "
            "one slope, one intercept and one line for all groups (Cleary 1968). Intervals at "
            f"{confidence:.0%}."
        ),
        notes=(*applicants.notes, *which, *_notes(scores, names.other(award), known, everyone)),
        names=names,
        gate=gate,
        score=said,
        award=award,
        reference=scores.reference,
        confidence=confidence,
        _tests=_tests(scores, known),
    )


def _rows(
    scores: Scores, gate: str, award: str, everyone: Moments, known: Moments, confidence: float
) -> pd.DataFrame:
    import pandas as pd

    at = scores.groups.index(scores.reference)
    r = correlation_interval(known.correlation, known.n, confidence=confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(known.sd_x > 0, everyone.sd_x / known.sd_x, np.nan)
    above = above_line(known, at, confidence=confidence)
    itself = np.arange(len(scores.groups)) == at
    status = first_reason(
        [
            (known.n == 0, f"nobody of the group has {award}"),
            (known.n < 3, f"fewer than three of the group have {award}"),
            (known.sxx == 0, "all of the group have the same score"),
            (known.syy == 0, f"all of the group have the same {award}"),
            ((known.n > 3) & np.isnan(r.low), "all of the group lie on one line: no interval"),
            (itself, "reference"),
            (np.isnan(above.p_value), "the reference has no line, or it leaves nothing over"),
            (known.n < 4, "fewer than four people: no interval"),
        ]
    )
    frame = pd.DataFrame(
        {
            "characteristic": scores.characteristic,
            "group": list(scores.groups),
            "reference": scores.reference,
            "gate": gate,
            "scored": everyone.n.astype(np.int64),
            "n": known.n.astype(np.int64),
            "sd_scored": everyone.sd_x,
            "sd": known.sd_x,
            "estimate": r.estimate,
            "conf_low": r.low,
            "conf_high": r.high,
            "confidence": confidence,
            "corrected": unrestricted(r.estimate, ratio),
            "corrected_low": unrestricted(r.low, ratio),
            "corrected_high": unrestricted(r.high, ratio),
            "slope": known.slope,
            "intercept": known.intercept,
            "above": above.points.estimate,
            "above_low": above.points.low,
            "above_high": above.points.high,
            "p_value": above.p_value,
            "p_adjusted": adjust(above.p_value, "holm"),
            "method": "t around the reference's line",
            "status": status,
        }
    )
    # by the scale of the award: between 0 and 1, one decimal would make 0.06 and 0.14 the same
    decimals = decimals_for(float(np.fmax.reduce(known.sd_y, initial=0.0)))
    return frame.assign(sentence=[_sentence(row, award, decimals) for row in frame.to_dict("records")])


def _sentence(row: Mapping[object, object], award: str, decimals: int) -> str:
    above, low, high = (float(row[name]) for name in ("above", "above_low", "above_high"))  # type: ignore[arg-type]
    if np.isnan(above):
        return ""
    apart = rounded(abs(above), decimals)
    side = ("above" if above > 0 else "below") if apart else "from"
    start = f"{row['group']}: {award} {apart:,} points {side} what the line of {row['reference']} says of "
    if np.isnan(low):
        return f"{start}their mean score; all lie on the two lines, so nothing tells how far chance reaches."
    evident = float(row["p_adjusted"]) <= _ALPHA  # type: ignore[arg-type]
    end = "" if evident else "; this may be chance"
    return f"{start}their mean score ({signed_interval(low, high, decimals)}){end}."


def _tests(scores: Scores, known: Moments) -> pd.DataFrame:
    import pandas as pd

    found = line_tests(known)
    left_out = [group for group, used in zip(scores.groups, found.used, strict=True) if not used]
    status = f"without {', '.join(left_out)}" if left_out else ""
    if found.used.sum() < 2:
        status = "fewer than two groups have a line"
    return pd.DataFrame(
        {
            "characteristic": scores.characteristic,
            "test": list(found.names),
            "statistic": found.statistic,
            "df": found.df,
            "df_residual": found.df_residual,
            "p_value": found.p_value,
            "method": "F test (Cleary 1968)",
            "status": status,
        }
    )


def _notes(scores: Scores, award: str, known: Moments, everyone: Moments) -> list[str]:
    left = [
        (scores.without_score, "have no score"),
        (scores.not_stated, stated_none(within(scores.label), partial=scores.partial)),
        (scores.pending, "still wait for the outcome of the gate"),
        (
            int(everyone.n.sum() - known.n.sum()),
            f"have a score and no {award}: not selected, or not there yet",
        ),
    ]
    notes = [f"{people:,} who entered the gate {words}." for people, words in left if people]
    notes.append(
        "The correction holds where the score alone decided and the line is straight. An award may be marked "
        "unequally too: then one line for all says little."
    )
    return notes


def _r(value: float) -> str:
    return signed(value, 2, plus=False)
