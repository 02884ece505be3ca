"""Raw columns to codes: a characteristic's groups, a number's band, a birthday's age, a stratum's labels."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from stepup_equity.columns import NOT_STATED
from stepup_equity.errors import did_you_mean
from stepup_equity.process import Characteristic, codelists_with, is_refusal, normalise
from stepup_equity.process.toml_out import toml_key, toml_text
from stepup_equity.records.bands import band_of, bands_of
from stepup_equity.records.batches import (
    Batch,
    Coded,
    CodesOf,
    coded_values,
    looked_up,
    text_of,
    without_point,
)
from stepup_equity.records.dates import date_of
from stepup_equity.records.strata import tidy

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from numpy.typing import NDArray

    from stepup_equity.process import Cohorts
    from stepup_equity.records.problems import Problems


UNKNOWN: Final = -1
CONTRARY: Final = -2
_NONE: Final = 255
"""Among codes of a byte, the one of a number that is in no band."""

_OLDEST: Final = 130
_MADE_DATE: Final = re.compile(
    r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)-\d{2}|\d{1,2}-(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)",
    re.IGNORECASE,
)
"""A month and two figures; a whole date may be a birthday, and is not shown."""


def labels_found(
    batch: Batch, values: Sequence[object], positions: NDArray[Any], bad: NDArray[np.intp]
) -> Counter[str]:
    """Raw labels of some rows, and how many people have each."""
    weights = None if batch.weights is None else batch.weights[bad]
    counts = np.bincount(positions[bad], weights, len(values))
    return Counter({text_of(values[i]): int(counts[i]) for i in np.flatnonzero(counts).tolist()})


def bad_rows(codes: NDArray[Any], positions: NDArray[Any], code: int = UNKNOWN) -> NDArray[np.intp]:
    """Positions of the rows whose value has this code; free where no value has it."""
    if codes.min(initial=0) > code or not (wanted := codes == code).any():
        return np.zeros(0, np.intp)
    return np.flatnonzero(looked_up(wanted.view(np.uint8), positions))


def stated_or(codes: NDArray[np.int32], not_stated: int) -> NDArray[np.int32]:
    """The codes, with *Not stated* for what is none."""
    return codes if codes.min(initial=0) >= 0 else np.where(codes < 0, np.int32(not_stated), codes)


class GroupEncoder:
    """Codes of a characteristic's groups; the last code is *Not stated*."""

    def __init__(self, characteristic: Characteristic, column: str, problems: Problems) -> None:
        self._characteristic, self._problems = characteristic, problems
        self.columns = (column,)
        self.labels = (*characteristic.labels, NOT_STATED)
        self._not_stated = len(characteristic.labels)
        self._codes = CodesOf(self._code)
        self._known: dict[object, int] = {None: self._not_stated}
        self._spellings = {
            spelling: self._not_stated if label is None else characteristic.labels.index(label)
            for spelling, label in characteristic.spellings.items()
        }
        self._broad = [group.parent or group.label for group in characteristic.groups]
        self._bands = bands_of(characteristic)
        self._refusals: set[object] = set()

    def encode(self, batch: Batch) -> Coded:
        """Codes of one batch."""
        values, positions = coded_values(batch.column(self.columns[0]))
        codes = self._codes(values)
        if codes.min(initial=0) < 0:
            self._judge(batch, values, codes, positions)
            codes = stated_or(codes, self._not_stated)
        if self._refusals:
            self._note_refusals(batch, values, positions)
        return Coded(codes, positions)

    def _judge(
        self, batch: Batch, values: list[Any], codes: NDArray[np.int32], positions: NDArray[Any]
    ) -> None:
        if (bad := bad_rows(codes, positions)).size:
            self._unknown(batch, values, positions, bad)
        if (bad := bad_rows(codes, positions, CONTRARY)).size:
            self._problems.add(
                "error",
                "answers_contradict",
                self.columns[0],
                f"several answers in one field that exclude each other in {self._characteristic.name!r}.",
                **batch.place(bad),
                remedy="Correct them, or give the groups no broad groups: then whoever gives several answers "
                f"counts as {self._characteristic.several!r}.",
            )

    def alike(self, column: str, value: object) -> Hashable:  # noqa: ARG002
        """A key that raw values share where they are read alike."""
        code = self._code(value)
        return code if code >= 0 and value not in self._refusals else (value,)

    def _code(self, value: object) -> int:
        known = self._known.get(value)
        if known is None:
            known = self._known[value] = self._code_of_text(text_of(value))
            if known == UNKNOWN and is_refusal(text_of(value)):
                self._refusals.add(value)
                known = self._known[value] = self._not_stated
        return known

    def _code_of_text(self, text: str) -> int:
        spelt = normalise(text)
        known = self._spellings.get(spelt, self._spellings.get(without_point(spelt)))
        if known is None and self._bands and (band := band_of(text)) is not None:
            known = self._bands.get(band)
        if known is not None:
            return known
        return self._several(text) if self._characteristic.separator else UNKNOWN

    def _note_refusals(self, batch: Batch, values: list[Any], positions: NDArray[Any]) -> None:
        """Say which phrases were read as *Not stated* without being declared."""
        refused = np.array([-1 if value in self._refusals else 0 for value in values], np.int32)
        if (rows := bad_rows(refused, positions)).size:
            self._problems.add(
                "note",
                "refusal_read",
                self.columns[0],
                f"phrases that say the question was not answered are read as {NOT_STATED!r}.",
                **batch.place(rows),
                found=labels_found(batch, values, positions, rows),
                remedy="Where one is an answer, declare it under "
                f"[characteristics.{toml_key(self._characteristic.name)}.spellings] in the programme.",
            )

    def _several(self, text: str) -> int:
        """Code of a field with several answers: the only one, the group for several, or a contradiction."""
        codes = self._answers([part for part in text.split(self._characteristic.separator) if part.strip()])
        if UNKNOWN in codes:
            return UNKNOWN
        stated = codes - {self._not_stated}
        if len(stated) < 2:
            return next(iter(stated), self._not_stated)
        flat = not self._characteristic.has_hierarchy
        if not flat and len({self._broad[code] for code in stated}) > 1:
            return CONTRARY
        return self._characteristic.labels.index(str(self._characteristic.several))

    def _answers(self, parts: list[str]) -> set[int]:
        """Codes of the answers in a field; one that holds the separator itself is put together again."""
        found: set[int] = set()
        at = 0
        while at < len(parts):
            ends = range(len(parts), at, -1)
            joined = ((end, self._characteristic.separator.join(parts[at:end])) for end in ends)
            end, code = next(
                (
                    (end, self._spellings[normalise(text)])
                    for end, text in joined
                    if normalise(text) in self._spellings
                ),
                (at + 1, self._not_stated if is_refusal(parts[at]) else UNKNOWN),
            )
            found.add(code)
            at = end
        return found

    def _unknown(
        self, batch: Batch, values: list[Any], positions: NDArray[Any], bad: NDArray[np.intp]
    ) -> None:
        found = labels_found(batch, values, positions, bad)
        likeliest = [label for label, _ in found.most_common(20)]
        near = [did_you_mean(label, self._characteristic.labels).strip() for label in likeliest]
        hints = [
            _date_made_of_band(likeliest),
            *near,
            *(_other_list(label, self._characteristic.name) for label in likeliest),
        ]
        self._problems.add(
            "error",
            "unknown_label",
            self.columns[0],
            f"labels that are not in the code list of {self._characteristic.name!r}.",
            **batch.place(bad),
            found=found,
            possible=", ".join(self._characteristic.labels),
            remedy="Correct them, or declare each spelling under "
            f"[characteristics.{toml_key(self._characteristic.name)}.spellings] in the programme, "
            f'such as {toml_text(self._characteristic.labels[0])} = ["as the file writes it"].',
            hint=next((hint for hint in hints if hint), ""),
        )


def _date_made_of_band(labels: list[str]) -> str:
    """An explanation where labels look like the dates that a spreadsheet makes of bands."""
    if not any(_MADE_DATE.fullmatch(label.strip()) for label in labels):
        return ""
    return (
        "Some look like dates, such as Oct-19: a spreadsheet makes one of a band such as 10-19. Mark the "
        "column as text there, and export it again."
    )


def _other_list(label: str, name: str) -> str:
    """A hint at the shipped code list of the same question that has this label."""
    lists = codelists_with(label, name)
    return (
        f"It is in the code list {lists[0]!r}: declare that one, if the whole file uses it." if lists else ""
    )


class _Bands:
    """Where a number belongs among declared bands; looked up in a table of whole numbers."""

    def __init__(self, characteristic: Characteristic) -> None:
        self.not_stated = len(characteristic.labels)
        self._groups = [
            (
                code,
                -np.inf if group.lowest is None else group.lowest,
                np.inf if group.highest is None else group.highest + 1,
            )
            for code, group in enumerate(characteristic.groups)
            if group.lowest is not None or group.highest is not None
        ]
        lows = [low for _, low, _ in self._groups]
        highs = [high for _, _, high in self._groups]
        self.lowest, self.highest = characteristic.possible or (min(lows), max(highs))

    def code(self, number: float) -> int:
        """Code of the band, or -1 where the number is impossible or between bands."""
        if not self.lowest <= number <= self.highest:
            return UNKNOWN
        return next((code for code, low, high in self._groups if low <= number < high), UNKNOWN)

    @property
    def possible(self) -> str:
        """What would be right, in words."""
        if not np.isfinite(self.highest):
            return f"whole numbers from {self.lowest:g}"
        return f"whole numbers from {self.lowest:g} to {self.highest:g}"


class BandEncoder:
    """Codes of a number's declared bands, such as age in years."""

    def __init__(self, characteristic: Characteristic, column: str, problems: Problems) -> None:
        self._name, self._problems = characteristic.name, problems
        self.columns = (column,)
        self.labels = (*characteristic.labels, NOT_STATED)
        self._bands = _Bands(characteristic)
        self._codes = CodesOf(self._code)
        self._blank = {spelling for spelling, label in characteristic.spellings.items() if label is None}
        self._known: dict[object, int] = {None: self._bands.not_stated}
        self._last: tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.uint8]] | None = None

    def encode(self, batch: Batch) -> Coded:
        """Codes of one batch."""
        values, positions = coded_values(batch.column(self.columns[0]))
        codes = self._codes(values)
        met, table = self._met(codes)
        short = positions.dtype == np.uint8 and len(met) < _NONE
        if short:  # a range has numbers that nobody has, some of them impossible: look at each row once
            positions = looked_up(table, positions)
            wrong = positions == _NONE
            bad = np.flatnonzero(wrong) if wrong.any() else np.zeros(0, np.intp)
        else:
            bad = bad_rows(codes, positions)
        if bad.size:
            self._problems.add(
                "error",
                "impossible_number",
                self.columns[0],
                f"values that are not in any band of {self._name!r}.",
                **batch.place(bad),
                possible=self._bands.possible,
                remedy="Correct them, or leave the field blank where the number is not known.",
            )
            if short:
                return Coded(
                    np.append(met, np.int32(self._bands.not_stated)), np.minimum(positions, len(met))
                )
        return Coded(met if short else stated_or(codes, self._bands.not_stated), positions)

    def _met(self, codes: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
        """Codes that are bands, and the place of each code among them; worked out once for the same codes."""
        if self._last is None or self._last[0] is not codes:
            met = np.unique(codes[codes >= 0])
            table = np.where(codes < 0, _NONE, np.searchsorted(met, codes)).astype(np.uint8)
            self._last = codes, met, table
        return self._last[1:]

    def alike(self, column: str, value: object) -> Hashable:  # noqa: ARG002
        """A key that raw values share where they are read alike."""
        code = self._code(value)
        return code if code >= 0 else (value,)

    def _code(self, value: object) -> int:
        known = self._known.get(value)
        if known is None:
            text = text_of(value).strip()
            known = self._bands.not_stated if normalise(text) in self._blank else self._band(text)
            self._known[value] = known
        return known

    def _band(self, text: str) -> int:
        try:
            return self._bands.code(float(text))
        except ValueError:
            return UNKNOWN


class BirthEncoder:
    """Codes of the age band on a reference date, from dates of birth."""

    def __init__(
        self,
        characteristic: Characteristic,
        column: str,
        cohort: str | None,
        cohorts: Cohorts,
        problems: Problems,
        *,
        named: str = "",
    ) -> None:
        self._characteristic, self._cohorts, self._problems = characteristic, cohorts, problems
        self._bands = _Bands(characteristic)
        self.labels = (*characteristic.labels, NOT_STATED)
        self._blank = {spelling for spelling, label in characteristic.spellings.items() if label is None}
        *year, month, day = map(int, characteristic.reference_date.split("-"))
        if not year and cohort is None:
            year = [int(cohorts.year_of(named) or 0)]
        self._day, self._year = month * 100 + day, year[0] if year else None
        self._cohort = cohort or ""
        self.columns = (column,) if year else (column, self._cohort)
        self._known: dict[object, tuple[int, int] | None] = {None: None}
        self._ages = np.array(
            [*(self._bands.code(age) for age in range(_OLDEST + 1)), self._bands.not_stated, UNKNOWN],
            np.int32,
        )

    def encode(self, batch: Batch) -> Coded:
        """Codes of one batch: of each age from 0 to 130, of no answer, and of what is no birthday."""
        values, positions = coded_values(batch.column(self.columns[0]))
        born = [self._birthday(value) for value in values]
        years = np.array([day[0] if day else -1 for day in born], np.int32)[positions]
        days = np.array([day[1] if day else 0 for day in born], np.int32)[positions]
        reference = self._reference_years(batch)
        years = np.where(reference == dt.MAXYEAR, np.int32(-1), years)
        ages = reference - years - (days > self._day)
        impossible = (ages < 0) | (ages > _OLDEST) | (years == 0)
        ages = np.where(impossible, _OLDEST + 2, ages)
        ages = np.where(years < 0, _OLDEST + 1, ages)
        if (bad := np.flatnonzero(self._ages[ages] < 0)).size:
            self._problems.add(
                "error",
                "impossible_birthday",
                self.columns[0],
                "dates of birth that are no dates, or give an impossible age.",
                **batch.place(bad),
                possible=f"dates such as 1985-03-31; ages: {self._bands.possible}",
                remedy="Correct them or leave them blank. Where they are written in another way, say so in "
                'the programme: birth_format = "%d/%m/%Y".',
            )
        return Coded(np.where(self._ages < 0, np.int32(self._bands.not_stated), self._ages), ages)

    def alike(self, column: str, value: object) -> Hashable:
        """A key that raw values share where they are read alike."""
        return self._birthday(value) if column == self.columns[0] else (value,)

    def _birthday(self, value: object) -> tuple[int, int] | None:
        """Year and day of the year as month * 100 + day; year 0 for what is no date; None for no answer."""
        if value not in self._known:
            blank = value is None or normalise(text_of(value)) in self._blank
            day = None if blank else date_of(value, self._characteristic.birth_format)
            found = (0, 0) if day is None else (day.year, day.month * 100 + day.day)
            self._known[value] = None if blank else found
        return self._known[value]

    def _reference_years(self, batch: Batch) -> NDArray[np.int32] | np.int32:
        if self._year is not None:
            return np.int32(self._year)
        values, positions = coded_values(batch.column(self._cohort))
        years = [self._year_of(value) for value in values]
        codes = np.array(years, np.int32)
        if (bad := bad_rows(codes, positions)).size:
            self._problems.add(
                "error",
                "cohort_not_a_year",
                self._cohort,
                "cohorts that are no year, so that nobody's age on the reference date is known.",
                **batch.place(bad),
                possible="years such as 2010",
                remedy="Write reference_date with its year in the programme, or give each cohort its day "
                "under dates in [cohorts].",
            )
        years_of: NDArray[np.int32] = np.where(codes < 0, np.int32(dt.MAXYEAR), codes).take(positions)
        return years_of

    def _year_of(self, value: object) -> int:
        """The year of a cohort that is one, or that the programme gives a day."""
        label = tidy(value)
        declared = any(normalise(own) == normalise(label) for own, _ in self._cohorts.dates)
        plain = len(label) == 4 and label.isdecimal()
        year = self._cohorts.year_of(label) if plain or declared else None
        return UNKNOWN if year is None else year
