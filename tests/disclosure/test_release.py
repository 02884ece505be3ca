"""What a release prints, what it does not hold, and the file it writes."""

from __future__ import annotations

import csv
import dataclasses
import zipfile

import numpy as np
import pandas as pd
import pytest
from tests.disclosure.cubes import counts

import stepup_equity as su
from stepup_equity.disclosure.printed import MEASURES
from stepup_equity.output.tables import plain_cell
from stepup_equity.shipped import shipped

FIVE = su.Policy(threshold=5)


@pytest.fixture(scope="module")
def release():
    cohort = su.count_stages(su.read_applicants(shipped("examples/cohort_one.csv")))
    return su.protect(cohort, FIVE, by=["gender", "ethnicity"])


def cell(frame: pd.DataFrame, group: str, stage: str, measure: str, characteristic: str = "gender") -> str:
    (value,) = frame.query(
        "characteristic == @characteristic and group == @group and stage == @stage and measure == @measure"
    )["value"]
    return value


def test_the_tidy_file(release, tmp_path):
    path = release.to_csv(tmp_path / "release.csv")
    with path.open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))
    assert lines[0] == ["cohort", "characteristic", "group", "parent", "stage", "measure", "value", "number"]
    assert lines[1:3] == [
        ["2010", "All", "Total", "", "submitted", "reached", "2,095", "2095"],
        ["2010", "All", "Total", "", "submitted", "left", "314", "314"],
    ]
    assert ["2010", "ethnicity", "Indian", "Asian", "submitted", "reached", "55", "55"] in lines
    assert ["2010", "ethnicity", "Asian", "", "submitted", "reached", "130", "130"] in lines
    assert ["2010", "gender", "Total", "", "submitted", "reached", "2,095", "2095"] in lines
    assert all(line[7] == (line[6].replace(",", "") if line[6][0].isdigit() else "") for line in lines[1:])
    assert b"\r" not in path.read_bytes()
    assert {line[5] for line in lines[1:]} == {*MEASURES, "chi2"} - {"pending"}
    assert len({tuple(line[:6]) for line in lines}) == len(lines)


def test_a_rate_is_printed_as_everywhere_else(tmp_path):
    """Halves away from zero; only everybody is 100 % and nobody 0 %: on the page, in file and workbook."""
    rows = {"A": (20_000, 19_995), "B": (16_000, 1_000), "C": (24_000, 5), "D": (500, 500)}
    table = [{"characteristic": "kind", "group": g, "applied": n, "hired": x} for g, (n, x) in rows.items()]
    found = su.protect(su.StageCounts.from_table(pd.DataFrame(table)))
    printed = [cell(found.frame, group, "applied", "pass_rate", "kind") for group in rows]
    assert printed == ["99.98", "6.3", "0.02", "100.0"]
    assert cell(found.frame, "A", "applied", "left_rate", "kind") == "0.03"
    su.write_report(tmp_path / "out", found)
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "99.98%" in page
    assert "6.3%" in page
    assert "6.2%" not in page
    su.write_workbook(tmp_path / "tables.xlsx", found)
    with zipfile.ZipFile(tmp_path / "tables.xlsx") as book:
        assert 'formatCode="#,##0.00"' in book.read("xl/styles.xml").decode()


def test_rates_stand_at_the_stage_they_leave_from(release):
    frame = release.frame
    assert cell(frame, "Female", "submitted", "pass_rate") == f"{100 * 1221 / 1413:.1f}" == "86.4"
    assert cell(frame, "Female", "submitted", "left_rate") == "13.6"
    assert cell(frame, "Female", "submitted", "left") == "192"
    assert cell(frame, "Female", "screened", "cum_rate") == f"{100 * 567 / 1413:.1f}"
    assert cell(frame, "Female", "screened", "share") == f"{100 * 567 / 700:.1f}"
    assert cell(frame, "Female", "submitted", "wilson_low") == "84.5"
    assert cell(frame, "Female", "submitted", "wilson_high") == "88.1"
    assert cell(frame, "Total", "submitted", "chi2") == "0.62"
    last = frame.query("stage == 'accepted'")["measure"]
    assert set(last) == {"reached", "cum_rate", "share"}
    assert "cum_rate" not in set(frame.query("stage == 'submitted'")["measure"])


def test_whatever_touches_a_hidden_count_is_hidden(release):
    frame = release.frame
    assert cell(frame, "Female", "offered", "reached") == "[c]"
    for stage, measure in [
        ("assessed", "left"), ("assessed", "pass_rate"), ("assessed", "left_rate"),
        ("assessed", "wilson_low"), ("offered", "pass_rate"), ("offered", "cum_rate"), ("offered", "share"),
        ("offered", "left"),
    ]:  # fmt: skip
        assert cell(frame, "Female", stage, measure) == "[c]"
    assert cell(frame, "Total", "assessed", "chi2") == "[c]"
    assert cell(frame, "Total", "offered", "pass_rate", "All") != "[c]"


def test_percentages_of_few_people_and_of_nobody():
    rows = [
        ("origin", group, stage, count)
        for group, reached in {
            "A": (90, 60, 30),
            "B": (60, 40, 25),
            "C": (22, 12, 6),
            "D": (15, 0, 0),
        }.items()
        for stage, count in zip(("applied", "interviewed", "appointed"), reached, strict=True)
    ]
    table = su.StageCounts.from_table(
        pd.DataFrame(rows, columns=["characteristic", "group", "stage", "reached"])
    )
    frame = su.protect(table, FIVE).frame
    assert cell(frame, "C", "applied", "pass_rate", "origin") == "[u]"
    assert cell(frame, "C", "applied", "wilson_low", "origin") == "[u]"
    assert cell(frame, "C", "applied", "share", "origin") == f"{100 * 22 / 187:.1f}"
    assert cell(frame, "D", "interviewed", "pass_rate", "origin") == "[z]"
    inside = su.protect(table, "internal").frame
    assert cell(inside, "C", "applied", "pass_rate", "origin") == "54.5"


def test_rates_of_rounded_counts_are_of_the_rounded_counts():
    frame = su.protect(counts(1787, 1, only=("gender",)), FIVE.but(mode="round")).frame
    number = {
        (r.group, r.stage, r.measure): r.value for r in frame.itertuples() if r.characteristic == "gender"
    }
    for (group, stage, measure), value in number.items():
        if measure == "cum_rate" and not value.startswith("["):
            part, whole = (int(number[group, s, "reached"].replace(",", "")) for s in (stage, "submitted"))
            assert value == f"{100 * part / whole:.1f}"


def test_tests_of_hidden_groups_are_bands(release):
    tests = release.tests
    assert list(tests) == [
        "cohort", "characteristic", "gate", "groups", "merged", "statistic", "df", "p_value", "p_adjusted",
        "band", "method", "status",
    ]  # fmt: skip
    merged = tests[tests["merged"] > 0]
    assert merged["statistic"].isna().all()
    assert set(merged["band"]) <= {"p < .001", "p < .01", "p < .05", "p ≥ .05", "[c]", "[x]"}
    whole = tests.query("merged == 0 and characteristic == 'gender' and gate == 'overall'")
    assert whole["statistic"].item() == pytest.approx(2.136, abs=5e-4)
    hidden = tests[tests["band"] == "[c]"]
    assert set(hidden["status"]) == {"hidden groups cannot be put together from printed counts"}


def test_merged_tests_are_functions_of_what_is_printed(release):
    """Put the hidden groups together from the tidy file alone and get the same band."""
    from scipy.stats import chi2_contingency

    frame = release.frame.query("characteristic == 'ethnicity' and measure == 'reached'")
    table = frame.pivot_table(
        index=["parent", "group"], columns="stage", values="value", aggfunc="first", sort=False
    )
    broad = {parent for parent, _ in table.index if parent}
    test = release.tests.query("characteristic == 'ethnicity' and gate == 'screened'").iloc[0]
    pair = table[["eligible", "screened"]].map(lambda v: np.nan if v == "[c]" else float(v.replace(",", "")))
    finest = pair[
        [not (p == "" and (g in broad or g in ("Total", "Not stated"))) for p, g in pair.index]
    ].dropna()
    rest = pair.loc[("", "Total")] - pair.loc[("", "Not stated")] - finest.sum()
    groups = np.vstack([finest.to_numpy(), rest.to_numpy()])
    p = chi2_contingency(
        np.column_stack([groups[:, 1], groups[:, 0] - groups[:, 1]]), correction=False
    ).pvalue
    assert (test["groups"], test["band"]) == (len(groups), "p < .001")
    assert p < 0.001


def test_a_table_as_numbers_and_text(release):
    table = release.table("ethnicity", cohort="2010")
    assert (table.label, table.cohort, table.reference) == ("Ethnicity", "2010", "White British")
    assert table.groups[:3] == ("White", "White British", "White Irish")
    assert table.parents[:3] == ("", "White", "White")
    assert table.stated[-1] is False
    assert table.stage_labels == release.stage_labels
    reached = table.measures["reached"]
    assert np.isnan(reached.value[reached.text == "[c]"]).all()
    rate = table.measures["pass_rate"]
    shown = np.isfinite(rate.value)
    assert rate.text[shown].tolist() == [f"{100 * value:.1f}" for value in rate.value[shown]]
    low, high = table.measures["wilson_low"].value[shown], table.measures["wilson_high"].value[shown]
    assert (low <= rate.value[shown]).all()
    assert (rate.value[shown] <= high).all()
    assert table.total["reached"].value[0, 0] == 2095


def test_names_that_are_not_there(release):
    with pytest.raises(su.ArgumentError) as error:
        release.table("religion")
    assert str(error.value) == (
        "characteristic='religion' is not in this release. Possible: 'gender', 'ethnicity'."
    )
    with pytest.raises(su.ArgumentError) as error:
        release.table("gender", cohort="2011")
    assert str(error.value) == "cohort='2011' is not in this release. Possible: '2010'. Did you mean '2010'?"


def test_the_legend_explains_every_symbol(release):
    assert release.legend == {
        "[c]": "hidden to protect people: fewer than 5 people (but at least one), or so many left at "
        "that stage, "
        "or hidden so that such a number cannot be worked out from others",
        "[z]": "not applicable: a rate of nobody",
        "[u]": "low reliability: a percentage of fewer than 22.5 people, not shown",
        "[x]": "not available: it could not be computed",
    }


def everything_in(thing: object, seen: set[int]) -> list[object]:
    """Every object that can be reached from another one."""
    if id(thing) in seen or isinstance(thing, (str, int, float, bool, type(None))):
        return [thing]
    seen.add(id(thing))
    if isinstance(thing, np.ndarray):
        return [thing, *thing.ravel().tolist()]
    if dataclasses.is_dataclass(thing):
        inside = [getattr(thing, field.name) for field in dataclasses.fields(thing)]
        inside += list(getattr(thing, "__dict__", {}).values())
    elif isinstance(thing, dict):
        inside = [*thing.keys(), *thing.values()]
    elif isinstance(thing, (list, tuple, set, frozenset)):
        inside = list(thing)
    else:
        inside = []
    return [thing, *(part for one in inside for part in everything_in(one, seen))]


def with_one_moved(n: int, seed: int) -> tuple[su.StageCounts, su.StageCounts]:
    """Two sets of counts: in the second, people have moved within what the release leaves open."""
    from tests.disclosure.cubes import frame

    table = frame(n, seed, only=("gender",)).drop(columns="cohort")
    first = su.StageCounts.from_table(table)
    printed = su.protect(first, FIVE).table("gender")
    hidden = printed.measures["reached"].text == "[c]"
    stages = list(printed.stages)
    for stage in range(1, len(stages)):
        rows = np.flatnonzero(hidden[:, stage])
        for one in rows:
            for other in rows:
                if one == other:
                    continue
                moved = table.copy()
                for row, step in ((one, 1), (other, -1)):
                    at = (moved["group"] == printed.groups[row]) & (moved["stage"] == stages[stage])
                    moved.loc[at, "reached"] += step
                wide = moved.pivot_table(index="group", columns="stage", values="reached", sort=False)[stages]
                if (np.diff(wide.to_numpy(), axis=1) > 0).any() or (wide.to_numpy() < 0).any():
                    continue
                second = su.StageCounts.from_table(moved)
                if su.protect(second, FIVE).ledger() == su.protect(first, FIVE).ledger():
                    return first, second
    raise AssertionError("no two cubes with one release")


def test_two_cubes_with_one_release_give_the_same_bytes(tmp_path):
    first, second = with_one_moved(1787, 3)
    assert (first.funnel("gender").reached != second.funnel("gender").reached).any()
    one, other = su.protect(first, FIVE), su.protect(second, FIVE)
    assert one.to_csv(tmp_path / "1.csv").read_bytes() == other.to_csv(tmp_path / "2.csv").read_bytes()
    assert one.ledger().to_json() == other.ledger().to_json()
    pd.testing.assert_frame_equal(one.tests, other.tests)
    assert repr(one) == repr(other)
    assert (one.notes, one.legend, one.gap) == (other.notes, other.legend, other.gap)
    reached = [
        [str(x) for x in everything_in(r, set()) if isinstance(x, (str, int, float))] for r in (one, other)
    ]
    assert reached[0] == reached[1]


def test_a_release_holds_no_raw_count(release):
    inside = everything_in(release, set())
    assert not [thing for thing in inside if isinstance(thing, (su.StageCounts, pd.DataFrame))]
    arrays = [thing for thing in inside if isinstance(thing, np.ndarray)]
    assert len({id(array) for array in arrays}) == 1
    hidden = arrays[0] == -1
    assert int(hidden.sum()) == release.hidden[0]
    assert not arrays[0].flags.writeable


def test_hostile_labels_pass_through_as_text(tmp_path):
    names = {"=cmd|'/c calc'!A1": (90, 60, 30), '<b>"A", \nB</b>': (60, 40, 25), "[c]": (40, 22, 11)}
    rows = [
        ("origin", group, stage, count)
        for group, reached in names.items()
        for stage, count in zip(("applied", "interviewed", "appointed"), reached, strict=True)
    ]
    table = su.StageCounts.from_table(
        pd.DataFrame(rows, columns=["characteristic", "group", "stage", "reached"])
    )
    release = su.protect(table, FIVE)
    with release.to_csv(tmp_path / "hostile.csv").open(encoding="utf-8", newline="") as file:
        groups = {line["group"] for line in csv.DictReader(file)}
    assert groups == {plain_cell(group) for group in (*table.funnel("origin").groups, "Total")}
    assert release.ledger() == type(release.ledger()).from_json(release.ledger().to_json())
