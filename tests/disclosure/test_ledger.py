"""Ledgers: what was said before counts, too."""

from __future__ import annotations

import warnings

import pandas as pd
import pytest
from tests.disclosure.cubes import counts, frame, truth

import stepup_equity as su
from stepup_equity.disclosure import Ledger, audit
from stepup_equity.shipped import shipped

FIVE = su.Policy(threshold=5)


@pytest.fixture(scope="module")
def cohort_one():
    return su.count_stages(su.read_applicants(shipped("examples/cohort_one.csv")))


def small(table: su.StageCounts, **options: object) -> list:
    return [cell for cell, value in truth(table, **options).items() if 0 < value < 5]


def test_a_ledger_comes_back_from_its_file(cohort_one, tmp_path):
    ledger = su.protect(cohort_one, FIVE, by=["gender"]).ledger()
    path = ledger.write(tmp_path / "ledger.json")
    assert Ledger.read(path) == ledger
    assert path.read_bytes() == Ledger.read(path).write(tmp_path / "again.json").read_bytes()


def test_a_ledger_says_what_was_printed_and_no_more(cohort_one):
    release = su.protect(cohort_one, FIVE, by=["gender"])
    ledger = release.ledger()
    said = {(ledger.rows[s.row].group, ledger.stages[s.stage], s.measure, s.text) for s in ledger.said}
    printed = release.frame
    assert said == set(
        printed[(printed["characteristic"] == "All") | (printed["group"] != "Total")][
            ["group", "stage", "measure", "value"]
        ].itertuples(index=False, name=None)
    )


def test_two_safe_releases_may_give_a_number_away_together(cohort_one):
    """One prints Buddhists, Jews and Sikhs together, the other each alone."""
    merge = {"religion": {"Buddhist, Jewish or Sikh": ["Buddhist", "Jewish", "Sikh"]}}
    together = su.protect(cohort_one, FIVE, by=["religion"], merge=merge)
    alone = su.protect(cohort_one, FIVE, by=["religion"])
    sensitive = small(cohort_one, by=["religion"])
    both = [together.ledger(), alone.ledger()]
    assert audit(both[:1], FIVE, sensitive=sensitive).holds
    assert audit(both[1:], FIVE, sensitive=sensitive).holds
    assert not audit(both, FIVE, sensitive=sensitive).holds
    after = su.protect(cohort_one, FIVE, by=["religion"], ledgers=[together])
    assert audit([together.ledger(), after.ledger()], FIVE, sensitive=sensitive).holds
    assert after.hidden[0] > alone.hidden[0]


def test_the_same_release_again_hides_the_same(cohort_one, tmp_path):
    first = su.protect(cohort_one, FIVE, by=["gender", "religion"])
    path = first.ledger().write(tmp_path / "ledger.json")
    again = su.protect(cohort_one, FIVE, by=["gender", "religion"], ledgers=[path])
    assert again.ledger() == first.ledger()


def test_next_cohort_with_all_of_them():
    """All cohorts minus the one released before must not give the new one away."""
    both = counts(600, 6, 2, only=("gender", "disability"))
    table = frame(600, 6, 2, only=("gender", "disability"))
    first = su.protect(su.StageCounts.from_table(table[table["cohort"] == "2010"]), FIVE)
    assert first.cohorts == ("2010",)
    release = su.protect(both, FIVE, ledgers=[first])
    assert release.cohorts == ("2010", "2012", "All")
    rows = {row.cohort: row for row in release.ledger().rows}
    assert list(rows) == ["2010", "2012", "All (2010, 2012)"]
    pooled = su.protect(both, FIVE, ledgers=[first], pool=True)
    sensitive = [
        ((row if row.cohort != "All" else type(row)("All (2010, 2012)", *_rest(row))), stage, measure)
        for row, stage, measure in small(both)
    ]
    for later in (release, pooled):
        assert audit([first.ledger(), later.ledger()], FIVE, sensitive=sensitive).holds


def _rest(row):
    return row.characteristic, row.group, row.parent


def test_pooling_after_a_release_of_one_cohort_may_hide_what_it_would_print_alone():
    both = counts(600, 6, 2, only=("disability",))
    table = frame(600, 6, 2, only=("disability",))
    first = su.protect(su.StageCounts.from_table(table[table["cohort"] == "2010"]), FIVE)
    alone = su.protect(both, FIVE, pool=True)
    after = su.protect(both, FIVE, pool=True, ledgers=[first])
    assert after.hidden[0] >= alone.hidden[0]
    third = su.protect(both, FIVE, ledgers=[first, after])
    assert third.publishable


def test_a_stage_left_out_now_but_printed_before(cohort_one):
    first = su.protect(cohort_one, FIVE, by=["gender"])
    later = su.protect(cohort_one, FIVE, by=["gender"], drop_stages=["offered"], ledgers=[first])
    sensitive = small(cohort_one, by=["gender"])
    assert audit([first.ledger(), later.ledger()], FIVE, sensitive=sensitive).holds


def test_what_is_out_is_out(cohort_one):
    leaky = su.protect(cohort_one, "internal", by=["gender"])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        release = su.protect(cohort_one, FIVE, by=["gender"], ledgers=[leaky])
    assert [str(warning.message) for warning in caught] == [
        (
            "Earlier releases have already given away 3 counts that this policy would protect. "
            "They stay as public as they are; this release protects the others."
        )
    ]
    assert release.hidden[0] == 0


def test_rounding_after_hiding_is_audited_together(cohort_one):
    hidden = su.protect(cohort_one, FIVE, by=["religion", "gender"])
    with pytest.raises(su.DisclosureError) as error:
        su.protect(cohort_one, FIVE.but(mode="round"), by=["religion", "gender"], ledgers=[hidden])
    assert set(error.value.cells["why"]) == {"earlier releases and this one together give it away"}


def test_ledgers_of_other_counts_are_refused(cohort_one):
    other = su.protect(counts(1787, 1, only=("gender",)), FIVE)
    rows = [
        ("2010", "gender", group, stage, count + 1)
        for group, reached in {"Female": (1413, 1221), "Male": (682, 560)}.items()
        for stage, count in zip(("submitted", "eligible"), reached, strict=True)
    ]
    corrected = su.StageCounts.from_table(
        pd.DataFrame(rows, columns=["cohort", "characteristic", "group", "stage", "reached"])
    )
    with pytest.raises(su.ArgumentError) as error:
        su.protect(corrected, FIVE, ledgers=[other])
    assert str(error.value) == (
        "The ledger of 'Selection' has the stage 'screened', which these counts do not have. "
        "Give the ledgers of earlier releases of the same process."
    )
    mine = su.protect(corrected, FIVE)
    rows[0] = (*rows[0][:4], 1500)
    with pytest.raises(su.ArgumentError) as error:
        su.protect(
            su.StageCounts.from_table(
                pd.DataFrame(rows, columns=["cohort", "characteristic", "group", "stage", "reached"])
            ),
            FIVE,
            ledgers=[mine],
        )
    assert str(error.value) == (
        "The ledger of 'Selection' contradicts the counts at 'All', group 'Total', cohort '2010'. Is it "
        "another cohort's ledger? Give each cohort its own label, and the ledgers of these same records. "
        "Were records corrected or erased since? Say so: corrected=True, or --corrected. The difference of "
        "two tables is the record that was corrected, so numbers stand as first published wherever it would "
        "show."
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "ledger.json is not JSON, so it is no ledger: "),
        ("[]", "ledger.json is no ledger of a release. Write one with release.ledger().write(path)."),
        (
            '{"format": "stepup-equity ledger 1", "stages": [], "rows": []}',
            "ledger.json is a ledger that has been changed by hand and no longer hangs together.",
        ),
        (
            (
                '{"format": "stepup-equity ledger 1", "title": "", "mode": "round", "round_base": 5, '
                '"stages": ["a"], '
                '"rows": [["", "All", "Total", "", true]], "sums": [], "said": [[1, 0, "reached", "5"]]}'
            ),
            "ledger.json is a ledger that has been changed by hand and no longer hangs together.",
        ),
    ],
)
def test_files_that_are_no_ledgers(tmp_path, text, sentence):
    path = tmp_path / "ledger.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(su.ArgumentError) as error:
        Ledger.read(path)
    assert str(error.value).startswith(sentence)
