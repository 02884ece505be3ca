"""The page in a real browser: from a file to a folder by keyboard alone and without JavaScript.

Needs Chromium and Node.js, and the packages of ``.ci/package.json``: ``npm --prefix .ci install``.
The pictures of the documents are made here: ``PICTURES=docs/images/open python -m pytest -m external``
with this file's name and ``-k 1280`` writes them anew.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from stepup_equity.cli import main
from tests.presentation.test_browser import MODULES, ROOT, chromium

pytestmark = pytest.mark.external

DOCUMENT = ROOT / "docs" / "how-to" / "first-cohort.md"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An export with a question of each kind; two characteristics, so that the folder is soon written."""
    statuses = [
        "Sift - unsuccessful",
        "Interview - unsuccessful",
        "Hired",
        "Hired",
        "Reserve list",
        "Withdrawn",
    ]
    rows = 400
    at = [i % 11 % 6 for i in range(rows)]
    frame = pd.DataFrame(
        {
            "Applicant Ref": [f"r{i}" for i in range(rows)],
            "Gender": [("Female", "Male", "Non-binary")[i % 17 % 3] for i in range(rows)],
            "Religion": [("Christian", "No religion", "Muslim", "Jedi")[i % 13 % 4] for i in range(rows)],
            "Status": [statuses[i] for i in at],
            "Interview score": [None if i in (0, 5) else 40 + i for i in at],
        }
    )
    path = tmp_path_factory.mktemp("browser") / "five.csv"
    frame.to_csv(path, index=False)
    return path


@pytest.mark.parametrize("width", [1280, 320])
def test_the_whole_way_by_keyboard_without_javascript(
    file: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, width: int
) -> None:
    browser = chromium()
    pictured = tmp_path_factory.mktemp("pictures")
    command = [sys.executable, "-m", "stepup_equity", "open", str(file), "--no-browser"]
    terminal = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "TMPDIR": str(tmp_path)}
    )
    assert terminal.stdout is not None
    try:
        terminal.stdout.readline()
        address = terminal.stdout.readline().strip()
        pictures = str(pictured) if width == 1280 else ""
        script = Path(__file__).with_name("page_way.cjs")
        arguments = [str(MODULES), browser, address, str(tmp_path / "out"), str(width), pictures]
        done = subprocess.run(
            ["node", str(script), *arguments], capture_output=True, text=True, check=False, timeout=900
        )
        assert done.returncode == 0, done.stderr
    finally:
        terminal.send_signal(getattr(signal, "SIGHUP", signal.SIGTERM))
        terminal.wait(60)
        terminal.stdout.close()
    found: dict[str, list[dict[str, Any]]] = json.loads(done.stdout)
    assert found["outside"] == []
    titles = [page["title"].removesuffix(" - stepup_equity") for page in found["seen"]]
    assert titles[:3] == ["Choose a file", "Error: Choose a file", "What the columns hold"]
    assert titles[-4:] == ["Ready to count", *["The funnel, and what to write"] * 2, "Written"]
    if width == 1280:
        _as_the_documents_show_it(titles, pictured)
    for page in found["seen"]:
        assert page["violations"] == [], (page["title"], width)
        assert page["rules"] > 10, page["title"]
        assert page["sideways"] <= 0, page["title"]
    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert written == {"internal", "publication", "programme.toml", "manifest.json"}
    left = [path for path in tmp_path.iterdir() if path.name != "out"]
    assert left == [], "something was kept"
    again = tmp_path / "again"
    assert (
        main(["report", str(file), "--programme", str(tmp_path / "out" / "programme.toml"), "-o", str(again)])
        == 0
    )
    one, two = ((folder / "report.html").read_bytes() for folder in (tmp_path / "out" / "internal", again))
    assert one == two


def _as_the_documents_show_it(titles: list[str], pictured: Path) -> None:
    """Pictures of the documents are of the pages that they say; PICTURES names where to write them anew."""
    shown = re.findall(r"!\[([^]]+)\]\(\.\./images/open/(\d\d)\.png\)", DOCUMENT.read_text(encoding="utf-8"))
    assert len(shown) > 2
    assert [title for title, _ in shown] == [titles[int(number) - 1] for _, number in shown]
    for _, number in shown:
        if target := os.environ.get("PICTURES"):
            shutil.copyfile(pictured / f"{number}.png", Path(target) / f"{number}.png")
        else:
            assert (pictured / f"{number}.png").stat().st_size > 10_000


def test_closing_the_terminal_ends_it(file: Path) -> None:
    command = [sys.executable, "-m", "stepup_equity", "open", str(file), "--no-browser"]
    terminal = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert terminal.stdout is not None
    terminal.stdout.readline()
    terminal.send_signal(getattr(signal, "SIGHUP", signal.SIGTERM))
    try:
        assert terminal.wait(60) == 0
    finally:
        terminal.kill()
        terminal.stdout.close()
