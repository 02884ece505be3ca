"""A source whose ids stand in several columns: a person and a vacancy, say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from stepup_equity.records.batches import Batch
from stepup_equity.records.sources.base import Source

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence


_BETWEEN: Final = "\x1f"


class JoinedIds(Source):
    """A source with one more column, made of several, of which the first is the person.

    Attributes
    ----------
    people : int
        How many different people the rows read so far are of.
    """

    def __init__(self, source: Source, name: str, parts: Sequence[str]) -> None:
        self._source, self._joined, self._parts = source, name, tuple(parts)
        self.name, self.path = source.name, source.path
        self.names_are_sure, self.header_row = source.names_are_sure, source.header_row
        self.further_names = source.further_names
        self.columns = (*source.columns, name) if set(parts) <= set(source.columns) else source.columns
        self._people: set[Any] = set()

    @property
    def people(self) -> int:
        """How many different people the rows read so far are of."""
        return len(self._people)

    def batches(self, columns: Sequence[str], *, many: Collection[str] = ()) -> Iterator[Batch]:
        """The rows in order, with these columns only."""
        if self._joined not in columns:
            yield from self._source.batches(columns, many=many)
            return
        wanted = [name for name in columns if name != self._joined]
        read = list(dict.fromkeys([*wanted, *self._parts]))
        wide = [*(name for name in many if name != self._joined), *self._parts]
        for batch in self._source.batches(read, many=[name for name in wide if name not in wanted]):
            texts = [_text(batch.column(name)) for name in self._parts]
            self._people.update(pc.unique(texts[0]).to_pylist())
            table = batch.table.select(wanted) if wanted else None
            joined = _joined(texts)
            arrays = {} if table is None else dict(zip(table.schema.names, table.columns, strict=True))
            arrays = {
                name: joined if name == self._joined else arrays[name] for name in dict.fromkeys(columns)
            }
            yield Batch(
                pa.RecordBatch.from_pydict(arrays), batch.first, batch.file, batch.weights, batch.blank
            )

    @property
    def elsewhere(self) -> str:
        """Where else the column names may stand."""
        return self._source.elsewhere

    def notes(self) -> list[tuple[str, str, str]]:
        """What the source itself noticed."""
        return self._source.notes()


def _text(column: pa.Array) -> pa.Array:
    plain = column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
    return pc.utf8_trim_whitespace(plain.cast(pa.string()))


def _joined(texts: list[pa.Array]) -> pa.Array:
    """The parts side by side; nothing where the first is missing."""
    filled = [pc.fill_null(text, "") for text in texts]
    joined = pc.binary_join_element_wise(*filled, _BETWEEN)
    return pc.if_else(pc.equal(filled[0], ""), pa.scalar(None, pa.string()), joined)
