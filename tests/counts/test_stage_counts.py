"""Counts of records: margins, crossings, levels, subsets, sums, files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from stepup_equity import StageCounts, count_stages, read_applicants, step_up_to_social_work
from stepup_equity.errors import ArgumentError, DataError
from stepup_equity.process import programme_from_toml, programme_to_toml
from stepup_equity.shipped import shipped

if TYPE_CHECKING:
    from pathlib import Path

ROWS = [
    ("a1", "2010", "East", "White British", "Female", "accepted", ""),
    ("a2", "2010", "East", "White Irish", "Male", "offered", "declined"),
    ("a3", "2010", "West", "Indian", "Female", "screened", "rejected"),
    ("a4", "2010", "West", "Chinese", "", "screened", "pending"),
    ("a1", "2012", "East", "prefer not to say", "Female", "submitted", "withdrew"),
    ("a2", "2012", "West", "Indian", "Male", "submitted", ""),
]
FRAME = pd.DataFrame(
    ROWS, columns=["applicant_id", "cohort", "region", "ethnicity", "gender", "furthest_stage", "exit_reason"]
)


@pytest.fixture(scope="module")
def counts() -> StageCounts:
    return count_stages(read_applicants(FRAME))


def test_what_was_counted(counts: StageCounts) -> None:
    assert counts.people == 6
    assert counts.characteristics == ("ethnicity", "gender")
    assert counts.strata == ("region",)
    assert counts.cohorts == ("2010", "2012")
    assert counts.labels_of("region") == ("East", "West")
    assert counts.is_joint
    assert repr(counts) == "<StageCounts: 6 applicants, 1 accepted; ethnicity, gender; joint>"


def test_what_became_of_them_at_each_gate(counts: StageCounts) -> None:
    everyone = counts.overall()
    assert everyone.reached.tolist() == [[6, 4, 4, 2, 2, 2, 1]]
    assert everyone.rejected.tolist() == [[0, 0, 1, 0, 0, 0]]
    assert everyone.withdrew.tolist() == [[1, 0, 0, 0, 0, 1]]
    assert everyone.pending.tolist() == [[0, 0, 1, 0, 0, 0]]
    assert everyone.not_recorded.tolist() == [[1, 0, 0, 0, 0, 0]]
    lost = everyone.rejected + everyone.withdrew + everyone.pending + everyone.not_recorded
    assert (everyone.passed + lost == everyone.entered).all()
    assert everyone.denominator().tolist() == [[6, 4, 3, 2, 2, 2]]
    assert everyone.denominator("decided").tolist() == [[5, 4, 3, 2, 2, 1]]
    with pytest.raises(ArgumentError) as error:
        everyone.denominator("all")  # type: ignore[arg-type]
    assert str(error.value) == "denominator='all' is not known. Possible: 'entered', 'decided'."


def test_only_groups_that_occur_have_a_row(counts: StageCounts) -> None:
    assert counts.funnel("ethnicity").groups == ("White British", "White Irish", "Indian", "Chinese")
    assert counts.funnel("ethnicity", groups=["Roma", "Indian"]).reached[:, 0].tolist() == [0, 2]
    assert counts.funnel("ethnicity", not_stated=True).groups[-1] == "Not stated"


def test_levels_roll_up(counts: StageCounts) -> None:
    assert counts.funnel("ethnicity", level="broad").groups == ("White", "Asian")
    assert counts.funnel("ethnicity", level="broad").reached[:, 0].tolist() == [2, 3]
    assert counts.funnel("ethnicity", level="broad").reference == "White"
    binary = counts.funnel("ethnicity", level="binary")
    assert (binary.groups, binary.reached[:, 2].tolist()) == (("White", "Other than White"), [2, 2])


def test_crossed_characteristics(counts: StageCounts) -> None:
    crossed = counts.funnel(("ethnicity", "gender"), not_stated=True)
    assert crossed.characteristic == "ethnicity × gender"
    assert crossed.groups == (
        "White British × Female",
        "White Irish × Male",
        "Indian × Female",
        "Indian × Male",
        "Not stated",
    )
    assert crossed.reference == "White British × Female"
    assert crossed.reached[:, 0].tolist() == [1, 1, 1, 1, 2]
    assert counts.funnel("region").groups == ("East", "West")
    assert counts.funnel(("cohort", "gender")).reached[:, 0].tolist() == [2, 1, 1, 1]


def test_some_people_only(counts: StageCounts) -> None:
    assert counts.overall(where={"cohort": "2012"}).reached[0, 0] == 2
    assert counts.only({"cohort": "2010", "region": "East"}).people == 2
    assert counts.funnel("gender", where={"region": "West"}).reached[:, 0].tolist() == [1, 1]
    with pytest.raises(ArgumentError) as error:
        counts.overall(where={"cohort": "2011"})
    assert str(error.value) == (
        "where['cohort']='2011' is not a label of 'cohort'. Possible: '2010', '2012'. Did you mean '2012'?"
    )


def test_cells_are_joint(counts: StageCounts) -> None:
    cells = counts.cells(("gender", "cohort"))
    assert cells.names == ("gender", "cohort")
    assert cells.people == 6
    assert cells.codes.shape == (len(cells.n), 2)
    with pytest.raises(ArgumentError) as error:
        counts.cells(("sex",))
    assert str(error.value) == (
        "by='sex' is not counted. Possible: 'ethnicity', 'gender', 'region', 'cohort'."
    )


def test_a_file_of_counts_reads_back(counts: StageCounts, tmp_path: Path) -> None:
    again = StageCounts.read(counts.write(tmp_path / "counts.parquet"))
    assert again == counts
    assert again.notes == counts.notes
    (tmp_path / "no.parquet").write_bytes(b"no")
    with pytest.raises(DataError) as error:
        StageCounts.read(tmp_path / "no.parquet")
    assert str(error.value) == "no.parquet cannot be read as counts. Write it with counts.write(path)."
    FRAME.to_parquet(tmp_path / "people.parquet")
    with pytest.raises(DataError) as error:
        StageCounts.read(tmp_path / "people.parquet")
    assert str(error.value) == "people.parquet holds no stage counts. Write it with counts.write(path)."


def test_cohorts_counted_apart_add_up(counts: StageCounts) -> None:
    first, second = (count_stages(FRAME[FRAME["cohort"] == cohort]) for cohort in ("2010", "2012"))
    assert first + second == counts
    assert second + first == counts


def test_sums_that_mean_nothing(counts: StageCounts) -> None:
    with pytest.raises(ArgumentError) as error:
        counts + count_stages(FRAME, by=["gender"])
    assert str(error.value) == (
        "Counts by 'ethnicity', 'gender', 'cohort', 'region' and by 'gender', 'cohort', 'region' cannot be "
        "added. Count both by the same characteristics and strata."
    )
    table = pd.DataFrame(
        {"characteristic": "gender", "group": ["Female", "Male"], "applied": [8, 2], "appointed": [1, 1]}
    )
    with pytest.raises(ArgumentError) as error:
        counts + StageCounts.from_table(table)
    assert str(error.value) == (
        "Counts of 'Step Up to Social Work' and of 'Selection' cannot be added: "
        "the programmes differ. Count both with the same programme."
    )


def test_choosing_what_to_count() -> None:
    chosen = count_stages(read_applicants(FRAME), by=["gender"], strata=["cohort"])
    assert chosen == count_stages(FRAME, by=["gender"], strata=["cohort"])
    assert (chosen.characteristics, chosen.strata, chosen.cohorts) == (("gender",), (), ("2010", "2012"))
    with pytest.raises(ArgumentError) as error:
        count_stages(read_applicants(FRAME), by=["religon"])
    assert str(error.value) == (
        "by='religon' is not a characteristic that was read. Possible: 'ethnicity', 'gender'."
    )


def test_the_reconstructed_first_cohort() -> None:
    counts = count_stages(shipped("examples/cohort_one.csv"))
    assert counts.overall().reached.tolist() == [[2095, 1781, 798, 598, 251, 202, 189]]
    for name in counts.characteristics:
        shown = counts.funnel(name, not_stated=True)
        assert np.array_equal(shown.reached.sum(0), counts.overall().reached[0])
        broad = counts.funnel(name, level="broad", not_stated=True)
        assert np.array_equal(broad.reached.sum(0), counts.overall().reached[0])
    assert counts.funnel("gender").reached[:, 0].sum() == 1775


def test_the_same_selection_from_two_exports_adds_up(counts: StageCounts) -> None:
    """Another delimiter, other column names, other words: the study is the same."""
    text = programme_to_toml(step_up_to_social_work()).replace(
        'column = "ethnicity"', 'column = "ethnic origin"'
    )
    other = programme_from_toml(text + '\n[reading.progress]\nkind = "furthest_stage"\ncolumn = "got to"\n')
    renamed = FRAME.rename(columns={"ethnicity": "ethnic origin", "furthest_stage": "got to"})
    second = count_stages(renamed[renamed["cohort"] == "2012"], programme=other)
    assert count_stages(FRAME[FRAME["cohort"] == "2010"]) + second == counts
