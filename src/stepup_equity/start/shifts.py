"""How the people of a file differ from those of the last one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from stepup_equity.columns import NOT_STATED
from stepup_equity.start.decisions import Decisions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stepup_equity.counts import StageCounts
    from stepup_equity.process import Characteristic
    from stepup_equity.start.proposals import Proposal


_JUMP: Final = 0.1
_LEAST: Final = 0.05


def shifts(now: StageCounts, last: StageCounts, answers: Mapping[str, str]) -> tuple[Proposal, ...]:
    """Groups that appear or are gone, and answers that many fewer people gave than last time."""
    decisions = Decisions(answers)
    for name in now.characteristics:
        if name not in last.characteristics:
            continue
        here, there = _people(now, name), _people(last, name)
        label = now.programme.characteristic(name).label
        for key, sentence in _comings(now.programme.characteristic(name), here, there):
            _note(decisions, f"group:{name}:{key}", sentence)
        before, after = _blank(there), _blank(here)
        if abs(after - before) >= _JUMP or (after >= _LEAST and after >= 3 * before):
            decisions.decide(
                f"unstated:{name}",
                "shift",
                label,
                f"Last time {before:.0%} gave no {label.lower()}, now {after:.0%}. Go on?",
                "yes",
                "a share that jumps is often a column that was read wrongly, or a form that changed",
                choices=[("yes", "Yes, the file is right"), ("no", "No, stop here")],
                safe=False,
            )
    return tuple(sorted(decisions.made.values(), key=lambda one: one.key))


def _comings(
    one: Characteristic, here: Mapping[str, int], there: Mapping[str, int]
) -> Iterator[tuple[str, str]]:
    """Groups that appear or are gone; where one is only told in more or less detail, that."""
    groups = dict.fromkeys((*one.labels, *one.broad_labels))
    come = [group for group in groups if group in here and group not in there]
    gone = [group for group in groups if group in there and group not in here]
    told: set[str] = set()
    for wholes, parts, more in ((gone, come, "more"), (come, gone, "less")):
        for whole in wholes:
            within = [part for part in parts if one.parent_of(part) == whole and part != whole]
            if within:
                told |= {whole, *within}
                yield whole, f"{whole} is told in {more} detail than last time: {', '.join(within)}."
    label = one.label.lower()
    for group in come:
        if group not in told:
            yield group, f"{group} appears under {label}: nobody last time."
    for group in gone:
        if group not in told:
            yield group, f"Nobody is {group} under {label}; last time some were."


def _people(counts: StageCounts, name: str) -> dict[str, int]:
    funnel = counts.funnel(name, level="detailed", not_stated=True)
    return {group: int(n) for group, n in zip(funnel.groups, funnel.reached[:, 0], strict=True) if n}


def _blank(people: Mapping[str, int]) -> float:
    total = sum(people.values())
    return people.get(NOT_STATED, 0) / total if total else 0.0


def _note(decisions: Decisions, key: str, sentence: str) -> None:
    decisions.decide(key, "shift", key.rpartition(":")[2], sentence, "", "counted")
