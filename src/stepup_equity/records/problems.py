"""Problems of a file: all of them, in one tidy table, the most harmful first."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from stepup_equity.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    import pandas as pd


Severity = Literal["error", "warning", "note"]
Row = tuple[str, str, str, str, int, str, str, str, str]

PROBLEM_COLUMNS: Final = (
    "severity",
    "code",
    "column",
    "rows",
    "count",
    "problem",
    "found",
    "possible",
    "remedy",
)
_ORDER: Final = {"error": 0, "warning": 1, "note": 2}
_ROWS_KEPT: Final = 20
_LABELS_KEPT: Final = 200
_LABEL_LENGTH: Final = 40
_LABELS_SELDOM: Final = 40
_TIMES_EACH: Final = 3
_LABEL_OF: Final = 5
_BAND: Final = r"\d{1,3}\s*(-|–|to|and)\s*(\d{1,3}|over|under)"
_AS_WORDS: Final = (
    r"(age[ds]? )?(under|over|up to|from|below|above|<|>) ?\d{1,3}|\d{1,3} (and|or) \w+|[a-z]{3}-\d{2}"
)
_SPEAKABLE: Final = re.compile(rf"[^\W\d_][^\d@]*|\d{{1,3}}\+?|{_BAND}( years?)?|{_AS_WORDS}", re.IGNORECASE)
"""Words without figures, a short number, a band. Anything else may be an id, a birthday or an address."""


@dataclass
class _Problem:
    severity: Severity
    code: str
    column: str
    sentence: str
    possible: str
    remedy: str
    hint: str = ""
    shown: str = ""
    rows: list[int | str] = field(default_factory=list)
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
        rows: Iterable[int | str] = (),
        count: int = 0,
        found: Mapping[str, int] | None = None,
        possible: str = "",
        remedy: str = "",
        hint: str = "",
        shown: str = "",
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
        rows : iterable of int or str
            Row numbers; the first 20 are kept.
        count : int
            How many rows are affected.
        found : mapping of str to int, optional
            Labels found and how often: only labels that no code list knows. They stand in the table, never
            in a
            sentence, and not at all where they look like an id, a date of birth or an address.
        possible, remedy : str
            What would be right, and what to do.
        hint : str
            A nearest name. It stands in the table only, since it can tell what a person answered.
        shown : str
            What was found, in words that are safe to show; in place of `found`, and in the table only.
        """
        entry = self._entries.setdefault(
            (code, column), _Problem(severity, code, column, sentence, possible, remedy)
        )
        room = _ROWS_KEPT - len(entry.rows)
        if room > 0:
            entry.rows += [row for _, row in zip(range(room), rows, strict=False)]
        entry.count += count
        entry.found.update(found or {})
        entry.hint = entry.hint or hint
        entry.shown = entry.shown or shown

    @property
    def has_errors(self) -> bool:
        """Whether the file must be refused."""
        return any(entry.severity == "error" for entry in self._entries.values())

    def labels_of(self, code: str, columns: Collection[str]) -> list[tuple[str, int]]:
        """Labels of one kind of problem, whole, and how many rows each; for the owner of the file alone.

        What looks like an id, a date or an address is left out, and so is a column of names.

        Parameters
        ----------
        code : str
        columns : collection of str
            Only of these columns, their case and spaces apart; empty for all.
        """
        wanted = {column.strip().casefold() for column in columns}
        found: Counter[str] = Counter()
        for entry in self._entries.values():
            kept = not wanted or entry.column.strip().casefold() in wanted
            if entry.code == code and kept and not _like_names(entry.found):
                found.update(entry.found)
        return [(one, n) for one, n in found.most_common() if _SPEAKABLE.fullmatch(one.strip())]

    @property
    def columns_missing(self) -> list[tuple[str, str, str]]:
        """Code, column and what is there instead, of every column that was looked for in vain."""
        codes = ("column_missing", "characteristic_missing", "characteristic_absent")
        return [(e.code, e.column, e.possible) for e in self._sorted() if e.code in codes]

    def _sorted(self) -> list[_Problem]:
        return sorted(self._entries.values(), key=lambda e: (_ORDER[e.severity], -e.count, e.code, e.column))

    def rows(self) -> tuple[Row, ...]:
        """All problems in words, by `PROBLEM_COLUMNS`, errors first, then by number of rows."""
        return tuple(
            (
                entry.severity,
                entry.code,
                entry.column,
                _rows_in_words(entry),
                entry.count,
                entry.sentence[:1].upper() + entry.sentence[1:],
                entry.shown or _labels_in_words(entry),
                entry.possible,
                f"{entry.remedy} {entry.hint}".strip(),
            )
            for entry in self._sorted()
        )

    def frame(self) -> pd.DataFrame:
        """All problems, one row each, errors first, then by number of rows."""
        return framed(self.rows())

    def refusal(self, source: str) -> str:
        """The sentence for all errors: the worst in full, then how many more."""
        errors = [entry for entry in self._sorted() if entry.severity == "error"]
        worst = errors[0]
        where = f" ({_where(worst)})" if _where(worst) else ""
        more = f" {len(errors) - 1} more kind(s) of error: see problems." if len(errors) > 1 else ""
        name = source[:1].upper() + source[1:] if source.startswith("the ") else source
        return f"{name} is refused: {worst.sentence.rstrip('.')}{where}. {worst.remedy}".strip() + more


def unreadable(
    source: str, code: str, sentence: str, remedy: str, *, column: str = "", rows: Iterable[int] = ()
) -> DataError:
    """The error for a source that is no table: one sentence, and the same as a table of problems.

    Parameters
    ----------
    source : str
        Name of the file.
    code, column, rows, remedy : str
        As in `Problems.add`.
    sentence : str
        What is wrong, to stand behind the name: ``"is empty: it has no header in row 1."``.
    """
    numbers = list(rows)
    row = (
        "error",
        code,
        column,
        ", ".join(map(str, numbers[:_ROWS_KEPT])) + (", ..." if len(numbers) > _ROWS_KEPT else ""),
        len(numbers),
        f"The file {sentence}",
        "",
        "",
        remedy,
    )
    name = source[:1].upper() + source[1:] if source.startswith("the ") else source
    return DataError(f"{name} {sentence} {remedy}", framed([row]))


def framed(rows: Sequence[Row]) -> pd.DataFrame:
    """Problems in words as a table."""
    import pandas as pd

    return pd.DataFrame(rows, columns=list(PROBLEM_COLUMNS))


def _like_names(found: Counter[str]) -> bool:
    """Whether labels are so many, or so seldom, as those of a column of names are."""
    seldom = len(found) > _LABELS_SELDOM and found.total() < _TIMES_EACH * len(found)
    return seldom or len(found) > _LABELS_KEPT


def _labels_in_words(entry: _Problem) -> str:
    """Labels of five rows or more, and rarer ones that are nearly one that is known.

    Any other may be the name of a person, as in a column that was shifted: it has its row numbers.
    """
    found = entry.found
    if _like_names(found):
        return f"{len(found):,} different labels, not shown: is this the right column?"
    shown: Counter[str] = Counter()
    for label, number in found.items():
        shown[_label_in_words(label)] += number
    known = [name.casefold() for name in entry.possible.split(", ")]
    told = [
        f"{label} ({number:,})"
        for label, number in shown.most_common()
        if number >= _LABEL_OF or entry.severity == "note" or _is_near(label, known)
    ]
    if rare := len(shown) - len(told):
        of = "a label" if rare == 1 else f"{rare:,} labels"
        told.append(f"{of} of fewer than {_LABEL_OF} rows, not shown: see the rows")
    return ", ".join(told)


def _is_near(label: str, known: list[str]) -> bool:
    """Whether a quoted label is nearly one that is known, or says only what cannot be told of it."""
    if not label.startswith(("'", '"')):
        return True
    return bool(difflib.get_close_matches(label.strip("'\"").casefold(), known, n=1, cutoff=0.7))


def _label_in_words(label: str) -> str:
    if not label.strip():
        return "a blank"
    if not _SPEAKABLE.fullmatch(label.strip()):
        return "something like an id, a date or an address"
    printable = "".join(letter if letter.isprintable() else " " for letter in label)
    short = printable if len(printable) <= _LABEL_LENGTH else f"{printable[: _LABEL_LENGTH - 3]}..."
    return repr(short)


def _rows_in_words(entry: _Problem) -> str:
    shown = ", ".join(str(row) for row in entry.rows)
    return f"{shown}, ..." if entry.count > len(entry.rows) and entry.rows else shown


def first_rows(rows: Sequence[int | str], count: int) -> str:
    """The first five rows by their numbers, and how many there are besides.

    >>> first_rows([2], 1), first_rows([2, 3, 5, 7, 11], 9)
    ('row 2', 'rows 2, 3, 5, 7, 11 and 4 more')
    """
    more = f" and {count - 5:,} more" if count > 5 else ""
    return f"{'row' if count == 1 else 'rows'} {', '.join(map(str, rows[:5]))}{more}"


def _where(entry: _Problem) -> str:
    words = []
    if entry.column:
        words.append(f"column {entry.column!r}")
    if entry.rows:
        words.append(first_rows(entry.rows, entry.count))
    elif entry.count:
        words.append(f"{entry.count:,} {'person' if entry.count == 1 else 'people'}")
    return ", ".join(words)
