"""Problems of a file: all of them, in one tidy table, the most harmful first."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

__all__ = ["PROBLEM_COLUMNS", "Problems", "Severity"]

Severity = Literal["error", "warning", "note"]

PROBLEM_COLUMNS: Final = ("severity", "code", "column", "rows", "count", "found", "possible", "remedy")
_ORDER: Final = {"error": 0, "warning": 1, "note": 2}
_ROWS_KEPT: Final = 20


@dataclass
class _Problem:
    severity: Severity
    code: str
    column: str
    sentence: str
    possible: str
    remedy: str
    rows: list[int] = field(default_factory=list)
    count: int = 0
    found: Counter[str] = field(default_factory=Counter)


class Problems:
    """Collects problems while a file is read. One entry for each code and column; rows and counts add up."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, str], _Problem] = {}

    def add(
        self,
        severity: Severity,
        code: str,
        column: str,
        sentence: str,
        *,
        rows: Iterable[int] = (),
        count: int = 0,
        found: Mapping[str, int] | None = None,
        possible: str = "",
        remedy: str = "",
    ) -> None:
        """Note a problem, or more rows of one already noted.

        Parameters
        ----------
        severity : {"error", "warning", "note"}
            Errors refuse the file.
        code : str
            Short name of the kind of problem.
        column : str
            Column of the input.
        sentence : str
            What is wrong, with no person's data in it.
        rows : iterable of int
            Row numbers; the first 20 are kept.
        count : int
            How many rows are affected.
        found : mapping of str to int, optional
            Labels found and how often: only labels that no code list knows.
        possible, remedy : str
            What would be right, and what to do.
        """
        entry = self._entries.setdefault(
            (code, column), _Problem(severity, code, column, sentence, possible, remedy)
        )
        room = _ROWS_KEPT - len(entry.rows)
        if room > 0:
            entry.rows += [row for _, row in zip(range(room), rows, strict=False)]
        entry.count += count
        entry.found.update(found or {})

    @property
    def has_errors(self) -> bool:
        """Whether the file must be refused."""
        return any(entry.severity == "error" for entry in self._entries.values())

    def _sorted(self) -> list[_Problem]:
        return sorted(
            self._entries.values(), key=lambda e: (_ORDER[e.severity], -e.count, e.code, e.column)
        )

    def frame(self) -> pd.DataFrame:
        """All problems, one row each, errors first, then by number of rows."""
        import pandas as pd

        rows = [
            (
                entry.severity,
                entry.code,
                entry.column,
                _rows_in_words(entry),
                entry.count,
                ", ".join(f"{label!r} ({number:,})" for label, number in entry.found.most_common(20)),
                entry.possible,
                f"{entry.sentence} {entry.remedy}".strip(),
            )
            for entry in self._sorted()
        ]
        return pd.DataFrame(rows, columns=list(PROBLEM_COLUMNS))

    def refusal(self, source: str) -> str:
        """The sentence for all errors: the worst in full, then how many more."""
        errors = [entry for entry in self._sorted() if entry.severity == "error"]
        worst = errors[0]
        where = f" ({_where(worst)})" if _where(worst) else ""
        more = f" {len(errors) - 1} more kind(s) of error: see problems." if len(errors) > 1 else ""
        return f"{source} is refused: {worst.sentence.rstrip('.')}{where}. {worst.remedy}".strip() + more


def _rows_in_words(entry: _Problem) -> str:
    shown = ", ".join(str(row) for row in entry.rows)
    return f"{shown}, ..." if entry.count > len(entry.rows) and entry.rows else shown


def _where(entry: _Problem) -> str:
    words = []
    if entry.column:
        words.append(f"column {entry.column!r}")
    if entry.rows:
        some = ", ".join(str(row) for row in entry.rows[:5])
        more = f" and {entry.count - 5:,} more" if entry.count > 5 else ""
        words.append(f"{'row' if entry.count == 1 else 'rows'} {some}{more}")
    return ", ".join(words)
