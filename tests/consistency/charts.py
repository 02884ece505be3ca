"""Reads the words in charts into facts: a cell belongs to the row beside it and the heading above."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

from .reading import WHOLE, Fact, Key, Names, number

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOGETHER = "All gates together"
GRIDS = ("cliffs", "ratios", "gap", "composition")


class Word(NamedTuple):
    """A text and where it begins."""

    x: float
    y: float
    text: str


def chart_facts(folder: Path, names: Names, groups: dict[str, set[str]]) -> Iterator[Fact]:
    """Facts of every chart; `groups` are the labels of each characteristic, by its name in print."""
    for path in sorted((folder / "charts").glob("*.svg")):
        kind, _, key = path.stem.partition("_")
        root = etree.parse(str(path)).getroot()
        words = [
            Word(float(text.get("x")), float(text.get("y")), " ".join("".join(text.itertext()).split()))
            for text in root.iter("{*}text")
            if text.get("x")
        ]
        alone = next(iter(groups)) if len(groups) == 1 else ""
        owner = names.characteristics.get(key, alone)
        if kind in GRIDS:
            yield from _grid(words, kind, owner, names, groups, f"charts/{path.name}")
        elif kind == "funnel" and owner:
            yield from _funnel(words, owner, names, groups[owner], f"charts/{path.name}")


def _grid(
    words: list[Word], kind: str, owner: str, names: Names, groups: dict[str, set[str]], where: str
) -> Iterator[Fact]:
    places = {*names.gates.values(), *names.stages.values(), WHOLE, TOGETHER}
    columns = _headings(words, places)
    rows = []
    for word in sorted(words, key=lambda word: word.y):
        if word.x > 20:
            continue
        heading = word.text.partition(", against ")[0]
        if heading in groups and word.text != heading:
            owner = heading
        label = word.text.removesuffix(" (reference)")
        if label in groups.get(owner, ()):
            rows.append((word.y, owner, label))
    for word in words:
        row = next(((own, label) for y, own, label in rows if -3 <= word.y - y <= 10 and word.x > 20), None)
        column = max(((x, place) for x, place in columns.items() if x <= word.x + 1), default=None)
        if row is not None and column is not None:
            yield from _cell(kind, *row, column[1], word.text, where)


def _headings(words: list[Word], places: set[str]) -> dict[float, str]:
    """The place that each column is of, by where it begins; a long name stands on several lines."""
    lines: dict[float, list[Word]] = {}
    for word in words:
        if word.x > 20:
            lines.setdefault(word.x, []).append(word)
    found = {}
    for x, column in lines.items():
        column.sort(key=lambda word: word.y)
        for end in range(1, min(len(column), 6) + 1):
            said = " ".join(word.text for word in column[:end])
            if said in places:
                found[x] = said
    return found


def _cell(kind: str, owner: str, group: str, place: str, text: str, where: str) -> Iterator[Fact]:
    measure, scale = "ratio", 1.0
    if kind == "composition":
        measure, scale = ("share", 0.01) if text.endswith("%") else ("reached", 1.0)
    else:  # a ratio; people and ticks of axes are whole numbers, and in a chart of gaps ratios bear a sign
        found = re.fullmatch(r"×[<>]?[\d.]+" if kind == "gap" else r"[^\d<>]*[<>]?[\d.]+", text)
        text = text.lstrip("×▲▼↑↓·○● ") if found else ""
        text = text if "." in text or text == "0" else ""
    limits = number(text, scale)
    if limits is not None:
        yield Fact(Key(owner, group, place, measure), *limits, where)


def _funnel(words: list[Word], owner: str, names: Names, groups: set[str], where: str) -> Iterator[Fact]:
    """Each group's sentence, "60 of 600 (10%) got to the end", below its name."""
    stages = list(names.stages.values())
    for word in words:
        group = word.text.removesuffix(" (reference)")
        if group not in groups:
            continue
        below = sorted(other for other in words if other.x == word.x and 0 < other.y - word.y < 25)
        said = " ".join(other.text for other in sorted(below, key=lambda other: other.y))
        found = re.match(r"([\d,]+) of ([\d,]+) (?:\(\S+\) )?got to the end", said)
        if found:
            for text, stage in ((found[1], stages[-1]), (found[2], stages[0])):
                limits = number(text)
                assert limits is not None
                yield Fact(Key(owner, group, stage, "reached"), *limits, where)
