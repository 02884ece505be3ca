"""Charts as part of a page: the same marks and words, with rules of style of the page's own."""

from __future__ import annotations

import re

import pytest
from lxml import etree

import stepup_equity as su
from stepup_equity.presentation.charts.files import figure_to_svg
from stepup_equity.presentation.charts.style import COLORS, contrast
from stepup_equity.presentation.report.inline import Inlined
from tests.presentation import cases

GROUNDS = frozenset({"#E6EDF4", "#E3E5E6", "#E8C9DB", "#CFE9E6", "#CC8DB1", "#86CBC4", "#FFFFFF"})
"""Grounds of bars and tiles, and rules: what is told by them stands beside them in words."""


def svg_of(case: str) -> str:
    ax = su.cliff_edges(cases.cases()[case]).plot()
    return figure_to_svg(ax.figure, ax.face.title, ax.face.alt)


def looks(element: etree._Element, rules: dict[str, str]) -> str:
    """How an element is drawn, by its rule or by its attributes."""
    if "class" in element.attrib:
        return rules[element.attrib["class"]]
    said = [f"{name}: {element.attrib[name]}" for name in element.attrib if name in {"fill", "stroke"}]
    return re.sub(r"url\(#f\d+-", "url(#", "; ".join(said))


@pytest.mark.parametrize("case", ["hostile labels", "nineteen groups", "zero cells"])
def test_marks_words_and_looks_stay_and_names_do_not_meet(case: str) -> None:
    svg, inlined = svg_of(case), Inlined()
    first, second = (etree.fromstring(str(inlined.picture(svg, "<alt> & more").svg)) for _ in range(2))
    before = etree.fromstring(svg)
    own = dict(re.findall(r"\.(s\d+)\{([^}]*)\}", svg))
    shared = dict(re.findall(r"\.(k\d+)\{([^}]*)\}", inlined.css))
    for name in ("path", "text", "use"):
        there, here = (list(tree.iter(f"{{*}}{name}")) for tree in (before, first))
        assert [one.text for one in there] == [one.text for one in here]
        for one, other in zip(there, here, strict=True):
            assert one.get("d") == other.get("d")
            if "class" in one.attrib and "url(" not in own[one.attrib["class"]]:
                assert looks(one, own) == looks(other, shared)
    assert first.get("aria-label") == "<alt> & more"
    ids = [element.get("id") for tree in (first, second) for element in tree.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    for tree in (first, second):
        named = {f"#{element.get('id')}" for element in tree.iter() if element.get("id")}
        text = etree.tostring(tree, encoding="unicode")
        assert set(re.findall(r'(?:url\(|href=")(#[\w-]+)', text)) <= named
    assert "<style" not in str(inlined.picture(svg, "").svg)


@pytest.mark.parametrize("case", ["hostile labels", "nineteen groups", "zero cells"])
def test_title_and_notes_are_left_to_the_page_and_stay_in_the_file(case: str) -> None:
    ax = su.cliff_edges(cases.cases()[case]).plot()
    face, svg = ax.face, figure_to_svg(ax.figure, ax.face.title, ax.face.alt)
    placed = Inlined().picture(svg, face.alt, (face.title, face.subtitle), face.notes)
    assert placed.apart
    tree = etree.fromstring(str(placed.svg))
    hidden = [text.text for text in tree.iter("{*}text") if "data-words" in text.attrib]
    assert " ".join(hidden).split() == " ".join((face.title, face.subtitle, *face.notes)).split()
    _, top, width, height = map(float, tree.get("viewBox").split())
    whole = [float(part) for part in tree.get("data-whole").split()]
    assert (width, svg.count('viewBox="0 0')) == (whole[2], 1)
    assert 0 < top < top + height < whole[3]
    for text in tree.iter("{*}text"):
        inside = top < float(text.get("y")) < top + height
        assert inside == ("data-words" not in text.attrib), text.text


def test_a_picture_whose_words_are_not_found_stays_whole() -> None:
    svg = svg_of("zero cells")
    placed = Inlined().picture(svg, "", ("Another title",), ("Another note",))
    assert not placed.apart
    assert "data-words" not in placed.svg


def test_marks_stand_out_on_the_ground_that_pictures_have_in_light_and_in_dark() -> None:
    """A page in the dark keeps its pictures on white, and so does paper."""
    from stepup_equity.presentation.report.render import _source

    style = _source("style.css")
    dark = re.search(r"@media screen and \(prefers-color-scheme:dark\)\{(.*)\}\n", style)
    assert dark is not None
    assert ".picture" not in dark[1]
    assert ".picture{max-width:52rem;background:#fff;" in style
    for color in set(COLORS) - GROUNDS:
        assert contrast(color, "#FFFFFF") >= 3.0, color


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_of_the_page_stand_out(scheme: str) -> None:
    from stepup_equity.presentation.report.render import _source

    style = _source("style.css")
    colors = dict(re.findall(r"--(\w+):(#[0-9a-f]{3,6})", style.split("@media")[0]))
    if scheme == "dark":
        part = next(part for part in style.split("@media") if "prefers-color-scheme:dark" in part)
        colors |= dict(re.findall(r"--(\w+):(#[0-9a-f]{3,6})", part))
    whole = {
        name: "#" + "".join(c * 2 for c in code[1:]) if len(code) == 4 else code
        for name, code in colors.items()
    }
    for ink in ("ink", "quiet", "link"):
        for ground in ("paper", "wash"):
            assert contrast(whole[ink], whole[ground]) >= 4.5, (ink, ground)
