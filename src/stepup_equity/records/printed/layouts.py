"""Layouts in which tables are published, each as lines of groups."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from stepup_equity.process import is_hidden, no_stage, normalise
from stepup_equity.records.printed.grid import Grid, Row, text_of_cell
from stepup_equity.records.printed.lines import Line, Printed
from stepup_equity.records.printed.numbers import is_number
from stepup_equity.records.printed.words import (
    guessed_name,
    is_measure,
    kind_of_key,
    like_a_year,
    name_of,
    stage_like,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


@dataclass(frozen=True, slots=True)
class _Body:
    """A table between its titles and its notes.

    Attributes
    ----------
    over : tuple of str
        The upper of two heading rows, merged cells filled in; blank throughout where there is one.
    heads : tuple of str
        Headings.
    rows : tuple of (str, Row)
        Rows with numbers, each with the heading of its section; blank where there is none.
    labels, values : tuple of int
        Columns with labels, and with numbers.
    """

    over: tuple[str, ...]
    heads: tuple[str, ...]
    rows: tuple[tuple[str, Row], ...]
    labels: tuple[int, ...]
    values: tuple[int, ...]

    @property
    def sections(self) -> bool:
        return any(section for section, _ in self.rows)


def understood(grid: Grid) -> Printed | None:
    """The lines of a table, or None where it is not one of the layouts that are known.

    Known: a row for each group and a column for each stage, with one or two columns of labels; sections one
    below the other; stages in rows and groups in columns; two rows of headings, with years, or numbers
    and percentages, side by side; and a row for each group and stage. Titles above and notes below are
    passed over.
    """
    body = _body(grid)
    if body is None or not body.labels or not body.values:
        return None
    if any(body.over):
        return _two_headings(body)
    return _one_heading(body)


def _body(grid: Grid) -> _Body | None:
    rows = [row for row in grid.rows if row.filled]
    top = next((i for i, row in enumerate(rows) if row.filled > 1), None)
    if top is None:
        return None
    first = next((i for i, row in enumerate(rows) if i > top and _begins(row, i == top + 1)), None)
    if first is None:
        return None
    head, over, section = _headings(rows, first)
    last = max(i for i, row in enumerate(rows) if row.is_data)
    heads = rows[head].texts
    found: list[tuple[str, Row]] = []
    for row in rows[first : last + 1]:
        if not row.is_data and (row.filled == 1 or _same_heads(row, heads)):
            section = row.texts[0]
        else:
            found.append((section, row))
    labels, values = _columns(heads, [row for _, row in found])
    return _Body(over, heads, tuple(found), labels, values)


def _begins(row: Row, second: bool) -> bool:
    """Whether the numbers begin here, below the first heading row; years below it are headings too."""
    years = row.years
    heading = second and years and (not row.texts[0] or len(set(years)) < len(years))
    return row.is_data and not heading


def _headings(rows: list[Row], first: int) -> tuple[int, tuple[str, ...], str]:
    """Position of the headings, the row over them with merged cells filled in, and the first section."""
    section, head = "", first - 1
    while rows[head].filled == 1 and head and rows[head].texts[0]:
        section, head = section or rows[head].texts[0], head - 1
    width = len(rows[head].cells)
    above = rows[head - 1] if head else None
    if above is None or not (above.filled > 1 or not above.texts[0]):
        return head, ("",) * width, section
    filled, last = [], ""
    for text, below in zip(above.texts, rows[head].texts, strict=True):
        last = text or (last if below else "")
        filled.append(last)
    return head, tuple(filled), section


def _same_heads(row: Row, heads: tuple[str, ...]) -> bool:
    """Whether a row repeats the headings, behind a first cell of its own."""
    return [normalise(text) for text in row.texts[1:]] == [normalise(text) for text in heads[1:]]


def _columns(heads: tuple[str, ...], rows: list[Row]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Columns with labels, and columns with numbers; years are labels where other columns hold numbers."""
    labels: list[int] = []
    values: list[int] = []
    years: list[int] = []
    for i in range(len(heads)):
        cells = [row.cells[i] for row in rows if text_of_cell(row.cells[i])]
        numbers = [cell for cell in cells if is_number(cell)]
        hidden = [cell for cell in cells if not is_number(cell) and is_hidden(text_of_cell(cell))]
        if not cells:
            continue
        if kind_of_key(heads[i]) == "cohort" or (
            len(numbers) == len(cells) and all(like_a_year(text_of_cell(cell)) for cell in cells)
        ):
            years.append(i)
        elif (numbers and 2 * len(numbers + hidden) > len(cells)) or (len(hidden) == len(cells) and values):
            values.append(i)
        else:
            labels.append(i)
    if values:
        labels = sorted(labels + years)
    else:
        values = years
    return tuple(labels), tuple(values)


# One row of headings ----------------------------------------------------------------------------------


def _one_heading(body: _Body) -> Printed | None:
    cohort = next((i for i in body.labels if _is_cohort(body, i)), None)
    labels = [i for i in body.labels if i != cohort]
    if len(body.values) == 1:
        return _long(body, labels, cohort)
    if len(labels) == 1 and cohort is None and _stages_in_rows(body, labels[0]):
        return _transposed(body, labels[0], body.values, lambda i: ("", body.heads[i]))
    if len(labels) == 1:
        return _wide(body, None, labels[0], cohort)
    if len(labels) == 2 and not body.sections:
        return _wide(body, labels[0], labels[1], cohort)
    return None


def _is_cohort(body: _Body, column: int) -> bool:
    if kind_of_key(body.heads[column]) == "cohort":
        return True
    return all(like_a_year(row.texts[column]) for _, row in body.rows)


def _wide(body: _Body, characteristic: int | None, group: int, cohort: int | None) -> Printed | None:
    """A row for each group, a column for each stage; merged cells of the characteristic are filled in."""
    stages = tuple(body.heads[i] for i in body.values)
    groups = [row.texts[group] for _, row in body.rows]
    alone = guessed_name(body.heads[group], groups)
    lines: list[Line] = []
    last = ""
    for section, row in body.rows:
        if characteristic is not None:
            last = row.texts[characteristic] or last
        name = last if characteristic is not None else section or alone
        lines.append(
            Line(
                row.number,
                name_of(name) or alone,
                row.texts[group],
                tuple(row.cells[i] for i in body.values),
                row.texts[cohort] if cohort is not None else "",
            )
        )
    if characteristic is not None and _crossed(lines):
        return None
    how = "sections one below the other" if body.sections else "a row for each group"
    return Printed(stages, tuple(_years_apart(lines, alone)), how)


def _crossed(lines: list[Line]) -> bool:
    """Whether two columns of labels are two questions at once, each answer of one with each of the other."""
    groups: dict[str, set[str]] = {}
    for line in lines:
        groups.setdefault(line.characteristic, set()).add(line.group)
    stated = [{normalise(g) for g in held} for held in groups.values()]
    shared = set.intersection(*stated) if len(stated) > 1 else set()
    return len(shared) > 1 and 2 * len(shared) >= max(map(len, stated))


def _years_apart(lines: list[Line], alone: str) -> list[Line]:
    """Sections that are headed by a year are cohorts, not characteristics."""
    names = {line.characteristic for line in lines}
    if len(names) > 1 and all(like_a_year(name.replace("_", "/")) for name in names):
        return [
            replace(line, cohort=line.characteristic.replace("_", "/"), characteristic=alone)
            for line in lines
        ]
    return lines


def _stages_in_rows(body: _Body, label: int) -> bool:
    heads = [body.heads[i] for i in body.values]
    if kind_of_key(body.heads[label]) == "stage":
        return True
    if any(map(stage_like, heads)) or kind_of_key(body.heads[label]) is not None:
        return False
    rows = [row.texts[label] for _, row in body.rows]
    return 2 * sum(map(stage_like, rows)) > len(rows)


def _transposed(
    body: _Body, label: int, values: Iterable[int], names: Callable[[int], tuple[str, str]]
) -> Printed:
    """Stages in rows, groups in columns; sections are characteristics or cohorts of their own."""
    values = list(values)
    by_section: dict[str, list[Row]] = {}
    for section, row in body.rows:
        by_section.setdefault(section, []).append(row)
    stages = tuple(dict.fromkeys(row.texts[label] for _, row in body.rows))
    groups = [names(i)[1] for i in values]
    lines = []
    for section, rows in by_section.items():
        cells = {row.texts[label]: row for row in rows}
        for i in values:
            over, group = names(i)
            name = over or (section if section and not like_a_year(section) else "")
            lines.append(
                Line(
                    rows[0].number,
                    name_of(name) or guessed_name("", groups),
                    group,
                    tuple(cells[stage].cells[i] if stage in cells else None for stage in stages),
                    section if like_a_year(section) else "",
                )
            )
    return Printed(stages, tuple(lines), "stages in rows, groups in columns")


def _long(body: _Body, labels: list[int], cohort: int | None) -> Printed | None:
    """A row for each group and stage."""
    stage = next((i for i in labels if kind_of_key(body.heads[i]) == "stage"), None)
    if stage is None:
        like = [i for i in labels if _mostly(stage_like, [row.texts[i] for _, row in body.rows])]
        stage = like[0] if len(like) == 1 else None
    if stage is None:
        return None
    others = [i for i in labels if i != stage]
    if len(others) not in (1, 2):
        return None
    group, characteristic = others[-1], others[0] if len(others) == 2 else None
    groups = [row.texts[group] for _, row in body.rows]
    alone = guessed_name(body.heads[group], groups)
    stages = tuple(dict.fromkeys(row.texts[stage] for _, row in body.rows))
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    rows: dict[tuple[str, str, str], int] = {}
    for section, row in body.rows:
        name = row.texts[characteristic] if characteristic is not None else section
        key = (
            row.texts[cohort] if cohort is not None else "",
            name_of(name) or alone,
            row.texts[group],
        )
        held = found.setdefault(key, {})
        if row.texts[stage] in held:
            return None
        held[row.texts[stage]] = row.cells[body.values[0]]
        rows.setdefault(key, row.number)
    lines = [
        Line(rows[key], key[1], key[2], tuple(held.get(one) for one in stages), key[0])
        for key, held in found.items()
    ]
    return Printed(stages, tuple(lines), "a row for each group and stage")


def _mostly(test: Callable[[str], bool], texts: list[str]) -> bool:
    return 2 * sum(map(test, texts)) > len(texts)


# Two rows of headings ---------------------------------------------------------------------------------


def _two_headings(body: _Body) -> Printed | None:
    """Years, stages or characteristics over what stands below them."""
    if len(body.labels) != 1:
        return None
    label = body.labels[0]
    over = [body.over[i] for i in body.values]
    heads = [body.heads[i] for i in body.values]
    if all(map(is_measure, heads)):
        return _measures_below(body, over, heads)
    if _stages_in_rows(replace(body, heads=body.over), label) or _stages_in_rows(body, label):
        return _transposed(body, label, body.values, lambda i: (body.over[i], body.heads[i]))
    if len(set(over)) > 1 and all(over) and len(set(heads)) < len(heads):
        if all(map(stage_like, over)) and not any(map(stage_like, heads)):
            return _side_by_side(body, label, lambda i: (body.heads[i], body.over[i]))
        return _side_by_side(body, label, lambda i: (body.over[i], body.heads[i]))
    if len(set(heads)) == len(heads):
        return _one_heading(replace(body, over=("",) * len(body.over)))
    return None


def _measures_below(body: _Body, over: list[str], heads: list[str]) -> Printed | None:
    """Stages over numbers and percentages: the numbers are kept, the percentages named."""
    kept, left = [], []
    for i, above, below in zip(body.values, over, heads, strict=True):
        if no_stage(below) == "percentage":
            left.append((f"{above} {below}", "percentage"))
        else:
            kept.append(i)
    heads_above = tuple(above if i in kept else "" for i, above in enumerate(body.over))
    if len({body.over[i] for i in kept}) < len(kept):
        return None
    merged = tuple(above or below for above, below in zip(heads_above, body.heads, strict=True))
    plain = _one_heading(replace(body, over=("",) * len(merged), heads=merged, values=tuple(kept)))
    return None if plain is None else replace(plain, left_out=tuple(left))


def _side_by_side(body: _Body, label: int, names: Callable[[int], tuple[str, str]]) -> Printed | None:
    """Cohorts side by side, each with its stages."""
    stages = tuple(dict.fromkeys(names(i)[1] for i in body.values))
    cohorts = tuple(dict.fromkeys(names(i)[0] for i in body.values))
    at = {names(i): i for i in body.values}
    if len(at) < len(body.values) or len(at) < len(stages) * len(cohorts):
        return None
    alone = guessed_name(body.heads[label], [row.texts[label] for _, row in body.rows])
    lines = [
        Line(
            row.number,
            name_of(section) or alone,
            row.texts[label],
            tuple(row.cells[at[cohort, stage]] for stage in stages),
            cohort,
        )
        for cohort in cohorts
        for section, row in body.rows
    ]
    return Printed(stages, tuple(lines), "cohorts side by side")
