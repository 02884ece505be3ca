"""Whatever the suite's tests make the product say is read for people of the suite's own data.

The ids of the example cohort and of the generators here, the names and addresses of a planted file, and the
passwords of addresses of databases: none of them may stand in what reaches a terminal, an error, a notebook
or a written file. Everything passes by here: captured streams, also of other processes, errors when they are
put into words, results when they are shown, files when they are written. Counts are left out: they keep
the labels of cohorts, and are personal data.
"""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from functools import wraps
from typing import TYPE_CHECKING, Any, Final

import pytest
from PIL import Image

from stepup_equity import errors
from stepup_equity.output import files, folders
from stepup_equity.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["heard", "listen", "told"]

PLANTED: Final = re.compile(rb"\bS0\d{4}\b|Zqx\w*|s3cr3t")
_HELD: Final[list[str]] = []
_INPUTS: Final = frozenset(shipped(f"examples/{name}").read_bytes() for name in ("cohort_one.csv",))
"""Example records that a command copies to where somebody asks for them."""


def heard(where: str, what: object) -> None:
    """Read something that was said."""
    said = what if isinstance(what, bytes) else str(what).encode("utf-8", "replace")
    found = PLANTED.search(said)
    if found is not None and said not in _INPUTS:
        around = said[max(0, found.start() - 60) : found.end() + 40]
        _HELD.append(f"{where} tells of {found[0]!r}: {around!r}")


def told() -> list[str]:
    """What was found since the last time."""
    found = _HELD.copy()
    _HELD.clear()
    return found


def _members(content: bytes) -> Iterator[bytes]:
    """A file as a reader sees it: a workbook is several, packed; of a picture, the words it carries.

    What is packed is read unpacked only: in megabytes of it any five letters stand somewhere by chance.
    """
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for name in packed.namelist():
                yield name.encode()
                yield from _members(packed.read(name))
    elif content.startswith(b"\x89PNG"):
        with Image.open(io.BytesIO(content)) as picture:
            yield repr(picture.info).encode()
    elif not content.startswith(b"PAR1"):
        yield content


def _heard_after(call: Callable[..., Any], where: str) -> Callable[..., Any]:
    @wraps(call)
    def said(*given: Any, **named: Any) -> Any:
        result = call(*given, **named)
        for one in result if isinstance(result, tuple) else (result,):
            if isinstance(one, (str, bytes)):
                heard(where, one)
        return result

    return said


def listen() -> None:
    """Let everything that is said pass by here, for as long as this process runs."""
    from stepup_equity.counts import StageCounts
    from stepup_equity.disclosure import Release
    from stepup_equity.findings.result import Result
    from stepup_equity.records.applicants import Applicants

    changed: Any = errors.StepUpError
    changed.__str__ = _heard_after(changed.__str__, "an error")
    for kind in (Result, StageCounts, Release, Applicants):
        for name in ("__repr__", "_repr_html_"):
            if name in vars(kind):
                setattr(kind, name, _heard_after(vars(kind)[name], f"{name} of {kind.__name__}"))
    for streams in (pytest.CaptureFixture, subprocess.Popen):
        name = "readouterr" if streams is pytest.CaptureFixture else "communicate"
        setattr(streams, name, _heard_after(getattr(streams, name), "a stream"))
    for module in (files, folders):
        changed = module
        changed.write_synced = _reading(changed.write_synced)


def _reading(write: Callable[[Path, bytes], None]) -> Callable[[Path, bytes], None]:
    @wraps(write)
    def reading(path: Path, content: bytes) -> None:
        for one in _members(content):
            heard(path.name, one)
        write(path, content)

    return reading
