"""Which bytes are text, and in which encoding."""

from __future__ import annotations

import re
from typing import Final

from stepup_equity.records.problems import unreadable

HEAD: Final = 1 << 20
"""So many bytes at the beginning of a file are looked at."""
UTF8: Final = "utf8"  # by this name pyarrow knows that nothing needs transcoding
_BOMS: Final = {
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
    b"\xef\xbb\xbf": UTF8,
}
_WEB_PAGE: Final = re.compile(
    rb"\s*(<!--|<!doctype|<\?xml|<[a-z][a-z0-9:]*[\s/>]|mime-version:)", re.IGNORECASE
)
_WEB_TABLE: Final = re.compile(rb"<(table|tr|td)[\s>]", re.IGNORECASE)
BOM: Final = b"\xef\xbb\xbf"


def is_text(head: bytes) -> bool:
    """Whether the beginning of a file is text."""
    return head.startswith(tuple(_BOMS)) or (b"\x00" not in head and b"\n" in head.replace(b"\r", b"\n"))


def refuse_web_page(head: bytes, name: str) -> None:
    """Refuse what begins as a web page does; systems export those under the endings of workbooks too."""
    if _WEB_PAGE.match(head.removeprefix(BOM)):
        table = _WEB_TABLE.search(head) is not None
        raise unreadable(
            name,
            "not_a_table",
            "is a web page with a table in it, whatever its ending."
            if table
            else "is a web page, not a table.",
            "Open it in a spreadsheet and save it as CSV UTF-8.",
        )


def encoding_of(head: bytes, name: str) -> str:
    """The encoding of a text by its beginning; what is no text is refused under the file's name."""
    if not head.strip():
        raise unreadable(
            name,
            "file_empty",
            "is empty: it has no header in row 1.",
            "Export it again with its column names.",
        )
    refuse_web_page(head, name)
    marked = next((encoding for bom, encoding in _BOMS.items() if head.startswith(bom)), None)
    text = head if marked is None else head.decode(marked, errors="replace").encode()
    # A reader that skips rows takes a NUL in them for a row of its own, and loses one below.
    if b"\x00" in text or head.startswith((b"\x7fELF", b"%PDF", b"\x89PNG", b"\xff\xd8")):
        raise unreadable(
            name,
            "not_text",
            "is not a text table: it holds bytes that are no text.",
            "Save it as CSV UTF-8, or give a workbook or a Parquet file.",
        )
    if marked is not None:
        return marked
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 4:
            return UTF8 if _has_utf8(head) else "cp1252"
    return UTF8


def _has_utf8(head: bytes) -> bool:
    """Whether some line beyond ASCII is UTF-8: then the rest is a mix of encodings, not Windows-1252."""
    lines = head.splitlines()
    for line in lines[:-1] if len(head) == HEAD else lines:
        if not line.isascii():
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                continue
            return True
    return False
