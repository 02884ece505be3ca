"""A publication: page, charts and data from a release and from nothing else."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

import stepup_equity as su
from stepup_equity.disclosure import Ledger, Policy, Release, protect
from stepup_equity.presentation import writing
from stepup_equity.presentation.charts.cliffs import HIDDEN
from stepup_equity.presentation.data_files import dictionary, published_tables
from stepup_equity.presentation.imprint import NOBODY
from stepup_equity.presentation.published import Published
from stepup_equity.presentation.workbook.cover import cover, no_model
from stepup_equity.process import SelectionProcess
from stepup_equity.statistics import score_ratio_interval
from stepup_equity.words.names import Names
from tests.presentation import cases
from tests.presentation.test_html import Reader
from tests.presentation.test_write_report import files_of, page_of

if TYPE_CHECKING:
    from pathlib import Path

POLICY = Policy(threshold=5, name="five")


@pytest.fixture(scope="module")
def release() -> Release:
    return protect(cases.west_lancashire(), POLICY, by=["ethnicity"])


@pytest.fixture(scope="module")
def published(release: Release) -> Published:
    return Published(release, Names.of(cases.west_lancashire().programme))


@pytest.fixture(scope="module")
def folder(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return su.write_report(tmp_path_factory.mktemp("publication") / "out", release)


def test_what_a_publication_holds(folder: Path) -> None:
    assert set(files_of(folder)) == {
        "charts/cliffs.png",
        "charts/cliffs.svg",
        "charts/funnel_ethnicity.png",
        "charts/funnel_ethnicity.svg",
        "charts/process.png",
        "charts/process.svg",
        "data/README.txt",
        "data/comparisons.csv",
        "data/dictionary.csv",
        "data/release.csv",
        "data/tests.csv",
        "ledger.json",
        "tables.ods",
        "tables.xlsx",
        "manifest.json",
        "report.html",
    }


def test_other_counts_with_the_same_release_give_the_same_bytes(
    tmp_path: Path, release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "protect", lambda *_, **__: release)
    counts = cases.west_lancashire()
    twice = counts + counts
    one, other = (
        su.write_report(tmp_path / name, given, policy=POLICY, by="ethnicity")
        for name, given in (("one", counts), ("other", twice))
    )
    assert files_of(one) == files_of(other)


def test_a_publication_is_not_marked_internal_and_names_no_input(tmp_path: Path) -> None:
    source = tmp_path / "table.csv"
    source.write_text("secret", encoding="utf-8")
    out = su.write_report(
        tmp_path / "out", cases.west_lancashire(), policy=POLICY, by="ethnicity", source=source
    )
    found = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert "source" not in found
    assert found["policy"] == "five"
    for name, content in files_of(out).items():
        assert b"not for publication" not in content.lower(), name
        assert b"table.csv" not in content, name


def test_symbols_stand_where_numbers_are_hidden(folder: Path, release: Release) -> None:
    hidden, _ = release.hidden
    assert hidden > 0
    svg = (folder / "charts" / "funnel_ethnicity.svg").read_text(encoding="utf-8")
    assert ">[c]<" in svg
    page = page_of(folder)
    assert "[c]" in Reader(page.split('<section id="by-ethnicity"')[1]).text
    rows = list(csv.DictReader(io.StringIO((folder / "data" / "release.csv").read_text("utf-8"))))
    assert sum(row["value"] == "[c]" and row["measure"] == "reached" for row in rows) == hidden


def test_every_number_on_a_chart_is_printed(folder: Path, release: Release, published: Published) -> None:
    printed = set(release.frame["value"])
    allowed = (
        printed
        | {f"{value}%" for value in printed}
        | {f"{value:.2f}" for value in published.comparisons["estimate"].dropna()}
    )
    for name in ("funnel_ethnicity", "process"):
        svg = (folder / "charts" / f"{name}.svg").read_text(encoding="utf-8")
        words = re.findall(r"<text[^>]*>([^<]*)</text>", svg)
        numbers = [word.removeprefix("▼ ") for word in words if re.fullmatch(r"(▼ )?[\d,.]+%?|\[\w+\]", word)]
        assert numbers
        assert set(numbers) <= allowed, name


def test_hidden_bars_have_no_length(published: Published) -> None:
    frame = pd.concat(published.rates_printed(name) for name in published.asked)
    hidden = frame[frame["word"] == "[c]"]
    assert len(hidden) > 0
    assert hidden["estimate"].isna().all()


def test_comparisons_are_functions_of_printed_counts(published: Published, release: Release) -> None:
    frame = published.comparisons
    shown, hidden = frame[frame["verdict"] != HIDDEN], frame[frame["verdict"] == HIDDEN]
    printed = set(release.frame.loc[release.frame["measure"] == "reached", "value"])
    for column in ("passed", "denominator", "reference_passed", "reference_denominator"):
        assert {f"{int(value):,}" for value in shown[column]} <= printed
    np.testing.assert_allclose(
        shown["estimate"],
        shown["passed"] / shown["denominator"] / (shown["reference_passed"] / shown["reference_denominator"]),
    )
    assert (
        hidden[["passed", "denominator", "reference_passed", "reference_denominator", "estimate", "p_value"]]
        .isna()
        .all(axis=None)
    )
    assert (hidden[["behind", "sentence"]] == "").all(axis=None)
    assert set(hidden["word"]) <= {"[c]", "[u]"}
    assert not hidden["flagged"].any()


def test_hiding_never_makes_another_comparison_evident() -> None:
    counts = cases.cohort_one()
    merge = {"ethnicity": "broad", "disability": "broad"}
    everything = Published(protect(counts, "internal", merge=merge), Names.of(counts.programme)).comparisons
    some = Published(protect(counts, "suppress10", merge=merge), Names.of(counts.programme)).comparisons
    keys = ["characteristic", "group", "gate"]
    both = some.merge(everything, on=keys, suffixes=("", "_whole"))
    shown = both[both["verdict"] != HIDDEN]
    assert (shown["p_adjusted"] >= shown["p_adjusted_whole"] - 1e-12).all()
    assert set(map(tuple, shown.loc[shown["flagged"], keys].to_numpy())) <= set(
        map(tuple, everything.loc[everything["flagged"], keys].to_numpy())
    )


def test_no_material_gap_holds_whatever_the_printed_counts_stand_for() -> None:
    """25 of 25 beside 65 of 70 has a lower limit of 0.93; it may be 23 of 26, where it is 0.74."""
    counts = cases.cohort_one()
    merge = {"ethnicity": "broad", "disability": "broad"}
    found = Published(protect(counts, "publish", merge=merge), Names.of(counts.programme)).comparisons
    said = found[found["verdict"] == "no material gap"]
    x, n, y, m = (
        said[name].to_numpy(float)
        for name in ("passed", "denominator", "reference_passed", "reference_denominator")
    )
    assert len(said) > 3
    for less in range(5):
        for more in range(5):
            fewer = np.maximum(m - more, 1)
            worst = score_ratio_interval(
                np.maximum(x - less, 0), n + less, np.minimum(y + more, fewer), fewer
            )
            assert (worst.low >= 0.8).all()
    as_printed = found[(found["conf_low"] >= 0.8) & found["behind"].eq("") & ~found["flagged"]]
    assert len(as_printed) > len(said)


def test_broad_groups_are_no_rows_of_a_funnel() -> None:
    counts = cases.cohort_one()
    table = protect(counts, Policy(threshold=2, name="two", totals="hide"), by=["gender"]).table("gender")
    assert [table.groups[row] for row in table.leaves] == list(table.groups)


def test_rounded_counts_make_a_report_without_holes(tmp_path: Path) -> None:
    out = su.write_report(tmp_path / "out", cases.west_lancashire(), policy="hesa")
    page = page_of(out)
    assert "Counts are rounded to multiples of 5" in page
    rows = list(csv.DictReader(io.StringIO((out / "data" / "release.csv").read_text("utf-8"))))
    reached = [row["value"] for row in rows if row["measure"] == "reached"]
    assert all(int(value.replace(",", "")) % 5 == 0 for value in reached)


def test_a_refusal_writes_nothing(tmp_path: Path) -> None:
    counts = cases.counts_of(
        {"a": [30, 3]},
        characteristic="x",
        selection=SelectionProcess.from_keys(list(cases.KEYS[:2])),
    )
    with pytest.raises(su.DisclosureError):
        su.write_report(tmp_path / "out", counts, policy=Policy(threshold=10, name="ten"))
    assert list(tmp_path.iterdir()) == []


def test_dictionary_of_a_publication_is_whole(published: Published) -> None:
    described = dictionary(published_tables(published))
    assert described[described["meaning"] == ""].empty
    meaning = described.set_index(["file", "column"])["meaning"]
    assert meaning["comparisons.csv", "p_value"] == (
        "p of the row's own test; of rounded counts that of those nearest to equal rates that they may be."
    )
    assert meaning["tests.csv", "statistic"] == "Chi-squared of the printed counts."
    assert "where rounded counts are evident not that of statistic" in meaning["tests.csv", "p_value"]


def test_ledger_lies_beside_for_the_next_release(folder: Path, release: Release) -> None:
    assert Ledger.read(folder / "ledger.json") == release.ledger()


def test_charts_of_a_publication(tmp_path: Path, release: Release) -> None:
    out = su.write_charts(tmp_path / "out", release, kinds=["funnel"])
    assert sorted(path.suffix for path in out.iterdir()) == [".csv", ".json", ".png", ".svg"]
    with pytest.raises(su.ArgumentError) as caught:
        su.write_charts(tmp_path / "other", release, kinds=["gap"])
    assert str(caught.value) == (
        "kind='gap' is not a kind of chart for publication. Possible: 'cliffs', 'process', 'funnel', 'rates'."
    )


def test_hostile_labels_in_a_publication(tmp_path: Path) -> None:
    out = su.write_report(tmp_path / "out", cases.cases()["hostile labels"], policy="hesa")
    page = page_of(out)
    assert "<script>alert(1)</script>" not in page
    assert "<script>alert(1)</script>" in "".join(Reader(page).text)
    rows = pd.read_csv(out / "data" / "release.csv", keep_default_na=False)
    assert not rows["group"].str.match(r"[=@]").any()


def test_a_publication_says_why_there_is_no_model(tmp_path: Path, release: Release) -> None:
    """The same sentence on page and cover, with the combinations of the groups that are printed."""
    several = protect(cases.cohort_one(), POLICY, by=["gender", "disability"])
    groups = 2 * 5  # two genders; no disability and four kinds of it
    words = no_model(several)
    assert words == (
        "No model with the other characteristics held equal stands here: it would need people by all "
        f"characteristics together, in {groups:,} combinations of groups, and estimates from the numbers "
        "behind these tables would help to work out what is hidden. So a gap shown here may belong to "
        "another characteristic."
    )
    folder = su.write_report(tmp_path / "out", several)
    assert words in page_of(folder)
    assert words in [line.text for line in cover(several, NOBODY)]
    assert no_model(release) == ""
    assert "No model with the other" not in page_of(su.write_report(tmp_path / "one", release))
