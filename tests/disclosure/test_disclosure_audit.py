"""The audit finds leaks that were put there on purpose, and takes no complement for granted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from tests.disclosure.cubes import counts, truth

import stepup_equity as su
from stepup_equity.disclosure import Ledger, audit
from stepup_equity.disclosure.knowledge import ContradictionError
from stepup_equity.disclosure.layout import Row
from stepup_equity.disclosure.ledger import Said

FIVE = su.Policy(threshold=5, min_denominator=0)
TOTAL = Row("2010", "All", "Total")


def told(
    printed: dict[Row, list[str]], *, mode="suppress", more=(), stages=("applied", "interviewed", "appointed")
):
    """A ledger of counts reached, and of whatever else: (row, stage, measure, text)."""
    rows = tuple(printed)
    place = {row: i for i, row in enumerate(rows)}
    sums = []
    for row, i in place.items():
        if row.characteristic == "All":
            for name in (
                dict.fromkeys(r.characteristic for r in rows if r.cohort == row.cohort) - {"All": None}.keys()
            ):
                parts = [
                    j
                    for r, j in place.items()
                    if (r.cohort, r.characteristic, r.parent) == (row.cohort, name, "")
                ]
                sums.append((i, tuple(parts)))
        below = [
            j
            for r, j in place.items()
            if (r.cohort, r.characteristic, r.parent) == (row.cohort, row.characteristic, row.group)
        ]
        if below:
            sums.append((i, tuple(below)))
    cohorts = tuple(dict.fromkeys(row.cohort for row in rows))
    if len(cohorts) > 1:
        for row, i in place.items():
            if row.cohort == cohorts[-1]:
                sums.append((i, tuple(place[replace(row, cohort=cohort)] for cohort in cohorts[:-1])))
    said = [
        Said(i, s, "reached", text)
        for i, texts in enumerate(printed.values())
        for s, text in enumerate(texts)
        if text
    ]
    said += [Said(place[row], stages.index(stage), measure, text) for row, stage, measure, text in more]
    return Ledger("A test", mode, 5, stages, rows, tuple(sums), tuple(said))


def row(group: str, parent: str = "", cohort: str = "2010", of: str = "origin") -> Row:
    return Row(cohort, of, group, parent)


def found(report, group: str, stage: str, measure: str = "reached") -> tuple[int, int, bool]:
    cells = report.cells
    (line,) = cells[(cells.group == group) & (cells.stage == stage) & (cells.measure == measure)].itertuples()
    return line.low, line.high, line.safe


def test_one_hole_in_a_column():
    ledger = told(
        {
            TOTAL: ["100", "60", "40"],
            row("A"): ["60", "38", "20"],
            row("B"): ["30", "19", "18"],
            row("C"): ["10", "[c]", "[c]"],
        }
    )
    report = audit([ledger], FIVE, sensitive=[(row("C"), "interviewed", "reached")])
    assert not report.holds
    assert found(report, "C", "interviewed") == (3, 3, False)


def test_a_hole_nobody_can_fill_contradicts_itself():
    ledger = told({TOTAL: ["10", "8", "7"], row("A"): ["9", "9", "3"], row("B"): ["[c]", "[c]", "[c]"]})
    with pytest.raises(ContradictionError) as error:
        audit([ledger], FIVE)
    assert str(error.value) == (
        "No counts at all can have given what was printed: some printed numbers exclude each other. "
        "Check them, and that every ledger is of these same people."
    )


def test_a_detailed_group_under_a_broad_one():
    ledger = told(
        {
            TOTAL: ["100", "60", "40"],
            row("A"): ["[c]", "30", "20"],
            row("A1", "A"): ["40", "28", "18"],
            row("A2", "A"): ["[c]", "2", "2"],
            row("B"): ["[c]", "30", "20"],
        }
    )
    report = audit([ledger], FIVE, sensitive=[(row("A2", "A"), "interviewed", "reached")])
    assert found(report, "A2", "interviewed") == (2, 2, False)
    hidden = replace(
        ledger, said=tuple(s for s in ledger.said if not (ledger.rows[s.row].group == "A2" and s.stage == 1))
    )
    assert found(
        audit([hidden], FIVE, sensitive=[(row("A2", "A"), "interviewed", "reached")]), "A2", "interviewed"
    ) == (
        2,
        2,
        False,
    )


def test_two_people_who_left():
    ledger = told({TOTAL: ["100", "60", "40"], row("A"): ["50", "48", "30"], row("B"): ["50", "12", "10"]})
    assert found(audit([ledger], FIVE), "A", "applied", "left") == (2, 2, False)
    assert audit([ledger], FIVE.but(protect_left=False), sensitive=[]).holds


def test_a_rate_beside_a_hidden_count():
    printed = {
        TOTAL: ["200", "100", "60"],
        row("A"): ["100", "[c]", "30"],
        row("B"): ["50", "[c]", "20"],
        row("C"): ["50", "[c]", "10"],
    }
    sensitive = [(row("A"), "interviewed", "left")]
    assert audit([told(printed)], FIVE, sensitive=sensitive).holds
    leaking = told(printed, more=[(row("A"), "interviewed", "pass_rate", "93.8")])
    report = audit([leaking], FIVE, sensitive=sensitive)
    assert found(report, "A", "interviewed", "left") == (2, 2, False)
    assert report.breaches[["group", "measure", "why"]].to_numpy().tolist() == [
        ["A", "pass_rate", "one of its counts is hidden"]
    ]


@pytest.mark.parametrize(
    ("measure", "stage", "text"),
    [
        ("share", "interviewed", "32.0"),
        ("cum_rate", "interviewed", "32.0"),
        ("left_rate", "interviewed", "6.2"),
    ],
)
def test_any_other_rate_beside_a_hidden_count(measure, stage, text):
    printed = {TOTAL: ["200", "100", "60"], row("A"): ["100", "[c]", "30"], row("B"): ["100", "[c]", "30"]}
    sensitive = [(row("A"), "interviewed", "left")]
    assert audit([told(printed)], FIVE, sensitive=sensitive).holds
    report = audit([told(printed, more=[(row("A"), stage, measure, text)])], FIVE, sensitive=sensitive)
    assert not report.holds
    assert found(report, "A", "interviewed", "left") == (2, 2, False)


def test_a_total_that_another_characteristic_gives():
    printed = {
        TOTAL: ["100", "[c]", "40"],
        row("A"): ["60", "[c]", "20"],
        row("B"): ["40", "20", "20"],
        row("X", of="gender"): ["50", "21", "20"],
        row("Y", of="gender"): ["50", "21", "20"],
    }
    sensitive = [(row("A"), "interviewed", "left")]
    report = audit([told(printed)], FIVE, sensitive=sensitive)
    assert found(report, "A", "interviewed", "left") == (2, 2, False)
    printed[row("Y", of="gender")][1] = "[c]"
    assert audit([told(printed)], FIVE, sensitive=sensitive).holds


def test_all_cohorts_minus_one():
    every = "All (2010, 2012)"
    printed = {
        TOTAL: ["100", "60", "40"],
        row("A"): ["50", "[c]", "20"],
        row("B"): ["50", "[c]", "20"],
        replace(TOTAL, cohort="2012"): ["100", "60", "40"],
        row("A", cohort="2012"): ["50", "30", "20"],
        row("B", cohort="2012"): ["50", "30", "20"],
        replace(TOTAL, cohort=every): ["200", "120", "80"],
        row("A", cohort=every): ["100", "52", "40"],
        row("B", cohort=every): ["100", "68", "40"],
    }
    sensitive = [(row("A"), "interviewed", "left")]
    report = audit([told(printed)], FIVE, sensitive=sensitive)
    assert found(report, "A", "interviewed", "left") == (2, 2, False)
    for cohort in ("2012", every):
        printed[row("A", cohort=cohort)][1] = printed[row("B", cohort=cohort)][1] = "[c]"
    assert audit([told(printed)], FIVE, sensitive=sensitive).holds


def test_rounded_counts_with_true_rates():
    printed = {TOTAL: ["200", "95", "60"], row("A"): ["100", "35", "30"], row("B"): ["100", "60", "30"]}
    rounding = FIVE.but(mode="round")
    sensitive = [(row("A"), "interviewed", "left")]
    same = told(printed, mode="round", more=[(row("A"), "applied", "pass_rate", "35.0")])
    assert audit([same], rounding, sensitive=sensitive).holds
    true = told(
        printed,
        mode="round",
        more=[(row("A"), "applied", "pass_rate", "33.7"), (row("A"), "interviewed", "pass_rate", "94.1")],
    )
    report = audit([true], rounding, sensitive=sensitive)
    assert found(report, "A", "interviewed", "left") == (2, 2, False)
    assert report.breaches["why"].tolist() == ["it is not the rate of the printed counts"] * 2


def test_an_interval_or_a_test_that_is_not_of_printed_counts():
    printed = {TOTAL: ["200", "100", "60"], row("A"): ["100", "[c]", "30"], row("B"): ["100", "[c]", "30"]}
    ledger = told(
        printed,
        more=[
            (row("A"), "applied", "wilson_low", "20.0"),
            (TOTAL, "applied", "wilson_high", "56.9"),
            (TOTAL, "applied", "wilson_low", "43.0"),
        ],
    )
    rows = (*ledger.rows, Row("2010", "origin", "Total"))
    said = (*ledger.said, Said(len(rows) - 1, 0, "chi2", "4.20"))
    report = audit([replace(ledger, rows=rows, said=said)], FIVE, sensitive=[])
    assert report.breaches[["measure", "why"]].to_numpy().tolist() == [
        ["wilson_low", "one of its counts is hidden"],
        ["wilson_low", "it is not the interval of the printed counts"],
        ["chi2", "one of its counts is hidden"],
    ]


def test_a_percentage_of_too_few_people():
    ledger = told({TOTAL: ["20", "10", "5"]}, more=[(TOTAL, "applied", "pass_rate", "50.0")])
    report = audit([ledger], FIVE.but(min_denominator=22.5), sensitive=[])
    assert report.breaches["why"].tolist() == ["it is a percentage of too few people"]
    assert audit(
        [ledger, told({TOTAL: ["20", "10", "5"]})], FIVE.but(min_denominator=22.5), sensitive=[]
    ).holds


def test_zeros_are_harmless_unless_they_are_protected():
    ledger = told({TOTAL: ["40", "20", "10"], row("A"): ["30", "20", "10"], row("B"): ["10", "0", "0"]})
    assert audit([ledger], FIVE).holds
    report = audit([ledger], FIVE.but(zeros="protect"))
    assert found(report, "B", "interviewed") == (0, 0, False)


def test_every_complement_is_necessary():
    """Take one away at random, 200 times: the audit must reject what is left."""
    table = counts(1787, 1)
    rng = np.random.default_rng(8)
    taken = 0
    for by, times in ((["religion"], 90), (["orientation"], 50), (["age_band"], 40), (["ethnicity"], 20)):
        release = su.protect(table, su.Policy(threshold=5), by=by)
        assert release.gap == 0
        true, ledger = truth(table, by=by), release.ledger()
        sensitive = [cell for cell, value in true.items() if 0 < value < 5]
        assert audit([ledger], release.policy, sensitive=sensitive).holds

        def value(said: Said, ledger: Ledger = ledger, true: dict = true) -> int:
            return true[replace(ledger.rows[said.row], stated=True), ledger.stages[said.stage], "reached"]

        complements = [
            s for s in ledger.said if s.measure == "reached" and s.text == "[c]" and not 0 < value(s) < 5
        ]
        for chosen in rng.choice(len(complements), times):
            said = complements[chosen]
            shown = tuple(replace(s, text=f"{value(s):,}") if s is said else s for s in ledger.said)
            report = audit([replace(ledger, said=shown)], release.policy, sensitive=sensitive)
            assert not report.holds
            assert len(report.exposed)
            taken += 1
    assert taken == 200


def test_exact_intervals_hold_the_truth():
    table = counts(600, 3, only=("religion",))
    release = su.protect(table, su.Policy(threshold=5))
    cells = release.audit(exact=True).cells
    true = truth(table, by=["religion"])
    assert len(cells) == len(true)
    for line in cells.itertuples():
        assert (
            line.low
            <= true[Row(line.cohort, line.characteristic, line.group, line.parent), line.stage, line.measure]
        )
        assert (
            line.high
            >= true[Row(line.cohort, line.characteristic, line.group, line.parent), line.stage, line.measure]
        )


def test_the_audit_reports_in_tidy_frames():
    report = su.protect(counts(600, 3, only=("gender",)), su.Policy(threshold=5)).audit()
    assert list(report.cells) == [
        "cohort",
        "characteristic",
        "group",
        "parent",
        "stage",
        "measure",
        "low",
        "high",
        "safe",
    ]
    assert isinstance(report.exposed, pd.DataFrame)
