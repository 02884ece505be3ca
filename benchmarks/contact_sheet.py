"""Every kind of chart for every hard case in every kind of room, side by side to be looked at, and measured.

    python -m benchmarks.contact_sheet FOLDER [KIND ...]

Cases: 2, 5 and 19 groups; 2, 7 and 12 stages; zero cells; labels of 60 letters; a million people. Rooms: a
figure of its own, one cell of a 2 by 2 grid, a slide, a dark ground. Words that lie on words, and words and
shapes that leave their axes, are counted for each; `contact_sheet.md` holds the last count.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from PIL import Image, ImageDraw
from tests.presentation.cases import NINETEEN, counts_of, eight_cohorts, many, two_cohorts
from tests.presentation.charts.measured import faults

import stepup_equity as su
from stepup_equity.counts.one_cohort import one_cohort
from stepup_equity.presentation.answers import Answers
from stepup_equity.presentation.charts.axes import SIZES, figure_of, new_axes
from stepup_equity.presentation.charts.files import at_dpi
from stepup_equity.presentation.charts.letters import Picture
from stepup_equity.presentation.charts.sketches import sketch_of
from stepup_equity.presentation.pictures import KINDS, look_of, of_kinds
from stepup_equity.process import SelectionProcess

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

WIDTH = 640
MARGIN = 12
TWELVE = tuple(f"stage_{number}" for number in range(1, 13))


def _stages(keys: tuple[str, ...], groups: int) -> su.StageCounts:
    """Groups of falling size over any number of stages."""
    rng = np.random.default_rng(2012)
    rows = []
    for place in range(groups):
        reached = [900 // (place + 1)]
        for _ in keys[1:]:
            reached.append(int(rng.binomial(reached[-1], rng.uniform(0.5, 0.95))))
        rows.append(("ethnicity", f"Group {place + 1}", *reached))
    frame = pd.DataFrame(rows, columns=["characteristic", "group", *keys])
    return su.StageCounts.from_table(frame, SelectionProcess.from_keys(list(keys)))


def cases() -> dict[str, su.StageCounts]:
    """Every hard case, by name."""
    long = tuple(f"A group whose name has sixty letters and then some, number {k:>2}" for k in range(5))
    zero = {"A": [300, 250, 120, 90, 40, 30, 28], "B": [60, 50, 10, 6, 0, 0, 0], "C": [1, 1, 0, 0, 0, 0, 0]}
    return {
        "2 groups": counts_of(many(("Female", "Male"))),
        "5 groups": counts_of(many(("White", "Mixed", "Asian", "Black", "Other"))),
        "19 groups": counts_of(many(NINETEEN), not_stated=[341, 271, 105, 87, 27, 23, 22]),
        "2 stages": _stages(TWELVE[:2], 5),
        "12 stages": _stages(TWELVE, 5),
        "zero cells": counts_of(zero),
        "60 letters": counts_of(many(long)),
        "a million": counts_of(many(("White", "Asian", "Black"), largest=1_000_000)),
        "two cohorts": two_cohorts(),
        "eight cohorts": eight_cohorts(),
    }


def _own(paint: Callable[[Axes], Axes]) -> Axes:
    return paint(new_axes(Figure()))


def _slide(paint: Callable[[Axes], Axes]) -> Axes:
    return paint(new_axes(Figure(), SIZES["slide"]))


def _grid(paint: Callable[[Axes], Axes]) -> Axes:
    figure = Figure(figsize=(14, 10), layout="constrained")
    axs = figure.subplots(2, 2)
    for other in (axs[0, 0], axs[1, 0], axs[1, 1]):
        other.plot([1, 2])
        other.set_ylabel("a label")
    ax = paint(axs[0, 1])
    figure.draw_without_rendering()
    return ax


def _dark(paint: Callable[[Axes], Axes]) -> Axes:
    return paint(new_axes(Figure(facecolor="black")))


ROOMS: dict[str, Callable[[Callable[[Axes], Axes]], Axes]] = {
    "own figure": _own,
    "2 x 2 grid": _grid,
    "slide": _slide,
    "dark": _dark,
}


def charts(kinds: list[str]) -> list[tuple[str, str, str, Axes]]:
    """Kind, case, room and axes of every chart."""
    drawn = []
    for case, every in cases().items():
        counts = one_cohort(every)  # as a report has it: the last one, the others beside it
        answers = Answers(counts, counts.characteristics, regression=False, every=every)
        look = look_of(answers, "Internal: not for publication. A programme, 2010.")
        for kind, name in of_kinds(counts, every, counts.characteristics, None):
            if kinds and kind not in kinds:
                continue
            sketch = sketch_of(KINDS[kind].draw, answers, look, name)
            painter = partial(sketch.draw, sketch.picture, sketch.face)
            drawn += [(kind, case, room, place(painter)) for room, place in ROOMS.items()]
    return drawn


def _image(ax: Axes) -> Image.Image:
    """The chart as files have it, in all its colours."""
    figure = figure_of(ax)
    with at_dpi(figure, 72):
        picture = Picture(*figure.canvas.get_width_height(), 72)
        figure.draw(picture)
    image = picture.image()
    return image.resize((WIDTH, round(image.height * WIDTH / image.width)), Image.Resampling.LANCZOS)


def _sheet(images: list[tuple[str, Image.Image]], across: int = 4) -> Image.Image:
    """Images in columns, each below the shortest so far, under its name."""
    heights = [MARGIN] * across
    places = []
    for _, image in images:
        column = heights.index(min(heights))
        places.append((MARGIN + column * (WIDTH + MARGIN), heights[column]))
        heights[column] += image.height + 16 + MARGIN
    sheet = Image.new("RGB", (MARGIN + across * (WIDTH + MARGIN), max(heights)), "#b1b4b6")
    pen = ImageDraw.Draw(sheet)
    for (name, image), (x, y) in zip(images, places, strict=True):
        pen.text((x, y), name, fill="black")
        sheet.paste(image, (x, y + 16))
    return sheet


def main(folder: str, kinds: list[str]) -> None:
    out = Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    sheets: dict[str, list[tuple[str, Image.Image]]] = {}
    wrong = 0
    drawn = charts(kinds)
    for kind, case, room, ax in drawn:
        found = faults(ax)
        wrong += len(found)
        for fault in found[:3]:
            print(f"{kind}, {case}, {room}: {fault}")
        sheets.setdefault(kind, []).append((f"{case}, {room}", _image(ax)))
    for kind, images in sheets.items():
        _sheet(images).save(out / f"{kind}.png")
    print(f"{len(drawn)} charts, {wrong} overlaps or cuts")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "contact_sheets", sys.argv[2:])
