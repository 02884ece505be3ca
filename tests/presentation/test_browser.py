"""Reports in a browser: no accessibility violation, no request, no script but ours, all by keyboard.

Needs Chromium and Node.js, and the packages of ``.ci/package.json``: ``npm --prefix .ci install``.
"""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

import stepup_equity as su
from tests.presentation import cases

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.external

ROOT = Path(__file__).parents[2]
MODULES = ROOT / ".ci" / "node_modules"

REPORTS: dict[str, tuple[Callable[[], su.StageCounts], str]] = {
    "cohort_one": (cases.cohort_one, "internal"),
    "west_lancashire": (cases.west_lancashire, "internal"),
    "nineteen_groups": (lambda: cases.cases()["nineteen groups"], "internal"),
    "hostile_labels": (lambda: cases.cases()["hostile labels"], "internal"),
    "two_cohorts": (cases.two_cohorts, "internal"),
    "publication": (cases.west_lancashire, "suppress10"),
}


@cache
def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("Chromium is not installed")
    if shutil.which("node") is None:
        pytest.skip("Node.js is not installed")
    if not (MODULES / "axe-core").is_dir():
        pytest.skip("axe-core is not installed: npm --prefix .ci install")
    return found


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    browser = chromium()
    folder = tmp_path_factory.mktemp("pages")
    pages = []
    for name, (make, policy) in REPORTS.items():
        page = su.write_report(folder / name, make(), policy=policy) / "report.html"
        pages.append(page.rename(folder / f"{name}.html"))
    script = Path(__file__).with_name("page_audit.cjs")
    done = subprocess.run(
        ["node", str(script), str(MODULES), browser, *map(str, pages)],
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, list[dict[str, Any]]] = json.loads(done.stdout)
    assert len(found["pages"]) == 6 * len(REPORTS)
    return found


def test_no_accessibility_violation_at_any_width_folded_and_open_light_and_dark(
    seen: dict[str, list[dict[str, Any]]],
) -> None:
    for page in seen["pages"]:
        assert page["rules"] > 30, page["file"]
        assert page["violations"] == [], (page["file"], page["width"], page["open"], page["colorScheme"])


def test_nothing_is_logged_requested_or_run(seen: dict[str, list[dict[str, Any]]]) -> None:
    for page in seen["pages"]:
        assert (page["console"], page["requests"], page["dialogs"]) == ([], [], []), page["file"]


def test_the_page_never_scrolls_sideways(seen: dict[str, list[dict[str, Any]]]) -> None:
    assert [page["file"] for page in seen["pages"] if page["sideways"] > 0] == []


def test_a_narrow_page_shows_one_way_to_its_parts(seen: dict[str, list[dict[str, Any]]]) -> None:
    """Two lists of the same parts stood between the title and what was found: two screens of a telephone."""
    for page in seen["pages"]:
        assert page["ways"] == [True, page["width"] > 1023], (page["file"], page["width"])


def test_keyboard_reaches_everything_and_shows_where_it_is(seen: dict[str, list[dict[str, Any]]]) -> None:
    for page in seen["keyboard"]:
        assert page["reached"] == page["wanted"] > 20, page["file"]
        assert page["wanted"] <= 120, page["file"]
        assert page["withoutFocusRing"] == 0, page["file"]


def test_regions_are_stops_only_where_they_scroll_or_have_values(
    seen: dict[str, list[dict[str, Any]]],
) -> None:
    for page in seen["pages"]:
        assert (page["idle"], page["missed"]) == (0, 0), (page["file"], page["width"], page["open"])


def test_tables_and_pictures_can_be_taken_away(seen: dict[str, list[dict[str, Any]]]) -> None:
    for page in seen["works"]:
        rows = list(csv.reader(page["csv"]["text"].removeprefix("\ufeff").splitlines()))
        assert page["csv"]["name"].endswith(".csv")
        assert len({len(row) for row in rows}) == 1
        assert len(rows) == len(page["before"]) + 1
        assert page["picture"]["name"].endswith(".svg")
        svg = ET.fromstring(page["picture"]["text"])
        assert "fill" in str(svg.findtext("{*}style"))
        assert page["heads"] == 1  # the arrows lead to the others


def test_values_of_a_picture_are_those_of_its_table(seen: dict[str, list[dict[str, Any]]]) -> None:
    read = [page["values"] for page in seen["works"] if page["values"]]
    assert len(read) >= 3
    for values in read:
        told = values["aloud"].split(": ", 1)[1]
        assert values["shown"] == values["aloud"].replace(": ", "", 1)
        assert told in values["cells"]
        assert values["hidden"]
        assert values["hovered"]


def test_rows_are_filtered_and_come_back(seen: dict[str, list[dict[str, Any]]]) -> None:
    found = [page["filtered"] for page in seen["works"] if page["filtered"]]
    assert found
    for rows in found:
        wanted = [row for row in rows["all"] if rows["kind"] in row]
        assert rows["some"] == wanted
        assert rows["again"] == rows["all"]


def test_tables_sort_both_ways_and_back(seen: dict[str, list[dict[str, Any]]]) -> None:
    for page in seen["works"]:
        assert sorted(page["up"]) == sorted(page["down"]) == sorted(page["before"]), page["file"]
        assert page["up"] != page["down"], page["file"]
        assert page["again"] == page["before"], page["file"]
        assert page["ascending"] == "ascending", page["file"]


def test_jumping_moves_the_focus_and_copying_says_so(seen: dict[str, list[dict[str, Any]]]) -> None:
    for page in seen["works"]:
        assert f"#{page['jumped']}" == page["last"], page["file"]
        assert page["said"] == "Table copied", page["file"]
        assert "\t" in page["copied"].splitlines()[0], page["file"]


def test_a_copied_label_never_begins_a_formula(seen: dict[str, list[dict[str, Any]]]) -> None:
    (copied,) = [page["copied"] for page in seen["works"] if page["file"] == "hostile_labels.html"]
    cells = [cell for line in copied.splitlines() for cell in line.split("\t")]
    assert "'=cmd|' /C calc'!A0" in cells
    assert not [cell for cell in cells if cell[:1] in "=@" and cell]


def test_without_scripts_every_table_is_there(seen: dict[str, list[dict[str, Any]]]) -> None:
    for page in seen["plain"]:
        assert page["visible"] == page["tables"] >= 10, page["file"]


def test_rows_of_a_notebook_are_of_sensible_height(tmp_path: Path) -> None:
    """The longest cells of the first cohort: sentences, statuses, methods."""
    counts = cases.cohort_one()
    model = su.progression_model(counts, "gender + ethnicity", level={"ethnicity": "broad"}, interval="wald")
    made = (
        su.cliff_edges(counts),
        su.gap_decomposition(counts),
        su.stratified_tests(counts, by="ethnicity", level="broad"),
        model,
        model.crude_beside_adjusted(),
        su.maihda(counts, by=["gender", "ethnicity"], gate="screened", level={"ethnicity": "broad"}),
        su.compare_cohorts(cases.two_cohorts()),
    )
    files = [tmp_path / f"{type(result).__name__}.html" for result in made]
    for file, result in zip(files, made, strict=True):
        file.write_text(f"<!doctype html><meta charset=utf-8>{result._repr_html_()}", encoding="utf-8")
    script = Path(__file__).with_name("row_heights.cjs")
    done = subprocess.run(
        ["node", str(script), str(MODULES), chromium(), *map(str, files)],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    heights = json.loads(done.stdout)
    assert len(heights) == len(made)
    assert max(heights.values()) <= 100, heights


def test_prints_on_paper_with_the_notice_on_every_page(tmp_path: Path) -> None:
    page = su.write_report(tmp_path / "out", cases.west_lancashire()) / "report.html"
    paper = tmp_path / "report.pdf"
    subprocess.run(
        [
            chromium(),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-pdf-header-footer",
            f"--user-data-dir={tmp_path / 'profile'}",
            f"--print-to-pdf={paper}",
            page.as_uri(),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    text = subprocess.run(["pdftotext", str(paper), "-"], check=True, capture_output=True, text=True).stdout
    sheets = text.rstrip("\f").split("\f")
    assert len(sheets) > 5
    assert all("Internal: not for publication" in sheet for sheet in sheets)
    whole = " ".join(text.split())
    assert "Shape of the way of each group, by ethnicity" in whole
    assert "Pass rates by religion" in whole
