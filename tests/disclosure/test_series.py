"""Renamed, re-cut, corrected and replaced: what a series of publications must not give away between them."""

from __future__ import annotations

import pandas as pd
import pytest

import stepup_equity as su
from stepup_equity.cli import main
from stepup_equity.disclosure import Policy

FIVE = Policy(threshold=5)


def people(cohort: str, *, ages: str = "Under 25", extra: int = 0) -> pd.DataFrame:
    """A published table with a small group in it."""
    rows = [(cohort, "age", ages, 60 + extra, 31), (cohort, "age", "25 to 44", 80, 40)]
    rows += [(cohort, "age", "45 and over", 14, 3)]
    return pd.DataFrame(rows, columns=["cohort", "characteristic", "group", "applied", "appointed"])


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
    with pytest.raises(su.ArgumentError, match=r"^renamed='2013' is not a cohort of a ledger"):
        su.protect(renamed, FIVE, ledgers=[first], renamed={"2013": "Spring 2012"})


def test_bands_of_another_cut_are_refused():
    first = su.protect(counts(people("2012")), FIVE)
    with pytest.raises(su.ArgumentError) as caught:
        su.protect(counts(people("2012", ages="Under 26")), FIVE, ledgers=[first])
    said = str(caught.value)
    assert "printed 'Under 25' of 'age', which these counts do not have" in said
    assert "the people between the cuts" in said


def test_of_a_corrected_file_the_first_print_stands():
    first = su.protect(counts(people("2012")), FIVE)
    with pytest.raises(su.ArgumentError, match="as first published"):
        su.protect(counts(people("2012", extra=1)), FIVE, ledgers=[first])


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
