"""In a publication a cohort stands beside the one before it, from printed numbers alone."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest

import stepup_equity as su
from stepup_equity.disclosure import policy_of, protect
from stepup_equity.presentation.data_files import published_tables
from stepup_equity.presentation.printed_change import _p_of_nearest, ledgers_of
from stepup_equity.presentation.published import Published
from stepup_equity.presentation.report.release import release_page
from stepup_equity.presentation.report.render import render
from stepup_equity.presentation.story import opening
from stepup_equity.statistics.ratio_change import change_of_ratio
from stepup_equity.words.names import Names

APPLIED = {"White": 800, "Black": 400, "Asian": 400}
PASSED = {
    "new": ((400, 200, 190), (400, 80, 190)),
    "persists": ((400, 80, 190), (400, 90, 190)),
    "smaller": ((400, 40, 190), (400, 120, 190)),
    "gone": ((400, 80, 190), (400, 200, 190)),
}
"""White, Black and Asian people who passed, in the earlier and the later cohort."""


OTHERS = {"2010": "2010"}
"""The people of the earlier release are others."""


def counted(*cohorts: tuple[str, tuple[int, ...]]) -> su.StageCounts:
    rows = [
        {"cohort": cohort, "characteristic": "ethnicity", "group": group, "applied": n, "hired": hired}
        for cohort, passed in cohorts
        for (group, n), hired in zip(APPLIED.items(), passed, strict=True)
    ]
    return su.StageCounts.from_table(pd.DataFrame(rows))


def published(counts: su.StageCounts, policy: str, **choices: Any) -> Published:
    past = ledgers_of(choices.get("ledgers", ()), choices.get("renamed", {}))
    return Published(protect(counts, policy, **choices), Names.of(counts.programme), past)


def edge(found: Published, group: str = "Black") -> pd.Series:
    frame = found.changes
    return frame[(frame["group"] == group) & (frame["gate"] == "hired")].iloc[0]


@pytest.mark.parametrize("policy", ["publish", "suppress10", "internal"])
@pytest.mark.parametrize("became", PASSED)
def test_what_became_of_an_edge(became: str, policy: str) -> None:
    earlier, later = PASSED[became]
    found = published(counted(("2010", earlier), ("2012", later)), policy)
    row = edge(found)
    assert row["edge"] == became
    assert became in row["sentence"]
    assert edge(found, "Asian")["edge"] == ""
    assert f"; cliff edges: 1 {became}." in found.change
    assert found.change in opening(found)


def test_numbers_are_those_that_are_printed() -> None:
    counts = counted(("2010", (403, 81, 188)), ("2012", (398, 203, 191)))
    found = published(counts, "publish")
    row, frame = edge(found), found.release.frame
    reached = (
        frame[frame["measure"] == "reached"].set_index(["cohort", "group", "stage"])["number"].astype(float)
    )
    for cohort, which in (("2010", "earlier"), ("2012", "later")):
        rates = [
            reached[cohort, group, "hired"] / reached[cohort, group, "applied"]
            for group in ("Black", "White")
        ]
        assert row[f"ratio_{which}"] == pytest.approx(rates[0] / rates[1])
    assert row["ratio_later"] != pytest.approx((203 / 400) / (398 / 800))


def test_rounding_makes_no_change_evident() -> None:
    """The p of printed counts is that of the counts nearest to no change that they may stand for."""
    rng, policy = np.random.default_rng(11), policy_of("publish")
    n = rng.integers(40, 900, (4, 400)).astype(float)
    n, m = n[:2], n[2:]
    x, y = rng.binomial(n.astype(int), 0.3).astype(float), rng.binomial(m.astype(int), 0.4).astype(float)
    printed = [5 * np.round(values / 5) for values in (x, n, y, m)]
    exact, seen = change_of_ratio(x, n, y, m), change_of_ratio(*printed)
    cautious = _p_of_nearest(printed, seen.estimate, (policy, policy))
    same = (exact.method == "likelihood ratio") & (exact.estimate > 1) == (seen.estimate > 1)
    assert same.sum() > 300
    assert (cautious[same] >= exact.p_value[same] - 1e-9).all()
    internal = policy_of("internal")
    assert _p_of_nearest([x, n, y, m], exact.estimate, (internal, internal)) == pytest.approx(exact.p_value)


def test_the_cohort_before_may_stand_in_a_ledger() -> None:
    earlier, later = PASSED["gone"]
    first = protect(counted(("2010", earlier)), "suppress10")
    alone = published(counted(("2012", later)), "suppress10", ledgers=[first.ledger()], renamed=OTHERS)
    both = published(counted(("2010", earlier), ("2012", later)), "suppress10")
    pd.testing.assert_frame_equal(alone.changes, both.changes)
    assert published(
        counted(("2008", later)), "suppress10", ledgers=[first.ledger()], renamed=OTHERS
    ).changes.empty
    assert published(counted(("2012", later)), "suppress10").change == ""
    page = render(release_page(alone, [], ""))
    assert "From 2010 to 2012" in page
    gone = "the cliff edge of 2010 is gone in 2012: 0.40 in 2010, 1.00 in 2012, and the change is evident."
    assert gone in page
    assert len(published_tables(alone)["changes"]) == len(alone.changes)


def test_where_numbers_are_hidden_it_cannot_be_told() -> None:
    first = protect(counted(("2010", (400, 3, 190))), "suppress10")
    found = published(counted(("2012", (400, 80, 190))), "suppress10", ledgers=[first], renamed=OTHERS)
    row = edge(found)
    assert (row["verdict"], row["edge"]) == ("hidden", "cannot be told")
    assert "what was there in 2010 cannot be told, since the numbers are not printed" in row["sentence"]


def test_each_cohort_is_set_beside_the_one_before() -> None:
    passed = PASSED["gone"][0], PASSED["gone"][1], PASSED["persists"][0]
    cohorts = tuple(zip(("8", "9", "10"), passed, strict=True))
    found = published(counted(*cohorts), "suppress10")
    assert set(zip(found.changes["cohort_earlier"], found.changes["cohort_later"], strict=True)) == {
        ("9", "10")
    }
    for pair in pairwise(cohorts):
        assert not published(counted(*pair), policy_of("publish")).changes.empty


def test_a_change_that_cannot_be_told_bears_the_symbol_of_the_cohort_that_lacks_the_number() -> None:
    """Rounding hides nothing: where one cohort has too few people, [c] would claim that it does."""
    rows = [
        {"cohort": cohort, "characteristic": "ethnicity", "group": group, "applied": n, "hired": n // 2}
        for cohort, asian in (("2010", 10), ("2012", 100))
        for group, n in (("White", 800), ("Black", 400), ("Asian", asian))
    ]
    found = published(su.StageCounts.from_table(pd.DataFrame(rows)), "publish")
    row = edge(found, "Asian")
    assert row["verdict"] == "hidden"
    assert row["word"] == "[u]"
    assert edge(found, "Black")["word"] == ""  # a number that is printed has no symbol in its place
    page = render(release_page(found, (), ""))
    assert "[c]" not in page[page.index("Impact ratios in 2010 and 2012") :].split("</table>")[0]


def test_tables_of_one_of_several_cohorts_say_of_which() -> None:
    """Beside “cohort 2010” and “cohort All” a table without a cohort would be taken for one of everybody."""
    cohorts = tuple(zip(("2010", "2012"), PASSED["gone"], strict=True))
    two, one = (
        render(release_page(published(counted(*which), "publish"), (), ""))
        for which in (cohorts, cohorts[1:])
    )
    for caption in ("Pass rates by ethnicity{}, with 95% intervals", "People at each stage by ethnicity{}<"):
        assert caption.format(", cohort 2012") in two
        assert caption.format("") not in two
        assert caption.format("") in one
