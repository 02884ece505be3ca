"""Reads what a notebook shows of the same counts: the tables of results, and the words above them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import html

import stepup_equity as su

from .reading import Fact, Names, printed_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stepup_equity.counts import StageCounts

VERBS = {
    "selection_rates": {"estimate": "pass rate", "passed": "passed", "denominator": "base"},
    "impact_ratios": {"estimate": "ratio", "conf_low": "ratio low", "conf_high": "ratio high"},
    "cliff_edges": {"estimate": "ratio", "verdict": "verdict", "passed": "passed", "denominator": "base"},
    "association_tests": {"p_adjusted": "p adjusted", "statistic": "chi-squared"},
    "composition": {"estimate": "share", "reached": "reached"},
}


def shown(counts: StageCounts, asked: list[str], verbs: list[str]) -> dict[str, str]:
    """What a notebook shows of each verb, and what a terminal does."""
    found = {}
    for verb in verbs:
        result = getattr(su, verb)(counts, by=asked)
        found[verb] = f"{result._repr_html_()}<p>{result.headline}</p>"
    return found


def notebook_facts(pages: dict[str, str], names: Names) -> Iterator[Fact]:
    """Facts of the tables."""
    for verb, page in pages.items():
        table = html.fromstring(page).xpath("//table")[-1]
        rows = [[cell.text_content().strip() for cell in row.xpath("./th|./td")] for row in table.iter("tr")]
        told = [dict(zip(rows[0], cells, strict=True)) for cells in rows[1:]]
        yield from printed_rows(told, VERBS[verb], names, f"notebook, {verb}")


def notebook_sentences(pages: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Sentences of headlines, of methods, of alternative texts, and in the tables."""
    for verb, page in pages.items():
        for element in html.fromstring(page).xpath("//p|//img|//td"):
            said = element.get("alt") or element.text_content()
            if " " in said:
                yield " ".join(said.split()), f"notebook, {verb}"
