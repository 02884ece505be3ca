"""Files that go out, with what is counted in their words: applications in the place of people."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from typing import TYPE_CHECKING, Final

from stepup_equity.words.unit import in_unit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


_TAGS: Final = re.compile(
    r"(?P<whole><(?P<name>style|script)\b.*?</(?P=name)>)|(?P<tag><[^>]*>)", re.DOTALL | re.IGNORECASE
)
_SPOKEN: Final = re.compile(
    r"(?P<name>\s(?:alt|title|aria-label|aria-description|summary|content|data-title|table:name)=)"
    r"(?P<quote>[\"'])(?P<text>.*?)(?P=quote)",
    re.DOTALL,
)
_NAMES: Final = frozenset({"file", "column", "name", "group", "parent", "gate", "reference"})
"""Columns of keys and labels."""

_PICTURE: Final = re.compile(r"data:image/svg\+xml[^\"]*")


def files_in_unit(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files of a folder as they go out now; names of files and of columns stay."""
    if in_unit("people") == "people":
        return dict(files)
    return {name: _changed(name, content) for name, content in files.items()}


def _changed(name: str, content: bytes) -> bytes:
    ending = name.rsplit(".", 1)[-1]
    change: Callable[[str], str] | None = {
        "html": markup_in_unit,
        "svg": markup_in_unit,
        "csv": _table,
        "txt": in_unit,
    }.get(ending)
    if change is not None:
        return change(content.decode("utf-8")).encode("utf-8")
    return _workbook(content) if ending in ("xlsx", "ods") else content


def markup_in_unit(text: str) -> str:
    """Words of a page or a picture, and what is read out of it; nothing within its tags."""
    found, at = [], 0
    for tag in _TAGS.finditer(text):
        found.append(in_unit(text[at : tag.start()]))
        found.append(tag["whole"] or _tag(tag["tag"]))
        at = tag.end()
    return "".join((*found, in_unit(text[at:])))


def _tag(tag: str) -> str:
    spoken = _SPOKEN.sub(lambda one: f"{one['name']}{one['quote']}{in_unit(one['text'])}{one['quote']}", tag)
    return _PICTURE.sub(lambda one: in_unit(one[0]), spoken)


def _table(text: str) -> str:
    """Cells of a table, its column names apart."""
    rows = list(csv.reader(io.StringIO(text, newline="")))
    new = io.StringIO()
    writer = csv.writer(new, lineterminator="\r\n" if "\r\n" in text else "\n")
    head = rows[0] if rows else []
    writer.writerow(head)
    named = [i for i, name in enumerate(head) if name in _NAMES]
    for row in rows[1:]:
        writer.writerow([cell if i in named else in_unit(cell) for i, cell in enumerate(row)])
    bom = "\ufeff" if text.startswith("\ufeff") else ""
    return bom + new.getvalue().removeprefix("\ufeff")


def _workbook(content: bytes) -> bytes:
    """A workbook with the words of its cells and of its properties changed, and all else as it was."""
    new = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(new, "w") as made:
        for entry in old.infolist():
            part = old.read(entry)
            if entry.filename.endswith(".xml"):
                part = markup_in_unit(part.decode("utf-8")).encode("utf-8")
            made.writestr(entry, part, compress_type=entry.compress_type)
    return new.getvalue()
