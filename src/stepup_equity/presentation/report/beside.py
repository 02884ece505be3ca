"""What a cohort is set beside: the one before it, all others, its own partnerships, and outside figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from stepup_equity.columns import CHARACTERISTIC, OVERALL
from stepup_equity.presentation.report import tables
from stepup_equity.presentation.report.blocks import (
    Block,
    Bullets,
    Cell,
    Head,
    Heading,
    Paragraph,
    Section,
    Table,
)
from stepup_equity.words.names import capital, within
from stepup_equity.words.numbers import count, enumerated, interval, percent, ratio, signed
from stepup_equity.words.rows import records
from stepup_equity.words.sentences import cohorts_finding, spoken, trend_finding

if TYPE_CHECKING:
    from stepup_equity.findings import (
        BenchmarkComparison,
        CliffEdges,
        CohortComparison,
        CohortTrend,
        Places,
        SelectionRates,
    )
    from stepup_equity.presentation.answers import Answers
    from stepup_equity.presentation.report.figures import Figures
    from stepup_equity.words.names import Names


def change_sections(answers: Answers, figures: Figures) -> tuple[Section, ...]:
    """The cohort beside the one before it, and all cohorts; nothing where there is one."""
    if answers.cohorts is None:
        return ()
    result, names = answers.cohorts, answers.names
    earlier, later = result.cohorts
    blocks = change_blocks(result, names, figures, said=answers.counts.notes)
    sections = [Section("cohorts", f"From {earlier} to {later}", blocks, new_page=True)]
    if answers.trend is not None:
        title = f"Over {len(answers.trend.cohorts)} cohorts"
        sections.append(Section("trend", title, trend_blocks(answers.trend, names, figures)))
    return tuple(sections)


def change_blocks(
    result: CohortComparison,
    names: Names,
    figures: Figures,
    *,
    said: tuple[str, ...] = (),
    broad: bool = False,
) -> tuple[Block, ...]:
    """Two cohorts: what changed, and why shares did; notes that stand elsewhere are `said`."""
    earlier, later = result.cohorts
    between, which = (", between broad groups", "broad") if broad else ("", "")
    table = tables.cohort_table(
        result.frame, names, f"Impact ratios in {earlier} and {later}, by group and gate{between}"
    )
    changed = tuple(spoken(row.sentence) for row in records(result.changed))
    found: Block = Bullets(changed) if changed else Paragraph(f"{cohorts_finding(result.frame, names)}.")
    notes = tuple(Paragraph(note) for note in result.notes if note not in said)
    became = tuple(spoken(row.sentence) for row in records(result.edges))
    edges: tuple[Block, ...] = (
        (Heading(f"Cliff edges of {earlier} and {later}{between}"), Bullets(became)) if became else ()
    )
    head: tuple[Block, ...] = (Heading("Between broad groups"),) if broad else ()
    return (
        *head,
        found,
        *figures.of("cohorts", which, table),
        *edges,
        *(() if broad else _shares(result.shares, names)),
        *notes,
        *(() if broad else (Paragraph(result.method),)),
    )


def trend_blocks(
    trend: CohortTrend, names: Names, figures: Figures, *, broad: bool = False
) -> tuple[Block, ...]:
    """The trends, and every cohort's ratio."""
    blocks: list[Block] = [Heading("Between broad groups")] if broad else []
    blocks.append(Paragraph(f"{trend_finding(trend.frame, trend.cohorts, names)}."))
    moving = tuple(spoken(row.sentence) for row in records(trend.trends))
    if moving:
        blocks.append(Bullets(moving))
    between, which = (", between broad groups", "broad") if broad else ("", "")
    table = tables.matrix(
        trend.ratios[trend.ratios["gate"] != OVERALL],
        names,
        f"Impact ratio in each cohort, by group and gate{between}",
        lambda row: tables.number(row.estimate, ratio(row.estimate)),
        row_of=lambda row: f"{row.group}, {row.cohort}",
    )
    return (*blocks, *figures.of("trend", which, table), *(() if broad else (Paragraph(trend.method),)))


def held_blocks(edges: CliffEdges, figures: Figures) -> tuple[Block, ...]:
    """Cliff edges of all cohorts, each compared within itself."""
    blocks: list[Block] = [Paragraph(f"{capital(edges.headline)}.", "lead")]
    whole = [
        sentence
        for frame in (edges.broad_whole_way, edges.whole_way)
        for sentence, behind in zip(frame["sentence"], frame["behind"], strict=True)
        if behind
    ]
    found = (*whole, *edges.sentences)
    blocks.append(
        Bullets(tuple(spoken(sentence) for sentence in dict.fromkeys(found)))
        if found
        else Paragraph("Within the cohorts no group is evidently behind another by so much.")
    )
    ends = edges.whole_way.assign(gate=OVERALL)
    frame = pd.concat([edges.frame, ends[[name for name in ends if name in edges.frame]]], ignore_index=True)
    caption = "Impact ratio within cohorts and verdict, by group and gate"
    table = tables.cliff_table(frame, edges.names, caption)
    blocks += figures.of("cliffs", "", table)
    if len(edges.broad):
        blocks.append(tables.cliff_table(edges.broad, edges.names, f"{caption}, between broad groups"))
    blocks.append(Paragraph(edges.rule.in_words))
    return tuple(blocks)


def each_blocks(rates: SelectionRates, names: Names) -> tuple[Block, ...]:
    """Everybody at each gate, a row for each cohort."""
    return (tables.rate_table(rates.frame, names, "Pass rates of everybody in each cohort"),)


def _shares(frame: pd.DataFrame, names: Names) -> tuple[Block, ...]:
    """Why each group's share of those who got through changed: who applied, and how they passed."""
    rows: list[tuple[str, tuple[Cell, ...]]] = []
    kept = frame[frame["factor"].isin(["composition", "pass rates", "change"])]
    for name, part in kept.groupby(CHARACTERISTIC, sort=False):
        rows.append((names.characteristic(str(name)), ()))
        for group, parts in part.groupby("group", sort=False):
            by = {row.factor: row for row in records(parts)}
            one = by["change"]
            cells = [
                tables.number(share, percent(share) if np.isfinite(share) else "–")
                for share in (one.share_earlier, one.share_later)
            ]
            cells += [_points(by[factor].estimate) for factor in ("composition", "pass rates")]
            rows.append((str(group), tuple(cells)))
    heads = ("Share earlier", "Share later", "From who applied", "From pass rates")
    return (
        Heading("Why shares of those who got through changed"),
        Table(
            "Each group's share of those who got through, and why it changed, in percentage points",
            "Group",
            tuple(Head(head) for head in heads),
            tuple(rows),
            "The two parts add up to the change.",
        ),
    )


def _points(value: float) -> Cell:
    return tables.number(value, signed(100 * value))


def strata_sections(answers: Answers) -> tuple[Section, ...]:
    """Ratios with partnerships, regions or centres held equal, and places; nothing without strata."""
    if answers.strata is None:
        return ()
    found, names = answers.strata, answers.names
    labels = {stratum.name: stratum.label for stratum in answers.counts.programme.strata}
    blocks: list[Block] = []
    for stratum in found.strata:
        label = labels.get(stratum, stratum.capitalize())
        frame = found.frame[(found.frame["stratum"] == stratum) & (found.frame["status"] != "reference")]
        told = frame[frame["reading"] != ""]
        blocks.append(Heading(f"With {within(label)} held equal"))
        blocks.append(
            Bullets(
                tuple(f"{row.group} {within(names.at(row.gate))}: {row.reading}." for row in records(told))
            )
            if len(told)
            else Paragraph(f"No evident gap appears, goes or changes with {within(label)} held equal.")
        )
        blocks.append(_beside_table(frame, names, label))
        blocks.append(Paragraph(_homogeneity(frame, label)))
    blocks += _places(answers.places, names, labels)
    blocks.append(Paragraph(found.method))
    held = [within(labels.get(stratum, stratum.capitalize())) for stratum in found.strata]
    return (Section("strata", f"Within each {enumerated(held)}", tuple(blocks), new_page=True),)


def _homogeneity(frame: pd.DataFrame, label: str) -> str:
    """Whether the gap is the same in every partnership, so that one ratio may stand for all."""
    tested = frame[frame["homogeneity_p_adjusted"].notna()]
    if tested.empty:
        return f"Whether a gap differs by {within(label)} cannot be tested."
    differs = tested[tested["homogeneity_p_adjusted"] <= 0.05]
    said = count(len(tested), "gap")
    if differs.empty:
        return f"Of {said} none evidently differs by {within(label)} (adjusted by Holm)."
    return (
        f"Of {said} {len(differs):,} evidently {'differs' if len(differs) == 1 else 'differ'} by "
        f"{within(label)} (adjusted by Holm), so one ratio does not stand for all."
    )


def _beside_table(frame: pd.DataFrame, names: Names, label: str) -> Table:
    def cell(row: Any) -> Cell:
        if np.isnan(row.estimate):
            return tables.number(row.estimate, f"– ({row.status})" if row.status else "–")
        return tables.number(row.estimate, f"{ratio(row.pooled_estimate)} → {ratio(row.estimate)}")

    return tables.matrix(
        frame,
        names,
        f"Impact ratio together, and with {within(label)} held equal, by group and gate",
        cell,
        note="Together → held equal (Mantel-Haenszel).",
    )


def _places(found: Places | None, names: Names, labels: dict[str, str]) -> list[Block]:
    """Places by partnership, a sentence and a row for each."""
    if found is None:
        return []
    frame = found.frame
    filled = frame["recruited"].where(frame["recruited"].notna(), frame["filled"])
    heads = ("Places wanted", "Qualified", "Offered", "No place", "Filled")
    columns = [frame[name] for name in ("target", "qualified", "offered", "no_place")]
    rows = tuple(
        (
            str(row[0]),
            tuple(
                tables.number(float(value), "–" if np.isnan(value) else f"{int(value):,}")
                for value in row[1:]
            ),
        )
        for row in zip(frame[found.stratum], *columns, filled, strict=True)
    )
    told = "as the table of places has it" if frame["recruited"].notna().any() else "by the records"
    label = within(labels.get(found.stratum, found.stratum))
    return [
        Heading("Places"),
        Paragraph(f"{found.headline}."),
        Table(
            f"Places by {label}",
            capital(label),
            tuple(Head(head) for head in heads),
            rows,
            " ".join(
                (f"Filled: {told}. No place: passed before, turned away for want of one.", *found.left_out)
            ),
        ),
        *_reserve(found, names, label),
    ]


def _reserve(found: Places, names: Names, label: str) -> list[Block]:
    """Who passed and was left without a place: offers to each group with the partnership held equal."""
    frame = found.reserve
    frame = frame[frame["status"] != "reference"]
    if frame.empty:
        return []
    rows: list[tuple[str, tuple[Cell, ...]]] = []
    for name, part in frame.groupby(CHARACTERISTIC, sort=False):
        rows.append((names.characteristic(str(name)), ()))
        rows += [
            (
                f"{row.group}, against {row.reference}",
                (
                    tables.number(float(row.no_place), f"{int(row.no_place):,}"),
                    tables.number(row.pooled_estimate, ratio(row.pooled_estimate)),
                    tables.number(
                        row.estimate,
                        f"{ratio(row.estimate)} ({interval(row.conf_low, row.conf_high)})"
                        if np.isfinite(row.estimate)
                        else f"– ({row.status})",
                    ),
                ),
            )
            for row in records(part)
        ]
    heads = ("No place", "Offers, together", f"Offers, {label} held equal")
    note = (
        "Rate of offers over the reference's: a group that chose where few places were falls behind together."
    )
    return [
        Heading("The reserve list"),
        Table("Who passed and found no place, by group", "Group", tuple(map(Head, heads)), tuple(rows), note),
    ]


def outside_sections(answers: Answers) -> tuple[Section, ...]:
    """Each outside figure beside the cohort's own."""
    if not answers.outside:
        return ()
    blocks: list[Block] = []
    for found in answers.outside:
        blocks += _outside(found)
    return (Section("outside", "Beside outside figures", tuple(blocks), new_page=True),)


def _outside(found: BenchmarkComparison) -> list[Block]:
    what = "rate" if found.against.measure == "rate" else "share"
    rows = tuple(
        (
            row.group,
            (
                tables.people(int(row.count)),
                tables.number(row.estimate, percent(row.estimate)),
                tables.number(row.benchmark_value, percent(row.benchmark_value)),
                tables.number(
                    row.index_value,
                    f"{ratio(row.index_value)} ({interval(row.index_low, row.index_high)})"
                    if np.isfinite(row.index_value)
                    else "–",
                ),
            ),
        )
        for row in records(found.frame.rename(columns={"index": "index_value", "count": "count"}))
    )
    heads = ("People", f"{what.capitalize()} here", f"{what.capitalize()} there", "Here over there")
    return [
        Heading(f"{found.against.base}, {found.against.year}"),
        Paragraph(f"{found.headline}."),
        Table(
            f"Each class's {what} here and there",
            "Class",
            tuple(Head(head) for head in heads),
            rows,
            f"Source: {found.against.source}.",
        ),
        Bullets(found.cautions),
    ]
