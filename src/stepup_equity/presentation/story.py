"""What a report says first: how many got through, where the edges are, what cannot be told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepup_equity.presentation.comparable import comparable
from stepup_equity.words.names import within
from stepup_equity.words.numbers import count, enumerated, percent
from stepup_equity.words.rows import records
from stepup_equity.words.sentences import small_at

if TYPE_CHECKING:
    from stepup_equity.presentation.answers import Answers

__all__ = ["opening", "untold"]


def opening(answers: Answers) -> tuple[str, str, str]:
    """The report in three sentences: how many got through, where the edges are, what cannot be told."""
    counts, frame, rule = answers.counts, answers.cliffs.frame, answers.cliffs.rule
    end = int(counts.overall().reached[0, -1])
    last = counts.process.stages[-1].label
    share = f" ({percent(end / counts.people)})" if counts.people else ""
    made = count(int(frame["p_value"].notna().sum()), "comparison")
    edges = records(answers.cliffs.flagged)
    if edges:
        places = enumerated((f"{row.group} {small_at(row.gate, answers.names)}" for row in edges), 8)
        is_are = "is a cliff edge" if len(edges) == 1 else "are cliff edges"
        found = (
            f"{len(edges):,} of {made} {is_are}, a pass rate below {rule.material:g} times the "
            "reference's that chance is "
            f"unlikely to explain: {places}."
        )
    else:
        found = (
            f"None of the {made} is a cliff edge: no group's pass rate at a gate is both below "
            f"{rule.material:g} times "
            "the reference's and unlikely to be so by chance."
        )
    few = int((frame["verdict"] == "too few to tell").sum())
    which = "all" if few == int(frame["p_value"].notna().sum()) else f"{few:,}"
    silent = (
        f"In {which} of them there are too few people to tell, so nothing follows from their silence."
        if few
        else "Each of the others would likely have shown a gap of that size."
    )
    cohorts = counts.cohorts
    pooled = f" The cohorts {enumerated(cohorts, 6)} are counted together." if len(cohorts) > 1 else ""
    waiting = int(counts.overall().frame["pending"].sum())
    wait = (
        f" {waiting:,} {'has' if waiting == 1 else 'have'} no outcome yet and count at no gate where they "
        "wait; the picture may change once they have one."
        if waiting
        else ""
    )
    return (
        f"{counts.people:,} people applied; {end:,}{share} reached the last stage, “{last}”.{pooled}{wait}",
        found,
        silent,
    )


def untold(answers: Answers) -> tuple[str, ...]:
    """What the cohort is too small to show, and for whom."""
    frame, rule = answers.cliffs.frame, answers.cliffs.rule
    alone = [
        within(answers.names.characteristic(name))
        for name in answers.counts.characteristics
        if name not in answers.asked and not comparable(answers.counts, name)
    ]
    uncompared = [f"Nothing is compared by {enumerated(alone, 20)}: fewer than two groups are stated."]
    few = frame[frame["verdict"] == "too few to tell"]
    if few.empty:
        told = "Every comparison would likely have shown a ratio of 0.8, had there been one."
        return (told, *(uncompared if alone else ()))
    sizes = few.groupby(["characteristic", "group"], sort=False).size()
    whole = frame.groupby(["characteristic", "group"], sort=False).size().reindex(sizes.index)
    nowhere = [str(group) for _, group in sizes.index[(sizes == whole).to_numpy()]]
    out = [
        (
            f"In {count(len(few), 'comparison')} there are too few people to tell: even if the group's true "
            "pass rate were "
            f"{rule.power_at:g} times the reference's, the test, taken alone, would miss it more than one "
            "time in "
            f"{round(1 / (1 - rule.power))}."
        )
    ]
    if nowhere:
        out.append(f"At no gate can anything be told about: {enumerated(nowhere, 40)}.")
    out.append(
        "Pooling cohorts, or comparing broader groups, is what helps; a gap that persists over several "
        "cohorts can be "
        "evident in all of them together."
    )
    return (*out, *(uncompared if alone else ()))
