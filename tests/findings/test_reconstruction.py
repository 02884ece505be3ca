"""Limits of crossed groups: against every table there is, against the people themselves, and in words."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import stepup_equity as su
from stepup_equity.cli import main

if TYPE_CHECKING:
    from pathlib import Path

STAGES = ("submitted", "eligible", "screened")


def people(rows: list[tuple[str, str, str]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["gender", "ethnicity", "furthest_stage"]).assign(exit_reason="")


def counted(frame: pd.DataFrame) -> su.StageCounts:
    return su.count_stages(su.read_applicants(frame, check_ids=False))


def margins_only(gender: dict[str, list[int]], ethnicity: dict[str, list[int]]) -> su.StageCounts:
    rows = [("gender", *pair) for pair in gender.items()] + [
        ("ethnicity", *pair) for pair in ethnicity.items()
    ]
    return su.StageCounts.from_table(
        pd.DataFrame(
            [(name, group, *numbers) for name, group, numbers in rows],
            columns=["characteristic", "group", "applied", "shortlisted", "appointed"],
        )
    )


def two_by_two(rows: list[int], columns: list[int]) -> list[np.ndarray]:
    """Every table of whole numbers with these margins."""
    found = []
    for a in range(min(rows[0], columns[0]) + 1):
        table = np.array([[a, rows[0] - a], [columns[0] - a, rows[1] - columns[0] + a]])
        if (table >= 0).all():
            found.append(table)
    return found


def test_limits_are_the_least_and_the_greatest_of_every_fitting_set() -> None:
    """Each furthest stage is a table of its own; all combinations of all such tables are gone through."""
    gender = {"Female": [9, 5, 3], "Male": [6, 4, 1]}
    ethnicity = {"White": [10, 7, 3], "Black": [5, 2, 1]}
    found = su.reconstruct(margins_only(gender, ethnicity), by=["gender", "ethnicity"]).frame
    left = [
        two_by_two(
            [int(-np.diff([*numbers, 0])[stage]) for numbers in gender.values()],
            [int(-np.diff([*numbers, 0])[stage]) for numbers in ethnicity.values()],
        )
        for stage in range(3)
    ]
    seen: dict[tuple[str, str], list[tuple[int, int]]] = {}
    ratios: dict[tuple[str, str], list[float]] = {}
    for tables in product(*left):
        reached = np.cumsum(np.array(tables)[::-1], axis=0)[::-1]
        for gate, before, after in (("shortlisted", 0, 1), ("appointed", 1, 2), ("overall", 0, 2)):
            for i, j in np.ndindex(2, 2):
                group = f"{list(gender)[i]} × {list(ethnicity)[j]}"
                n, k = int(reached[before][i, j]), int(reached[after][i, j])
                seen.setdefault((group, gate), []).append((n, k))
                of, by = int(reached[before][0, 0]), int(reached[after][0, 0])
                if n and of and by:
                    ratios.setdefault((group, gate), []).append((k / n) / (by / of))
    for row in found.itertuples():
        every = seen[row.group, row.gate]
        rates = [k / n for n, k in every if n]
        assert (row.denominator_low, row.denominator_high) == (
            min(n for n, _ in every),
            max(n for n, _ in every),
        )
        assert (row.passed_low, row.passed_high) == (min(k for _, k in every), max(k for _, k in every))
        assert (row.rate_low, row.rate_high) == pytest.approx((min(rates), max(rates)))
        assert row.reference == "Female × White"
        within = ratios[row.group, row.gate]
        assert row.ratio_low <= min(within) + 1e-12
        assert row.ratio_high >= max(within) - 1e-12


one = st.tuples(
    st.sampled_from(["Female", "Male", ""]),
    st.sampled_from(["White British", "Indian", "Black African", ""]),
    st.sampled_from(STAGES),
)


@settings(max_examples=40)
@given(st.lists(one, min_size=1, max_size=40), st.integers(0, 5))
def test_the_people_themselves_lie_within_and_the_invented_ones_fit(
    rows: list[tuple[str, str, str]], seed: int
) -> None:
    counts = counted(people(rows))
    try:
        found = su.reconstruct(counts, by=["gender", "ethnicity"])
    except su.ArgumentError:
        assert not {row[0] for row in rows} - {""} or not {row[1] for row in rows} - {""}
        return
    crossed = counts.funnel(["gender", "ethnicity"])
    frame = found.frame.set_index(["group", "gate"])
    for i, group in enumerate(crossed.groups):
        for j, gate in enumerate(crossed.gates):
            row = frame.loc[(group, gate)]
            assert row.passed_low <= crossed.passed[i, j] <= row.passed_high
            assert row.denominator_low <= crossed.denominator()[i, j] <= row.denominator_high
    again = counted(found.fitting(seed).drop(columns="applicant_id"))
    for name in ("gender", "ethnicity"):
        ours, theirs = (c.funnel(name, not_stated=True) for c in (counts, again))
        assert ours.groups == theirs.groups
        np.testing.assert_array_equal(ours.reached, theirs.reached)
        np.testing.assert_array_equal(ours.exits, theirs.exits)


def test_three_characteristics_are_bounded_too() -> None:
    """Everybody is a woman and white but one: how many are both, and young, is nearly known."""
    frame = people([("Female", "White British", "screened")] * 9 + [("Male", "Indian", "submitted")])
    frame["disability"] = ["No"] * 8 + ["Yes", "No"]
    row = su.reconstruct(counted(frame), by=["gender", "ethnicity", "disability"], gates=["screened"]).frame
    passed = row.set_index("group")[["passed_low", "passed_high"]]
    assert passed.loc["Female × White British × No disability"].tolist() == [8, 8]


def test_a_group_that_may_be_empty_and_a_reference_that_passed_nobody_say_so() -> None:
    found = su.reconstruct(
        margins_only({"Female": [8, 0, 0], "Male": [4, 2, 1]}, {"White": [9, 2, 1], "Black": [3, 0, 0]}),
        by=["gender", "ethnicity"],
        gates=["shortlisted"],
    ).frame.set_index("group")
    assert found.loc["Male × Black", "status"] == "there may be nobody here: the printed numbers do not tell"
    assert found.loc["Male × White", "status"] == "nobody of the reference passed this gate"
    assert np.isnan(found.loc["Female × White", "ratio_low"])


def test_hidden_numbers_have_no_limits() -> None:
    """Both tables hide two people: they agree in all that is shown, and what is hidden was read as none."""
    table = pd.DataFrame(
        {
            "characteristic": ["gender"] * 2 + ["ethnicity"] * 2,
            "group": ["Female", "Male", "White", "Black"],
            "applied": ["80", "20", "80", "20"],
            "appointed": ["20", "c", "20", "c"],
        }
    )
    with pytest.raises(su.DataError) as error:
        su.reconstruct(su.StageCounts.from_table(table), by=["gender", "ethnicity"])
    assert str(error.value) == (
        "Of some groups of 'gender' a number is hidden, or they had no such gate, so what fits cannot be "
        "told. Leave out these rows, or the stages from there on."
    )


def test_tables_of_other_people_fit_nothing() -> None:
    frame = people([("Female", "Indian", "screened"), ("Male", "", "submitted")])
    counts = counted(frame)
    with pytest.raises(su.ArgumentError) as error:
        su.reconstruct(counts, by="gender")  # type: ignore[arg-type]
    assert str(error.value) == (
        "by='gender': a reconstruction crosses two characteristics or more, such as "
        "by=['gender', 'ethnicity']. One alone is printed: su.selection_rates(counts) has it."
    )


def test_the_command_writes_limits_and_invented_people(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "table.csv").write_text(
        "characteristic,group,applied,appointed\ngender,Female,80,20\ngender,Male,20,2\n"
        "ethnicity,White,70,21\nethnicity,Black,30,1\n"
    )
    assert main(["reconstruct", "table.csv", "--by", "gender", "ethnicity", "--gates", "appointed"]) == 0
    assert "- Female × Black, appointed: 0 to 1 passed of 11 to 30\n" in capsys.readouterr().out
    asked = ["reconstruct", "table.csv", "--by", "gender", "ethnicity", "-o", "l.csv", "--fitting", "f.csv"]
    assert main(asked) == 0
    out = capsys.readouterr().out
    assert "These people are invented: one of very many sets that fit." in out
    assert len(pd.read_csv("l.csv")) == 8
    fitting = pd.read_csv("f.csv")
    assert pd.crosstab(fitting["gender"], fitting["furthest_stage"]).loc["Female"].tolist() == [60, 20]
