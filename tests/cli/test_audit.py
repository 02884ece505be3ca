"""`stepup-equity audit`: what it prints, and the table it writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from stepup_equity.cli import main
from stepup_equity.examples import write_example

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_audit_of_the_shipped_claims(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_example("evaluation_2013_claims", tmp_path)
    assert main(["audit", str(path), "-o", str(tmp_path / "verdicts.csv")]) == 0
    printed = capsys.readouterr().out
    assert (
        "inconsistent: Muslim accepted, line 1232\n"
        "    2 of 53 is 3.8 %, printed 2 %; 1 of 53 would be printed so.\n"
    ) in printed
    assert "impossible: Ethnicity and the process, line 1214\n" in printed
    assert "\nconsistent: " not in printed
    assert printed.endswith("It cannot say which of them is wrong, nor why.\n")
    assert len(pd.read_csv(tmp_path / "verdicts.csv")) == 177


def test_all_lists_consistent_claims_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "claims.csv"
    path.write_text("claim,kind,printed,parts\nwhole,sum,3,1; 2\n", encoding="utf-8")
    assert main(["audit", str(path)]) == 0
    assert capsys.readouterr().out.startswith("1 claim, 1 consistent.\n")
    assert main(["audit", str(path), "--all"]) == 0
    assert capsys.readouterr().out.startswith("consistent: whole\n    1 + 2 = 3.\n")


def test_claims_that_cannot_be_read_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "claims.csv"
    path.write_text("claim,kind,printed,parts\nwhole,sums,3,1; 2\n", encoding="utf-8")
    assert main(["audit", str(path)]) == 1
    assert "Row 1: kind 'sums' is not known." in capsys.readouterr().err
