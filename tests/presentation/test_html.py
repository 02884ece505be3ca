"""The HTML of a finding in a notebook: one table, its picture, every label escaped."""

from __future__ import annotations

from html.parser import HTMLParser

import pandas as pd

import stepup_equity as su
from stepup_equity.presentation.html import MOST_ROWS, frame_to_html, result_to_html
from tests.presentation import cases


class Reader(HTMLParser):
    """Collects tags, attributes and text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def test_a_result_shows_headline_picture_table_and_method() -> None:
    result = su.impact_ratios(cases.cases()["two groups"])
    reader = Reader(result.to_html())
    text = " ".join(reader.text)
    assert result.headline in text
    assert result.method in text
    (image,) = reader.named("img")
    assert str(image["alt"]).startswith("At no gate is a group's pass rate evidently below")
    assert len(reader.named("table")) == len(reader.named("caption")) == 1
    assert all(head["scope"] == "col" for head in reader.named("th"))
    assert [box["tabindex"] for box in reader.named("div")] == ["0"]


def test_hostile_labels_are_text() -> None:
    for verb in (su.selection_rates, su.cliff_edges, su.gap_decomposition, su.association_tests):
        html = result_to_html(verb(cases.cases()["hostile labels"]))
        reader = Reader(html)
        assert not reader.named("script")
        assert "<script>alert(1)</script>" not in html
        assert not [name for _, attributes in reader.tags for name in attributes if name.startswith("on")]
    shown = " ".join(Reader(su.selection_rates(cases.cases()["hostile labels"]).to_html()).text)
    assert "<script>alert(1)</script>" in shown


def test_a_long_table_says_what_it_leaves_out() -> None:
    result = su.selection_rates(cases.cases()["nineteen groups"])
    reader = Reader(result.to_html())
    assert len(reader.named("tr")) == MOST_ROWS + 1
    assert f"{len(result.frame) - MOST_ROWS} more rows are in .frame." in reader.text


def test_a_result_without_rows_has_no_picture() -> None:
    nothing = su.trend_tests(cases.cases()["two groups"])
    assert nothing.frame.empty
    assert not Reader(nothing.to_html()).named("img")


def test_a_missing_number_is_a_dash_not_a_nan() -> None:
    html = frame_to_html(su.impact_ratios(cases.cases()["zero cells"]).frame, "Ratios")
    assert "nan" not in html.casefold()


def test_a_column_of_long_texts_is_wide_enough_for_three_lines() -> None:
    frame = pd.DataFrame({"group": ["Women"], "status": ["separation: all of the 5 who entered passed"]})
    heads = Reader(frame_to_html(frame, "Groups")).named("th")
    assert [head.get("style") for head in heads] == [None, "min-width:13em"]


def test_sentences_of_rows_are_left_to_the_frame() -> None:
    cliffs = su.cliff_edges(cases.cases()["two groups"])
    html = cliffs.to_html()
    assert "sentence" in cliffs.frame
    assert '<th scope="col">sentence</th>' not in html
    assert "Each row as a sentence: .frame[&#39;sentence&#39;]." in html


def test_a_result_of_levels_by_name_shows_itself() -> None:
    """Whom groups are compared with is asked of each characteristic at its own level."""
    level = {"ethnicity": "broad"}
    made = su.reconstruct(cases.cohort_one(), by=["gender", "ethnicity"], level=level)
    assert Reader(made.to_html()).named("img")
