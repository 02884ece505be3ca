"""The folder that may be published: made from a release alone, all or nothing, the same bytes each time."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import pairwise, permutations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

import stepup_equity as su
from stepup_equity.disclosure import Ledger
from stepup_equity.presentation.published import Published
from stepup_equity.words.names import Names
from tests.presentation import cases

if TYPE_CHECKING:
    from pathlib import Path

STAGES = ("applied", "shortlisted", "appointed")
POLICY = su.Policy(threshold=5, name="team")
GROUPS = {
    "ethnicity": {
        "White": [212, 101, 47],
        "Black": [61, 19, 7],
        "Asian": [44, 17, 8],
        "Chinese": [9, 3, 1],
        "Arab": [8, 4, 2],
        "Roma": [7, 4, 1],
    },
    "gender": {"Female": [238, 107, 48], "Male": [103, 41, 18]},
}


def counts_of(groups: dict[str, dict[str, list[int]]]) -> su.StageCounts:
    rows = [(name, group, *reached) for name, several in groups.items() for group, reached in several.items()]
    return su.StageCounts.from_table(pd.DataFrame(rows, columns=["characteristic", "group", *STAGES]))


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out: Path = su.write_report(
        tmp_path_factory.mktemp("published") / "out", counts_of(GROUPS), policy=POLICY
    )
    return out


def other_cube(groups: dict[str, dict[str, list[int]]], policy: su.Policy | str) -> su.StageCounts:
    """Other people behind the same release: one moves between two groups where that shows in no number."""
    release = su.protect(counts_of(groups), policy)
    names = list(groups["ethnicity"])
    for stage in range(len(STAGES)):
        for at, to in permutations(names, 2):
            moved = {name: {k: list(v) for k, v in several.items()} for name, several in groups.items()}
            less, more = moved["ethnicity"][at], moved["ethnicity"][to]
            less[stage] -= 1
            more[stage] += 1
            if all(a >= b >= 0 for row in (less, more) for a, b in pairwise(row)):
                counts = counts_of(moved)
                if su.protect(counts, policy).frame.equals(release.frame):
                    return counts
    raise AssertionError("no other cube has this release")


@pytest.mark.parametrize("policy", [POLICY, "hesa", "nhs", "ofqual", su.Policy(mode="round", round_base=10)])
def test_two_cubes_with_one_release_give_one_folder_byte_for_byte(
    policy: su.Policy | str, tmp_path: Path
) -> None:
    """However counts are protected: hidden, rounded, or hidden and then rounded."""
    counts, other = counts_of(GROUPS), other_cube(GROUPS, policy)
    assert not np.array_equal(counts.funnel("ethnicity").reached, other.funnel("ethnicity").reached)
    one, again = (
        files_of(su.write_report(tmp_path / name, given, policy=policy))
        for name, given in (("one", counts), ("again", other))
    )
    assert again == one


def test_the_folder_is_whole(folder: Path) -> None:
    names = set(files_of(folder))
    assert {
        "report.html",
        "manifest.json",
        "ledger.json",
        "tables.xlsx",
        "tables.ods",
        "data/dictionary.csv",
        "data/README.txt",
        "data/release.csv",
    } <= names
    assert any(name.startswith("charts/") and name.endswith(".svg") for name in names)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert set(manifest["files"]) == names - {"manifest.json"}


def test_nothing_hidden_stands_anywhere(tmp_path: Path) -> None:
    """Hidden counts of unlikely size, none a printed count of another group; no file holds them."""
    groups = {
        "ethnicity": {
            "White": [9013, 5017, 3109],
            "Black": [7137, 3571, 3568],
            "Asian": [6143, 3989, 3986],
            "Chinese": [5519, 2659, 2656],
        }
    }
    counts = counts_of(groups)
    table = su.protect(counts, POLICY).table("ethnicity")
    printed = dict(zip(table.groups, table.measures["reached"].value, strict=True))
    secret = [
        n
        for group, row in groups["ethnicity"].items()
        for n, value in zip(row, printed[group], strict=True)
        if np.isnan(value)
    ]
    assert len(secret) >= 3
    assert not set(secret) & set(np.concatenate([*printed.values(), *table.total["reached"].value]))
    out = su.write_report(tmp_path / "out", counts, policy=POLICY)
    for name, content in files_of(out).items():
        if name.endswith((".html", ".svg", ".csv", ".json", ".txt")):
            text = re.sub(r"sha256[^\n]*|\"bytes\"[^\n]*", "", content.decode())
            for n in secret:
                assert not re.search(rf"(?<![\d.,]){n:,}(?![\d])|(?<![\d.,]){n}(?![\d])", text), (name, n)


def test_the_same_counts_give_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    again = su.write_report(tmp_path / "again", counts_of(GROUPS), policy=POLICY)
    assert files_of(again) == files_of(folder)


def test_the_manifest_tells_nothing_of_the_input(tmp_path: Path) -> None:
    source = tmp_path / "cohort.csv"
    source.write_text("secret\n", encoding="utf-8")
    out = su.write_report(tmp_path / "out", counts_of(GROUPS), policy=POLICY, source=source)
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert "source" not in manifest
    assert "seed" not in manifest
    assert "cohort.csv" not in json.dumps(manifest)


def test_the_data_are_those_of_the_release(folder: Path, tmp_path: Path) -> None:
    release = su.protect(counts_of(GROUPS), POLICY)
    assert (folder / "data/release.csv").read_bytes() == release.to_csv(tmp_path / "x.csv").read_bytes()


def test_the_ledger_is_that_of_the_release(folder: Path) -> None:
    assert Ledger.read(folder / "ledger.json") == su.protect(counts_of(GROUPS), POLICY).ledger()


def test_workbooks_keep_the_rules(folder: Path) -> None:
    for name in ("tables.xlsx", "tables.ods"):
        assert su.lint_workbook(folder / name).empty


def test_the_page_says_what_is_hidden_why_and_what_a_reader_loses(folder: Path) -> None:
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "How people are protected" in page
    assert "What this costs: where [c] stands" in page
    assert "Association, not discrimination" in page
    assert "not for publication" not in page.casefold()
    for symbol in su.protect(counts_of(GROUPS), POLICY).legend:
        assert f"<dt>{symbol}</dt>" in page


def test_every_table_has_a_caption_and_scoped_headers(folder: Path) -> None:
    page = (folder / "report.html").read_text(encoding="utf-8")
    tables = re.findall(r"<table.*?</table>", page, re.DOTALL)
    assert tables
    for table in tables:
        assert table.count("<caption>") == 1
        assert not re.search(r"<th(?![^>]*scope=)[ >]", table)


def test_a_hidden_number_has_a_dashed_edge_and_its_symbol(folder: Path) -> None:
    chart = (folder / "charts/funnel_ethnicity.svg").read_text(encoding="utf-8")
    assert "stroke-dasharray" in chart
    assert "<pattern" not in chart, "hatching means too few people to tell"
    assert "[c]" in chart


def test_a_refusal_names_the_cells_and_writes_nothing(tmp_path: Path) -> None:
    few = {"gender": {"Female": [3, 2, 1], "Male": [1, 1, 1]}}
    with pytest.raises(su.DisclosureError, match="cannot be protected") as refused:
        su.write_report(tmp_path / "out", counts_of(few), policy=POLICY)
    assert {"characteristic", "group", "stage", "measure", "why"} <= set(refused.value.cells.columns)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("policy", ["hesa", "nhs", "suppress10"])
def test_presets_in_force(policy: str, tmp_path: Path) -> None:
    out = su.write_report(tmp_path / "out", cases.west_lancashire(), policy=policy, by="ethnicity")
    page = (out / "report.html").read_text(encoding="utf-8")
    assert f"“{policy}”" in page
    assert "nan" not in re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL).split()


def test_a_policy_from_a_file(folder: Path, tmp_path: Path) -> None:
    path = POLICY.write(tmp_path / "team.toml")
    out = su.write_report(tmp_path / "out", counts_of(GROUPS), policy=path)
    assert files_of(out) == files_of(folder)


def test_hostile_labels_are_text_everywhere(tmp_path: Path) -> None:
    labels = ("<script>alert(1)</script>", "=cmd|' /C calc'!A0", "$x^2$ & “quotes”")
    groups = {
        "ethnicity": {label: [300 - 60 * i, 120 - 20 * i, 60 - 12 * i] for i, label in enumerate(labels)}
    }
    out = su.write_report(tmp_path / "out", counts_of(groups), policy=POLICY)
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
    for path in out.glob("data/*.csv"):
        for cell in pd.read_csv(path, dtype=str, keep_default_na=False).to_numpy().ravel():
            assert not cell.startswith("="), path.name


def test_several_cohorts(tmp_path: Path) -> None:
    out = su.write_report(tmp_path / "out", cases.two_cohorts(), policy=POLICY)
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "2010" in page
    assert "2012" in page
    captions = re.findall(r"<caption>(.*?)</caption>", page)
    assert len(captions) == len(set(captions))


def test_internal_has_its_workbooks_too(west_lancashire_report: Path) -> None:
    for name in ("tables.xlsx", "tables.ods"):
        assert su.lint_workbook(west_lancashire_report / name).empty


@pytest.mark.parametrize("policy", ["hesa", "suppress10", "nhs"])
def test_protection_makes_no_cliff_edge(policy: str) -> None:
    """What a publication calls a cliff edge, were no stratum declared, is one in the true counts."""
    counts = cases.cohort_one()
    true = su.cliff_edges(counts).flagged
    edges = set(zip(true["group"], true["gate"], strict=True))
    release = replace(su.protect(counts, policy), unheld=())
    found = Published(release, Names.of(counts.programme)).edges
    assert len(found)
    assert set(zip(found["group"], found["gate"], strict=True)) <= edges


def test_without_rounding_a_comparison_is_that_of_its_counts() -> None:
    counts = cases.cohort_one()
    release = su.protect(counts, "suppress10", by=["gender"])
    frame = Published(release, Names.of(counts.programme)).comparisons
    first = frame[frame["gate"] == "eligible"].iloc[0]
    crude = su.cliff_edges(counts, by="gender").frame
    same = crude[(crude["gate"] == "eligible") & (crude["group"] == first["group"])].iloc[0]
    assert first["p_value"] == pytest.approx(same["p_value"], rel=1e-9)
    assert first["estimate"] == pytest.approx(same["estimate"], rel=1e-12)
