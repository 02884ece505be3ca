"""From the first stage to the last: who ends behind, in people, and the shape of each group's way there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from stepup_equity.findings.cliff_rule import evidence, power_of
from stepup_equity.findings.cliff_sentences import Told, told_rows, whole_way_sentence
from stepup_equity.findings.comparison import (
    EXACT_DISAGREES,
    LEFT_OUT,
    SINGLE_GATES,
    WHOLE_WAY,
    disagree,
    first_reason,
    joined,
    with_reason,
)
from stepup_equity.findings.held_equal import NOTHING_HELD, held_back
from stepup_equity.findings.profiles import Gates, Whole, profiles_of
from stepup_equity.statistics import score_ratio_interval, shortfall
from stepup_equity.words.names import within
from stepup_equity.words.numbers import ratio as ratio_words
from stepup_equity.words.rows import records

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from stepup_equity.arrays import Floats
    from stepup_equity.findings.cliff_rule import CliffRule, Evidence
    from stepup_equity.findings.family import Family
    from stepup_equity.findings.held_equal import HeldEqual
    from stepup_equity.findings.profiles import Profile, Sudden
    from stepup_equity.words.names import Names


END: Final = "got to the end"


def whole_way_frame(
    every: Family, rule: CliffRule, confidence: float, held: HeldEqual = NOTHING_HELD
) -> pd.DataFrame:
    """Every group's whole way against its reference's; the groups of the run are a family of their own."""
    import pandas as pd

    whole = every.at(WHOLE_WAY)
    counts = whole.counts
    found, back, _ = held_back(evidence(*counts, rule), held, rule)
    ratio = score_ratio_interval(*counts, confidence=confidence)
    wide = score_ratio_interval(*counts, confidence=rule.level_confidence)
    seen = power_of(counts, found, rule)
    columns = whole.columns()
    for name in ("gate", "owner"):
        columns.pop(name, None)
    columns |= {
        "estimate": ratio.estimate,
        "conf_low": ratio.low,
        "conf_high": ratio.high,
        "confidence": np.full(len(ratio.estimate), confidence),
        "level_low": wide.low,
        "level_high": wide.high,
        "p_value": found.p_value,
        "p_edge": found.p_edge,
        "p_adjusted": found.p_adjusted,
        "behind": found.behind_of(columns),
        "verdict": whole_way_verdicts(*counts, found, ratio.low, seen.power[0], rule),
        **held.columns(np.where(back != 0, back, found.behind)),
        "shortfall": whole.told(shortfall(*counts)),
        "method": found.test.astype(object),
        "status": with_reason(
            _status(whole),
            (found.test == "mid-p") & disagree(found.p_value, ratio.low, ratio.high, confidence),
            EXACT_DISAGREES,
        ),
    }
    if back.any():
        columns["verdict"] = np.where(back != 0, held.verdicts(back, rule), columns["verdict"])
    told = told_of(whole, columns, np.where(back != 0, back, found.behind))
    columns["sentence"] = np.array([whole_way_sentence(row, END) for row in told], object)
    if back.any():
        reasons = np.full(len(back), "", object)
        reasons[back != 0] = [f" {why}" for why in held.at(back != 0).sentences(back[back != 0])]
        columns["sentence"] = columns["sentence"] + reasons
    return pd.DataFrame(columns)


def whole_way_verdicts(
    passed: Floats,
    at_risk: Floats,
    ref_passed: Floats,
    ref_at_risk: Floats,
    found: Evidence,
    low: Floats,
    power: Floats,
    rule: CliffRule,
) -> NDArray[np.object_]:
    """Behind or ahead where that is evident; else what the silence is worth."""
    with np.errstate(invalid="ignore"):
        reasons = [
            ((at_risk == 0) | (ref_at_risk == 0) | ((passed == 0) & (ref_passed == 0)), "not computable"),
            (found.behind > 0, "behind"),
            (found.behind < 0, "ahead"),
            (low >= rule.material, "no material gap"),
            (power >= rule.power, "no evidence"),
        ]
    return first_reason(reasons, "too few to tell")


def _status(whole: Family) -> NDArray[np.object_]:
    passed, at_risk, ref_passed, _ = whole.counts
    entered = joined([part.entered.ravel() for part in whole.parts])
    return first_reason(
        [
            *whole.reasons(),
            ((passed == 0) & (ref_passed == 0), "nobody of either group got to the end"),
            (ref_passed == 0, "nobody of the reference got to the end"),
            (at_risk < entered, LEFT_OUT),
        ]
    )


def told_of(every: Family, columns: Mapping[str, NDArray[Any]], behind: NDArray[np.int64]) -> list[Told]:
    """The rows of a family, each told from the side of whoever is behind."""
    labels = joined([part.by_group([part.label] * len(part.groups)) for part in every.parts])
    gates = joined([part.by_gate(part.gates) for part in every.parts])
    wait = (columns["entered"] > columns["denominator"]) | (
        columns["reference_entered"] > columns["reference_denominator"]
    )
    return told_rows(labels.tolist(), {**columns, "gate": gates}, wait.tolist(), (behind < 0).tolist())


def _with_stratum(row: Any) -> str:
    """What a whole way looks like with a stratum held equal."""
    return (
        f"ratio {ratio_words(row.stratified_estimate)} ({ratio_words(row.stratified_low)} to "
        f"{ratio_words(row.stratified_high)}) with {within(row.stratum)} held equal"
        if row.stratum
        else ""
    )


def profile_frame(
    every: Family,
    whole: pd.DataFrame,
    columns: Mapping[str, NDArray[Any]],
    found: Evidence,
    sudden: Sequence[Sudden],
    names: Names,
    rule: CliffRule,
) -> pd.DataFrame:
    """The shape of every group's whole way, from the whole way and the columns of its single gates."""
    single = every.at(SINGLE_GATES)
    profiles: list[tuple[Profile, str]] = []
    start = 0
    for part, abrupt, here in zip(single.parts, sudden, single.each, strict=True):
        mine = slice(start, start := start + len(part.groups))
        gates = Gates(
            labels=tuple(names.gate_in_words(gate) for gate in part.gates),
            ratio=columns["estimate"][here].reshape(part.shape),
            behind=found.behind[here].reshape(part.shape),
            flagged=found.flagged[here].reshape(part.shape),
            sudden=abrupt,
        )
        profiles += profiles_of(gates, Whole.of(whole.iloc[mine]), rule)
    kept = [
        "characteristic", "group", "parent", "reference", "entered", "denominator", "passed",
        "estimate", "conf_low", "conf_high", "confidence", "p_value", "p_adjusted",
    ]  # fmt: skip
    profile, reason = (np.array([pair[i] for pair in profiles], object) for i in (0, 1))
    borne_out = ~(whole["stratum"].ne("") & whole["behind"].eq("") & (whole["p_adjusted"] <= rule.alpha))
    level = borne_out | whole["verdict"].ne("no material gap")
    profile = np.where(borne_out, profile, np.where(level, "too few to tell", "level")).astype(object)
    reason = np.where(borne_out, reason, [_with_stratum(row) for row in records(whole)]).astype(object)
    return whole[kept].assign(
        profile=profile,
        reason=reason,
        method=joined([s.split for s in sudden]),
    )
