"""Trends over all cohorts, and what became of cliff edges."""

import numpy as np
import pandas as pd
import pytest

import stepup_equity as su

YEARS = ("2010", "2012", "2014", "2016", "2018")


def cohorts(ratios: tuple[float, ...], *, n: int = 400, labels: tuple[str, ...] = YEARS) -> su.StageCounts:
    """One group against another at one gate, with these impact ratios by cohort."""
    rows = []
    for label, ratio in zip(labels, ratios, strict=True):
        rows += [
            {"cohort": label, "group": "White", "applied": 2000, "screened": 1000},
            {"cohort": label, "group": "Black", "applied": n, "screened": round(n * 0.5 * ratio)},
            {"cohort": label, "group": "Asian", "applied": 300, "screened": 150},
        ]
    return su.StageCounts.from_table(pd.DataFrame(rows).assign(characteristic="ethnicity"))


def row(found: object, gate: str = "screened", group: str = "Black") -> pd.Series:
    frame = found.frame
    return frame[(frame["gate"] == gate) & (frame["group"] == group)].iloc[0]


def test_a_planted_rise_is_found():
    found = su.cohort_trend(cohorts((0.41, 0.53, 0.66, 0.78, 0.90)), by="ethnicity")
    black = row(found)
    assert black["trend"] == "rises"
    assert black["conf_low"] > 0
    assert black["step"] == "year"
    assert black["change"] == pytest.approx(np.exp(black["estimate"]))
    ratios = found.ratios
    mine = ratios[(ratios["group"] == "Black") & (ratios["gate"] == "screened")].set_index("cohort")
    assert mine.loc["2010", "conf_low"] < 0.41 < mine.loc["2010", "conf_high"]
    assert mine.loc["2018", "conf_low"] < 0.90 < mine.loc["2018", "conf_high"]
    assert row(found, group="Asian")["trend"] == "no evident trend"
    assert row(found, group="Asian")["verdict"] == ""
    assert repr(found).startswith("<CohortTrend: ethnicity, 5 cohorts, 2010 to 2018; Black at ")


def test_cohorts_without_years_are_steps():
    found = su.cohort_trend(cohorts((0.41, 0.66, 0.9), labels=("8", "9", "10")), by="ethnicity")
    assert found.cohorts == ("8", "9", "10")
    assert row(found)["step"] == "cohort"
    assert row(found)["trend"] == "rises"


def test_the_order_of_rows_changes_nothing():
    table = cohorts((0.41, 0.66, 0.9), labels=("8", "9", "10"))
    frame = table.funnel(("ethnicity", "cohort")).frame
    assert len(frame)
    shuffled = su.StageCounts.from_table(
        pd.concat(
            [
                pd.DataFrame(
                    {
                        "cohort": cohort,
                        "characteristic": "ethnicity",
                        "group": funnel.groups,
                        "applied": funnel.reached[:, 0],
                        "screened": funnel.reached[:, 1],
                    }
                )
                for cohort in ("10", "8", "9")
                for funnel in [table.funnel("ethnicity", where={"cohort": cohort})]
            ]
        )
    )
    one, other = (su.cohort_trend(counts, by="ethnicity", reference="White") for counts in (table, shuffled))
    pd.testing.assert_frame_equal(one.frame, other.frame)


@pytest.mark.parametrize(
    ("ratios", "verdict", "said"),
    [
        ((0.95, 0.95, 0.45), "new", "The cliff edge of 10 is new"),
        ((0.95, 0.5, 0.5), "persists", "The cliff edge of 9 persists in 10"),
        ((0.3, 0.3, 0.6), "smaller", "The gap of 9 is smaller in 10"),
        ((0.5, 0.5, 0.97), "gone", "The cliff edge of 9 is gone in 10"),
        ((0.6, 0.82, 0.72), "cannot be told", "whether it is new cannot be told"),
        ((0.95, 0.97, 1.0), "", ""),
    ],
)
def test_what_became_of_an_edge(ratios, verdict, said):
    found = row(su.cohort_trend(cohorts(ratios, n=260, labels=("8", "9", "10")), by="ethnicity"))
    assert found["verdict"] == verdict
    assert said in found["sentence"]


def test_a_gap_that_only_differs_is_no_trend():
    found = row(su.cohort_trend(cohorts((0.5, 0.9, 0.5, 0.9, 0.5)), by="ethnicity"))
    assert found["trend"] == "no evident trend"
    assert found["heterogeneity_p_value"] < 1e-6
    assert "differ more than chance explains" in found["sentence"]


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ({"reference": "highest"}, "may be another group in each cohort"),
        ({"where": {"cohort": "8"}}, "a trend needs two or more"),
        ({"alpha": 2}, "alpha=2 is out of range"),
        ({"groups": ["Blak"]}, "Did you mean 'Black'?"),
    ],
)
def test_refused(choices, said):
    with pytest.raises(su.ArgumentError) as error:
        su.cohort_trend(cohorts((0.5, 0.6), labels=("8", "9")), by="ethnicity", **choices)
    assert said in str(error.value)


def test_one_cohort_has_no_trend():
    with pytest.raises(su.ArgumentError, match="These counts hold only '8', and a trend needs two or more"):
        su.cohort_trend(cohorts((0.5,), labels=("8",)), by="ethnicity")


def test_it_can_be_drawn():
    axes = su.cohort_trend(cohorts((0.41, 0.66, 0.9), labels=("8", "9", "10")), by="ethnicity").plot()
    assert axes.figure is not None
