"""A gap that only the mix makes is no cliff edge through any door: two cohorts, and Berkeley in 1973."""

from __future__ import annotations

import csv
import html
import re
from typing import TYPE_CHECKING

import pytest
from tests.cohort_cases import BERKELEY, SIMPSON, berkeley, simpson, written

import stepup_equity as su
from stepup_equity.cli import main

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.docs

CASES = {
    "simpson": (simpson, SIMPSON, "These figures are of cohort 2012, the last of 2: 2010 and 2012."),
    "berkeley": (berkeley, BERKELEY, "With department held equal it is 1.06 times the rate (0.97 to 1.15)"),
}
"""Records, programme, and the sentence that says why there is no edge."""


def words(page: Path) -> str:
    """What stands on a page or a picture, without its tags."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.read_text(encoding="utf-8"))).split())


def flagged(table: Path) -> list[dict[str, str]]:
    with table.open(encoding="utf-8", newline="") as opened:
        return [row for row in csv.DictReader(opened) if row.get("flagged", "").lower() == "true"]


@pytest.mark.parametrize("name", CASES)
def test_no_door_tells_of_an_edge(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    records, programme, why = CASES[name]
    file, declared = written(tmp_path, records(), programme)
    asked = [file, "--programme", declared]

    out = tmp_path / "report"
    assert main(["report", *asked, "-o", str(out), "--fail-on-cliff"]) == 0
    said = capsys.readouterr().out
    assert "Cliff edges: 0 in 1 comparison" in said
    assert why in said
    assert "unlikely to be chance" not in said
    assert why in words(out / "report.html")
    assert not flagged(out / "data" / "cliff_edges.csv")
    assert not flagged(out / "data" / "cliff_edges_broad.csv")

    public = tmp_path / "public"
    assert main(["report", *asked, "-o", str(public), "--policy", "publish", "--first-release"]) == 0
    page = words(public / "report.html")
    assert not flagged(public / "data" / "comparisons.csv")
    assert "is a cliff edge:" not in page
    reason = "department" if name == "berkeley" else "That is 2012, the last of 2 cohorts"
    assert reason in page

    drawn = tmp_path / "charts"
    assert main(["charts", *asked, "-o", str(drawn), "--kind", "cliffs"]) == 0
    picture = words(drawn / "cliffs.svg")
    assert "▼" not in picture
    assert "1 cliff edge" not in picture

    counts = su.count_stages(su.read_applicants(file, programme=declared))
    found = su.cliff_edges(counts)
    assert not found.any_flagged
    for shown in (repr(found), found._repr_html_()):
        assert "no cliff edge" in shown
    assert why in " ".join((*found.held_back["sentence"], *found.notes))
