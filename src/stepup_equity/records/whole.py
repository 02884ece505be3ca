"""A small source as one frame, where it is a table of counts and not of people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stepup_equity.records.sources import GroupedSource, open_source

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    import pandas as pd

    from stepup_equity.process import Programme

__all__ = ["read_frame"]


def read_frame(
    source: Any, columns: AbstractSet[str], *, programme: Programme | None = None
) -> pd.DataFrame | None:
    """The source as a frame where its header has all of these columns, else None; nothing is read then.

    Texts stay as they are: "None" is an answer, a blank is missing.
    """
    import pandas as pd
    import pyarrow as pa

    opened = open_source(source, reading=programme.reading if programme else None)
    if isinstance(opened, GroupedSource) or not columns <= set(opened.columns):
        return None
    batches = [batch.table for batch in opened.batches(opened.columns, many=opened.columns)]
    if not batches:
        return pd.DataFrame(columns=list(opened.columns))
    frame: pd.DataFrame = pa.Table.from_batches(batches).to_pandas()
    return frame
