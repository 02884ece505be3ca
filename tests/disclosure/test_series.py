"""Renamed, re-cut, corrected and replaced: what a series of publications must not give away between them."""

from __future__ import annotations

import pandas as pd
import pytest
from tests.disclosure.stranger import Stranger, below, small

import stepup_equity as su
from stepup_equity.cli import main
from stepup_equity.disclosure import Ledger, Policy

FIVE = Policy(threshold=5)


def people(cohort: str, *, ages: str = "Under 25", extra: int = 0) -> pd.DataFrame:
    """A published table with a small group in it."""
    rows = [(cohort, "age", ages, 60 + extra, 31), (cohort, "age", "25 to 44", 80, 40)]
    rows += [(cohort, "age", "45 and over", 14, 3)]
    return pd.DataFrame(rows, columns=["cohort", "characteristic", "group", "applied", "appointed"])


def table_of(cohort: str, rows: list[tuple[str, int, int]]) -> pd.DataFrame:
    columns = ["cohort", "characteristic", "group", "applied", "appointed"]
    return pd.DataFrame([(cohort, "age", *row) for row in rows], columns=columns)


def counts(frame: pd.DataFrame) -> su.StageCounts:
    return su.StageCounts.from_table(frame)


def test_the_same_people_under_another_name_are_asked_about():
    first = su.protect(counts(people("2012")), "tre")
    renamed = counts(people("Spring 2012"))
    with pytest.raises(su.ArgumentError) as caught:
        su.protect(renamed, "hesa", ledgers=[first])
    assert "has a cohort '2012' with as many people at every stage as 'Spring 2012' has here" in str(
        caught.value
    )
    linked = su.protect(renamed, FIVE, ledgers=[first], renamed={"2012": "Spring 2012"})
    assert linked.publishable
    assert su.protect(renamed, FIVE, ledgers=[first], renamed={"2012": "2012"}).publishable
    with pytest.raises(
        su.ArgumentError, match=r"^renamed='2013' is not a cohort or characteristic of a ledger"
    ):
        su.protect(renamed, FIVE, ledgers=[first], renamed={"2013": "Spring 2012"})


def test_a_ledger_of_which_nothing_is_found_is_refused_with_the_nearest_name():
    first = su.protect(counts(people("2012")), FIVE)
    later = counts(people("2012/13", extra=9))
    with pytest.raises(su.ArgumentError) as caught:
        su.protect(later, FIVE, ledgers=[first])
    said = str(caught.value)
    assert "is of '2012', and these counts are of '2012/13': nothing of it is found here." in said
    assert "Did you mean '2012/13'?" in said
    assert "--same-cohort '2012=2012'" in said
    for other in ("2012", None):
        assert su.protect(later, FIVE, ledgers=[first], renamed={"2012": other}).publishable


def test_a_characteristic_under_another_name_is_refused_until_it_is_linked():
    first = su.protect(counts(people("2012")), FIVE)
    later = counts(people("2012").replace({"age": "age group"}))
    with pytest.raises(su.ArgumentError, match=r"has the characteristic 'age', which these"):
        su.protect(later, FIVE, ledgers=[first])
    again = su.protect(later, FIVE, ledgers=[first], renamed={"age": "age group"})
    assert again.frame["value"].tolist() == first.frame["value"].tolist()


def test_bands_of_another_cut_are_refused():
    first = su.protect(counts(people("2012")), FIVE)
    with pytest.raises(su.ArgumentError) as caught:
        su.protect(counts(people("2012", ages="Under 26")), FIVE, ledgers=[first])
    said = str(caught.value)
    assert "printed 'Under 25' of 'age', which these counts do not have" in said
    assert "the people between the cuts" in said


def test_bands_that_are_cut_finer_now_are_linked_by_their_bounds():
    """25 to 44 was hired 40 times; 25 to 34 alone would leave 35 to 44 to be subtracted."""
    first = su.protect(counts(people("2012")), FIVE)
    rows = [("Under 25", 60, 31), ("25 to 34", 74, 37), ("35 to 44", 6, 3), ("45 and over", 14, 3)]
    finer = counts(table_of("2012", rows))
    second = su.protect(finer, FIVE, ledgers=[first])
    stranger = Stranger()
    for release in (first, second):
        stranger.read(release.frame)
    keys = {key[2]: key for key, _, _ in stranger.place}
    stranger.knows(keys["25 to 44"], [keys["25 to 34"], keys["35 to 44"]], ["applied", "appointed"])
    assert below(stranger, small(finer, 5), 5) == []


def test_of_a_corrected_file_the_first_print_stands():
    first = su.protect(counts(people("2012")), FIVE)
    corrected = counts(people("2012", extra=1))
    with pytest.raises(su.ArgumentError, match="as first published"):
        su.protect(corrected, FIVE, ledgers=[first])
    with pytest.warns(UserWarning, match=r"^As first published: 'age'\."):
        release = su.protect(corrected, FIVE, ledgers=[first], corrected=True)
    assert release.frame.equals(first.frame)
    assert "as first published" in release.notes[-1]


def test_a_correction_is_shown_where_the_difference_tells_on_nobody():
    """Twelve people moved from one group to another, and one from a third: of two tables one changes."""
    one = [("x", "A", 60, 30), ("x", "B", 80, 44), ("y", "C", 90, 40), ("y", "D", 50, 34)]
    other = [("x", "A", 72, 36), ("x", "B", 68, 38), ("y", "C", 89, 40), ("y", "D", 51, 34)]
    columns = ["characteristic", "group", "applied", "appointed"]
    first, later = (su.StageCounts.from_table(pd.DataFrame(rows, columns=columns)) for rows in (one, other))
    with pytest.warns(UserWarning, match=r"^As first published: 'y'\."):
        release = su.protect(later, FIVE, ledgers=[su.protect(first, FIVE)], corrected=True)
    reached = release.frame.query("measure == 'reached' and group != 'Total'")
    assert reached["value"].tolist() == ["72", "36", "68", "38", "90", "40", "50", "34"]


def test_a_correction_asks_for_what_was_published():
    with pytest.raises(su.ArgumentError, match=r"^corrected=True needs the ledgers"):
        su.protect(counts(people("2012")), FIVE, corrected=True)


def test_a_folder_is_replaced_together_with_what_it_said(tmp_path, capsys):
    paths = []
    for name, extra in (("a", 0), ("b", 1)):
        paths.append(tmp_path / f"{name}.csv")
        people("2012", extra=extra).to_csv(paths[-1], index=False)
    command = ["tables", str(paths[0]), "-o", str(tmp_path / "t.xlsx"), "--policy", "suppress10"]
    assert main(command) == 0
    said = capsys.readouterr()
    assert "No ledger was given" in said.err
    assert (tmp_path / "t.ledger.json").is_file()
    assert main([*command, "--first-release"]) == 0
    assert "No ledger was given" not in capsys.readouterr().err
    corrected = ["tables", str(paths[1]), "-o", str(tmp_path / "u.xlsx"), "--policy", "suppress10"]
    assert main([*corrected, "--ledger", str(tmp_path / "t.ledger.json")]) != 0
    assert "as first published" in capsys.readouterr().err


def run(command: list[str], capsys) -> tuple[int, str]:
    code = main(command)
    said = capsys.readouterr()
    return code, said.out + said.err


def test_a_series_as_a_policy_team_goes_about_it(tmp_path, capsys):
    """Published, corrected, erased, renamed, cut otherwise, pooled: each with its sentence."""
    files = {
        "first": people("2012"),
        "corrected": people("2012", extra=1),
        "erased": people("2012", extra=-1),
        "renamed": people("Spring 2012"),
        "cut": people("2012", ages="Under 26"),
        "both": pd.concat([people("2012"), people("2013", extra=30)]),
    }
    for name, frame in files.items():
        frame.to_csv(tmp_path / f"{name}.csv", index=False)

    def tables(name: str, *more: str) -> tuple[int, str]:
        out = tmp_path / f"{name}.ods"
        command = ["tables", str(tmp_path / f"{name}.csv"), "-o", str(out), "--policy", "suppress10"]
        return run([*command, *more], capsys)

    def reached(name: str) -> list[str]:
        ledger = Ledger.read(tmp_path / f"{name}.ledger.json")
        return [said.text for said in ledger.said if said.measure == "reached"]

    assert tables("first", "--first-release")[0] == 0
    ledger = ["--ledger", str(tmp_path / "first.ledger.json")]
    for name in ("corrected", "erased"):
        code, said = tables(name, *ledger)
        assert code == 2
        assert "Were records corrected or erased since? Say so: --corrected." in said
        code, said = tables(name, *ledger, "--corrected")
        assert code == 0, said
        assert "As first published: 'age'." in said
        assert reached(name) == reached("first")
    code, said = tables("renamed", *ledger)
    assert code == 2
    assert "--same-cohort '2012=Spring 2012'" in said
    code, said = tables("renamed", *ledger, "--same-cohort", "2012=Spring 2012")
    assert code == 0, said
    code, said = tables("cut", *ledger)
    assert code == 2
    assert "the people between the cuts" in said
    code, said = tables("both", *ledger, "--pool")
    assert code == 0, said
