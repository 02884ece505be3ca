"""Where words and shapes of a chart are, measured: what overlaps, and what leaves its room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg

from stepup_equity.presentation.charts.axes import figure_of
from stepup_equity.presentation.charts.style import chart_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TOUCHING = 1.0
"""Points by which the boxes of two words may meet: letters do not fill their box."""


def boxes(ax: Axes) -> tuple[list[str], np.ndarray]:
    """Words on a chart and the room each takes: left, bottom, right, top in points."""
    figure = figure_of(ax)
    figure.set_dpi(72)
    texts = [text for text in ax.texts if text.get_text()]
    renderer = FigureCanvasAgg(figure).get_renderer()
    with chart_style():
        found = [text.get_window_extent(renderer=renderer) for text in texts]
    return [text.get_text() for text in texts], np.array([[b.x0, b.y0, b.x1, b.y1] for b in found])


def overlapping(words: list[str], room: np.ndarray) -> list[tuple[str, str]]:
    """Pairs of words whose boxes share more than a hair."""
    low, high = room[:, None, :2], room[:, None, 2:]
    shared = np.minimum(high, high.transpose(1, 0, 2)) - np.maximum(low, low.transpose(1, 0, 2))
    both = np.triu((shared > TOUCHING).all(2), 1)
    return [(words[i], words[j]) for i, j in np.argwhere(both)]


def faults(ax: Axes) -> list[str]:
    """What is wrong with the layout of a chart: words on words, words or shapes outside its axes."""
    words, room = boxes(ax)
    if not words:
        return ["no words"]
    found = [f"{one!r} on {other!r}" for one, other in overlapping(words, room)]
    own = ax.bbox.padded(1.0)
    out = (room[:, 0] < own.x0) | (room[:, 1] < own.y0) | (room[:, 2] > own.x1) | (room[:, 3] > own.y1)
    found += [f"{words[i]!r} cut" for i in np.flatnonzero(out)]
    if not ax.collections:
        found.append("no shapes")
    for shapes in ax.collections:
        corners = np.vstack([path.vertices for path in shapes.get_paths()])
        places = shapes.get_transform().transform(corners)
        if (places < (own.x0, own.y0)).any() or (places > (own.x1, own.y1)).any():
            found.append(f"shapes {shapes.get_gid()!r} cut")
    return found


def assert_well_laid_out(ax: Axes, where: str) -> None:
    assert not faults(ax), where
