"""Raw columns to codes: a characteristic's groups, a stratum's labels, a number's band."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stepup_equity.columns import NOT_STATED
from stepup_equity.errors import did_you_mean
from stepup_equity.process import Characteristic, normalise

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stepup_equity.records.problems import Problems

__all__ = ["BandEncoder", "GroupEncoder", "StratumEncoder", "dictionary"]


def dictionary(column: pa.Array) -> tuple[list[Any], NDArray[np.int64]]:
    """Distinct values of a column, and the position of each row's value; a null has the last position.

    Returns
    -------
    values : list
        Distinct values, then None.
    positions : ndarray of int64, shape (n_rows,)
    """
    encoded = column if pa.types.is_dictionary(column.type) else pc.dictionary_encode(column)
    values = encoded.dictionary.to_pylist()
    indices = encoded.indices
    if indices.null_count:
        indices = pc.fill_null(indices, pa.scalar(len(values), pa.int32()).cast(indices.type))
    return [*values, None], indices.to_numpy(zero_copy_only=False)


def text_of(value: object) -> str:
    """A raw value as the text its owner typed: 1.0 is "1", True is "true"."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if value != value:  # noqa: PLR0124 - NaN differs from itself
            return ""
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value)


class GroupEncoder:
    """Codes of a characteristic's groups; the last code is *Not stated*."""

    def __init__(self, characteristic: Characteristic, problems: Problems) -> None:
        self.characteristic, self._problems = characteristic, problems
        self.column = characteristic.column
        self.labels = (*characteristic.labels, NOT_STATED)
        self._known: dict[object, int] = {None: len(characteristic.labels)}
        self._spellings = {
            spelling: len(characteristic.labels) if label is None else characteristic.labels.index(label)
            for spelling, label in characteristic.spellings.items()
        }

    def encode(self, column: pa.Array, row: int) -> NDArray[np.int32]:
        """Codes of one batch, shape (n_rows,). `row` is the number of its first row."""
        values, positions = dictionary(column)
        lookup = np.array([self._code(value) for value in values], np.int32)
        codes = lookup[positions]
        bad = np.flatnonzero(codes < 0) if (lookup < 0).any() else np.zeros(0, np.intp)
        if bad.size:
            self._unknown(values, positions, bad, row)
            codes[bad] = len(self.labels) - 1
        return codes

    def _code(self, value: object) -> int:
        if value not in self._known:
            self._known[value] = self._spellings.get(normalise(text_of(value)), -1)
        return self._known[value]

    def _unknown(
        self, values: list[Any], positions: NDArray[np.int64], bad: NDArray[np.intp], row: int
    ) -> None:
        found = Counter({text_of(values[i]): int((positions[bad] == i).sum()) for i in set(positions[bad].tolist())})
        hints = {did_you_mean(label, self.characteristic.labels).strip() for label in found}
        name = self.characteristic.name
        self._problems.add(
            "error",
            "unknown_label",
            self.column,
            f"labels that are not in the code list of {name!r}.",
            rows=(row + int(i) for i in bad[:20]),
            count=len(bad),
            found=found,
            possible=", ".join(self.characteristic.labels),
            remedy=" ".join(
                [
                    "Correct them, or declare the spelling under synonyms in the programme.",
                    *sorted(hint for hint in hints if hint)[:1],
                ]
            ),
        )


class BandEncoder:
    """Codes of a number's declared bands, such as age in years."""

    def __init__(self, characteristic: Characteristic, problems: Problems) -> None:
        self.characteristic, self._problems = characteristic, problems
        self.column = characteristic.number_column or characteristic.column
        self.labels = (*characteristic.labels, NOT_STATED)
        self._spellings = {
            spelling for spelling, label in characteristic.spellings.items() if label is None
        }

    def encode(self, column: pa.Array, row: int) -> NDArray[np.int32]:
        """Codes of one batch, shape (n_rows,). `row` is the number of its first row."""
        values, positions = dictionary(column)
        lookup = np.array([self._code(value) for value in values], np.int32)
        codes = lookup[positions]
        bad = np.flatnonzero(codes < 0)
        if bad.size:
            groups = self.characteristic.groups
            lows = [group.lowest for group in groups if group.lowest is not None]
            self._problems.add(
                "error",
                "impossible_number",
                self.column,
                f"values that are not in any band of {self.characteristic.name!r}.",
                rows=(row + int(i) for i in bad[:20]),
                count=len(bad),
                possible=f"whole numbers from {min(lows, default=0)}",
                remedy="Correct them, or leave the field blank where the number is not known.",
            )
            codes = np.where(codes < 0, len(self.labels) - 1, codes)
        return codes

    def _code(self, value: object) -> int:
        text = text_of(value).strip()
        if normalise(text) in self._spellings:
            return len(self.characteristic.labels)
        try:
            number = float(text)
        except ValueError:
            return -1
        for code, group in enumerate(self.characteristic.groups):
            if group.lowest is None and group.highest is None:
                continue
            low = -np.inf if group.lowest is None else group.lowest
            high = np.inf if group.highest is None else group.highest + 1
            if low <= number < high:
                return code
        return -1


class StratumEncoder:
    """Codes of labels that are not declared beforehand: cohorts, regions, centres."""

    def __init__(self, name: str, column: str, kind: str) -> None:
        self.name, self.column, self.kind = name, column, kind
        self._codes: dict[str, int] = {}

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels in order of first appearance."""
        return tuple(self._codes)

    def encode(self, column: pa.Array, row: int) -> NDArray[np.int32]:  # noqa: ARG002 - any label is right
        """Codes of one batch, shape (n_rows,)."""
        values, positions = dictionary(column)
        used = np.zeros(len(values), bool)
        used[positions] = True
        lookup = np.zeros(len(values), np.int32)
        for i in np.flatnonzero(used):
            label = text_of(values[i]).strip() or NOT_STATED
            lookup[i] = self._codes.setdefault(label, len(self._codes))
        return lookup[positions]
