"""A page names the works it leans on, every one of them and no other."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import pytest
from lxml import html

import stepup_equity as su
from stepup_equity.presentation.report.references import REFERENCES
from tests.presentation import cases

if TYPE_CHECKING:
    from pathlib import Path

CITED = re.compile(
    r"(?<![\w-])([A-ZÖ][a-zéö]+)(?:'s \w+|,? and [A-Z]\w+| et al\.|, \w+ and \w+)*,? \(?((?:19|20)\d\d)\b"
)
"""An author with a year, as methods cite: "(Katz et al. 1978)", "Fieller's interval (1954)"."""


COHORTS = frozenset({"2010", "2012"})
"""Of the examples: "From 2010 to 2012" cites nobody."""


@cache
def page(folder: Path, case: str, policy: str) -> tuple[str, list[str]]:
    """The words of a page without its references, and its references."""
    make = {"cohorts": cases.two_cohorts, "council": cases.west_lancashire}[case]
    written = su.write_report(folder / f"{case} {policy}", make(), policy=policy) / "report.html"
    methods = html.parse(str(written)).getroot().get_element_by_id("methods")
    works = methods.xpath(".//h3[text()='References']/following-sibling::ul")[0]
    listed = [item.text_content() for item in works]
    works.drop_tree()
    return methods.getroottree().getroot().text_content(), listed


@pytest.mark.parametrize(("case", "policy"), [("cohorts", "internal"), ("council", "suppress10")])
def test_every_work_that_is_cited_is_listed(case: str, policy: str, tmp_path: Path) -> None:
    said, works = page(tmp_path, case, policy)
    cited = {pair for pair in CITED.findall(said) if pair[1] not in COHORTS}
    assert len(cited) >= 3
    for author, year in cited:
        assert [work for work in works if author in work and f"({year})" in work], (author, year)


def test_a_work_that_nothing_leans_on_is_not_listed(tmp_path: Path) -> None:
    said, works = page(tmp_path, "council", "suppress10")
    assert "Wilson, E. B." in " ".join(works)
    for word, author in (
        ("Manski", "Manski"),
        ("FLAC", "Puhr"),
        ("trend", "Armitage"),
        ("Fieller", "Fieller"),
    ):
        assert word not in said
        assert author not in " ".join(works)
    assert len(works) < len(REFERENCES) - 8


def test_works_stand_by_author_and_each_is_found_by_its_own_name() -> None:
    authors = [one.text.split(",")[0] for one in REFERENCES]
    assert authors == sorted(authors, key=str.casefold)
    for one in REFERENCES:
        name = one.text.split(",")[0].split(" (")[0]
        assert re.search(one.said.replace("'s Q", "").replace(" 1954", ""), name) or name.startswith(
            "Equal"
        ), one
