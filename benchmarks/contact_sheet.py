"""Every kind of chart for every hard case, side by side, to be looked at: one PNG for each kind.

    python -m benchmarks.contact_sheet FOLDER

Cases are those of the tests: two groups, six, nineteen, zero cells, empty stages, labels of forty characters,
hostile labels. Look for overlaps, cut words, empty panels; the tests measure the first two.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from PIL import Image, ImageDraw
from tests.presentation.cases import cases, two_cohorts

from stepup_equity.presentation.answers import Answers
from stepup_equity.presentation.pictures import of_kinds, pictures

WIDTH = 640
MARGIN = 12


def sheets() -> dict[str, Image.Image]:
    """One sheet for each kind of chart."""
    drawn: dict[str, list[tuple[str, Image.Image]]] = {}
    for name, counts in {**cases(), "two cohorts": two_cohorts()}.items():
        answers = Answers(counts, counts.characteristics, regression=False)
        for picture in pictures(answers, of_kinds(counts, counts.characteristics, None)):
            image = Image.open(io.BytesIO(picture.files.png)).convert("RGB")
            small = image.resize((WIDTH, round(image.height * WIDTH / image.width)), Image.Resampling.LANCZOS)
            drawn.setdefault(picture.kind, []).append((name, small))
    return {kind: _sheet(images) for kind, images in drawn.items()}


def _sheet(images: list[tuple[str, Image.Image]], across: int = 3) -> Image.Image:
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


def main(folder: str) -> None:
    out = Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    for kind, sheet in sheets().items():
        sheet.save(out / f"{kind}.png")
        print(out / f"{kind}.png")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "contact_sheets")
