"""What a release has told the world: its shape and everything printed. No raw counts.

The next release of the same cohort is audited together with the ledgers of all earlier ones, since two tables
that are each safe may give a number away between them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from stepup_equity.disclosure.layout import ALL_COHORTS, Layout, Row
from stepup_equity.errors import ArgumentError
from stepup_equity.given import path_in
from stepup_equity.output import write_file
from stepup_equity.text_files import text_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from stepup_equity.disclosure.policy import Mode, Policy


COUNTS: Final = ("reached", "pending", "left")
"""Measures that are numbers of people."""

_FORMAT: Final = "stepup-equity ledger 1"


@dataclass(frozen=True, slots=True)
class Said:
    """One printed value: the row and stage it stands at, the measure, and the text."""

    row: int
    stage: int
    measure: str
    text: str


@dataclass(frozen=True)
class Ledger:
    """Everything one release printed.

    Attributes
    ----------
    title : str
        What was released.
    mode : str
        The policy's mode, which says what a printed count stands for.
    round_base : int
        What rounded counts are multiples of.
    stages : tuple of str
        Keys.
    rows : tuple of Row
        Rows printed, and rows that printed ones are made of. All cohorts together carry their names, as in
        ``"All (2010, 2012)"``, since the next release may hold more of them.
    sums : tuple of (int, tuple of int)
        Which rows add up to which.
    said : tuple of Said
        What was printed.
    listed : bool
        False where a row tells that somebody belongs to its group.
    waiting : tuple of str
        Stages after which people may wait for a decision; where there are none, whoever did not go on left.
    """

    title: str
    mode: Mode
    round_base: int
    stages: tuple[str, ...]
    rows: tuple[Row, ...]
    sums: tuple[tuple[int, tuple[int, ...]], ...]
    said: tuple[Said, ...]
    waiting: tuple[str, ...] = ()
    listed: bool = True

    @cached_property
    def counts(self) -> dict[tuple[int, int, str], tuple[int, int]]:
        """(row, stage, "reached", "pending" or "left") -> smallest and largest count behind the print."""
        found = {}
        for said in self.said:
            number = number_of(said.text)
            if said.measure in COUNTS and number is not None:
                terms = 1 if said.measure != "left" else 3 if self.stages[said.stage] in self.waiting else 2
                found[said.row, said.stage, said.measure] = count_range(
                    int(number), self.mode, self.round_base, terms=terms
                )
        return found

    @staticmethod
    def is_single(label: str) -> bool:
        """Whether a label of a row is that of one cohort, not of several together."""
        return not label.startswith(f"{ALL_COHORTS} (")

    def to_json(self) -> str:
        """The ledger as text, one line for each row and each printed value."""
        head = {
            "format": _FORMAT,
            "title": self.title,
            "mode": self.mode,
            "round_base": self.round_base,
            "stages": list(self.stages),
            **({"waiting": list(self.waiting)} if self.waiting else {}),
            **({} if self.listed else {"listed": False}),
        }
        rows = [[r.cohort, r.characteristic, r.group, r.parent, r.stated] for r in self.rows]
        sums = [[row, list(parts)] for row, parts in self.sums]
        said = [[s.row, s.stage, s.measure, s.text] for s in self.said]
        lines = [f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in head.items()]
        for key, items in (("rows", rows), ("sums", sums), ("said", said)):
            body = ",\n  ".join(json.dumps(item, ensure_ascii=False) for item in items)
            lines.append(f"{json.dumps(key)}: [\n  {body}\n ]" if items else f"{json.dumps(key)}: []")
        return "{\n " + ",\n ".join(lines) + "\n}\n"

    def write(self, path: str | Path) -> Path:
        """Write the ledger to a JSON file. Keep it: the next release needs it."""
        return write_file(path, self.to_json().encode())

    def with_cohort(self, label: str) -> Ledger:
        """The same ledger of a cohort that its release did not name, so that nothing need be issued again.

        Raises
        ------
        ArgumentError
            Where the ledger names its cohorts already, or the label is blank.
        """
        if not label.strip():
            raise ArgumentError("The label of a cohort is blank. Give the name that its people are known by.")
        if any(row.cohort for row in self.rows):
            named_already = sorted({row.cohort for row in self.rows if row.cohort})
            raise ArgumentError(
                f"The ledger of {self.title!r} names its cohorts already: {', '.join(named_already)}. "
                "Leave the label out."
            )
        return replace(self, rows=tuple(replace(row, cohort=label.strip()) for row in self.rows))

    @classmethod
    def from_json(cls, text: str, *, source: str = "The text") -> Ledger:
        """A ledger from what `to_json` wrote.

        Raises
        ------
        ArgumentError
            Where it is something else.
        """
        try:
            table = json.loads(text)
        except json.JSONDecodeError as error:
            raise ArgumentError(f"{source} is not JSON, so it is no ledger: {error}.") from None
        if not isinstance(table, dict) or table.get("format") != _FORMAT:
            raise ArgumentError(
                f"{source} is no ledger of a release. Write one with release.ledger().write(path)."
            )
        try:
            return cls._from_table(table)
        except (KeyError, TypeError, ValueError, IndexError):
            raise ArgumentError(
                f"{source} is a ledger that has been changed by hand and no longer hangs together."
            ) from None

    @classmethod
    def _from_table(cls, table: Mapping[str, Any]) -> Ledger:
        stages = tuple(str(stage) for stage in table["stages"])
        rows = tuple(
            Row(str(c), str(k), str(g), str(p), bool(stated)) for c, k, g, p, stated in table["rows"]
        )
        sums = tuple((int(row), tuple(int(part) for part in parts)) for row, parts in table["sums"])
        said = tuple(Said(int(s[0]), int(s[1]), str(s[2]), str(s[3])) for s in table["said"])
        used = {i for row, parts in sums for i in (row, *parts)} | {s.row for s in said}
        if used and not 0 <= min(used) <= max(used) < len(rows):
            raise IndexError("a row that is not there")
        if any(not 0 <= s.stage < len(stages) for s in said):
            raise IndexError("a stage that is not there")
        waiting = tuple(str(stage) for stage in table.get("waiting", ()))
        if not set(waiting) <= set(stages[:-1]) or any(s.measure == "pending" for s in said) > bool(waiting):
            raise ValueError("people wait where no stage is")
        return cls(
            str(table["title"]),
            table["mode"],
            int(table["round_base"]),
            stages,
            rows,
            sums,
            said,
            waiting,
            bool(table.get("listed", True)),
        )

    @classmethod
    def read(cls, path: str | Path) -> Ledger:
        """A ledger that `write` wrote."""
        path = path_in(path, argument="ledger", what="the path of a ledger")
        try:
            text = text_in(path)
        except (OSError, UnicodeDecodeError) as error:
            raise ArgumentError(f"The ledger {path.name!r} cannot be read: {error}.") from None
        return cls.from_json(text, source=path.name)


def ledger_of_table(
    title: str, policy: Policy, layout: Layout, printed: Iterable[tuple[Row, str, str, str]]
) -> Ledger:
    """The ledger of a printed table.

    Parameters
    ----------
    title : str
    policy : Policy
    layout : Layout
    printed : iterable of (row, stage, measure, text)
    """
    rows = [named(row, layout.pooled) for row in layout.rows]
    sums = list(layout.sums)
    for at, parts in layout.made_of:
        places = []
        for part in parts:
            known = named(part, layout.pooled)
            if known not in rows:
                rows.append(known)
            places.append(rows.index(known))
        sums.append((at, tuple(places)))
    stage = {key: i for i, key in enumerate(layout.stages)}
    said = tuple(Said(layout.place[row], stage[key], measure, text) for row, key, measure, text in printed)
    return Ledger(
        title,
        policy.mode,
        policy.round_base,
        layout.stages,
        tuple(rows),
        tuple(sums),
        said,
        layout.waiting,
        layout.listed,
    )


def named(row: Row, pooled: tuple[str, ...]) -> Row:
    """The row as ledgers call it: all cohorts together carry their names.

    >>> named(Row("All", "gender", "Female"), ("2010", "2012")).cohort
    'All (2010, 2012)'
    """
    if row.cohort == ALL_COHORTS and pooled:
        return replace(row, cohort=f"{ALL_COHORTS} ({', '.join(pooled)})")
    return row


def over(measure: str, start: int, end: int, stages: Sequence[str]) -> str:
    """What a number over several gates is called, apart from that of one.

    >>> stages = ("applied", "offered", "accepted")
    >>> over("left", 0, 1, stages), over("left", 0, 2, stages), over("reached", 0, 3, stages)
    ('left', 'left before accepted', 'reached')
    """
    return measure if measure == "reached" or end == start + 1 else f"{measure} before {stages[end]}"


def number_of(text: str) -> float | None:
    """The number a printed text says, or None for shorthand.

    >>> number_of("1,234"), number_of("12.3"), number_of("[c]")
    (1234.0, 12.3, None)
    """
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return None


def count_range(number: int, mode: Mode, base: int, *, terms: int = 1) -> tuple[int, int]:
    """Smallest and largest count that a printed one can stand for.

    Controlled rounding prints one of the two multiples beside the count, so 10 stands for 6 to 14. Rounding
    to the nearest prints the nearer one, so 10 stands for 8 to 12; a difference of two such numbers, or of
    three (`terms`), says less.

    >>> count_range(10, "suppress", 5), count_range(10, "round", 5), count_range(10, "suppress and round", 5)
    ((10, 10), (6, 14), (8, 12))
    """
    if mode == "round":
        return max(0, number - base + 1), number + base - 1
    if mode in ("suppress and round", "nearest"):
        if terms > 1:  # a difference, and perhaps one number more that is taken off
            off = base - 1 + (terms - 2) * (base // 2)
            return max(0, number - off), number + off
        return max(0, number - base // 2), number + (base - 1) // 2
    return number, number
