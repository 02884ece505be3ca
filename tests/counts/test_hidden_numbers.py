"""What a published table hides stays hidden: no rate, no zero and no waiting people in its place."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

import stepup_equity as su
from stepup_equity.cli import main
from stepup_equity.counts import StageCounts, open_counts
from stepup_equity.errors import ArgumentError, DataError
from stepup_equity.findings.comparison import HIDDEN
from stepup_equity.presentation.answers import Answers
from stepup_equity.presentation.comparing import beside
from stepup_equity.presentation.imprint import NOBODY
from stepup_equity.presentation.workbook.cohorts import cohort_workbooks
from stepup_equity.presentation.workbook.tables import workbook_of

if TYPE_CHECKING:
    from pathlib import Path

TABLE = pd.DataFrame(
    {
        "characteristic": "ethnicity",
        "group": ["White", "Indian", "Pakistani", "Not stated"],
        "parent": ["White", "Asian", "Asian", ""],
        "applied": ["900", "120", "80", "20"],
        "shortlisted": ["400", "40", "22", "9"],
        "appointed": ["120", "12", "*", "4"],
    }
)


@pytest.fixture(scope="module")
def counts() -> StageCounts:
    return StageCounts.from_table(TABLE)


def at(frame: pd.DataFrame, group: str, gate: str) -> pd.Series:
    return frame[(frame["group"] == group) & (frame["gate"] == gate)].iloc[0]


@pytest.mark.parametrize("gate", ["appointed", "overall"])
@pytest.mark.parametrize("level", ["detailed", "broad"])
def test_no_rate_rests_on_a_hidden_number(counts: StageCounts, gate: str, level: str) -> None:
    group = "Pakistani" if level == "detailed" else "Asian"
    for verb in (su.selection_rates, su.impact_ratios, su.rate_differences, su.gap_decomposition):
        row = at(verb(counts, by="ethnicity", level=level).frame, group, gate)
        assert np.isnan(row["estimate"])
        assert row["status"].startswith(HIDDEN)
    assert not np.isnan(at(su.selection_rates(counts, by="ethnicity").frame, "White", gate)["estimate"])


def test_what_stands_before_a_hidden_number_is_kept(counts: StageCounts) -> None:
    row = at(su.selection_rates(counts, by="ethnicity", level="detailed").frame, "Pakistani", "shortlisted")
    assert (row["entered"], row["passed"]) == (80, 22)


def test_nobody_waits_and_the_people_are_hidden(counts: StageCounts) -> None:
    funnel = counts.funnel("ethnicity", level="detailed", not_stated=True)
    assert not funnel.pending.any()
    assert funnel.hidden.tolist() == [[0, 0], [0, 0], [0, 22], [0, 0]]
    frame = funnel.frame
    parts = frame[["passed", "rejected", "withdrew", "pending", "not_recorded", "hidden"]].sum(axis=1)
    assert (parts == frame["entered"]).all()
    found = su.exits(counts, by="ethnicity").frame
    assert set(found["reason"]) == {"not_recorded", "hidden"}
    assert "hidden" not in su.exits(counts, by="ethnicity").headline
    assert "pending" not in " ".join(counts.notes)


def test_figures_of_everybody_are_of_those_who_are_shown(counts: StageCounts) -> None:
    whole = counts.overall()
    assert whole.denominator()[0].tolist() == [1120, 449]
    assert whole.passed[0].tolist() == [471, 136]


def test_no_share_of_a_stage_with_a_hidden_number(counts: StageCounts) -> None:
    frame = su.composition(counts, by="ethnicity", level="detailed").frame.set_index(["group", "stage"])
    assert np.isnan(frame.loc[("Pakistani", "appointed"), "reached"])
    assert frame["estimate"].isna().groupby("stage").all().to_dict() == {
        "applied": False,
        "appointed": True,
        "shortlisted": False,
    }


def test_a_model_does_not_count_hidden_people_as_turned_down(counts: StageCounts) -> None:
    model = su.progression_model(counts, "ethnicity", level="detailed").frame
    assert np.isnan(at(model, "Pakistani", "overall")["odds_ratio"])
    assert at(model, "Indian", "overall")["odds_ratio"] == pytest.approx((12 / 108) / (120 / 780), rel=1e-3)


def test_nothing_hidden_is_printed_as_zero_or_protected(counts: StageCounts) -> None:
    table = su.protect(counts, "internal").frame
    value = table.set_index(["group", "stage", "measure"])["value"]
    groups = ("Pakistani", "Asian", "Total")
    shown = {str(np.ravel(value[(group, "appointed", "reached")])[0]) for group in groups}
    assert len(shown) == 1
    assert not shown.pop()[:1].isdigit()
    with pytest.raises(ArgumentError, match=r"drop_stages=\['appointed'\]"):
        su.protect(counts, "suppress10")


def test_no_benchmark_beside_hidden_numbers(counts: StageCounts, tmp_path: Path) -> None:
    path = tmp_path / "ours.csv"
    path.write_text(
        "characteristic,group,includes,measure,value,stage,year,base,source,caution,unit\n"
        "ethnicity,White,White,share,0.8,appointed,2021,people,a census,none,proportion\n"
        "ethnicity,All other,Indian; Pakistani,share,0.2,appointed,2021,people,a census,none,proportion\n"
    )
    with pytest.raises(ArgumentError, match="Stages without hidden numbers: 'applied', 'shortlisted'"):
        su.benchmark(counts, path)
    assert len(su.benchmark(counts, path, stage="shortlisted").frame)


SEVERAL = pd.DataFrame(
    [
        ("2022/23", "ethnicity", "White", 2140, 812, 260), ("2022/23", "ethnicity", "Asian", 310, 98, 22),
        ("2022/23", "ethnicity", "Mixed", 74, 25, "[c]"), ("2022/23", "ethnicity", "Other", 31, "[c]", "[c]"),
        ("2023/24", "ethnicity", "White", 2310, 850, 240), ("2023/24", "ethnicity", "Asian", 402, 140, 41),
        ("2023/24", "ethnicity", "Mixed", 80, 28, 6), ("2023/24", "ethnicity", "Other", 40, 12, "[c]"),
        ("2022/23", "sex", "Female", 1600, 600, 190), ("2022/23", "sex", "Male", 1290, 430, 117),
        ("2023/24", "sex", "Female", 1800, 690, 190), ("2023/24", "sex", "Male", 1410, 430, 112),
    ],
    columns=["Year", "Characteristic", "Group", "Applicants", "Shortlisted", "Appointed"],
)  # fmt: skip
"""Two cohorts in a column of years; one characteristic hides numbers, the other none."""
SEVERAL_COUNTS = StageCounts.from_table(SEVERAL[SEVERAL["Characteristic"] == "ethnicity"])


@pytest.mark.parametrize("chosen", ["2022/23", "2023/24", "all"])
def test_one_characteristic_hides_numbers_and_another_none(chosen: str, tmp_path: Path) -> None:
    counts = StageCounts.from_table(SEVERAL)
    assert counts.cohorts == ("2022/23", "2023/24")
    frame = su.cliff_edges(counts, cohort=chosen).frame
    other = frame[frame["group"] == "Other"]
    assert set(other.loc[other["gate"] == "Appointed", "status"]) == {HIDDEN}
    assert not frame.loc[frame["group"] == "Male", "status"].str.startswith(HIDDEN).any()
    su.write_report(tmp_path / "out", counts, cohort=chosen)
    assert su.compare_cohorts(counts).frame["group"].nunique() == 4


def test_rates_of_cohorts_of_which_numbers_are_hidden() -> None:
    table = SEVERAL[SEVERAL["Characteristic"] == "ethnicity"]
    frame = su.selection_rates(StageCounts.from_table(table), by="cohort").frame
    later = frame[frame["group"] == "2023/24"].set_index("gate")
    assert later.loc["Shortlisted", "estimate"] == pytest.approx((850 + 140 + 28 + 12) / 2832)
    assert (later.loc["Appointed", "status"], later.loc["overall", "status"]) == (HIDDEN, HIDDEN)
    assert np.isnan(frame.loc[frame["status"] == HIDDEN, ["estimate", "cumulative"]].to_numpy()).all()


def test_a_composition_that_ends_hidden_does_not_say_that_nobody_stated_a_group(counts: StageCounts) -> None:
    assert su.composition(counts, by="ethnicity").headline == (
        "ethnicity; the last numbers are hidden in the published table"
    )


EARLY = pd.DataFrame(
    {
        "characteristic": "ethnicity",
        "group": ["White", "Black", "Asian", "Mixed", "Not stated"],
        "applied": ["920", "143", "200", "60", "40"],
        "shortlisted": ["389", "30", "<5", "20", "12"],
        "appointed": ["117", "c", "<5", "6", "4"],
    }
)
"""Asian is hidden from the first gate on, Black at the second."""
PEOPLE = ("entered", "passed", "denominator", "reached", "people", "shortfall", "people_lost")


@pytest.mark.parametrize(
    "verb",
    [
        su.selection_rates, su.impact_ratios, su.odds_ratios, su.rate_differences, su.gap_decomposition,
        su.cliff_edges, su.detectable_gaps,
    ],
)  # fmt: skip
def test_a_number_that_is_not_known_is_no_zero(verb: Any) -> None:
    frame = verb(StageCounts.from_table(EARLY), by="ethnicity").frame.set_index(["group", "gate"])
    held = [name for name in PEOPLE if name in frame.columns]
    hidden = frame.loc[[("Black", "appointed"), ("Asian", "shortlisted"), ("Asian", "appointed")], held]
    told = hidden.notna().stack()
    assert told[told].index.tolist() == [
        ("Black", "appointed", "entered"),
        ("Asian", "shortlisted", "entered"),
    ]
    assert frame.loc[("Black", "shortlisted"), held].notna().all()


def test_nothing_is_added_up_over_a_hidden_number() -> None:
    counts = StageCounts.from_table(EARLY)
    missing = su.missingness(counts).frame.set_index("gate")
    assert missing.loc["shortlisted", ["entered", "stated", "not_stated"]].tolist() == [1363, 1323, 40]
    assert missing.loc["appointed", ["entered", "stated", "stated_share"]].isna().all()
    assert missing[["estimate", "p_value", "stated_rate"]].isna().all(axis=None)
    everybody = Answers(counts, ("ethnicity",)).process_frame
    assert everybody.iloc[0][["passed", "denominator", "rate", "not_recorded"]].isna().all()
    assert everybody.iloc[0][["entered", "hidden"]].tolist() == [1363, 200]
    assert everybody.iloc[1].drop("gate").drop(["characteristic", "group"]).isna().all()
    rates = su.selection_rates(SEVERAL_COUNTS, by="cohort").frame
    assert rates.loc[rates["status"] == HIDDEN, ["passed", "denominator"]].isna().all(axis=None)


def test_a_hidden_reference_is_hidden_and_not_nobody() -> None:
    table = EARLY.assign(shortlisted=["*", "30", "44", "20", "12"], appointed=["*", "9", "11", "6", "4"])
    counts = StageCounts.from_table(table)
    frame = su.cliff_edges(counts, by="ethnicity").frame
    assert set(frame["status"]) == {f"{HIDDEN}, of the reference"}
    assert frame["sentence"].str.contains("hides how many White applicants passed").all()
    assert frame[["reference_passed", "reference_denominator", "shortfall"]].isna().all(axis=None)
    rest = su.impact_ratios(counts, by="ethnicity", reference="rest").frame.set_index(["group", "gate"])
    assert rest.loc[("Black", "shortlisted"), "status"] == f"{HIDDEN}, of the reference"
    assert rest.loc[("White", "appointed"), "reference_passed"] == 9 + 11 + 6


@pytest.mark.parametrize("verb", [su.selection_rates, su.cliff_edges, su.missingness, su.exits])
def test_where_nothing_is_hidden_numbers_of_people_stay_whole(verb: Any) -> None:
    table = EARLY.assign(shortlisted=["389", "30", "44", "20", "12"], appointed=["117", "9", "11", "6", "4"])
    frame = verb(StageCounts.from_table(table), by="ethnicity").frame
    whole = ("entered", "passed", "denominator", "people", "reference_entered", "not_stated")
    assert {frame[name].dtype.kind for name in whole if name in frame.columns} == {"i"}


def test_page_and_data_say_hidden_where_a_number_is(tmp_path: Path) -> None:
    folder = su.write_report(tmp_path / "out", StageCounts.from_table(EARLY))
    for name in ("selection_rates", "cliff_edges", "funnel", "exits", "composition", "process"):
        text = pd.read_csv(folder / "data" / f"{name}.csv", dtype=str, keep_default_na=False)
        for column in [one for one in PEOPLE[:5] if one in text.columns]:
            assert text[column].str.fullmatch(r"[0-9]*").all(), (name, column)
        assert (text[[one for one in PEOPLE[:5] if one in text.columns]] == "").any(axis=None), name
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "how many reached the last stage, “Appointed”, cannot be added up" in page
    assert "Nobody reached" not in page
    assert "nobody<" not in page
    assert "451" not in page  # those who are shown, added up, are not everybody


def test_shares_of_two_cohorts_are_not_made_of_what_is_shown() -> None:
    shares = su.compare_cohorts(SEVERAL_COUNTS, by="ethnicity")
    assert shares.shares[["estimate", "share_earlier", "share_later"]].isna().all(axis=None)
    assert set(shares.shares["status"]) == {HIDDEN}
    row = at(shares.frame, "Mixed", "Appointed")
    assert np.isnan(row["passed_earlier"])
    assert row["passed_later"] == 6
    assert row["status"] == f"{HIDDEN}, in 2022/23"
    trend = su.cohort_trend(SEVERAL_COUNTS, by="ethnicity").ratios
    mixed = trend[(trend["group"] == "Mixed") & (trend["gate"] == "Appointed")].set_index("cohort")
    assert mixed["passed"].isna().tolist() == [True, False]


def test_leaving_that_is_hidden_is_not_passing() -> None:
    hidden = EARLY.assign(shortlisted="*", appointed="*")
    assert su.exits(StageCounts.from_table(hidden)).headline == (
        "how many left at each gate is hidden in the published table"
    )
    assert "at least" in su.exits(StageCounts.from_table(EARLY), by="ethnicity").headline
    assert "at least 127 appointed" in repr(StageCounts.from_table(EARLY))


def test_who_all_are_may_be_known_from_another_characteristic() -> None:
    """Page and workbook give the same shares: what hides nothing tells how many all are."""
    sex = pd.DataFrame(
        {"characteristic": "sex", "group": ["Female", "Male"], "applied": [700, 663],
         "shortlisted": [301, 180], "appointed": [80, 60]}
    )  # fmt: skip
    counts = StageCounts.from_table(pd.concat([EARLY, sex], ignore_index=True))
    frame = su.composition(counts, by="ethnicity").frame.set_index(["group", "stage"])
    assert frame.loc[("White", "appointed"), ["reached", "denominator"]].tolist() == [117, 140 - 4]
    assert frame.loc[("Not stated", "appointed"), ["reached", "denominator"]].tolist() == [4, 140]
    assert frame.loc[("Asian", "appointed"), ["reached", "denominator", "estimate"]].isna().all()
    printed = su.protect(counts, "internal").frame.set_index(["characteristic", "group", "stage", "measure"])
    assert printed.loc[("ethnicity", "White", "appointed", "share"), "value"] == "86.0"
    assert set(printed.xs("Total", level="group").xs("reached", level="measure")["value"]) == {
        "1,363", "481", "140"
    }  # fmt: skip
    assert Answers(counts, ("ethnicity", "sex")).process_frame["passed"].tolist() == [481, 140]


def test_what_hides_nothing_may_be_published(tmp_path: Path) -> None:
    sex = EARLY.assign(characteristic="sex", group=["a", "b", "c", "d", "Not stated"])
    sex = sex.assign(shortlisted=["389", "30", "44", "20", "12"], appointed=["117", "9", "11", "6", "4"])
    counts = StageCounts.from_table(pd.concat([EARLY, sex], ignore_index=True))
    with pytest.raises(ArgumentError, match=r"Publish what hides nothing, with by=\['sex'\], or leave"):
        su.protect(counts, "publish")
    release = su.protect(counts, "publish", by=["sex"])
    assert release.publishable
    reached = release.frame[release.frame["measure"] == "reached"]
    assert (reached["value"].str.replace(",", "").astype(int) % 5 == 0).all()  # everybody's numbers, too
    alone = StageCounts.from_table(sex)
    assert release.frame.equals(su.protect(alone, "publish", by=["sex"]).frame)
    with pytest.raises(ArgumentError) as refused:
        su.protect(StageCounts.from_table(EARLY), "publish")
    assert str(refused.value).endswith("cannot be protected. Leave out the rows with hidden numbers.")


def test_a_cohort_that_hides_nothing_is_offered_for_publication(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [("2022", "White", 2140, 812, 360), ("2022", "Black", 1310, 498, "[c]")]
    rows += [("2023", "White", 2310, 850, 340), ("2023", "Black", 1402, 540, 60)]
    table = pd.DataFrame(rows, columns=["Year", "Ethnicity", "Applied", "Shortlisted", "Appointed"])
    counts = StageCounts.from_table(table)
    said = "ublish a cohort that hides nothing, with cohort='2023' (counts.only, for protect), or leave out"
    with pytest.raises(ArgumentError) as refused:
        su.protect(counts, "publish")
    assert said in str(refused.value)
    assert su.protect(counts.only({"cohort": "2023"}), "publish").publishable
    assert (su.write_report(tmp_path / "b", counts, policy="publish", cohort="2023") / "ledger.json").exists()
    table.to_csv(tmp_path / "two.csv", index=False)
    asked = ["report", str(tmp_path / "two.csv"), "--policy", "publish", "--first-release"]
    assert main([*asked, "-o", str(tmp_path / "c")]) == 2
    assert "ublish a cohort that hides nothing, with --cohort 2023, or leave out" in capsys.readouterr().err
    assert main([*asked, "--cohort", "2023", "-o", str(tmp_path / "c")]) == 0
    with pytest.raises(ArgumentError) as refused:
        su.protect(SEVERAL_COUNTS, "publish")
    assert "a cohort" not in str(refused.value)


@pytest.mark.parametrize("groups", [["White", "Black"], ["White", "Asian"]])
def test_the_workbook_of_cohorts_says_what_was_read_hidden(groups: list[str]) -> None:
    rows = [
        ("2022", "White", 2140, 812, 360),
        ("2022", "Black", 1310, 498, "[c]"),
        ("2022", "Asian", 900, 500, 90),
    ]
    rows += [
        ("2023", "White", 2310, 850, 340),
        ("2023", "Black", 1402, 540, 60),
        ("2023", "Asian", 800, 450, 99),
    ]
    table = pd.DataFrame(rows, columns=["Year", "Ethnicity", "Applied", "Shortlisted", "Appointed"])
    table = table[table["Ethnicity"].isin(groups)]
    told = beside(StageCounts.from_table(table))
    files = cohort_workbooks(told.tables, told.names, "title", told.notes, NOBODY)
    text = zipfile.ZipFile(io.BytesIO(files["tables.ods"])).read("content.xml").decode()
    assert ("but what the published table hides that was read" in text) == ("Black" in groups)


def test_a_publication_says_which_groups_it_is_without() -> None:
    table = EARLY[EARLY["group"] != "Black"].assign(applied=["920", "<5", "60", "40"])
    counts = StageCounts.from_table(table)
    assert len(counts.declared) == 1
    assert counts.declared[0].endswith("hides are left out, and totals may be without them: 'Asian'.")
    assert counts.declared[0] in su.protect(counts, "publish").notes


def test_a_workbook_tells_what_hid_its_numbers() -> None:
    book = workbook_of(su.protect(StageCounts.from_table(EARLY), "internal"))
    explained = {one.symbol: one.meaning for one in book.explained()}
    assert explained["[c]"] == "Hidden in the published table that was read, or made of a number that is."
    assert book.banner == (
        "Not for publication: nothing in this file is hidden or rounded, but what the published table hides "
        "that was read."
    )
    assert any("Nothing is hidden, but what the published table hides" in line.text for line in book.cover)


def test_a_row_of_all_cohorts_says_of_how_many_it_is() -> None:
    frame = su.cliff_edges(SEVERAL_COUNTS, cohort="all").frame
    row = at(frame, "Mixed", "Appointed")
    assert row["status"] == "of each cohort in which the published table hides a number nothing is used"
    assert row["sentence"].startswith(
        "At the gate “Appointed”, in 1 of the 2 cohorts, Mixed applicants against"
    )
    assert "with the 2 cohorts held equal" in at(frame, "Mixed", "Shortlisted")["sentence"]


GROUPS_IN_ROWS = """
name = "own"
stages = [{ key = "applied" }, { key = "listed" }, { key = "hired" }]
[characteristics.sex]
groups = ["Female", "Male"]
[characteristics.region]
groups = ["North", "South"]
[reading.progress]
kind = "counts"
reached = { applied = "applied", listed = "listed", hired = "hired" }
"""


def rows_of_groups(folder: Path, *rows: str) -> tuple[Path, Path]:
    (folder / "own.toml").write_text(GROUPS_IN_ROWS)
    (folder / "own.csv").write_text("\n".join(["sex,region,applied,listed,hired", *rows]) + "\n")
    return folder / "own.csv", folder / "own.toml"


def test_a_hidden_number_of_people_in_rows_is_hidden_and_nobody_waits(tmp_path: Path) -> None:
    """Rows of crossed groups that a programme describes: they had counted as waiting, and 0 had passed."""
    path, programme = rows_of_groups(
        tmp_path,
        "Female,North,400,200,60",
        "Female,South,300,100,*",
        "Male,North,300,120,30",
        "Male,South,263,49,c",
    )
    counts = open_counts(path, programme=programme).counts
    funnel = counts.funnel("region")
    assert funnel.pending.sum() == 0
    assert funnel.hidden.tolist() == [[0, 0], [0, 149]]
    row = at(su.cliff_edges(counts, by="region").whole_way.assign(gate="overall"), "South", "overall")
    assert (row["verdict"], row["status"]) == ("not computable", HIDDEN)
    assert np.isnan(row["passed"])
    assert su.selection_rates(counts, by="sex").frame.set_index("gate").loc["hired", "passed"].isna().all()
    with pytest.raises(ArgumentError, match="hides numbers already"):
        su.protect(counts, "publish")


def test_crossed_groups_of_which_one_is_hidden_whole_are_refused(tmp_path: Path) -> None:
    path, programme = rows_of_groups(
        tmp_path, "Female,North,400,200,60", "Female,South,*,*,*", "Male,North,9,5,2"
    )
    with pytest.raises(
        DataError, match="rows cross 'sex', 'region': how many people their groups have is not"
    ):
        open_counts(path, programme=programme)


def test_margins_that_a_programme_describes_may_hide_numbers(tmp_path: Path) -> None:
    _, programme = rows_of_groups(tmp_path)
    path = tmp_path / "margins.csv"
    path.write_text(
        "characteristic,group,applied,listed,hired\n"
        "sex,Female,700,300,*\nsex,Male,563,169,30\nregion,North,700,320,90\nregion,South,c,c,c\n"
    )
    opened = open_counts(path, programme=programme)
    assert opened.counts.funnel("sex").hidden.tolist() == [[0, 300], [0, 0]]
    assert opened.counts.funnel("region").groups == ("North",)
    assert opened.problems.set_index("code").loc[["numbers_hidden", "group_hidden"], "rows"].tolist() == [
        "2",
        "5",
    ]


def test_an_edge_whose_later_number_is_hidden_is_not_said_to_have_changed_by_chance() -> None:
    rows = [("2022", "White", 2140, 812, 360), ("2022", "Black", 1310, 498, 22)]
    rows += [("2023", "White", 2310, 850, 340), ("2023", "Black", 1402, 540, "[c]")]
    table = pd.DataFrame(rows, columns=["Year", "Ethnicity", "Applied", "Shortlisted", "Appointed"])
    row = at(su.compare_cohorts(StageCounts.from_table(table)).frame, "Black", "Appointed")
    assert row["edge"] == "cannot be told"
    assert row["sentence"].endswith(
        "2022 had a cliff edge; whether it is gone cannot be told: 2023 has no ratio to compare."
    )


def test_a_gate_that_is_not_in_both_processes_has_no_numbers_beside_each_other() -> None:
    table = EARLY.assign(shortlisted=["389", "30", "44", "20", "12"], appointed=["117", "9", "11", "6", "4"])
    other = table.assign(sifted=["600", "60", "90", "40", "20"])
    later = other[["characteristic", "group", "applied", "sifted", "shortlisted", "appointed"]]
    frame = su.compare_cohorts(StageCounts.from_table(table), StageCounts.from_table(later)).frame
    row = at(frame, "Black", "shortlisted")
    assert (row["status"], row["edge"]) == ("this gate is not in both processes", "")
    assert row[[name for name in frame.columns if name.startswith(("passed_", "denominator_"))]].isna().all()
    assert at(frame, "Black", "appointed")["passed_earlier"] == 9


def test_a_note_mark_is_no_part_of_a_stage() -> None:
    table = EARLY.rename(columns={"applied": "Applied [note 1]", "appointed": "Appointed²"})
    assert StageCounts.from_table(table).process.stage_keys == ("Applied", "shortlisted", "Appointed")


def test_people_who_left_are_counted_once_whatever_is_asked_of_them() -> None:
    """Each characteristic holds everybody: over two the headline had twice as many."""
    sex = EARLY.assign(characteristic="sex", group=["a", "b", "c", "d", "Not stated"])
    sex = sex.assign(shortlisted=["389", "30", "44", "20", "12"], appointed=["117", "9", "11", "6", "4"])
    counts = StageCounts.from_table(pd.concat([EARLY, sex], ignore_index=True))
    both, one = su.exits(counts, by=None), su.exits(counts, by="sex")
    said = "At the gate “shortlisted”, not recorded: 868 (64% of those who entered)"
    assert both.headline == one.headline == said
    drawn = " ".join(text.get_text() for text in both.plot().figure.findobj(Text))
    assert "868" in drawn
    assert "1,0" not in drawn


def test_the_total_of_a_workbook_holds_groups_that_another_characteristic_lacks() -> None:
    """A group hidden whole makes one characteristic smaller; everybody are those of the fullest."""
    small = pd.DataFrame(
        {"characteristic": "age", "group": ["young", "old"], "applied": ["*", "90"], "appointed": ["9", "12"]}
    )
    full = pd.DataFrame(
        {
            "characteristic": "sex",
            "group": ["Female", "Male"],
            "applied": ["152", "91"],
            "appointed": ["36", "20"],
        }
    )
    counts = StageCounts.from_table(pd.concat([small, full], ignore_index=True))
    printed = su.protect(counts, "internal").frame.set_index(["characteristic", "group", "stage", "measure"])
    assert printed.loc[("All", "Total", "applied", "reached"), "value"] == "243"


def test_everybody_of_a_cohort_are_those_of_the_characteristic_that_is_fullest_there() -> None:
    rows = [("2010", "sex", "Female", "600", "90"), ("2010", "sex", "Male", "*", "80")]
    rows += [("2010", "age", "young", "900", "150"), ("2010", "age", "old", "300", "20")]
    rows += [("2011", "sex", "Female", "900", "90"), ("2011", "sex", "Male", "950", "80")]
    rows += [("2011", "age", "young", "*", "150"), ("2011", "age", "old", "300", "20")]
    counts = StageCounts.from_table(
        pd.DataFrame(rows, columns=["cohort", "characteristic", "group", "applied", "appointed"])
    )
    for cohort, people in (("2010", 1200), ("2011", 1850)):
        assert counts.overall(where={"cohort": cohort}).reached[0, 0] == people
        assert counts.only({"cohort": cohort}).people == people
