"""One family of comparisons with its verdicts: the frame of cliff edges, and the whole way beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from stepup_equity.errors import ArgumentError
from stepup_equity.findings.cliff_rule import evidence, power_of, verdicts
from stepup_equity.findings.cliff_sentences import comparison_sentence, power_sentence
from stepup_equity.findings.comparison import (
    EXACT_DISAGREES,
    SINGLE_GATES,
    WHOLE_WAY,
    disagree,
    first_reason,
    joined,
    with_reason,
)
from stepup_equity.findings.held_equal import NOTHING_HELD, gates_of, held_back
from stepup_equity.findings.models.adjusted_edges import adjusted_edges
from stepup_equity.findings.profiles import sudden_gates
from stepup_equity.findings.whole_way import profile_frame, told_of, whole_way_frame
from stepup_equity.statistics import score_ratio_interval, shortfall
from stepup_equity.statistics.partial_pooling import partial_pooling

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from stepup_equity.arrays import Bools
    from stepup_equity.findings.cliff_rule import CliffRule, Evidence
    from stepup_equity.findings.family import Family
    from stepup_equity.findings.held_equal import HeldEqual
    from stepup_equity.findings.models.progression_model import ProgressionModel
    from stepup_equity.process import SelectionProcess
    from stepup_equity.words.names import Names


_SILENT: Final = {
    "no material gap": "No material gap: even the lower limit is not below {material:g}.",
    "no evidence": "No evidence of a gap.",
    "too few to tell": "Too few to tell.",
}


@dataclass(frozen=True, eq=False)
class Assessed:
    """The frames of one family.

    Attributes
    ----------
    frame, whole_way, profiles : DataFrame
        Single gates, first stage to last, and the shape of each group's way.
    """

    frame: pd.DataFrame
    whole_way: pd.DataFrame
    profiles: pd.DataFrame


def assessed(
    process: SelectionProcess,
    names: Names,
    every: Family,
    rule: CliffRule,
    confidence: float,
    *,
    pooled: bool = False,
    held: HeldEqual = NOTHING_HELD,
) -> Assessed:
    """Every comparison of a family judged, and the whole way of its groups; `held` has all rows of it."""
    import pandas as pd

    single = every.at(SINGLE_GATES)
    counts = single.counts
    found, back, beside = held_back(evidence(*counts, rule), held.at(gates_of(every)), rule)
    alone = [found] if len(single.parts) == 1 else [evidence(*part.flat, rule) for part in single.parts]
    ratio = score_ratio_interval(*counts, confidence=confidence)
    seen = power_of(counts, found, rule, rule.material if rule.material < 1 else rule.power_at)
    verdict = verdicts(*counts, found, ratio.low, seen.power[0], rule)
    verdict = np.where(back != 0, beside.verdicts(back, rule), verdict) if back.any() else verdict
    sudden = [sudden_gates(part, rule) for part in single.parts]
    columns = single.columns()
    columns |= {
        "estimate": ratio.estimate,
        "conf_low": ratio.low,
        "conf_high": ratio.high,
        "confidence": np.full(len(verdict), confidence),
        "p_value": found.p_value,
        "p_edge": found.p_edge,
        "q": found.q,
        "p_adjusted": found.p_adjusted,
        "p_adjusted_alone": joined([one.p_adjusted for one in alone]),
        "flagged_alone": joined([one.flagged for one in alone]).astype(bool) & (back == 0),
        "flagged": found.flagged,
        "behind": found.behind_of(columns),
        "verdict": verdict,
        "power": seen.power[0],
        "power_four_fifths": seen.power[1],
        "detectable_ratio": seen.detectable_ratio,
        "shortfall": single.told(shortfall(*counts)),
        "shortfall_four_fifths": single.told(shortfall(*counts, ratio=0.8)),
        "abrupt": joined([s.abrupt.ravel() for s in sudden]).astype(bool),
        "abrupt_p_adjusted": joined([s.p_adjusted.ravel() for s in sudden]),
        **beside.columns(np.where(back != 0, back, found.behind)),
        "method": found.test.astype(object),
    }
    if pooled:
        columns |= _pooled(single, confidence)
    columns["status"] = _status(columns, single, seen.exact, confidence, found.behind != 0)
    columns["sentence"] = _sentences(process, names, columns, single, found, rule, back, beside)
    whole = whole_way_frame(every, rule, confidence, held.at(~gates_of(every)))
    return Assessed(
        pd.DataFrame(columns)[single.compared].reset_index(drop=True),
        whole[every.at(WHOLE_WAY).compared].reset_index(drop=True),
        profile_frame(every, whole, columns, found, sudden, names, rule),
    )


def with_model(judged: Assessed, model: ProgressionModel, rule: CliffRule) -> Assessed:
    """The same family with what a model makes of its comparisons."""
    frame = judged.frame
    columns = {str(name): frame[name].to_numpy() for name in frame}
    adjusted = adjusted_edges(columns, model, rule)
    pairs = zip(columns["sentence"], adjusted["adjusted_sentence"], strict=True)
    sentence = np.array([f"{said} {more}" if more else said for said, more in pairs], object)
    kept = frame.drop(columns="sentence")
    return replace(judged, frame=kept.assign(**adjusted, sentence=sentence)[[*frame, *adjusted]])


def _status(
    columns: Mapping[str, NDArray[Any]], single: Family, exact: Bools, confidence: float, evident: Bools
) -> NDArray[np.object_]:
    """Why a row has no number, or what to know about the number it has."""
    limits = columns["conf_low"], columns["conf_high"]
    contradicted = (columns["method"] == "mid-p") & disagree(columns["p_value"], *limits, confidence)
    passed, at_risk, ref_passed, ref_at_risk = single.counts
    nobody = (at_risk == 0) | (ref_at_risk == 0)
    status = first_reason(
        [
            *single.reasons(),
            ((passed == 0) & (ref_passed == 0), "nobody passed in either group"),
            (ref_passed == 0, "nobody of the reference passed"),
        ]
    )
    status = with_reason(status, contradicted, EXACT_DISAGREES)
    unseen = ~nobody & ~evident & (ref_passed > 0) & np.isnan(columns["detectable_ratio"])
    status = with_reason(status, unseen, "too few people: not even a rate of 0 would be seen")
    return with_reason(status, ~nobody & ~exact, "power by normal approximation")


def _sentences(
    process: SelectionProcess,
    names: Names,
    columns: Mapping[str, NDArray[Any]],
    single: Family,
    found: Evidence,
    rule: CliffRule,
    back: NDArray[np.int64],
    beside: HeldEqual,
) -> NDArray[np.object_]:
    reasons = iter(beside.at(back != 0).sentences(back[back != 0]) if back.any() else ())
    before = dict(zip(process.gate_keys, (stage.adjective for stage in process.stages), strict=False))
    told = told_of(single, columns, np.where(back != 0, back, found.behind))
    silence = ("verdict", "power", "detectable_ratio")
    sentences = []
    for row, not_borne_out, verdict, power, detectable in zip(
        told, (back != 0).tolist(), *(columns[name].tolist() for name in silence), strict=True
    ):
        sentence = comparison_sentence(replace(row, before=before.get(row.gate, "")), names)
        if not_borne_out:
            sentences.append(f"{sentence} {next(reasons)}")
            continue
        if verdict in _SILENT:
            sentence += f" {_SILENT[verdict].format(material=rule.material)}"
        if verdict in ("no evidence", "too few to tell"):
            sentence += f" {power_sentence(power, rule.flag_power_at, detectable, rule.power)}"
        sentences.append(sentence)
    return np.array(sentences, object)


def _pooled(single: Family, confidence: float) -> dict[str, NDArray[Any]]:
    """Ratios with every group's rate drawn towards the others', one gate at a time."""
    pieces = [np.empty((3, 0))]
    for part in single.parts:
        everyone = part.everyone
        rows = [everyone.groups.index(group) for group in part.groups]
        found = np.full((3, *part.shape), np.nan)
        for gate, name in enumerate(part.reference[0] if rows else ()):
            if name not in everyone.groups:
                raise ArgumentError(
                    "second_opinion='partial pooling' draws each group towards the others, so the reference "
                    "must be one group. Give reference= a group's name, or leave it out."
                )
            ratio = partial_pooling(
                everyone.passed[:, gate], everyone.at_risk[:, gate], everyone.groups.index(name)
            ).ratio(confidence)
            found[:, :, gate] = np.array([ratio.estimate, ratio.low, ratio.high])[:, rows]
        pieces.append(found.reshape(3, -1))
    estimate, low, high = np.concatenate(pieces, axis=1)
    return {"pooled_estimate": estimate, "pooled_low": low, "pooled_high": high}
