"""True counts printed in a way drawn at random: the truth must come back, or be said to be unknown."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stepup_equity import DataError
from stepup_equity.counts import open_counts

if TYPE_CHECKING:
    from pathlib import Path

QUESTIONS = {
    "gender": ("Female", "Male", "Non-binary"),
    "ethnicity": ("White British", "White Irish", "Indian", "Pakistani", "Black African", "Black Caribbean"),
    "age_band": ("16-24", "25-34", "35-44", "45+"),
    "religion": ("No religion", "Christian", "Muslim", "Hindu"),
}
UNDER = {"White": ("White British", "White Irish"), "Black": ("Black African", "Black Caribbean")}
REFUSALS = ("Prefer not to say", "Not known", "I do not wish to disclose", "Missing/Unknown", "Undefined")
STAGES = {
    "en": ("Applied", "Shortlisted", "Interviewed", "Appointed"),
    "fr": ("Candidatures", "Présélection", "Entretien", "Embauches"),
    "es": ("Solicitudes", "Preseleccionados", "Entrevistas", "Contratados"),
    "de": ("Bewerbungen", "Vorauswahl", "Vorstellung", "Einstellungen"),
}
TOTALS = ("Total", "TOTAL:", "All applicants", "Total²", "Grand total", "Overall")
HIDDEN = ("*", "c", "[c]", "<5", "fewer than 5", "..", "~", "-")
SHARES = ("% of applicants", "Success rate", "Proportion appointed", "Percentage")
STYLES = {",": ",", ".": ";", " ": ",", "'": ",", "": ","}
"""Mark between thousands -> delimiter."""


@dataclass(frozen=True)
class Case:
    """A printed table and what is true of it: people by group and stage, by question."""

    text: str
    truth: dict[str, dict[str, list[int]]]
    hidden: bool
    layout: str


def drawn(seed: int) -> Case:
    """A case, the same for the same seed."""
    rng = np.random.default_rng(seed)
    stages = list(STAGES[str(rng.choice(list(STAGES)))][: int(rng.integers(2, 5))])
    layout = str(rng.choice(["plain", "one", "sections", "stages in rows", "long"]))
    several = 1 if layout in ("one", "stages in rows") else int(rng.integers(1, 4))
    names = [str(name) for name in rng.choice(list(QUESTIONS), several, replace=False)]
    people = int(rng.integers(200, 20_000))
    furthest = rng.choice(len(stages), people, p=rng.dirichlet(np.ones(len(stages)) * 2))
    truth = {name: _counted(rng, name, furthest, len(stages)) for name in names}
    hide = bool(rng.random() < 0.3)
    mark = str(rng.choice(list(STYLES)))
    cells = {
        name: [(label, [_printed(n, mark, hide, rng) for n in row]) for label, row in _rows(rng, groups)]
        for name, groups in truth.items()
    }
    grid = _laid_out(rng, layout, cells, stages, mark)
    if rng.random() < 0.3:
        grid = [["Table 3: recruitment"], [], *grid]
    if rng.random() < 0.3:
        grid = [*grid, ["Source: human resources"]]
    file = io.StringIO()
    csv.writer(file, delimiter=STYLES[mark], lineterminator="\n").writerows(grid)
    return Case(file.getvalue(), truth, hide, layout)


def _counted(rng: np.random.Generator, name: str, furthest: np.ndarray, stages: int) -> dict[str, list[int]]:
    groups = [*QUESTIONS[name], str(rng.choice(REFUSALS))]
    answer = rng.choice(len(groups), len(furthest), p=rng.dirichlet(np.ones(len(groups)) * 3))
    return {
        group: [int(((answer == i) & (furthest >= stage)).sum()) for stage in range(stages)]
        for i, group in enumerate(groups)
    }


def _rows(rng: np.random.Generator, groups: dict[str, list[int]]) -> list[tuple[str, list[int]]]:
    """Groups in any order, with subtotals over their parts and a total, or without."""
    rows = list(groups.items())
    rng.shuffle(rows)
    if "Indian" in groups and rng.random() < 0.4:
        parts = {part for under in UNDER.values() for part in under}
        rows = [row for row in rows if row[0] not in parts]
        for whole, under in UNDER.items():
            own = [(label, groups[label]) for label in under]
            rows += [(whole, [sum(column) for column in zip(*(row for _, row in own), strict=True)]), *own]
    if rng.random() < 0.5:
        total = [sum(column) for column in zip(*groups.values(), strict=True)]
        rows.insert(0 if rng.random() < 0.3 else len(rows), (str(rng.choice(TOTALS)), total))
    return rows


def _printed(number: int, mark: str, hide: bool, rng: np.random.Generator) -> str:
    if hide and 0 < number < 5:
        return str(rng.choice(HIDDEN))
    return f"{number:,}".replace(",", mark)


def _laid_out(
    rng: np.random.Generator,
    layout: str,
    cells: dict[str, list[tuple[str, list[str]]]],
    stages: list[str],
    mark: str,
) -> list[list[str]]:
    shares = bool(rng.random() < 0.3)
    head = [*stages, str(rng.choice(SHARES))] if shares else stages
    point = "," if mark == "." else "."

    def wide(row: list[str]) -> list[str]:
        return [*row, f"{rng.integers(1, 99)}{point}{rng.integers(1, 9)}"] if shares else row

    if layout == "plain":
        body = [[name, label, *wide(row)] for name, rows in cells.items() for label, row in rows]
        return [["characteristic", "group", *head], *body]
    name, rows = next(iter(cells.items()))
    if layout == "one":
        return [[name, *head], *([label, *wide(row)] for label, row in rows)]
    if layout == "stages in rows":
        body = [[stage, *(row[i] for _, row in rows)] for i, stage in enumerate(stages)]
        return [["Stage", *(label for label, _ in rows)], *body]
    if layout == "long":
        body = [
            [one, label, stage, row[i]]
            for one, these in cells.items()
            for label, row in these
            for i, stage in enumerate(stages)
        ]
        return [["Characteristic", "Category", "Stage", "Number"], *body]
    grid = [["Group", *head]]
    for one, these in cells.items():
        grid += [[one, *[""] * len(head)], *([label, *wide(row)] for label, row in these)]
    return grid


def outcome(case: Case, folder: Path) -> str:
    """``equal``, ``equal, with words`` or ``refused``; else ``silent`` or ``wrong, with words``."""
    path = folder / "table.csv"
    path.write_text(case.text, encoding="utf-8")
    try:
        opened = open_counts(path)
    except DataError:
        return "refused"
    said = (opened.problems["severity"] != "note").any()
    right = all(_same(opened.counts, name, groups) for name, groups in case.truth.items())
    if right:
        return "equal, with words" if said else "equal"
    return "wrong, with words" if said else "silent"


def _same(counts: object, name: str, groups: dict[str, list[int]]) -> bool:
    """Whether each group has its people, as far as the table shows them: none behind a number below five."""
    if name not in counts.characteristics:  # type: ignore[attr-defined]
        return False
    funnel = counts.funnel(name, not_stated=True)  # type: ignore[attr-defined]
    found = dict(zip(funnel.groups, funnel.reached.tolist(), strict=True))
    untold = dict(zip(funnel.groups, funnel.hidden.tolist(), strict=True))
    stated = [group for group in groups if group in QUESTIONS[name]]
    for group in stated:
        if group not in found:
            if groups[group][0] >= 5:
                return False
            continue
        for stage, number in enumerate(groups[group]):
            hidden = sum(untold[group][:stage]) > 0
            if not hidden and found[group][stage] != number:
                return False
    return set(found) - {"Not stated"} <= set(stated)
