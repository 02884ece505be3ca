"""Claims: printed numbers with what they are said to be, read from a table or TOML."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from stepup_equity.errors import DataError, did_you_mean, listed
from stepup_equity.given import path_in
from stepup_equity.records.typed import in_points, typed_table
from stepup_equity.statistics import counts_of_percentage
from stepup_equity.text_files import text_in

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd


CLAIM_COLUMNS: Final = (
    "claim", "chapter", "line", "kind", "says", "printed", "count", "base", "parts", "df", "p", "n", "rows",
)  # fmt: skip
"""Columns of a table of claims; ``claim`` and ``kind`` are needed, the others where a kind needs them."""

KINDS: Final[dict[str, tuple[str, ...]]] = {
    "percentage": ("printed",),
    "sum": ("printed", "parts"),
    "same": ("printed", "count"),
    "range": ("printed", "parts"),
    "shares": ("parts",),
    "shared_base": ("parts",),
    "ratio": ("printed", "parts"),
    "chi_squared": (),
    "row": ("parts", "base"),
    "table": ("printed", "parts"),
}
"""Kind of claim -> the columns it cannot do without."""

_NUMBER: Final = re.compile(r"^(<=|>=|<|>)?\s*(\d[\d,]*(?:\.\d+)?|\.\d+)\s*%?$")
_PART: Final = re.compile(r"^(?P<label>.*?)\s*(?P<value>[\d.,/]+%?|-)\s*(?:\((?P<count>\d+)\))?$")
_UNFINISHED: Final = re.compile(r"\d\s*[-−–+×*/]$")
"""A label that ends so is the beginning of a sum: "8 - 1" is not a 1 called "8 -"."""

_SHARE_OF: Final = re.compile(r"^([\d.]+)\s*% of (.+)$")


@dataclass(frozen=True, slots=True)
class Printed:
    """A number as printed.

    Attributes
    ----------
    text : str
        The printed characters.
    value : float
    decimals : int
        Decimals printed: what the number is rounded to.
    bound : str
        ``"<"``, ``">"``, ``"<="``, ``">="``, or empty for a plain number.
    """

    text: str
    value: float
    decimals: int
    bound: str = ""

    @property
    def half(self) -> float:
        """Half a unit of the last printed digit."""
        return 0.5 * 10.0**-self.decimals

    @property
    def percent(self) -> str:
        """The number as a percentage in print, whether its sign was printed or not."""
        return f"{self.text.rstrip('% ')} %"

    def holds(self, value: float) -> bool:
        """Whether a value rounds to this, either way at an exact half; or lies on the bound's right side."""
        if self.bound == "<":
            return value < self.value
        if self.bound == ">":
            return value > self.value
        if self.bound == "<=":
            return value <= self.value
        if self.bound == ">=":
            return value >= self.value
        return abs(value - self.value) <= self.half * (1 + 1e-9)

    def overlaps(self, lowest: float, highest: float) -> bool:
        """Whether any value between two rounds to this."""
        if self.bound:
            return self.holds(lowest) or self.holds(highest)
        return lowest <= self.value + self.half and highest >= self.value - self.half


@dataclass(frozen=True, slots=True)
class Whole:
    """A number of people as printed: known, or known to lie between two.

    Attributes
    ----------
    text : str
    low, high : int
        Both included; equal where the number is known.
    """

    text: str
    low: int
    high: int

    @property
    def known(self) -> bool:
        """Whether there is one number only."""
        return self.low == self.high

    def __str__(self) -> str:
        return f"{self.low:,}" if self.known else f"{self.low:,} to {self.high:,}"


@dataclass(frozen=True, slots=True)
class Part:
    """One of several numbers in a claim.

    Attributes
    ----------
    label : str
        What it is; may be empty.
    value : str
        The number, ``passed/entered``, or ``-`` where the cell is printed empty.
    count : int or None
        A count printed beside a percentage.
    """

    label: str
    value: str
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A printed number and what it is said to be."""

    row: int
    claim: str
    kind: str
    chapter: str
    line: str
    says: str
    printed: str
    count: str
    base: str
    parts: str
    df: str
    p: str
    n: str
    rows: str

    def printed_number(self, column: str = "printed") -> Printed:
        """A column as a printed number.

        Raises
        ------
        DataError
            Where it is none.
        """
        return self.number(getattr(self, column), column)

    def number(self, text: str, column: str) -> Printed:
        """Text of a column as a printed number."""
        found = _NUMBER.match(text)
        if found is None:
            raise self.problem(column, "a number, such as 12, 12%, 0.023 or <0.001")
        digits = found[2].replace(",", "")
        decimals = len(digits.partition(".")[2])
        return Printed(text, float(digits), decimals, found[1] or "")

    def whole(self, column: str) -> Whole | None:
        """A column as a number of people; None where it is empty."""
        text = getattr(self, column)
        return None if not text else self._whole(text, column)

    def _whole(self, text: str, column: str) -> Whole:
        share = _SHARE_OF.match(text)
        if share is not None:
            base = self._whole(share[2], column)
            decimals = len(share[1].partition(".")[2])
            lowest, highest = counts_of_percentage(float(share[1]), [base.low, base.high], decimals)
            return Whole(text, int(lowest.min()), int(highest.max()))
        low_text, dots, high_text = text.partition("..")
        if dots:
            low, high = self._whole(low_text, column).low, self._whole(high_text, column).high
            if low <= high:
                return Whole(text, low, high)
        terms = re.split(r"\s*([+-])\s*", text.replace(",", "").strip())
        if all(term.isdigit() for term in terms[::2]):
            total = int(terms[0])
            for sign, term in zip(terms[1::2], terms[2::2], strict=True):
                total += int(term) if sign == "+" else -int(term)
            if total >= 0:
                return Whole(text, total, total)
        raise self.problem(
            column,
            "a number of people: 1787, or 2095 - 314, or 99..116, or 6% of 1787 where only that is printed",
        )

    def labelled(self) -> tuple[Part, ...]:
        """The parts: labels and numbers between semicolons."""
        found = []
        for text in self.parts.split(";"):
            match = _PART.match(text.strip())
            if match is None or _UNFINISHED.search(match["label"]):
                raise self.problem(
                    "parts", "numbers between semicolons, each with a label or none: Norfolk 7; Suffolk 6"
                )
            count = None if match["count"] is None else int(match["count"])
            found.append(Part(match["label"].strip(), match["value"].rstrip("%"), count))
        return tuple(found)

    def fractions(self) -> tuple[tuple[str, Whole, Whole], ...]:
        """The parts as groups with passed and entered: ``Female 141/1413; Male 27/362``."""
        found = []
        for text in self.parts.split(";"):
            match = re.match(r"^\s*(.*?)\s*([\d.,]+)\s*/\s*([\d.,]+)\s*$", text)
            if match is None:
                raise self.problem("parts", "groups with passed/entered: Female 141/1413; Male 27/362")
            passed, entered = self._whole(match[2], "parts"), self._whole(match[3], "parts")
            if passed.low > entered.high:
                raise self.problem("parts", "groups in which no more passed than entered")
            found.append((match[1], passed, entered))
        return tuple(found)

    def names(self) -> tuple[str, ...]:
        """The parts as names of other claims."""
        return tuple(name.strip() for name in self.parts.split(";"))

    def problem(self, column: str, possible: str) -> DataError:
        """The error for a column that cannot be read."""
        return DataError(
            f"Row {self.row}, column {column!r}: {getattr(self, column)!r} cannot be read. Give {possible}."
        )


_NUMBERS: Final = ("printed", "count", "base", "df", "p", "n")
"""Columns of numbers, in which a decimal comma is read as one."""


def read_claims(claims: pd.DataFrame | str | Path) -> tuple[Claim, ...]:
    """Claims from a frame, a CSV file or a TOML file with ``[[claim]]`` tables.

    Parameters
    ----------
    claims : DataFrame, str or Path
        Columns as in `CLAIM_COLUMNS`. Numbers given as text keep their printed zeros: "2.10" is not "2.1".

    Raises
    ------
    DataError
        A kind that is not known, a column that a kind needs, a name given twice.
    """
    import pandas as pd

    if isinstance(claims, pd.DataFrame):
        frame = claims
    else:
        frame = _read(path_in(claims, argument="claims", what="a frame, or a CSV or TOML file of claims"))
    frame = in_points(frame, _NUMBERS)
    missing = [name for name in ("claim", "kind") if name not in frame.columns]
    if missing:
        known = any(name in CLAIM_COLUMNS for name in frame.columns)  # else row 1 may be a person
        found_names = listed(map(str, frame.columns)) if known else "none of them"
        raise DataError(
            f"The claims have no column {listed(missing)}. Columns: {listed(CLAIM_COLUMNS)}; "
            f"found: {found_names}."
        )
    unknown = [str(name) for name in frame.columns if name not in CLAIM_COLUMNS]
    if unknown:
        raise DataError(
            f"The claims have columns that are not known: {listed(unknown)}. "
            f"Columns: {listed(CLAIM_COLUMNS)}.{did_you_mean(unknown[0], CLAIM_COLUMNS)}"
        )
    found = tuple(
        _claim(number, {str(name): _text(value) for name, value in row.items()})
        for number, row in enumerate(frame.to_dict("records"), start=1)
    )
    _check_names(found)
    return found


def _read(path: Path) -> pd.DataFrame:
    import tomllib

    import pandas as pd

    if not path.is_file():
        raise DataError(f"{path.name} is not a file. Give a CSV or TOML file of claims.")
    if path.suffix == ".toml":
        try:
            tables = tomllib.loads(text_in(path)).get("claim", [])
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise DataError(f"{path.name} is not valid TOML: {error}.") from None
        if not tables:
            raise DataError(f"{path.name} holds no claims. Give one [[claim]] table for each.")
        return pd.DataFrame(tables)
    try:
        return typed_table(path)
    except UnicodeDecodeError:
        raise DataError(
            f"{path.name} is no text: it may be a workbook, or in another encoding. Save it as CSV UTF-8."
        ) from None
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise DataError(f"{path.name} is not a readable table: {error}. Save it as CSV UTF-8.") from None


def _text(value: object) -> str:
    if value is None or value != value:
        return ""
    if isinstance(value, (list, tuple)):
        return "; ".join(_text(item) for item in value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _claim(number: int, row: dict[str, str]) -> Claim:
    kind, name = row.get("kind", ""), row.get("claim", "")
    if kind not in KINDS:
        raise DataError(
            f"Row {number}: kind {kind!r} is not known. Possible: {listed(KINDS)}.{did_you_mean(kind, KINDS)}"
        )
    if not name:
        raise DataError(f"Row {number}: column 'claim' is blank. Give each claim a name.")
    blank = [column for column in KINDS[kind] if not row.get(column)]
    if blank:
        raise DataError(
            f"Row {number}: a claim of kind {kind!r} needs {listed(KINDS[kind])}; blank: {listed(blank)}."
        )
    return Claim(row=number, **{column: row.get(column, "") for column in CLAIM_COLUMNS})


def _check_names(claims: Sequence[Claim]) -> None:
    kinds: dict[str, str] = {}
    for claim in claims:
        if claim.claim in kinds:
            raise DataError(
                f"Row {claim.row}: the claim {claim.claim!r} is there twice. Give each its own name."
            )
        kinds[claim.claim] = claim.kind
    rows = [name for name, kind in kinds.items() if kind == "row"]
    for claim in claims:
        if claim.kind != "table":
            continue
        for name in (claim.printed, *claim.names()):
            if kinds.get(name) != "row":
                raise DataError(
                    f"Row {claim.row}: a table adds up claims of kind 'row', and {name!r} is none. "
                    f"Rows: {listed(rows)}.{did_you_mean(name, rows)}"
                )
