"""Crossed characteristics, gate by gate: what their parts say, and what stands apart from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import expit, logit

from stepup_equity.counts import one_cohort
from stepup_equity.errors import ArgumentError
from stepup_equity.findings.adjusted import with_adjusted
from stepup_equity.findings.comparison import HIDDEN, NOBODY, Groups, first_reason
from stepup_equity.findings.family import chosen_gates
from stepup_equity.findings.models.random_intercepts import maihda
from stepup_equity.findings.question import remembered
from stepup_equity.findings.result import Result
from stepup_equity.statistics import wilson_interval

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from stepup_equity.counts import StageCounts
    from stepup_equity.findings.models.random_intercepts import CrossedGroups


APART: Final = "apart from its parts"
AS_PARTS: Final = "as its parts say"
_FEW: Final = 10


@dataclass(frozen=True, eq=False, repr=False)
class Intersections(Result):
    """Pass rates of crossed groups: as counted, as main effects say, and shrunken.

    Attributes
    ----------
    by : tuple of str
        The characteristics crossed.
    confidence : float
        Level of the intervals.
    """

    by: tuple[str, ...]
    confidence: float
    _tests: pd.DataFrame

    @property
    def tests(self) -> pd.DataFrame:
        """Is there any interaction, gate by gate: the variance left beyond main effects, and its test."""
        return self._tests.copy()

    @property
    def headline(self) -> str:
        """Which crossed groups stand apart from what their parts say."""
        apart = self._frame[self._frame["verdict"] == APART]
        known = int(self._frame["estimate"].notna().sum())
        what = self.names.asked([" × ".join(self.by)])
        words = f"{what}; {len(apart)} of {known} crossed rates apart from their parts"
        if apart.empty:
            return words
        named = [
            f"{row.group} at {self.names.gate_in_words(str(row.gate))}" for row in apart.head(3).itertuples()
        ]
        more = f" and {len(apart) - 3} more" if len(apart) > 3 else ""
        return f"{words}: {', '.join(named)}{more}"


@remembered
def intersections(
    counts: StageCounts,
    *,
    by: Sequence[str],
    gates: Sequence[str] | None = None,
    level: str | Mapping[str, str] | None = None,
    where: Mapping[str, str] | None = None,
    cohort: str | None = None,
    confidence: float = 0.95,
) -> Intersections:
    """Cross characteristics without chasing noise.

    Cross gender with ethnicity and age, and the highest and lowest rates are those of the smallest groups.
    Each crossed group's rate is here drawn towards what its main effects say, as far as its numbers ask, and
    a gate's variance beyond main effects says whether there is any interaction to speak of.

    Parameters
    ----------
    counts : StageCounts
        Joint counts: characteristics that can be crossed.
    by : sequence of str
        Two characteristics or more.
    gates : sequence of str, optional
        Only these; by default every gate and ``"overall"``.
    level : str or mapping, optional
        One level for all, or one for each characteristic by name; ``"broad"`` keeps crossed groups large.
    where : mapping, optional
        Only these people.
    confidence : float
        Level of the intervals.
    cohort : str, optional
        One cohort, by default the last where there are several.

    Returns
    -------
    Intersections
        A row for each crossed group and gate. ``rate`` as counted, with Wilson interval; ``additive``, what
        the main effects say; ``estimate``, drawn from the one towards the other, with limits given the
        model; ``interaction``, the log odds by which it stands apart. ``verdict`` is ``apart from its parts``
        where the limits of ``interaction`` leave out 0. Where a gate cannot be modelled (a group in which
        nobody passed) the counted rates keep their rows and ``status`` says why.

    Raises
    ------
    ArgumentError
        Fewer than two characteristics, an unknown name, or counts that hold margins only.

    References
    ----------
    Evans et al. (2018), Social Science and Medicine 203, 64-73; Merlo (2018), Social Science and Medicine
    203, 74-80; Wilson (1927), J. Am. Stat. Assoc. 22, 209-212.

    Examples
    --------
    >>> import pandas as pd
    >>> import stepup_equity as su
    >>> people = pd.DataFrame({
    ...     "gender": (["Female"] * 2 + ["Male"] * 2) * 100,
    ...     "ethnicity": ["White British", "Indian"] * 200,
    ...     "furthest_stage": ["eligible"] * 240 + ["submitted"] * 160,
    ... })
    >>> counts = su.count_stages(su.read_applicants(people, check_ids=False))
    >>> intersections(counts, by=["gender", "ethnicity"], gates=["eligible"])
    <Intersections: gender × ethnicity; 0 of 4 crossed rates apart from their parts>
    """
    import pandas as pd

    counts = one_cohort(counts, cohort, where=where, beside=by)
    if not isinstance(by, (list, tuple)) or len(by) < 2:
        raise ArgumentError(f"by={by!r} names one characteristic; crossing needs two or more.")
    asked = chosen_gates(counts, gates)
    levels = dict.fromkeys(by, level) if isinstance(level, str) else dict(level or {})
    one = levels[by[0]] if len({levels.get(name) for name in by}) == 1 and by[0] in levels else None
    if levels and one is None:
        raise ArgumentError(
            f"level={level!r} gives the characteristics different levels. Give one level for all of them."
        )
    funnel = counts.funnel(tuple(by), level=one, where=where)
    table = Groups.of(funnel)
    frames, tests = [], []
    for gate in asked:
        column = table.gates.index(gate)
        rate = wilson_interval(table.passed[:, column], table.at_risk[:, column], confidence=confidence)
        frame = pd.DataFrame(
            {
                "characteristic": funnel.characteristic,
                "group": funnel.groups,
                "gate": gate,
                "denominator": table.shown(table.at_risk)[:, column],
                "passed": table.shown(table.passed)[:, column],
                "rate": rate.estimate,
                "rate_low": rate.low,
                "rate_high": rate.high,
            }
        )
        model, why = _model(counts, by, gate, levels, where, confidence)
        frames.append(_with_model(frame, model, why, confidence))
        tests.append(_test(gate, model, why))
    return Intersections(
        _frame=pd.concat(frames, ignore_index=True),
        method=(
            "Logistic regression at each gate with main effects and a random intercept for each "
            "crossed group "
            f"(Evans et al. 2018); limits given the model, at {confidence:.0%}; counted rates with "
            f"Wilson interval."
        ),
        notes=counts.notes,
        by=tuple(by),
        confidence=confidence,
        _tests=with_adjusted(pd.DataFrame(tests)),
    )


def _model(
    counts: StageCounts,
    by: Sequence[str],
    gate: str,
    levels: Mapping[str, str],
    where: Mapping[str, str] | None,
    confidence: float,
) -> tuple[CrossedGroups | None, str]:
    """The model of a gate, or why there is none: names are known to be right, so only the data can object."""
    try:
        return maihda(counts, by=by, gate=gate, level=levels or None, where=where, confidence=confidence), ""
    except ArgumentError as error:
        return None, str(error)


def _with_model(
    frame: pd.DataFrame, model: CrossedGroups | None, why: str, confidence: float
) -> pd.DataFrame:
    names = ["estimate", "conf_low", "conf_high", "interaction", "interaction_low", "interaction_high"]
    nobody = (frame["denominator"] == 0).to_numpy()
    hidden = frame["denominator"].isna().to_numpy()
    if model is None:
        missing = dict.fromkeys(["additive", *names], np.nan)
        status = first_reason([(hidden, HIDDEN), (nobody, NOBODY)], why)
        return frame.assign(**missing, confidence=confidence, verdict="not computable", status=status)
    found = model.frame.set_index("group").reindex(frame["group"])
    shrunken = found["estimate"].to_numpy(float)
    apart = found["interaction"].to_numpy(float)
    low, high = found["interaction_low"].to_numpy(float), found["interaction_high"].to_numpy(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        additive = expit(logit(shrunken) - apart)
    few = frame["denominator"].to_numpy() < _FEW
    none = np.full(len(frame), model.fit.main.sd == 0)
    verdict = np.select(
        [np.isnan(shrunken), (low > 0) | (high < 0)],
        [np.array("not computable", object), np.array(APART, object)],
        AS_PARTS,
    )
    status = first_reason(
        [
            (hidden, HIDDEN),
            (nobody, NOBODY),
            (none, "no variance beyond main effects was found"),
            (few, f"fewer than {_FEW} people: mostly what its parts say"),
        ]
    )
    numbers = {name: found[name].to_numpy(float) for name in names}
    return frame.assign(
        additive=additive,
        **numbers,
        confidence=confidence,
        verdict=np.where(none & (verdict == APART), AS_PARTS, verdict),
        status=status,
    )


def _test(gate: str, model: CrossedGroups | None, why: str) -> dict[str, object]:
    if model is None:
        return {"gate": gate, "groups": 0, "variance_between": np.nan, "variance_beyond": np.nan,
                "additive_share": np.nan, "statistic": np.nan, "p_value": np.nan, "status": why}  # fmt: skip
    fit = model.fit
    return {
        "gate": gate,
        "groups": fit.strata,
        "variance_between": fit.null.variance,
        "variance_beyond": fit.main.variance,
        "additive_share": fit.pcv,
        "statistic": fit.main.null_variance_statistic,
        "p_value": fit.main.null_variance_p,
        "status": "" if fit.main.converged and fit.null.converged else "did not converge",
    }
