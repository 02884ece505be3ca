"""A finding in a notebook: what it says, its picture, one captioned table, readable by a screen reader."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from markupsafe import Markup

from stepup_equity.presentation.in_units import markup_in_unit
from stepup_equity.words.rows import plain_values

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from stepup_equity.findings.result import Result


MOST_ROWS: Final = 40
"""Rows shown; the frame has all."""

_SAME: Final = frozenset({"confidence", "method"})
"""Columns that a notebook leaves out: the method stands below the table."""


_LINES: Final = 3
"""Most lines of a cell: a column of longer texts is set wider, since browsers make it as narrow as a word."""

_EM_PER_LETTER: Final = 0.55
_NARROW: Final = 24
"""Letters that need no width of their own."""


def number_in_words(value: object) -> str:
    """A cell as printed: counts with thousands separators, other numbers to three significant places.

    >>> number_in_words(1234), number_in_words(0.04567), number_in_words(float("nan")), number_in_words(True)
    ('1,234', '0.0457', '–', 'yes')
    """
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if isinstance(value, (int, np.integer)):
        return f"{value:,}"
    if isinstance(value, (float, np.floating)):
        if np.isnan(value):
            return "–"
        if np.isinf(value):
            return "∞" if value > 0 else "−∞"
        text = f"{value:#.3g}" if value else "0"
        if "e" in text:
            return text
        return text.rstrip(".")
    return "" if value is None else str(value)


def frame_to_html(frame: pd.DataFrame, caption: str) -> str:
    """A tidy frame as a table with scoped headers and a caption.

    >>> import pandas as pd
    >>> "&lt;b&gt;" in frame_to_html(pd.DataFrame({"group": ["<b>"]}), "Groups")
    True
    """
    columns = [
        [number_in_words(value) for value in plain_values(str(name), frame.iloc[:, at])]
        for at, name in enumerate(frame.columns)
    ]
    head = Markup("").join(
        Markup('<th scope="col"{}>{}</th>').format(_width(texts), name)
        for name, texts in zip(frame.columns, columns, strict=True)
    )
    body = Markup("").join(
        Markup("<tr>{}</tr>").format(Markup("").join(Markup("<td>{}</td>").format(text) for text in row))
        for row in zip(*columns, strict=True)
    )
    table = Markup("<table><caption>{}</caption><thead><tr>{}</tr></thead><tbody>{}</tbody></table>")
    return str(table.format(caption, head, body))


def _width(texts: Sequence[str]) -> Markup:
    """How wide a column must be for its longest text to stand in a few lines."""
    longest = max(map(len, texts), default=0)
    if longest <= _NARROW:
        return Markup("")
    em = max(longest / _LINES, _NARROW) * _EM_PER_LETTER
    return Markup(' style="min-width:{:.0f}em"').format(em)


def result_to_html(result: Result) -> str:
    """A finding: its headline and sentences, its picture where it has one, its table, its method, its notes.

    A table of more than `MOST_ROWS` rows says how many it leaves out.
    """
    frame = result.frame
    said_elsewhere = [name for name in frame.columns if name == "sentence" or name.endswith("_sentence")]
    shown = frame.drop(columns=[*said_elsewhere, *(_SAME & set(frame.columns))]).head(MOST_ROWS)
    left = len(frame) - len(shown)
    more = Markup("<p>{:,} more rows are in .frame.</p>").format(left) if left else Markup("")
    if said_elsewhere:
        more += Markup("<p>Each row as a sentence: .frame[{!r}].</p>").format(said_elsewhere[0])
    notes = Markup("").join(Markup("<p>{}</p>").format(note) for note in result.notes)
    table = Markup(frame_to_html(shown, result.title))  # noqa: S704 - escaped cell by cell above
    said = Markup("").join(Markup("<li>{}</li>").format(sentence) for sentence in result.sentences)
    whole = Markup(
        "<section><p><strong>{}</strong> {}</p>{}{}"
        '<div style="overflow-x:auto" tabindex="0" role="region" aria-label="{}">{}</div>'
        "{}<p>{}</p>{}</section>"
    )
    return markup_in_unit(
        whole.format(
            result.title,
            result.headline,
            Markup("<ul>{}</ul>").format(said) if said else "",
            _picture(result),
            result.title,
            table,
            more,
            result.method,
            notes,
        )
    )


def _picture(result: Result) -> Markup:
    """The chart of a result as an image with alternative text; nothing where its type has none."""
    from stepup_equity.presentation.charts import plot
    from stepup_equity.presentation.charts.axes import ChartAxes
    from stepup_equity.presentation.charts.chosen import references_of
    from stepup_equity.presentation.charts.drawing import Look

    if plot.dispatch(type(result)) is plot.dispatch(object) or result.frame.empty:
        return Markup("")
    drawn = plot(result, None, Look(result.names, references_of(result)))
    assert isinstance(drawn, ChartAxes)
    return Markup("<p>{}</p>").format(Markup(drawn._repr_html_()))  # noqa: S704 - made by us, escaped
