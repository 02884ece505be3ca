"""Renamed, re-cut, corrected and replaced: what a series of publications must not give away between them."""

from __future__ import annotations

import warnings

import numpy as np
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
    rounded = su.protect(counts(people("2012")), "hesa")
    with pytest.raises(su.ArgumentError) as caught:
        su.protect(renamed, "hesa", ledgers=[rounded])
    assert "as many people at every stage, as far as its print can tell, as 'Spring 2012' has here" in str(
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


def test_a_characteristic_that_is_written_with_a_cross_is_one():
    """It was taken for a crossing of two that nobody counted, and every second release was refused."""
    frame = people("2012").replace({"age": "age × year"})
    first = su.protect(counts(frame), FIVE)
    assert su.protect(counts(frame), FIVE, ledgers=[first]).frame.equals(first.frame)
    later = counts(frame.replace({"age × year": "age"}))
    again = su.protect(later, FIVE, ledgers=[first], renamed={"age × year": "age"})
    assert again.frame["value"].tolist() == first.frame["value"].tolist()
    corrected = counts(frame.assign(applied=frame["applied"] + (frame["group"] == "25 to 44")))
    with pytest.warns(UserWarning, match="as first published"):
        stands = su.protect(corrected, FIVE, ledgers=[first], corrected=True)
    assert stands.frame.equals(first.frame)


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
    with pytest.warns(UserWarning, match=r"^All numbers are as first published\."):
        release = su.protect(corrected, FIVE, ledgers=[first], corrected=True)
    assert release.frame.equals(first.frame)
    assert "as first published" in release.notes[-1]


COLUMNS = ["characteristic", "group", "applied", "appointed"]


def corrected(one: list, other: list) -> tuple[su.Release, str]:
    """The release of the second table after the first was published, and what is said of it."""
    first, later = (su.StageCounts.from_table(pd.DataFrame(rows, columns=COLUMNS)) for rows in (one, other))
    with pytest.warns(UserWarning, match="first published|revised") as said:
        release = su.protect(later, FIVE, ledgers=[su.protect(first, FIVE)], corrected=True)
    return release, str(said[0].message)


def reached(release: su.Release) -> list[str]:
    return release.frame.query("measure == 'reached' and group != 'Total'")["value"].tolist()


def test_a_correction_is_shown_where_the_difference_tells_on_nobody():
    """Twelve people moved from one group to another, and one from a third: two rows of four are revised."""
    one = [("x", "A", 60, 30), ("x", "B", 80, 44), ("y", "C", 90, 40), ("y", "D", 50, 34)]
    other = [("x", "A", 72, 36), ("x", "B", 68, 38), ("y", "C", 89, 40), ("y", "D", 51, 34)]
    release, said = corrected(one, other)
    assert said.startswith("Revised: x: A and B. All other numbers are as first published")
    assert reached(release) == ["72", "36", "68", "38", "90", "40", "50", "34"]
    assert said.split(" Where")[0] in release.notes[-1]


def test_of_one_table_some_rows_are_revised_and_others_stand():
    """Of A and B the difference is twelve people, of C and D one, which C + D must not tell."""
    one = [("x", "A", 60, 30), ("x", "B", 80, 44), ("x", "C", 90, 40), ("x", "D", 50, 34), ("x", "E", 70, 20)]
    other = [
        ("x", "A", 72, 36),
        ("x", "B", 68, 38),
        ("x", "C", 89, 40),
        ("x", "D", 51, 34),
        ("x", "E", 70, 20),
    ]
    release, _ = corrected(one, other)
    assert reached(release)[:4] == ["72", "36", "68", "38"]
    assert reached(release)[4:] == ["90", "40", "50", "34", "70", "20"]


def test_a_correction_that_others_would_tell_stands():
    """A is twelve more and B one: with everybody's number of now, A's would give the one away."""
    one = [("x", "A", 60, 30), ("x", "B", 80, 44)]
    other = [("x", "A", 72, 36), ("x", "B", 81, 45)]
    release, _ = corrected(one, other)
    everybody = release.frame.query("measure == 'reached' and group == 'Total'")["value"].tolist()
    new = [reached(release)[:2] == ["72", "36"], everybody[:2] == ["153", "81"]]
    assert reached(release)[2:] == ["80", "44"]
    assert sum(new) == 1


def test_a_corrected_release_is_a_ledger_for_the_next():
    one = [("x", "A", 60, 30), ("x", "B", 80, 44), ("x", "C", 90, 40), ("x", "D", 50, 34)]
    other = [("x", "A", 72, 36), ("x", "B", 68, 38), ("x", "C", 89, 40), ("x", "D", 51, 34)]
    release, _ = corrected(one, other)
    counts = su.StageCounts.from_table(pd.DataFrame(other, columns=COLUMNS))
    with pytest.warns(UserWarning, match="as first published"):
        again = su.protect(counts, FIVE, ledgers=[release], corrected=True)
    assert again.frame.equals(release.frame)
    assert Ledger.from_json(release.ledger().to_json()) == release.ledger()


@pytest.mark.parametrize("policy", ["publish", "hesa", FIVE])
@pytest.mark.parametrize("seed", range(3))
def test_nobody_tells_a_small_correction_from_two_prints(policy, seed):
    """The stranger knows the old people from the old print and the new ones from rows that are revised."""
    rng = np.random.default_rng(seed)
    table = [["x", f"x{g}", *rng.integers([60, 20], [120, 50])] for g in range(4)]
    moves = rng.choice([0, 0, 1, 2, 14], (4, 2)) * rng.choice([-1, 1], (4, 1))
    new = [[*row[:2], row[2] + m[0], row[3] + min(m[1], m[0])] for row, m in zip(table, moves, strict=True)]
    first, later = (su.StageCounts.from_table(pd.DataFrame(rows, columns=COLUMNS)) for rows in (table, new))
    promised = su.Policy.preset(policy) if isinstance(policy, str) else policy
    published = su.protect(first, promised)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        release = su.protect(later, promised, ledgers=[published], corrected=True)
    old, now = (values(su.protect(c, "internal").frame) for c in (first, later))
    if "Revised: " in release.notes[-1]:
        before, after = read(published), read(release, only=revised(release))
        for cell in old:
            one, two = before.interval(cell), after.interval(cell)
            low, high = two[0] - one[1], two[1] - one[0]
            small = 0 < abs(now[cell] - old[cell]) < 5
            assert not small or (
                high - low >= promised.width and (low <= 0 <= high or high >= 5 or low <= -5)
            )


def values(frame: pd.DataFrame) -> dict:
    frame = frame[(frame["measure"] == "reached") & (frame["group"] != "Total")]
    return {
        (("", r.characteristic, r.group, ""), r.stage, "reached"): int(r.number) for r in frame.itertuples()
    }


def revised(release: su.Release) -> set[str]:
    note = release.notes[-1].split("Revised: ")[1].split(". All other")[0]
    return {"Total"} & {"Total" if "everybody" in note else ""} | {
        g for g in ("x0", "x1", "x2", "x3") if g in note
    }


def read(release: su.Release, only: set[str] | None = None) -> Stranger:
    frame, policy = release.frame, release.policy
    if only is not None:
        frame = frame.assign(value=frame["value"].where(frame["group"].isin(only), "[c]"))
    stranger = Stranger()
    base = policy.round_base if policy.rounds else 0
    stranger.read(frame, base=base, nearest=policy.mode != "round", presence=False)
    return stranger


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

    def told(name: str) -> list[str]:
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
        assert "All numbers are as first published." in said
        assert told(name) == told("first")
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
