"""Words and hatching of a picture: where matplotlib would have put them, and what it draws itself."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from stepup_equity.cli import main
from stepup_equity.presentation.charts.axes import new_axes
from stepup_equity.presentation.charts.files import at_dpi, figure_to_svg
from stepup_equity.presentation.charts.letters import Areas, Picture, Words
from stepup_equity.presentation.charts.style import chart_style

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

DPI = 200


def blank() -> tuple[Figure, Any]:
    figure = Figure(figsize=(4, 2))
    FigureCanvasAgg(figure)
    ax = new_axes(figure)
    ax.axis("off")
    return figure, ax


def with_text(kind: type[Text], words: str, **how: Any) -> Figure:
    figure, ax = blank()
    with chart_style():
        text = kind(0.5, 0.5, words, transform=ax.transAxes, fontsize=9, clip_on=False, **how)
    ax.add_artist(text)
    return figure


def ours(figure: Figure) -> NDArray[np.float64]:
    """Darkness of each dot of our picture, from 0 to 1."""
    with at_dpi(figure, DPI):
        picture = Picture(*figure.canvas.get_width_height(), DPI)
        figure.draw(picture)
    return 1 - np.asarray(picture.image(), float).mean(-1) / 255


def matplotlibs(figure: Figure) -> NDArray[np.float64]:
    with chart_style():
        figure.set_dpi(DPI)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        return 1 - np.asarray(canvas.buffer_rgba(), float)[..., :3].mean(-1) / 255


def box(dark: NDArray[np.float64]) -> NDArray[np.int64]:
    rows, columns = np.nonzero(dark > 0.3)
    return np.array([columns.min(), rows.min(), columns.max(), rows.max()])


@pytest.mark.parametrize("side", ["left", "center", "right"])
@pytest.mark.parametrize("weight", ["normal", "bold"])
@pytest.mark.parametrize("words", ["Black African", "▼ ↓ 42% −7", "Åse Ñandú ≥ 5", "<b>&amp;</b>"])
def test_words_stand_where_matplotlib_puts_them(words: str, weight: str, side: str) -> None:
    """Within a dot at each edge, and two at the far end of a long line, since letters end on whole dots."""
    how: dict[str, Any] = {"fontweight": weight, "horizontalalignment": side}
    mine = ours(with_text(Words, words, **how))
    theirs = matplotlibs(with_text(Text, words, **how))
    assert np.abs(box(mine) - box(theirs)).max() <= 2
    assert mine.sum() == pytest.approx(theirs.sum(), rel=0.12)


@pytest.mark.parametrize("words", ["عربي", "e\u0301te\u0301", "हिन्दी", "a\u200fb"])
def test_letters_that_join_or_turn_are_left_to_matplotlib(words: str) -> None:
    mine, theirs = ours(with_text(Words, words)), matplotlibs(with_text(Text, words))
    assert np.abs(mine - theirs).max() < 0.02


@pytest.mark.parametrize(
    "how",
    [
        {"rotation": 90},
        {"bbox": {"facecolor": "#801650"}},
        {"fontstyle": "italic"},
        {"fontvariant": "small-caps"},
        {"fontweight": 600},
        {"fontfamily": "DejaVu Serif"},
        {"alpha": 0.5},
        {"color": (1.0, 0.0, 0.0, 0.5)},
        {"url": "https://example.org"},
    ],
)
def test_words_that_somebody_changed_are_drawn_by_matplotlib(how: dict[str, Any]) -> None:
    changed, any_text = with_text(Words, "White", **how), with_text(Text, "White", **how)
    assert np.abs(ours(changed) - matplotlibs(any_text)).max() < 0.02
    one, other = (re.sub("</?g>", "", figure_to_svg(figure, "t", "a")) for figure in (changed, any_text))
    assert one == other


@pytest.mark.parametrize("side", ["left", "center", "right"])
def test_other_ways_of_saving_put_words_where_matplotlib_does(
    side: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")  # else the files hold the second in which they were written
    how: dict[str, Any] = {"horizontalalignment": side}
    words, text = with_text(Words, "Not stated", **how), with_text(Text, "Not stated", **how)
    assert np.abs(matplotlibs(words) - matplotlibs(text)).max() < 0.02
    one, other = (re.sub("</?g>", "", figure_to_svg(figure, "t", "a")) for figure in (words, text))
    assert one == other
    for kind in ("pdf", "ps"):
        files = [io.BytesIO(), io.BytesIO()]
        for figure, file in zip((words, text), files, strict=True):
            figure.savefig(file, format=kind, metadata={"CreationDate": None} if kind == "pdf" else None)
        assert files[0].getvalue() == files[1].getvalue()


def test_hatching_has_the_lines_of_matplotlib_and_stays_inside() -> None:
    figure, ax = blank()
    places = [(40, 20, 110, 60), (150, 30, 230, 90)]
    corners = [[(x, y), (right, y), (right, top), (x, top)] for x, y, right, top in places]
    with chart_style():
        areas = Areas(
            [np.array(corner) / 72 for corner in corners],
            facecolors="white",
            edgecolors="none",
            hatch="/////",
            transform=figure.dpi_scale_trans,
            clip_on=False,
        )
    ax.add_collection(areas, autolim=False)
    mine, theirs = ours(figure), matplotlibs(figure)
    assert mine.sum() == pytest.approx(theirs.sum(), rel=0.1)
    inside = np.zeros(mine.shape, bool)
    for x, y, right, top in places:
        left, low, end, high = (round(side * DPI / 72) for side in (x, y, right, top))
        inside[len(mine) - high : len(mine) - low, left:end] = True
    assert mine[inside].mean() > 0.05
    assert mine[~inside].sum() < 0.02 * mine.sum(), "only the ends of lines"
    assert areas.get_hatch() == "/////"


def test_labels_that_a_picture_in_dots_cannot_show_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Chinese labels were boxes in every PNG, and nothing said so."""
    table = pd.DataFrame(
        {"characteristic": "origin", "group": ["中文", "日本語", "Łódź"], "applied": 90, "hired": 30}
    )
    table.to_csv(tmp_path / "table.csv", index=False)
    line = ["charts", str(tmp_path / "table.csv"), "--kind", "funnel", "-o", str(tmp_path / "out")]
    assert main(line) == 0
    assert "The PNG files show boxes in 2 labels" in capsys.readouterr().out
    assert "中文" in (tmp_path / "out" / "funnel_origin.svg").read_text(encoding="utf-8")
    table.assign(group=["Ελλάδα", "العربية", "Łódź"]).to_csv(tmp_path / "table.csv", index=False)
    assert main([*line, "--force"]) == 0
    assert "boxes" not in capsys.readouterr().out
