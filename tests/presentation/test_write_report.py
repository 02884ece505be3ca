"""A report on disk: what is in it, what it says of itself, what it must not hold."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import itertools
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd
import pytest

import stepup_equity as su
from stepup_equity.output import csv_bytes
from stepup_equity.presentation.data_files import dictionary, tables_of
from stepup_equity.presentation.pictures import KINDS, of_report
from stepup_equity.presentation.report.internal import BANNER
from stepup_equity.presentation.report.words import GLOSSARY, LIMITS
from stepup_equity.shipped import shipped
from stepup_equity.words.names import PLAIN
from stepup_equity.words.sentences import missing_finding
from tests.presentation import cases
from tests.presentation.conftest import answers_of
from tests.presentation.test_html import Reader

if TYPE_CHECKING:
    from pathlib import Path

    from stepup_equity.presentation.answers import Answers


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def page_of(folder: Path) -> str:
    return (folder / "report.html").read_text(encoding="utf-8")


def test_same_input_same_bytes(west_lancashire_report: Path, tmp_path: Path) -> None:
    again = su.write_report(tmp_path / "again", cases.west_lancashire())
    assert files_of(again) == files_of(west_lancashire_report)


def test_what_a_report_holds(west_lancashire_report: Path) -> None:
    names = set(files_of(west_lancashire_report))
    assert {"report.html", "manifest.json", "data/dictionary.csv", "data/README.txt"} <= names
    charts = of_report(answers_of(cases.west_lancashire()))
    assert len([name for name in names if name.startswith("charts/")]) == 2 * len(charts)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("source") / "cohort.csv"
    path.write_bytes(shipped("examples/west_lancs_2019_20.csv").read_bytes())
    return path


@pytest.fixture(scope="module")
def by_ethnicity(source: Path) -> Path:
    return su.write_report(source.parent / "out", cases.west_lancashire(), by="ethnicity", source=source)


def test_manifest_says_what_the_report_was_made_of(source: Path, by_ethnicity: Path) -> None:
    out = by_ethnicity
    found = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert found["made_by"] == "stepup_equity"
    assert found["version"] == su.__version__
    assert found["policy"] == "internal"
    assert found["rows"] == 970
    assert found["seed"] == 0
    assert found["characteristics"] == ["ethnicity"]
    assert found["source"] == {
        "name": "cohort.csv",
        "bytes": source.stat().st_size,
        "sha256": hashlib.sha256(source.read_bytes()).hexdigest(),
    }
    for name, facts in found["files"].items():
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == facts["sha256"]
    assert set(found["files"]) == set(files_of(out)) - {"manifest.json"}


def test_no_file_names_the_machine(source: Path, by_ethnicity: Path) -> None:
    for name, content in files_of(by_ethnicity).items():
        if not name.endswith(".png"):
            assert str(source.parent).encode() not in content, name


def test_one_gate_is_a_process(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {"characteristic": "ethnicity", "group": ["White", "Asian"], "applied": [100, 80], "hired": [50, 20]}
    )
    counts = su.StageCounts.from_table(table)
    for policy in ("internal", "suppress10", "hesa"):
        assert "Hired" in page_of(su.write_report(tmp_path / policy, counts, policy=policy))


def test_a_characteristic_in_which_all_are_alike_is_left_out_and_named(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {
            "characteristic": ["ethnicity", "ethnicity", "gender"],
            "group": ["White", "Asian", "Female"],
            "applied": [100, 80, 180],
            "listed": [50, 20, 70],
            "hired": [20, 8, 28],
        }
    )
    counts = su.StageCounts.from_table(table)
    page = page_of(su.write_report(tmp_path / "out", counts))
    assert "Nothing is compared by gender: fewer than two groups are stated." in page
    assert 'id="gender"' not in page
    with pytest.raises(su.ArgumentError) as refused:
        su.write_report(tmp_path / "other", counts, by=["ethnicity", "gender"])
    assert str(refused.value) == (
        "Fewer than two groups of 'gender' are stated, so a report has nothing to compare. Leave it out; "
        "possible: 'ethnicity'."
    )
    with pytest.raises(su.ArgumentError, match=r"selection_rates\(\) counts them\.$"):
        su.write_report(tmp_path / "other", su.StageCounts.from_table(table[2:]))


def test_internal_is_marked_everywhere(west_lancashire_report: Path) -> None:
    page = page_of(west_lancashire_report)
    assert f"<title>Who gets through: Selection – {BANNER}</title>" in page
    assert f'<aside class="banner" aria-label="Notice">{BANNER}</aside>' in page
    assert f'@top-center{{content:"{BANNER}"' in page
    readme = (west_lancashire_report / "data" / "README.txt").read_text(encoding="utf-8")
    assert readme.startswith("INTERNAL: NOT FOR PUBLICATION\n")
    assert json.loads((west_lancashire_report / "manifest.json").read_text())["notice"] == BANNER


NOTE = "This is a reconstruction."


@pytest.fixture(scope="module")
def noted_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of counts with a note, and of records with a problem."""
    columns = su.read_applicants(shipped("examples/cohort_one.csv")).problems.columns
    row = {
        "severity": "warning",
        "code": "x",
        "column": "ethnicity",
        "rows": "3, 4",
        "count": 2,
        "found": "'<b>' (2)",
        "possible": "",
        "problem": "Labels that are strange.",
        "remedy": "Correct it.",
    }
    unread = {
        "severity": "note",
        "code": "columns_not_read",
        "count": 0,
        "possible": "Application date",
        "problem": "Columns that the programme has no use for are not read.",
    }
    problems = pd.DataFrame([{**dict.fromkeys(columns, ""), **one} for one in (row, unread)])
    counts = replace(cases.cases()["two groups"], notes=(NOTE,))
    return su.write_report(tmp_path_factory.mktemp("reports") / "noted", counts, problems=problems)


def test_notes_of_the_counts_stand_on_page_charts_and_data(noted_report: Path) -> None:
    files = files_of(noted_report)
    assert f'<p class="warning">{NOTE}</p>' in page_of(noted_report)
    for name, content in files.items():
        if name.endswith(".svg"):
            assert NOTE in content.decode(), name
    assert NOTE in files["data/README.txt"].decode()
    assert json.loads(files["manifest.json"])["notes"] == [NOTE]


def test_problems_of_the_records_stand_under_data_quality(noted_report: Path) -> None:
    quality = page_of(noted_report).split('<section id="quality"')[1].split("</section>")[0]
    for words in (
        "2 kinds of problem noted",
        "Labels that are strange.",
        "Application date",
        "Warning",
        "ethnicity",
        "3, 4",
        "&#39;&lt;b&gt;&#39; (2)",
        "Correct it.",
    ):
        assert words in quality
    assert "0–" not in quality
    assert (noted_report / "data" / "problems.csv").is_file()


def test_every_chart_stands_with_alternative_text_and_its_numbers(west_lancashire_report: Path) -> None:
    page = page_of(west_lancashire_report)
    figures = re.findall(r"<figure.*?</figure>", page, re.DOTALL)
    assert len(figures) == len(of_report(answers_of(cases.west_lancashire())))
    for figure in figures:
        reader = Reader(figure)
        (image,) = reader.named("svg")
        assert image["role"] == "img"
        assert len(str(image["aria-label"])) > 80
        assert reader.named("text")
        assert len(reader.named("table")) == len(reader.named("caption")) == 1
        assert len(reader.named("details")) == 1
        assert "open" in reader.named("details")[0]


def test_whether_it_is_better_than_last_time_is_answered(west_lancashire_report: Path) -> None:
    assert "Whether this is better or worse than last time cannot be told: no earlier" in page_of(
        west_lancashire_report
    )


def test_every_internal_picture_says_that_it_is_not_for_publication(west_lancashire_report: Path) -> None:
    pictures = sorted((west_lancashire_report / "charts").glob("*.svg"))
    assert len(pictures) > 4
    for picture in pictures:
        assert "Internal: not for publication. " in picture.read_text(encoding="utf-8"), picture.name


def test_page_loads_nothing_and_runs_only_its_own_script(hostile_report: Path) -> None:
    page = page_of(hostile_report)
    reader = Reader(page)
    assert not reader.named("link")
    assert not reader.named("iframe")
    assert not reader.named("img")
    assert all(str(part["href"]).startswith("#f") for part in reader.named("use"))
    names = [str(attributes["id"]) for _, attributes in reader.tags if "id" in attributes]
    assert len(names) == len(set(names))
    assert not [name for _, attributes in reader.tags for name in attributes if name == "style"]
    assert all(str(link["href"]).startswith("#") for link in reader.named("a"))
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    styles = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    assert len(scripts) == len(styles) == 1
    policy = next(str(meta["content"]) for meta in reader.named("meta") if meta.get("http-equiv"))
    for kind, (text,) in (("script-src", scripts), ("style-src", styles)):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind} 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert not [
        name
        for _, attributes in reader.tags
        for name in attributes
        if name.startswith("on") or name == "style"
    ]


def test_hostile_labels_are_text_on_the_page_and_in_the_data(hostile_report: Path) -> None:
    reader = Reader(page_of(hostile_report))
    text = "".join(reader.text)
    for label in cases.HOSTILE:
        assert label in text
    rows = list(
        csv.DictReader(io.StringIO((hostile_report / "data" / "selection_rates.csv").read_text("utf-8")))
    )
    groups = {row["group"] for row in rows}
    assert "'=cmd|' /C calc'!A0" in groups
    assert "'@SUM(1+1)" in groups
    assert "שלום עולם" in groups
    for path in hostile_report.glob("data/*.csv"):
        for row in csv.reader(io.StringIO(path.read_text("utf-8"))):
            for cell in row:
                assert not re.match(r"[=@\t\r]|[+-](?![\d.])", cell), (path.name, cell)


def test_links_lead_somewhere_and_headings_are_nested(hostile_report: Path) -> None:
    reader = Reader(page_of(hostile_report))
    ids = [str(attributes["id"]) for _, attributes in reader.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {str(link["href"])[1:] for link in reader.named("a")} <= set(ids)
    levels = [int(tag[1]) for tag, _ in reader.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_numbers_of_the_data_are_the_findings_unrounded(west_lancashire_report: Path) -> None:
    counts = cases.west_lancashire()
    for name, frame in (
        ("impact_ratios", su.impact_ratios(counts).frame),
        ("cliff_edges", su.cliff_edges(counts).frame),
        ("gap_decomposition", su.gap_decomposition(counts).frame),
    ):
        read = pd.read_csv(west_lancashire_report / "data" / f"{name}.csv")
        for column in ("estimate", "conf_low", "conf_high"):
            assert (
                read[column].to_numpy(float).tobytes() == frame[column].to_numpy(float).tobytes()
                or ((read[column] == frame[column]) | (read[column].isna() & frame[column].isna())).all()
            )


ACCEPTED = {
    "true or false": {"b"},
    "whole number": {"i"},
    "number": {"f", "i"},
    "text": {"text"},
}


def kind_of(values: pd.Series) -> str:
    return values.dtype.kind if values.dtype.kind in "bif" else "text"


def test_entered_of_a_regression_is_whom_it_used(cohort_answers: Answers) -> None:
    tables = tables_of(cohort_answers, None)
    meaning = dictionary(tables).set_index(["file", "column"])["meaning"]
    files = [name for name, table in tables.items() if name.startswith("model_") and "entered" in table]
    assert len(files) == 5
    for name in files:
        assert meaning[f"{name}.csv", "entered"].startswith("People whom the regression used")
        assert meaning[f"{name}.csv", "passed"] == "Those of them who passed."
    keys = ["characteristic", "group", "gate"]
    entered = tables["selection_rates"].set_index(keys)["entered"]
    used = tables["model_coefficients"].set_index(keys)["entered"]
    assert (used < entered.reindex(used.index)).any()


def test_dictionary_describes_every_column(cohort_answers: Answers) -> None:
    problems = pd.DataFrame(columns=su.read_applicants(shipped("examples/cohort_one.csv")).problems.columns)
    for answers in (cohort_answers, answers_of(cases.two_cohorts())):
        tables = tables_of(answers, problems)
        described = dictionary(tables)
        assert set(described["file"]) == {f"{name}.csv" for name in tables}
        assert described[described["meaning"] == ""]["column"].tolist() == []
        for row in described.itertuples(index=False):
            values = tables[row.file.removesuffix(".csv")][row.column]
            assert kind_of(values) in ACCEPTED[row.type] or values.empty, row


def test_csv_keeps_numbers_and_guards_formulas() -> None:
    frame = pd.DataFrame({"group": ["=1+1", "-5", "a,b"], "estimate": [0.1 + 0.2, float("nan"), 1e-300]})
    assert csv_bytes(frame) == b'group,estimate\n\'=1+1,0.30000000000000004\n-5,\n"a,b",1e-300\n'


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            {"by": ["etnicity"]},
            (
                "by='etnicity' is not a characteristic of these counts. Possible: 'ethnicity', 'religion'. "
                "Did you mean "
                "'ethnicity'?"
            ),
        ),
        ({"by": []}, "by=[] names no characteristic. Possible: 'ethnicity', 'religion'."),
    ],
)
def test_refusals_leave_nothing_behind(tmp_path: Path, call: dict[str, object], sentence: str) -> None:
    with pytest.raises(su.ArgumentError) as caught:
        su.write_report(tmp_path / "out", cases.west_lancashire(), **call)  # type: ignore[arg-type]
    assert str(caught.value) == sentence
    assert list(tmp_path.iterdir()) == []


def test_charts_alone(tmp_path: Path) -> None:
    out = su.write_charts(
        tmp_path / "charts", cases.west_lancashire(), by="ethnicity", kinds=["funnel", "cliffs"]
    )
    assert sorted(path.name for path in out.iterdir()) == [
        "alt.csv",
        "cliffs.png",
        "cliffs.svg",
        "funnel_ethnicity.png",
        "funnel_ethnicity.svg",
        "manifest.json",
    ]
    rows = list(csv.DictReader(io.StringIO((out / "alt.csv").read_text("utf-8"))))
    assert [row["file"] for row in rows] == ["funnel_ethnicity.svg", "cliffs.svg"]
    assert all(row["alt"].startswith(row["title"]) for row in rows)


def test_charts_of_a_kind_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(su.ArgumentError) as caught:
        su.write_charts(tmp_path / "out", cases.west_lancashire(), kinds=["funel"])
    kinds = ", ".join(map(repr, KINDS))
    assert str(caught.value) == (
        f"kind='funel' is not a kind of chart. Possible: {kinds}. Did you mean 'funnel'?"
    )
    with pytest.raises(su.ArgumentError) as caught:
        su.write_charts(tmp_path / "out", cases.west_lancashire(), kinds=["cohorts"])
    assert (
        str(caught.value) == "kind='cohorts' compares a cohort with those before it, and there are too few."
    )


def test_progress_counts_up(tmp_path: Path) -> None:
    seen: list[int] = []
    su.write_charts(
        tmp_path / "out", cases.cases()["two groups"], kinds=["funnel", "ratios"], progress=seen.append
    )
    assert seen == list(range(1, len(seen) + 1))
    assert len(seen) > 3


def test_two_cohorts_are_compared(tmp_path: Path) -> None:
    page = page_of(su.write_report(tmp_path / "out", cases.two_cohorts()))
    assert "From 2010 to 2012" in page
    assert "Cohort: 2012." in page


def test_no_word_on_the_page_was_left_unfilled(hostile_report: Path, west_lancashire_report: Path) -> None:
    shown = " ".join(Reader(page_of(west_lancashire_report)).text)
    body = shown.split('"use strict"')[0].split("On this page", 1)[1]
    assert not re.search(r"[{}]|\bnan\b", body)
    captions = re.findall(r"<caption>(.*?)</caption>", page_of(hostile_report))
    assert len(captions) == len(set(captions))


def test_the_appendix_is_whole_folded_and_has_contents(west_lancashire_report: Path) -> None:
    page = page_of(west_lancashire_report)
    sections = re.findall(r'<section id="([^"]+)"(.*?)</section>', page, re.DOTALL)
    keys = [key for key, _ in sections]
    at = keys.index("appendix")
    assert keys[:at] == ["found", "untold", "process", "by-ethnicity", "by-religion", "limits", "quality"]
    assert {"gates", "regression", "residuals", "detectable", "missing", "methods", "glossary"} <= set(
        keys[at:]
    )
    assert re.findall(r'href="#([^"]+)"', sections[at][1]) == keys[at + 1 :]
    folded = [key for key, text in sections if "<details open data-folded>" in text]
    assert folded == keys[at + 1 :]
    without = "".join(re.findall(r"<details(?![^>]* open)[^>]*>", page))
    assert without == ""


def test_what_blanks_cannot_explain_is_not_called_more_than_that(west_lancashire_report: Path) -> None:
    """BME applicants stay below 0.8 however the blanks are read, with two people appointed."""
    said = (
        page_of(west_lancashire_report).split("Whatever those who did not say had said")[1].split("</p>")[0]
    )
    assert "BME" in said
    assert said.endswith("That rules out blanks as the reason, not chance.")


def test_no_section_says_in_a_sentence_what_its_chart_says(west_lancashire_report: Path) -> None:
    """“Religion was stated least: by 88% of applicants” stood over a chart of that title."""
    page = page_of(west_lancashire_report)
    said = missing_finding(su.missingness(cases.west_lancashire()).frame, PLAIN)
    section = page[page.index('id="missing"') :].partition("</section>")[0]
    assert said in section
    assert f"<p>{said}.</p>" not in section
    for part in page.split("<section")[1:]:
        sentences = re.findall(r"<p>([^<]+)</p>", part)
        titles = re.findall(r"<text[^>]*font-weight: 700[^>]*>([^<]+)</text>", part)
        assert not {sentence.removesuffix(".") for sentence in sentences} & set(titles)


def test_the_words_of_a_report_hold_where_applications_are_counted() -> None:
    """“Groups are those applications chose from a list” is no English; a rate leaves out who waits."""
    assert not any("people chose" in limit for limit in LIMITS)
    assert "less those who still wait" in dict(GLOSSARY)["Cumulative selection rate"]


def test_a_chart_that_no_sheet_of_paper_holds_says_so_in_its_place(tmp_path: Path) -> None:
    """On paper “Figure 2” had a title, notes and a caption, and no figure."""
    many = pd.DataFrame({"characteristic": "origin", "group": [f"Group {i:02}" for i in range(48)]})
    counts = su.StageCounts.from_table(many.assign(applied=60, hired=[20 + i % 9 for i in range(48)]))
    page = page_of(su.write_report(tmp_path / "out", counts))
    assert page.count('class="tall"') > 0
    assert page.count("This chart is higher than a sheet of paper") == page.count('class="tall"')


def test_how_to_reproduce_a_report_names_the_option_of_its_programme(west_lancashire_report: Path) -> None:
    page = page_of(west_lancashire_report)
    assert "report FILE --programme PROGRAMME -o DIR" in page[page.index('id="reproduce"') :]


def test_a_page_names_no_argument_of_python(tmp_path: Path) -> None:
    table = pd.DataFrame({"characteristic": "gender", "group": ["Female", "Male", "Other"]})
    counts = su.StageCounts.from_table(table.assign(a=[90, 80, 9], b=[45, 40, 0], c=[20, 21, 0]))
    assert "method='jeffreys'" in " ".join(su.gap_decomposition(counts, by="gender").frame["status"])
    page = page_of(su.write_report(tmp_path / "out", counts))
    assert "nobody passed" in page
    assert "method=" not in re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)


def test_a_joint_test_that_finds_nothing_does_not_deny_what_single_groups_show(tmp_path: Path) -> None:
    """“No characteristic is associated” stood over “5 of 7 differences remain clear when adjusted”."""
    people = pd.DataFrame(
        {
            "applicant_id": range(240),
            "gender": ["Female", "Male"] * 120,
            "disability": ["No", "No", "Yes"] * 80,
            "furthest_stage": (["submitted"] * 4 + ["accepted"] * 4) * 30,
        }
    )
    page = page_of(su.write_report(tmp_path / "out", su.count_stages(su.read_applicants(people))))
    section = page[page.index('id="regression"') :].partition("</section>")[0]
    assert "all its groups tested together, no characteristic is evidently associated" in section
    assert "one group at a time, without that adjustment" in section


def test_the_characteristic_whose_funnel_stands_first_says_where(west_lancashire_report: Path) -> None:
    """Under “Funnel” stood a table alone, since the chart had been shown above."""
    page = page_of(west_lancashire_report)
    ethnicity, religion = (
        page[page.index(f'<section id="by-{name}"') :].partition("</section>")[0]
        for name in ("ethnicity", "religion")
    )
    assert "Its funnel is Figure 1, under “What was found”." in ethnicity
    assert ">Pass rates</h3>" in ethnicity
    assert ">Funnel</h3>" not in ethnicity
    assert ">Funnel</h3>" in religion
