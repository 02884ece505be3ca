"""Two versions of a process in one file: whoever had no test is in all figures but those of the test."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

import stepup_equity as su
from stepup_equity.counts import StageCounts, check_file, open_counts
from stepup_equity.errors import ArgumentError, DataError
from stepup_equity.process import programme_from_toml

if TYPE_CHECKING:
    from pathlib import Path

STAGES = ("applied", "tested", "sifted", "offered")
PROGRAMME = programme_from_toml(
    'name = "versions"\n'
    'stages = [{ key = "applied" }, { key = "tested" }, { key = "sifted" }, { key = "offered" }]\n'
    '[characteristics.gender]\nlabel = "Gender"\ngroups = ["Female", "Male"]\n'
    '[strata.version]\nlabel = "Version"\n'
    '[covariates.score]\nlabel = "Score"\n'
    '[reading.progress]\nkind = "stage_columns"\nblank = ["n/a"]\n'
)


def frame(*rows: str) -> pd.DataFrame:
    """Rows as ``"Female A 1 n/a 0 -"``; a hyphen is a blank."""
    table = pd.DataFrame([row.split() for row in rows], columns=["gender", "version", *STAGES])
    table = table.replace("-", "")
    return table.assign(applicant_id=[f"p{i}" for i in range(len(table))], score="1")


def counted(*rows: str) -> StageCounts:
    return su.count_stages(su.read_applicants(frame(*rows), programme=PROGRAMME))


TWO = (
    *["Female A 1 n/a 1 1"] * 2,
    *["Female A 1 n/a 0 -"] * 3,
    *["Male A 1 n/a 1 0"] * 3,
    "Male A 1 n/a 1 1",
    *["Female B 1 1 1 0"] * 5,
    *["Female B 1 0 - -"] * 6,
    *["Male B 1 1 0 -"] * 7,
    *["Male B 1 0 - -"] * 8,
)


def test_who_had_no_test_is_in_no_figure_of_it() -> None:
    funnel = counted(*TWO).funnel("gender")
    assert funnel.entered.tolist() == [[11, 10, 7], [15, 11, 4]]
    assert funnel.passed.tolist() == [[5, 7, 2], [7, 4, 1]]
    whole = counted(*TWO).overall()
    assert (whole.entered[0, 0], whole.passed[0, 0]) == (26, 12)


def test_the_model_has_them_at_every_other_gate_alone() -> None:
    for missing in ("complete", "em"):
        model = su.progression_model(counted(*TWO), "gender", missing=missing).frame
        of = model[model["group"] == "Female"].set_index("gate")["odds_ratio"]
        assert of["tested"] == pytest.approx((5 / 6) / (7 / 8), rel=1e-4)
        assert of["sifted"] == pytest.approx((7 / 3) / (4 / 7), rel=1e-4)


def test_a_model_with_a_covariate_reads_them_alike() -> None:
    applicants = su.read_applicants(frame(*TWO), programme=PROGRAMME)
    table = applicants.with_covariates(["score"], by=["gender"])
    assert table.axes[-1].labels == ("", "tested")
    assert int(table.n.sum()) == len(TWO)


def test_counts_survive_being_written_and_added(tmp_path: Path) -> None:
    both = counted(*TWO)
    both.write(tmp_path / "counts.parquet")
    assert StageCounts.read(tmp_path / "counts.parquet") == both
    parts = counted(*TWO[:9]) + counted(*TWO[9:])
    assert parts.funnel("gender").entered.tolist() == both.funnel("gender").entered.tolist()
    only = su.selection_rates(both, by="gender", where={"version": "A"}).frame.set_index(["group", "gate"])
    assert only.loc[("Female", "tested"), "entered"] == 0
    assert np.isnan(only.loc[("Female", "tested"), "estimate"])


def test_it_is_said_and_a_publication_leaves_the_stage_out() -> None:
    both = counted(*(TWO * 20))
    assert "did not have 'tested': they are in no figure of it" in both.notes[-1]
    with pytest.raises(ArgumentError, match=r"drop_stages=\['tested'\]"):
        su.protect(both, "suppress10")
    su.protect(both, "suppress10", drop_stages=["tested"])


@pytest.mark.parametrize(
    ("rows", "entered", "passed"),
    [
        # nothing certain in the file: a blank is a blank, however it is written
        (["Female A 1 n/a - -", "Female A 1 n/a n/a n/a", "Female A 1 0 n/a n/a"], [3, 0, 0], [0, 0, 0]),
        # with somebody who certainly had no test, whoever left behind it had none either
        (["Female A 1 n/a 1 1", "Female A 1 n/a - -"], [0, 2, 1], [0, 1, 1]),
        (["Female A 1 n/a n/a 1", "Female A 1 n/a - -"], [0, 1, 1], [0, 0, 1]),
        # the word to the end may mean that they never came so far
        (["Female A 1 n/a 1 1", "Female A 1 n/a n/a n/a"], [1, 1, 1], [0, 1, 1]),
        # behind a failed stage it says nothing
        (["Female A 1 0 n/a -", "Female A 1 1 n/a 1"], [2, 0, 1], [1, 0, 1]),
    ],
)
def test_what_the_word_means(rows: list[str], entered: list[int], passed: list[int]) -> None:
    for order in (rows, rows[::-1]):
        funnel = counted(*order).funnel("gender")
        assert funnel.entered[0].tolist() == entered
        assert funnel.passed[0].tolist() == passed


def test_a_doubt_is_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "versions.csv"
    frame("Female A 1 n/a 1 1", *["Male A 1 n/a n/a n/a"] * 3).to_csv(path, index=False)
    found = check_file(path, programme=PROGRAMME)
    assert found["code"].tolist()[0] == "gate_may_be_missing"
    assert found["count"].tolist()[0] == 3


def test_a_blank_stage_before_a_result_is_still_refused(tmp_path: Path) -> None:
    path = tmp_path / "versions.csv"
    frame("Female A 1 - 1 1").to_csv(path, index=False)
    with pytest.raises(DataError, match=r'blank = \["n/a"\]'):
        open_counts(path, programme=PROGRAMME)


def _told(row: tuple[str, ...]) -> tuple[list[int], list[int]] | None:
    """Entered and passed of one person, by walking along; None where the row is wrong or says nothing."""
    entered, passed = [0, 0, 0], [0, 0, 0]
    for gate, answer in enumerate(row):
        behind = [one for one in row[gate + 1 :] if one != "n/a"]
        if answer == "n/a":
            if not behind or "-" in behind:
                return None
            continue
        entered[gate] = 1
        passed[gate] = int(answer == "1")
        if answer != "1":
            return (entered, passed) if set(row[gate + 1 :]) <= {"-"} else None
    return entered, passed


def test_every_row_there_can_be_is_counted_as_walking_along_it_says() -> None:
    for row in product(("1", "0", "n/a", "-"), repeat=3):
        told = _told(row)
        if told is None:
            continue
        funnel = counted(f"Female A 1 {' '.join(row)}").funnel("gender")
        assert (funnel.entered[0].tolist(), funnel.passed[0].tolist()) == told
