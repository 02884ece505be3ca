"""A fault at every call that writes, renames or unlinks leaves the earlier or the new output whole."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.output.one_fault import JOBS

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.external


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The calls of the C library, each of which can be made to fail."""
    built = tmp_path_factory.mktemp("shim") / "faults.so"
    source = Path(__file__).with_name("faults.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", str(built), str(source), "-ldl"], check=True)
    return built


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder in memory where there is one: a disk takes its time to say that it has everything."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(dir=memory if os.access(memory, os.W_OK) else None)) / "here"
    folder.mkdir()
    yield folder
    shutil.rmtree(folder.parent)


@pytest.mark.parametrize("job", JOBS)
def test_the_earlier_or_the_new_output_is_whole(job: str, shim: Path, place: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.output.one_fault", job, str(place)],
        env=os.environ | {"LD_PRELOAD": str(shim)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.rstrip().endswith(" 0 wrong")
