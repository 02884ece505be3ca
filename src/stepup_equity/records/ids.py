"""Applicant ids: present, and once in each cohort. The ids themselves are never kept or printed."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stepup_equity.records.batches import Batch, blank_cells, text_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from stepup_equity.records.problems import Problems, Severity
    from stepup_equity.records.sources import GroupedSource, Source


_Words = tuple["Severity", str, str, str]
_MISSING: Final[_Words] = ("error", "id_missing", "no id.", "Give every row the id of its applicant.")
_TWICE: Final[_Words] = (
    "error",
    "id_duplicate",
    "an id that stands in more than one row of its cohort.",
    (
        "Keep one row for each applicant and cohort. Where each row is an application, say so under "
        "[reading] in the "
        'programme: unit = "applications" and applicant_id = ["person", "vacancy"].'
    ),
)
_ROUNDED: Final[_Words] = (
    "error",
    "ids_rounded",
    "ids of more than 15 digits that stand more than once: kept as numbers, they lose the digits beyond.",
    "Keep the ids as text where they come from, and export them again.",
)
_SURE_DIGITS: Final = 15
_REPEATED: Final[_Words] = (
    "error",
    "row_repeated",
    "rows that stand more than once, alike in everything that is read.",
    "Remove the repeated rows: the same export may have been joined twice.",
)
_MULTIPLIER: Final = np.uint64(0x9E3779B97F4A7C15)
_SHIFT: Final = np.uint64(29)
_WORD: Final = 8


class IdCheck:
    """Keeps a 64-bit hash of each id while a source is read; where hashes repeat, reads those rows again."""

    def __init__(self, column: str, problems: Problems) -> None:
        self._column, self._problems = column, problems
        self._floating = False
        self._hashes: list[NDArray[np.uint64]] = []
        self._blank: list[NDArray[np.bool_]] = []

    def add(self, batch: Batch, cohorts: NDArray[np.int32] | None) -> None:
        """Ids of one batch, with each row's cohort where the file has cohorts."""
        ids = batch.column(self._column)
        blank = blank_cells(ids)
        if blank.any():
            severity, code, sentence, remedy = _MISSING
            self._problems.add(
                severity,
                code,
                self._column,
                sentence,
                **batch.place(np.flatnonzero(blank)),
                remedy=remedy,
            )
        self._floating = self._floating or pa.types.is_floating(ids.type)
        hashes = _hashed(ids)
        if cohorts is not None:
            hashes ^= (cohorts.astype(np.uint64) + np.uint64(1)) * _MULTIPLIER
        self._hashes.append(hashes)
        self._blank.append(blank)

    def judge(self, source: Source, columns: Sequence[str], cohort: str | None) -> None:
        """Report ids that occur twice in a cohort, and rows that are the same throughout."""
        hashes, blank = np.concatenate(self._hashes), np.concatenate(self._blank)
        ordered = np.sort(hashes[~blank])
        again = ordered[1:][ordered[1:] == ordered[:-1]]
        if not again.size:
            return
        suspects = np.isin(hashes, again) & ~blank
        keys: Counter[tuple[str, ...]] = Counter()
        whole: Counter[tuple[str, ...]] = Counter()
        found: list[tuple[int | str, tuple[str, ...], tuple[str, ...]]] = []
        at = 0
        for batch in source.batches(columns, many=(self._column,)):
            for i in np.flatnonzero(suspects[at : at + len(batch)]):
                record = {name: text_of(batch.column(name)[int(i)].as_py()) for name in columns}
                key = tuple(record[name].strip() for name in (self._column, cohort) if name is not None)
                keys[key] += 1
                whole[tuple(record.values())] += 1
                found.append((batch.row(int(i)), key, tuple(record.values())))
            at += len(batch)
        digits = [key[0] for key, times in keys.items() if times > 1]
        long = all(len(text) > _SURE_DIGITS and text.isdecimal() for text in digits)
        if long and (self._floating or not source.exact_numbers):
            self._report(_ROUNDED, [row for row, key, _ in found if keys[key] > 1])
            return
        self._report(_REPEATED, [row for row, _, record in found if whole[record] > 1])
        self._report(_TWICE, [row for row, key, record in found if keys[key] > whole[record]])

    def _report(self, problem: _Words, rows: list[int | str]) -> None:
        severity, code, sentence, remedy = problem
        if rows:
            self._problems.add(
                severity,
                code,
                self._column,
                sentence,
                rows=rows,
                count=len(rows),
                remedy=remedy,
            )


def count_ids(
    source: GroupedSource, column: str, cohort: str | None, columns: Sequence[str], problems: Problems
) -> None:
    """Report missing and repeated ids as the source's own engine counts them."""
    for (severity, code, sentence, remedy), count in zip(
        (_MISSING, _REPEATED, _TWICE), source.count_ids(column, cohort, columns), strict=True
    ):
        if count:
            problems.add(severity, code, column, sentence, count=count, remedy=remedy)


def _hashed(ids: pa.Array) -> NDArray[np.uint64]:
    """A number for each id; equal ids have equal numbers, and whole numbers are their own."""
    if pa.types.is_integer(ids.type):
        whole: NDArray[np.uint64] = pc.fill_null(ids, 0).to_numpy(zero_copy_only=False).astype(np.uint64)
        return whole
    if pa.types.is_dictionary(ids.type):
        ids = ids.dictionary_decode()
    text = pc.fill_null(pc.utf8_trim_whitespace(ids.cast(pa.large_string())), "")
    offsets = np.frombuffer(text.buffers()[1], np.int64)[text.offset : text.offset + len(text) + 1]
    raw = np.frombuffer(text.buffers()[2] or b"", np.uint8)[: offsets[-1] if len(offsets) else 0]
    return _hashes_of(raw, offsets)


def _hashes_of(raw: NDArray[np.uint8], offsets: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Multiply and fold the eight-byte words of each text, shape (n_texts,)."""
    lengths = np.diff(offsets)
    longest = int(lengths.max(initial=0))
    hashes = lengths.astype(np.uint64)
    if not longest:
        return hashes
    words: Any
    if int(lengths.min()) == longest:
        padded = np.zeros((len(lengths), -(-longest // _WORD) * _WORD), np.uint8)
        padded[:, :longest] = raw[offsets[0] :].reshape(len(lengths), longest)
        words = padded.view(np.uint64).T
    else:
        words = _words(raw, offsets, lengths, longest)
    for word in words:
        hashes = (hashes ^ word) * _MULTIPLIER
        hashes ^= hashes >> _SHIFT
    return hashes


def _words(
    raw: NDArray[np.uint8], offsets: NDArray[np.int64], lengths: NDArray[np.int64], longest: int
) -> Any:
    """The first eight bytes of each text, the next eight, and so on; zero behind its end."""
    padded = np.concatenate([raw, np.zeros(_WORD, np.uint8)])
    everywhere = np.ndarray((len(raw) + 1,), np.uint64, padded, 0, (1,))
    for start in range(0, longest, _WORD):
        rest = np.clip(lengths - start, 0, _WORD).astype(np.uint64)
        keep = (np.uint64(1) << (rest % np.uint64(_WORD) * np.uint64(8))) - np.uint64(1)
        keep = np.where(rest == _WORD, ~np.uint64(0), keep)
        yield everywhere.take(np.minimum(offsets[:-1] + start, len(raw))) & keep
