"""A small source as one frame, where it is a table of counts and not of people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepup_equity.records.sources import GroupedSource, ReadAgain, Source

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    import pandas as pd


def read_frame(source: Source, columns: AbstractSet[str]) -> pd.DataFrame | None:
    """The source as a frame where its header has all of these columns, else None; nothing is read then.

    Capital letters and spaces around a name make no difference.

    Texts stay as they are: "None" is an answer, a blank is missing.
    """
    import pandas as pd
    import pyarrow as pa

    if isinstance(source, GroupedSource) or not columns <= {
        name.strip().casefold() for name in source.columns
    }:
        return None

    def read() -> list[pa.RecordBatch]:
        return [batch.table for batch in source.batches(source.columns, many=source.columns)]

    try:
        batches = read()
    except ReadAgain:
        batches = read()
    if not batches:
        return pd.DataFrame(columns=list(source.columns))
    frame: pd.DataFrame = pa.Table.from_batches(batches).to_pandas()
    return frame
