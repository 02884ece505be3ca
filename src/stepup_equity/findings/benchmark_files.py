"""Benchmarks as declared data: classes, values, and what they are of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from stepup_equity.errors import DataError, did_you_mean, listed
from stepup_equity.given import check_known, path_in
from stepup_equity.process import normalise
from stepup_equity.records.typed import in_points, typed_table
from stepup_equity.shipped import shipped

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from stepup_equity.process import Characteristic


EVERYONE_ELSE: Final = "*"
ALL_OTHERS: Final = "All others"
MEASURES: Final = ("share", "count", "rate")

_COLUMNS: Final = (
    "characteristic",
    "group",
    "includes",
    "measure",
    "value",
    "stage",
    "year",
    "base",
    "source",
    "caution",
)
_OPTIONAL: Final = ("unit",)
UNITS: Final = ("percent", "proportion")
"""What the values of shares and rates may be written in."""

_SAME_IN_EVERY_ROW: Final = ("characteristic", "measure", "stage", "year", "base", "source", "caution")


@dataclass(frozen=True, slots=True)
class BenchmarkClass:
    """One class of a benchmark.

    Attributes
    ----------
    label : str
        In the benchmark's words.
    includes : tuple of str
        Groups of the programme that belong to it: labels, spellings or broad labels; ``("*",)`` for everyone
        else stated.
    value : float
        People for a count; a proportion, 0 to 1, for a share or rate.
    half_unit : float
        Half a unit of the last printed digit, on the scale of `value`.
    """

    label: str
    includes: tuple[str, ...]
    value: float
    half_unit: float


@dataclass(frozen=True, slots=True)
class Benchmark:
    """An outside figure and what it is of.

    Attributes
    ----------
    name : str
        Name of the file without its ending.
    characteristic : str
    measure : {"share", "count", "rate"}
    stage : str
        Stage whose people are compared; for a rate, the stage they get to.
    year, base, source, caution : str
        When, of whom, from where, and how the base differs from the people compared.
    classes : tuple of BenchmarkClass
    """

    name: str
    characteristic: str
    measure: str
    stage: str
    year: str
    base: str
    source: str
    caution: str
    classes: tuple[BenchmarkClass, ...]

    def home_of(self, characteristic: Characteristic) -> dict[str, int]:
        """Which class each detailed group of a characteristic belongs to, by label.

        Raises
        ------
        DataError
            Where a class names a group that is not declared, or a group has two classes.
        """
        home: dict[str, int] = {}
        for number, found in enumerate(self.classes):
            for label in found.includes:
                for group in self._groups(label, found.label, characteristic):
                    if home.setdefault(group, number) != number:
                        raise DataError(
                            f"Benchmark {self.name!r}: the group {group!r} belongs to two classes, "
                            f"{self.classes[home[group]].label!r} and {found.label!r}. Keep one."
                        )
        rest = [number for number, found in enumerate(self.classes) if found.includes == (EVERYONE_ELSE,)]
        if rest:
            home |= {label: rest[0] for label in characteristic.labels if label not in home}
        return home

    def _groups(self, label: str, found: str, characteristic: Characteristic) -> tuple[str, ...]:
        if label == EVERYONE_ELSE:
            return ()
        members = tuple(g.label for g in characteristic.groups if label in (g.parent, g.label))
        spelling = characteristic.spellings.get(normalise(label))
        if members:
            return members
        if spelling is not None:
            return (spelling,)
        possible = dict.fromkeys([*characteristic.broad_labels, *characteristic.labels])
        raise DataError(
            f"Benchmark {self.name!r}, class {found!r}: {label!r} is not a group of "
            f"{characteristic.name!r}. Groups: {listed(possible, most=30)}.{did_you_mean(label, possible)}"
        )


def list_benchmarks() -> tuple[str, ...]:
    """Names of the shipped benchmarks.

    >>> "census_2001_religion" in list_benchmarks()
    True
    """
    return tuple(sorted(path.stem for path in shipped("schema/benchmarks").glob("*.csv")))


def load_benchmark(against: Benchmark | pd.DataFrame | str | Path) -> Benchmark:
    """A benchmark by its shipped name, from a CSV file, or from a frame with the same columns.

    Raises
    ------
    DataError
        Where a column is missing, a value is no number, or rows disagree on what they are of.
    ArgumentError
        Where there is no shipped benchmark of that name.
    """
    import pandas as pd

    if isinstance(against, Benchmark):
        return against
    if isinstance(against, pd.DataFrame):
        return _from_frame("benchmark", against)
    path = path_in(against, argument="against", what="a frame, a CSV file or the name of a benchmark")
    if path.suffix != ".csv":
        check_known(
            [str(against)], list_benchmarks(), argument="against", of="a shipped benchmark or a CSV file"
        )
        path = shipped("schema/benchmarks") / f"{against}.csv"
    if not path.is_file():
        raise DataError(f"{path.name} is not a file. Give a CSV file, or one of {listed(list_benchmarks())}.")
    return _from_frame(path.stem, typed_table(path))


def _from_frame(name: str, frame: pd.DataFrame) -> Benchmark:
    missing = [column for column in _COLUMNS if column not in frame.columns]
    if missing:
        raise DataError(
            f"Benchmark {name!r} has no column {listed(missing)}. It needs {listed(_COLUMNS)}; "
            "'caution' may be empty, and 'includes' '*' means everyone else."
        )
    if frame.empty:
        raise DataError(f"Benchmark {name!r} has no rows. Give one for each class.")
    frame = in_points(frame, ["value"])
    held = (*_COLUMNS, *(column for column in _OPTIONAL if column in frame.columns))
    rows = [{column: str(row[column]).strip() for column in held} for row in frame.to_dict("records")]
    for column in (*_SAME_IN_EVERY_ROW, *held[len(_COLUMNS) :]):
        found = dict.fromkeys(row[column] for row in rows)
        if len(found) > 1:
            raise DataError(
                f"Benchmark {name!r}: column {column!r} must be the same in every row; "
                f"it has {listed(found)}."
            )
        if not rows[0][column] and column != "caution":
            raise DataError(f"Benchmark {name!r}: column {column!r} is blank. Fill it in.")
    shared = {column: rows[0][column] for column in _SAME_IN_EVERY_ROW}
    if shared["measure"] not in MEASURES:
        raise DataError(
            f"Benchmark {name!r}: measure {shared['measure']!r} is not known. Possible: {listed(MEASURES)}."
            f"{did_you_mean(shared['measure'], MEASURES)}"
        )
    whole = _whole(name, shared["measure"], rows)
    classes = [_class(name, number, row, whole) for number, row in enumerate(rows, start=1)]
    if shared["measure"] == "share":
        classes = _completed(name, classes)
    return Benchmark(name=name, classes=tuple(classes), **shared)


def _whole(name: str, measure: str, rows: list[dict[str, str]]) -> float:
    """What everyone is in the unit of the values: 100 for percentages, 1 for proportions.

    Values that are all 1 or less may be either, and are never guessed.
    """
    unit = rows[0].get("unit", "")
    if unit and unit not in UNITS:
        raise DataError(
            f"Benchmark {name!r}: unit {unit!r} is not known. Possible: {listed(UNITS)}."
            f"{did_you_mean(unit, UNITS)}"
        )
    if measure == "count":
        if unit:
            raise DataError(f"Benchmark {name!r}: its values are counts of people, and counts have no unit.")
        return 1.0
    if unit:
        return 100.0 if unit == "percent" else 1.0
    values = [row["value"] for row in rows]
    small = [value for value in values if 0 < _number(value) <= 1]
    if small and all(0 <= _number(value) <= 1 for value in values) and not any("%" in v for v in values):
        raise DataError(
            f"Benchmark {name!r}: its values are all 1 or less, such as {small[0]}. That may be "
            f"{small[0]} per cent or {100 * _number(small[0]):g} per cent. Say which in a column 'unit': "
            "'percent' or 'proportion'."
        )
    return 100.0


def _number(text: str) -> float:
    """A value as a number; -1 for what is none."""
    try:
        return float(text.replace(",", "").rstrip("%").strip())
    except ValueError:
        return -1.0


def _class(name: str, number: int, row: dict[str, str], whole: float) -> BenchmarkClass:
    text = row["value"].replace(",", "").rstrip("%").strip()
    places = len(text.partition(".")[2])
    count = row["measure"] == "count"
    value = _number(row["value"])
    if value < 0 or (count and value % 1) or (not count and value > whole):
        percentage = "a percentage from 0 to 100" if whole > 1 else "a proportion from 0 to 1"
        possible = "a number of people" if count else percentage
        raise DataError(
            f"Benchmark {name!r}, row {number}: value {row['value']!r} cannot be read. Give {possible}."
        )
    includes = tuple(label.strip() for label in (row["includes"] or row["group"]).split(";"))
    if count:
        return BenchmarkClass(row["group"], includes, value, 0.0)
    return BenchmarkClass(row["group"], includes, value / whole, 0.5 * 10.0**-places / whole)


def _completed(name: str, classes: list[BenchmarkClass]) -> list[BenchmarkClass]:
    """Shares that leave a rest get a class for it; shares of more than everyone are refused."""
    total = sum(found.value for found in classes)
    room = sum(found.half_unit for found in classes)
    if total > 1 + room + 1e-9:
        raise DataError(
            f"Benchmark {name!r}: its shares add up to {100 * total:.4g} %, more than rounding allows."
        )
    whole = any(found.includes == (EVERYONE_ELSE,) for found in classes)
    if whole or total >= 1 - room - 1e-9:
        return classes
    return [*classes, BenchmarkClass(ALL_OTHERS, (EVERYONE_ELSE,), 1 - total, room)]
