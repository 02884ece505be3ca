"""A finding as an HTML fragment: one captioned table, readable by a screen reader, labels escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup, escape

if TYPE_CHECKING:
    import pandas as pd

    from stepup_equity.findings.result import Result

__all__ = ["frame_to_html", "number_in_words", "result_to_html"]


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
    head = Markup("").join(Markup('<th scope="col">{}</th>').format(name) for name in frame.columns)
    body = Markup("").join(
        Markup("<tr>{}</tr>").format(
            Markup("").join(Markup("<td>{}</td>").format(number_in_words(value)) for value in row)
        )
        for row in frame.itertuples(index=False)
    )
    return str(
        Markup("<table><caption>{}</caption><thead><tr>{}</tr></thead><tbody>{}</tbody></table>").format(
            escape(caption), head, body
        )
    )


def result_to_html(result: Result) -> str:
    """A finding: its headline, its table, its method, its notes."""
    notes = Markup("").join(Markup("<p>{}</p>").format(note) for note in result.notes)
    table = Markup(frame_to_html(result.frame, result.title))  # noqa: S704 - escaped cell by cell above
    return str(
        Markup("<section><p><strong>{}</strong> {}</p>{}<p>{}</p>{}</section>").format(
            result.title, result.headline, table, result.method, notes
        )
    )
