"""Several files as one source: a folder, or a list. Folders named ``cohort=2010`` give a column."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

import pyarrow as pa

from stepup_equity.errors import listed
from stepup_equity.records.problems import unreadable
from stepup_equity.records.sources.base import Source

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from stepup_equity.records.batches import Batch


_NO_VALUE: Final = "__HIVE_DEFAULT_PARTITION__"


class SeveralFiles(Source):
    """Files with the same columns, read one after the other; rows are called by file and number."""

    def __init__(
        self, files: Sequence[Source], *, root: Path | None, name: str, left_out: Sequence[str] = ()
    ) -> None:
        self._files, self.path, self.name = files, root, name
        self.names_are_sure = all(file.names_are_sure for file in files)
        self.header_row = files[0].header_row
        self.further_names = tuple(cells for file in files for cells in file.further_names)
        self._parts = [_parts(file.path, root) for file in files]
        self._left_out = tuple(left_out)
        for file, parts in zip(files, self._parts, strict=True):
            if both := [key for key in parts if key in file.columns]:
                raise unreadable(
                    name,
                    "column_in_path",
                    f"has {listed(both)} both as a column of {file.name} and in the name of a folder on "
                    "the way to it.",
                    "Rename one of the two: nobody knows which is right.",
                    column=", ".join(both),
                )
            ours, first = {*file.columns, *parts}, {*files[0].columns, *self._parts[0]}
            if ours != first:
                raise unreadable(
                    name,
                    "columns_differ",
                    f"holds files with different columns: {file.name} differs from {files[0].name} in "
                    f"{listed(sorted(ours ^ first), most=5)}.",
                    "Give files of one export together, or read them one by one.",
                )
        self.columns = (*files[0].columns, *(key for key in self._parts[0] if key not in files[0].columns))

    def batches(self, columns: Sequence[str], *, many: Collection[str] = ()) -> Iterator[Batch]:
        """The rows in order of the files."""
        names = list(dict.fromkeys(columns))
        for file, parts in zip(self._files, self._parts, strict=True):
            own = [name for name in names if name not in parts]
            for batch in file.batches(own, many=many):
                arrays = {
                    name: _constant(parts[name], len(batch)) if name in parts else batch.column(name)
                    for name in names
                }
                yield replace(batch, table=pa.RecordBatch.from_pydict(arrays), file=file.name)

    @property
    def elsewhere(self) -> str:
        """Where else the names of the first file may stand."""
        return self._files[0].elsewhere

    def notes(self) -> list[tuple[str, str, str]]:
        """What was noticed in any file, and which files were no tables."""
        found = list(dict.fromkeys(note for file in self._files for note in file.notes()))
        if self._left_out:
            sentence = (
                f"files of the folder that are no tables are not read: {listed(self._left_out, most=10)}."
            )
            found.append(("files_not_read", sentence, "Export them as CSV UTF-8 where people stand in them."))
        return found


def _parts(path: Path | None, root: Path | None) -> dict[str, str]:
    """Column and value of each folder on the way that is named ``column=value``."""
    if path is None or root is None:
        return {}
    folders = path.relative_to(root).parts[:-1]
    pairs = (folder.split("=", 1) for folder in folders if "=" in folder)
    return {key: "" if value == _NO_VALUE else unquote(value) for key, value in pairs}


def _constant(value: str, rows: int) -> pa.DictionaryArray:
    import numpy as np

    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, np.int32)), pa.array([value]))
