"""A workbook of Excel 97 gives the same people; LibreOffice writes it from a new one."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from stepup_equity import StageCounts, count_stages, read_applicants

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd


@pytest.mark.external
def test_xls(people: pd.DataFrame, expected: StageCounts, tmp_path: Path) -> None:
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None and os.environ.get("CI") == "true":
        pytest.fail("LibreOffice is not installed")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    people.to_excel(tmp_path / "people.xlsx", index=False, engine="xlsxwriter")
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    subprocess.run(
        [
            office,
            profile,
            "--headless",
            "--convert-to",
            "xls",
            "--outdir",
            tmp_path,
            tmp_path / "people.xlsx",
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    assert (tmp_path / "people.xls").read_bytes()[:4] == b"\xd0\xcf\x11\xe0"
    assert count_stages(tmp_path / "people.xls") == expected
    problems = read_applicants(tmp_path / "people.xls").problems
    assert problems["code"].tolist() == ["cells_not_checked"]  # it does not tell an error from a blank
