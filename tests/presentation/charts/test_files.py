"""Files of charts: the same bytes each run, words that stay words, no style or window touched."""

from __future__ import annotations

import hashlib
import io
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import matplotlib as mpl
import numpy as np
from PIL import Image

import stepup_equity as su
from stepup_equity.presentation.charts import plot, style
from stepup_equity.presentation.charts.press import drawn
from tests.presentation import cases

SVG = "{http://www.w3.org/2000/svg}"


def words_of(svg: str) -> list[str]:
    return ["".join(text.itertext()) for text in ET.fromstring(svg).iter(f"{SVG}text")]


def test_svg_words_are_the_words_drawn_with_all_their_decimals() -> None:
    ax = su.cliff_edges(cases.cohort_one()).plot()
    chart = drawn("cliffs", ax)
    assert words_of(chart.svg) == [text.get_text() for text in ax.texts]
    assert any(re.search(r"\d\.\d{3}", words) for words in words_of(chart.svg))


def test_same_input_same_bytes_in_another_process_that_opens_no_window() -> None:
    code = (
        "import hashlib, sys\n"
        "import stepup_equity as su\n"
        "from stepup_equity.presentation.charts import plot\n"
        "from stepup_equity.presentation.charts.press import drawn\n"
        "from tests.presentation import cases\n"
        "chart = drawn('x', plot(su.gap_decomposition(cases.cases()['zero cells'])))\n"
        "digest = hashlib.sha256(chart.svg.encode() + chart.png).hexdigest()\n"
        "print(digest, 'matplotlib.pyplot' in sys.modules)"
    )
    there = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONHASHSEED": "7"},
        cwd=Path(__file__).parents[3],
    )
    chart = drawn("x", plot(su.gap_decomposition(cases.cases()["zero cells"])))
    here = hashlib.sha256(chart.svg.encode() + chart.png).hexdigest()
    assert there.stdout.split() == [here, "False"]


def test_files_carry_no_clock_and_no_trace_of_the_machine() -> None:
    chart = drawn("x", su.selection_rates(cases.cases()["two groups"]).plot())
    assert not re.search(r"metadata|<dc:|http://matplotlib|20\d\d-\d\d", chart.svg)
    assert set(Image.open(io.BytesIO(chart.png)).info) <= {"dpi", "transparency"}


def test_svg_says_itself_to_a_screen_reader() -> None:
    chart = drawn("x", su.selection_rates(cases.cases()["hostile labels"]).plot())
    root = ET.fromstring(chart.svg)
    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}title") == chart.face.title
    assert root.findtext(f"{SVG}desc") == chart.face.alt


def test_hostile_labels_stay_words() -> None:
    for verb in (su.selection_rates, su.impact_ratios, su.gap_decomposition, su.cliff_edges):
        chart = drawn("x", verb(cases.cases()["hostile labels"]).plot())
        root = ET.fromstring(chart.svg)
        tags = {element.tag.removeprefix(SVG) for element in root.iter()}
        assert tags <= {
            "svg",
            "title",
            "desc",
            "defs",
            "style",
            "g",
            "path",
            "text",
            "clipPath",
            "rect",
            "pattern",
            "use",
        }
        shown = " ".join(words_of(chart.svg))
        for label in cases.HOSTILE[1:]:
            assert all(word in shown for word in label.split()), label
        assert not [name for element in root.iter() for name in element.attrib if name.startswith("on")]


def test_users_style_is_neither_used_nor_touched() -> None:
    result = su.selection_rates(cases.cases()["two groups"])
    plain = drawn("x", plot(result))
    with mpl.rc_context(
        {"font.size": 30, "font.family": "serif", "figure.facecolor": "black", "svg.fonttype": "path"}
    ):
        before = dict(mpl.rcParams)
        styled = drawn("x", plot(result))
        assert dict(mpl.rcParams) == before
    assert (styled.svg, styled.png) == (plain.svg, plain.png)


def test_flag_differs_from_other_bars_in_greyscale_and_in_words() -> None:
    counts = cases.cohort_one()
    cliffs = su.cliff_edges(counts)
    ax = cliffs.plot()
    grey = {}
    for group in ax.collections:
        name = str(group.get_gid())
        if name.startswith("tile "):
            grey[name] = float(np.dot(group.get_facecolor()[0][:3], [0.299, 0.587, 0.114]))
    assert grey["tile small gap"] - grey["tile cliff edge"] > 0.4
    assert "▼ 0.41" in [text.get_text() for text in ax.texts]


def test_notebook_shows_the_chart_with_its_alternative_text() -> None:
    html = su.selection_rates(cases.cases()["hostile labels"]).plot()._repr_html_()
    assert html.startswith('<img alt="Ethnicity: from 0% (')
    assert "<script>" not in html
    assert ' src="data:image/svg+xml,%3Csvg xmlns' in html
    assert html.count('"') == 6


def test_colours_of_the_png_are_those_drawn() -> None:
    chart = drawn("x", su.cliff_edges(cases.cohort_one()).plot())
    image = Image.open(io.BytesIO(chart.png)).convert("RGB")
    seen = {f"#{r:02X}{g:02X}{b:02X}" for _, (r, g, b) in image.getcolors(1 << 16)}
    assert {"#FFFFFF", style.PINK, style.LESS_FACE, style.HATCH, style.INK} <= seen
