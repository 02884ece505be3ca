"""A group that is hidden whole in one cohort and shown in another is unknown there: no 0, no share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

import stepup_equity as su
from stepup_equity.counts import StageCounts
from stepup_equity.errors import ArgumentError
from stepup_equity.findings.comparison import HIDDEN
from stepup_equity.presentation.workbook.tables import workbook_of

if TYPE_CHECKING:
    from pathlib import Path

ROWS = [
    ("2021", "Female", 900, 400, 120), ("2021", "Other", 200, 100, 30), ("2021", "Male", "[c]", "[c]", "[c]"),
    ("2022", "Female", 990, 420, 130), ("2022", "Other", 210, 104, 32), ("2022", "Male", 530, 215, 60),
    ("2023", "Female", 940, 410, 125), ("2023", "Other", 220, 106, 34), ("2023", "Male", 500, 200, 55),
]  # fmt: skip
TABLE = pd.DataFrame(ROWS, columns=["Year", "Sex", "Applied", "Shortlisted", "Appointed"])
COUNTS = StageCounts.from_table(TABLE)
KNOWN = ("entered", "passed", "denominator", "reached", "people", "not_recorded", "share_earlier")


@pytest.mark.parametrize("verb", [su.selection_rates, su.composition, su.exits, su.impact_ratios])
def test_a_group_hidden_whole_is_unknown_there_and_known_elsewhere(verb: Any) -> None:
    for cohort in ("2021", "2022"):
        frame = verb(COUNTS, by="sex", cohort=cohort).frame
        male = frame.loc[frame["group"] == "Male", [name for name in KNOWN if name in frame]]
        assert len(male)
        assert male.isna().all(axis=None) if cohort == "2021" else male.notna().all(axis=None)
        if verb is su.composition:
            assert frame["estimate"].isna().all() == (cohort == "2021")
        if "status" in frame and cohort == "2021" and verb is not su.composition:
            assert frame.loc[frame["group"] == "Male", "status"].str.startswith(HIDDEN).all()


def test_it_stays_unknown_however_the_counts_are_taken(tmp_path: Path) -> None:
    COUNTS.write(tmp_path / "counts")
    for counts in (COUNTS, StageCounts.read(tmp_path / "counts"), COUNTS.decided(), COUNTS + COUNTS):
        place = counts.funnel("sex").groups.index("Male")
        assert counts.funnel("sex", where={"cohort": "2021"}).unknown[place].all()
        assert counts.only({"cohort": "2021"}).funnel("sex").unknown[place].all()
        assert not counts.funnel("sex", where={"cohort": "2022"}).unknown.any()
        assert not counts.only({"cohort": "2022"}).funnel("sex").unknown.any()
        assert counts.funnel("sex").unknown[place].all()  # a sum of what is not known
    assert StageCounts.read(tmp_path / "counts") == COUNTS


def test_cohorts_beside_each_other_have_no_nobody_in_its_place() -> None:
    found = su.compare_cohorts(COUNTS, by="sex", cohorts=["2021", "2022"])
    row = found.frame[found.frame["group"] == "Male"].iloc[0]
    assert np.isnan(row["denominator_earlier"])
    assert (row["denominator_later"], row["status"]) == (530, f"{HIDDEN}, in 2021")
    assert found.shares["share_earlier"].isna().all()
    ratios = su.cohort_trend(COUNTS, by="sex").ratios
    male = ratios[(ratios["group"] == "Male") & (ratios["gate"] == "Shortlisted")].set_index("cohort")
    assert male["denominator"].isna().tolist() == [True, False, False]
    assert male.loc["2021", "status"] == HIDDEN


def test_no_output_prints_nobody_for_it(tmp_path: Path) -> None:
    folder = su.write_report(tmp_path / "out", COUNTS, cohort="2021")
    for path in sorted((folder / "data").glob("*.csv")):
        text = pd.read_csv(path, dtype=str, keep_default_na=False)
        if "group" in text:
            male = text.loc[text["group"] == "Male", [name for name in KNOWN if name in text]]
            assert (male == "").all(axis=None), path.name
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "At least 1,100 applicants, 2 gates" in page
    assert "At least 1,100 people applied; how many reached the last stage" in page
    assert "of 1,100" not in page
    release = su.protect(COUNTS.only({"cohort": "2021"}), "internal")
    total = release.frame[(release.frame["cohort"] == "2021") & (release.frame["characteristic"] == "sex")]
    assert set(total.loc[total["measure"] == "share", "value"]) == {"[c]"}
    assert set(total.loc[(total["group"] == "Total") & (total["measure"] == "reached"), "value"]) == {"[c]"}
    frame = release.frame[(release.frame["group"] == "Male") & (release.frame["measure"] == "reached")]
    assert set(frame.loc[frame["cohort"] == "2021", "value"]) == {"[c]"}
    assert "what the published table hides" in str(workbook_of(release).banner)


def test_a_publication_does_not_say_that_nobody_applied(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match=r"cohort='2023'.*leave out the groups with hidden numbers, in"):
        su.protect(COUNTS, "publish")
    with pytest.raises(ArgumentError, match="hides numbers already, at 'Applied', 'Shortlisted'"):
        su.write_report(tmp_path / "a", COUNTS, policy="publish", cohort="2021")
    assert (su.write_report(tmp_path / "b", COUNTS, policy="publish", cohort="2023") / "ledger.json").exists()


def test_not_stated_and_broad_groups_too() -> None:
    rows = [("2021", "British", "White", 900, 90), ("2021", "Indian", "Asian", 100, 20)]
    rows += [("2021", "Chinese", "Asian", "*", "*"), ("2021", "Not stated", "", "*", "*")]
    rows += [("2022", "British", "White", 950, 95), ("2022", "Indian", "Asian", 110, 22)]
    rows += [("2022", "Chinese", "Asian", 50, 9), ("2022", "Not stated", "", 30, 4)]
    names = ["cohort", "group", "parent", "applied", "appointed"]
    counts = StageCounts.from_table(pd.DataFrame(rows, columns=names).assign(characteristic="ethnicity"))
    broad = counts.funnel("ethnicity", level="broad", not_stated=True, where={"cohort": "2021"})
    assert dict(zip(broad.groups, broad.unknown[:, 0].tolist(), strict=True)) == {
        "White": False, "Asian": True, "Not stated": True
    }  # fmt: skip
    found = su.missingness(counts, by="ethnicity", cohort="2021")
    assert found.headline.endswith("How many stated a group is hidden in the published table")
    missing = found.frame
    assert missing[["not_stated", "stated_share"]].isna().all(axis=None)


@pytest.mark.parametrize("named", [True, False])
def test_a_table_of_its_own_that_hides_a_group_whole(named: bool) -> None:
    def table(cohort: str) -> StageCounts:
        rows = TABLE[TABLE["Year"] == cohort]
        return StageCounts.from_table(rows if named else rows.drop(columns="Year"))

    earlier, later = table("2021"), table("2022")
    assert earlier.funnel("sex").groups == ("Female", "Other")
    assert not earlier.funnel("sex").unknown.any()
    for one, two, side in ((earlier, later, "earlier"), (later, earlier, "later")):
        found = su.compare_cohorts(one, two, by="sex")
        row = found.frame[found.frame["group"] == "Male"].iloc[0]
        assert np.isnan(row[f"denominator_{side}"])
        assert row["status"] == f"{HIDDEN}, in {'2021' if named else side}"
        assert found.shares[["share_earlier", "share_later"]].isna().all(axis=None)
        assert "code lists" not in " ".join(found.notes)
    less = StageCounts.from_table(TABLE[(TABLE["Year"] == "2022") & (TABLE["Sex"] != "Male")])
    assert "only 2023 has Male" in " ".join(su.compare_cohorts(less, table("2023")).notes) or not named


def test_a_cohort_of_which_all_is_hidden_is_named() -> None:
    hidden = TABLE.assign(
        **{name: TABLE[name].where(TABLE["Year"] != "2022", "[c]") for name in TABLE.columns[2:]}
    )
    counts = StageCounts.from_table(hidden)
    assert counts.cohorts == ("2021", "2023")
    assert counts.declared[0].endswith(
        "'Female', 'Other'. Left out whole, since it hides all of them: '2022'."
    )
    assert "Left out whole" not in " ".join(COUNTS.notes)


def test_every_chart_of_it_is_drawn() -> None:
    for verb in (su.selection_rates, su.composition, su.exits, su.cliff_edges, su.missingness):
        verb(COUNTS, by="sex", cohort="2021").plot()
    curves = su.selection_rates(COUNTS, by="sex", cohort="2021").plot(kind="curves")
    drawn = " ".join(text.get_text() for text in curves.figure.findobj(Text))
    assert "Male (n\u00a0=\u00a0hidden)" in drawn


def test_shares_are_of_everybody_where_another_characteristic_tells() -> None:
    rows = [("2021", "sex", "Female", 900, 120), ("2021", "sex", "Male", "[c]", "[c]")]
    rows += [("2021", "age", "young", 800, 100), ("2021", "age", "old", 700, 80)]
    rows += [("2022", "sex", "Female", 990, 130), ("2022", "sex", "Male", 530, 60)]
    rows += [("2022", "age", "young", 820, 100), ("2022", "age", "old", 700, 90)]
    names = ["cohort", "characteristic", "group", "applied", "appointed"]
    counts = StageCounts.from_table(pd.DataFrame(rows, columns=names))
    frame = su.composition(counts, by="sex", cohort="2021").frame.set_index(["group", "stage"])
    assert frame.loc[("Female", "applied"), ["reached", "denominator"]].tolist() == [900, 1500]
    printed = su.protect(counts, "internal").frame
    printed = printed.set_index(["cohort", "characteristic", "group", "stage", "measure"])["value"]
    assert printed["2021", "sex", "Female", "applied", "share"] == "60.0"
    assert printed["2021", "sex", "Male", "applied", "share"] == "[c]"
    assert printed["2021", "sex", "Total", "applied", "reached"] == "1,500"
