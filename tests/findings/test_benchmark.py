"""Benchmarks: every shipped one with its index, interval, test and caution lines; one's own; refusals."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import stepup_equity as su
from stepup_equity.findings.benchmark_files import list_benchmarks, load_benchmark

EXAMPLES = Path(__file__).parents[2] / "data" / "examples"


@pytest.fixture(scope="module")
def cohort_one() -> su.StageCounts:
    return su.count_stages(su.read_applicants(EXAMPLES / "cohort_one.csv"))


YEAR = "The benchmark is of 2001, the people compared are of cohort 2010."
SHIPPED = {
    "census_2001_religion": (
        {
            "Christian": (903, 1724, 0.738, 0.705, 0.771),
            "No religion": (679, 1724, 2.626, 2.474, 2.781),
            "All others": (142, 1724, 0.588, 0.502, 0.688),
        },
        (808.5, 2),
        (
            (
                "The census counts people of all ages, and its shares are of everyone, those who did "
                "not state a "
                "religion included; applicants are graduates of working age, and their shares are of "
                "those who "
                "stated one."
            ),
            "The benchmark is printed to the nearest per cent: rounding alone moves an index by up to 7.1 %.",
            "371 of the 2,095 people at stage 'submitted' are not stated and left out.",
            YEAR,
        ),
    ),
    "census_2001_religion_england": (
        {"Christian": (903, 1724, 0.674, 0.644, 0.704), "Muslim": (53, 1724, 0.914, 0.701, 1.190)},
        (829.8, 7),
        (
            (
                "The census counts people of all ages; applicants are graduates of working age. The "
                "3,776,515 "
                "people who did not state a religion are left out, as they are among applicants."
            ),
            "371 of the 2,095 people at stage 'submitted' are not stated and left out.",
            YEAR,
        ),
    ),
    "ucas_2010_gender_masters": (
        {"Female": (1413, 1775, 1.008, 0.983, 1.031), "Male": (362, 1775, 0.971, 0.885, 1.063)},
        (0.4, 1),
        (
            "A person may apply to several master's programmes through UCAS, and to Step Up besides.",
            "The benchmark is printed to the nearest per cent: rounding alone moves an index by up to 2.4 %.",
            "320 of the 2,095 people at stage 'submitted' are not stated and left out.",
        ),
    ),
    "ucas_2010_gender_undergraduate": (
        {"Female": (1413, 1775, 0.971, 0.947, 0.993), "Male": (362, 1775, 1.133, 1.032, 1.241)},
        (6.9, 1),
        (
            "These are undergraduate applicants; Step Up is open to graduates only.",
            "The benchmark is printed to the nearest per cent: rounding alone moves an index by up to 2.8 %.",
            "320 of the 2,095 people at stage 'submitted' are not stated and left out.",
        ),
    ),
    "ucas_2010_masters_age": (
        {"20-24": (64, 170, 1.148, 0.936, 1.376), "All others": (106, 170, 0.928, 0.817, 1.031)},
        (1.8, 1),
        (
            (
                "The benchmark counts people who took up a place; stage 'accepted' counts those who "
                "accepted an "
                "offer, a few of whom did not join."
            ),
            "19 of the 189 people at stage 'accepted' are not stated and left out.",
        ),
    ),
    "ucas_2010_masters_ethnicity": (
        {"White": (154, 1333, 0.875, 0.753, 1.014), "Black": (3, 215, 0.291, 0.099, 0.838)},
        None,
        (
            (
                "The evaluation calls these data not directly comparable: UCAS gives rates for a few "
                "broad ethnic "
                "groups, and several universities select, not one programme."
            ),
            (
                "The benchmark is printed to the nearest tenth of a per cent: rounding alone moves "
                "an index by up "
                "to 1 %."
            ),
            "341 of the 2,095 people at stage 'submitted' are not stated and left out.",
            (
                "206 people are in groups that the benchmark does not name, and left out: Mixed White/Black "
                "Caribbean, Mixed White/Black African, Mixed White/Asian, Mixed other, Indian, Pakistani, "
                "Bangladeshi, Chinese, Asian other, Other."
            ),
        ),
    ),
}


def test_every_shipped_benchmark_is_read_here() -> None:
    assert set(list_benchmarks()) == set(SHIPPED)


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped(name: str, cohort_one: su.StageCounts) -> None:
    classes, test, cautions = SHIPPED[name]
    found = su.benchmark(cohort_one, name)
    frame = found.frame.set_index("group")
    for group, (count, base, *index) in classes.items():
        row = frame.loc[group]
        assert (row["count"], row["denominator"]) == (count, base)
        assert [row["index"], row["index_low"], row["index_high"]] == pytest.approx(index, abs=0.0006)
    (fit,) = found.fit.itertuples()
    if test is None:
        assert np.isnan(fit.statistic)
        assert fit.status == "rates are not shares of a whole"
    else:
        assert (round(fit.statistic, 1), fit.df) == test
    assert found.cautions == cautions
    assert found.notes == (*cohort_one.notes, *cautions)
    assert found.against.source in found.method


def test_rates_compare_impact_ratios_too(cohort_one: su.StageCounts) -> None:
    frame = su.benchmark(cohort_one, "ucas_2010_masters_ethnicity").frame.set_index("group")
    assert frame.loc["Black", "impact_ratio"] == pytest.approx((3 / 215) / (154 / 1333))
    assert frame.loc["Black", "benchmark_impact_ratio"] == pytest.approx(4.8 / 13.2)
    assert frame.loc["White", "impact_ratio"] == 1
    assert np.isnan(frame.loc["White", "impact_ratio_low"])
    assert (frame["reference"] == "White").all()


def test_printed_age_share(cohort_one: su.StageCounts) -> None:
    """Evaluation, section 5.7.2: 37.6 % of those who accepted were 20-24, 32.8 % on mainstream programmes."""
    row = su.benchmark(cohort_one, "ucas_2010_masters_age").frame.iloc[0]
    assert (round(100 * row["estimate"], 1), round(row["benchmark_value"], 4)) == (37.6, 0.328)
    assert row["p_adjusted"] == row["p_value"] == pytest.approx(0.191, abs=0.001)


def test_census_table_is_the_published_one() -> None:
    census = load_benchmark("census_2001_religion_england")
    assert sum(c.value for c in census.classes) + 3_776_515 == 49_138_831


def test_another_stage_says_so(cohort_one: su.StageCounts) -> None:
    found = su.benchmark(cohort_one, "ucas_2010_masters_age", stage="offered")
    assert found.cautions[-1] == "The benchmark is meant for stage 'accepted', and compared with 'offered'."
    assert (found.frame["stage"] == "offered").all()


def table(**stages: list[int]) -> su.StageCounts:
    return su.StageCounts.from_table(
        pd.DataFrame({"characteristic": "colour", "group": ["red", "green", "blue"], **stages})
    )


def own(*classes: tuple[str, str, str], measure: str = "share", **more: str) -> pd.DataFrame:
    fields = {"characteristic": "colour", "measure": measure, "stage": "applied", "year": "2020",
              "base": "everyone", "source": "a source", "caution": ""} | more  # fmt: skip
    return pd.DataFrame([fields | {"group": g, "includes": i, "value": v} for g, i, v in classes])


COUNTS = table(applied=[50, 30, 20], hired=[10, 3, 0])


def test_own_benchmark_with_classes_of_several_groups() -> None:
    found = su.benchmark(COUNTS, own(("warm", "red", "40"), ("cold", "green; blue", "60")))
    assert found.frame["count"].tolist() == [50, 50]
    assert found.frame["index"].tolist() == pytest.approx([1.25, 50 / 60])
    assert found.fit["statistic"].tolist() == pytest.approx([100 / 40 + 100 / 60])


def test_rounded_shares_are_made_to_add_up() -> None:
    found = su.benchmark(COUNTS, own(("r", "red", "33"), ("g", "green", "33"), ("b", "blue", "33")))
    assert found.frame["benchmark_value"].tolist() == pytest.approx([1 / 3] * 3)


@pytest.mark.parametrize(("value", "unit"), [("0.40", "proportion"), ("40", "percent"), ("0.40%", None)])
def test_the_unit_is_declared_or_printed(value: str, unit: str | None) -> None:
    frame = own(("warm", "red", value))
    frame = frame if unit is None else frame.assign(unit=unit)
    found = su.benchmark(COUNTS, frame).frame.set_index("group")
    assert found.loc["warm", "benchmark_value"] == pytest.approx(0.004 if unit is None else 0.4)


def test_nobody_at_a_stage() -> None:
    counts = table(applied=[5, 3, 2], hired=[0, 0, 0])
    found = su.benchmark(counts, own(("warm", "red", "40")), stage="hired")
    assert found.frame["index"].isna().all()
    assert set(found.frame["status"]) == {"nobody is at this stage"}
    assert repr(found) == "<BenchmarkComparison: benchmark; nothing to compare>"


def test_a_class_of_nobody_in_the_benchmark() -> None:
    found = su.benchmark(COUNTS, own(("r", "red", "60"), ("g", "green", "40"), ("b", "blue", "0")))
    row = found.frame.set_index("group").loc["b"]
    assert np.isnan(row["index"])
    assert row["status"] == "the benchmark has nobody here"


@pytest.mark.parametrize(
    ("against", "error", "sentence"),
    [
        (
            "census_2001_religon",
            su.ArgumentError,
            (
                "against='census_2001_religon' is not a shipped benchmark or a CSV file. Possible: "
                "'census_2001_religion', 'census_2001_religion_england', 'ucas_2010_gender_masters', "
                "'ucas_2010_gender_undergraduate', 'ucas_2010_masters_age', 'ucas_2010_masters_ethnicity'. "
                "Did you mean 'census_2001_religion'?"
            ),
        ),
        (
            "census_2001_religion",
            su.ArgumentError,
            (
                "characteristic='religion' is not counted, and benchmark 'census_2001_religion' is about it. "
                "Possible: 'colour'."
            ),
        ),
        (
            own(("warm", "gren", "40")),
            su.DataError,
            (
                "Benchmark 'benchmark', class 'warm': 'gren' is not a group of 'colour'. "
                "Groups: 'red', 'green', 'blue'. Did you mean 'green'?"
            ),
        ),
        (
            own(("warm", "red", "40"), ("hot", "red", "40")),
            su.DataError,
            "Benchmark 'benchmark': the group 'red' belongs to two classes, 'warm' and 'hot'. Keep one.",
        ),
        (
            own(("warm", "red", "80"), ("cold", "*", "40")),
            su.DataError,
            "Benchmark 'benchmark': its shares add up to 120 %, more than rounding allows.",
        ),
        (
            own(("warm", "red", "x")),
            su.DataError,
            "Benchmark 'benchmark', row 1: value 'x' cannot be read. Give a percentage from 0 to 100.",
        ),
        (
            own(("warm", "red", "1.5"), measure="count"),
            su.DataError,
            "Benchmark 'benchmark', row 1: value '1.5' cannot be read. Give a number of people.",
        ),
        (
            own(("warm", "red", "40"), measure="shares"),
            su.DataError,
            (
                "Benchmark 'benchmark': measure 'shares' is not known. Possible: 'share', 'count', 'rate'. "
                "Did you mean 'share'?"
            ),
        ),
        (
            own(("warm", "red", "40"), stage="aplied"),
            su.ArgumentError,
            (
                "Benchmark 'benchmark' is of people at the stage 'aplied', which these counts do not have. "
                "Possible: 'applied', 'hired'. Did you mean 'applied'? Where one of them is the same, name "
                "it in the column 'stage' of a file of your own."
            ),
        ),
        (
            own(("warm", "red", "40"), year=""),
            su.DataError,
            "Benchmark 'benchmark': column 'year' is blank. Fill it in.",
        ),
        (
            own(("warm", "red", "40"), ("cold", "*", "60")).assign(year=["2020", "2021"]),
            su.DataError,
            "Benchmark 'benchmark': column 'year' must be the same in every row; it has '2020', '2021'.",
        ),
        (
            own(("warm", "red", "40")).drop(columns="caution"),
            su.DataError,
            (
                "Benchmark 'benchmark' has no column 'caution'. It needs 'characteristic', 'group', "
                "'includes', "
                "'measure', 'value', 'stage', 'year', 'base', 'source', 'caution'; 'caution' may be "
                "empty, and "
                "'includes' '*' means everyone else."
            ),
        ),
        (
            own(("warm", "red", "0.71"), ("cold", "*", "0.29")),
            su.DataError,
            (
                "Benchmark 'benchmark': its values are all 1 or less, such as 0.71. That may be 0.71 per "
                "cent or 71 "
                "per cent. Say which in a column 'unit': 'percent' or 'proportion'."
            ),
        ),
        (
            own(("warm", "red", "71")).assign(unit="proportion"),
            su.DataError,
            "Benchmark 'benchmark', row 1: value '71' cannot be read. Give a proportion from 0 to 1.",
        ),
        (
            own(("warm", "red", "71")).assign(unit="percents"),
            su.DataError,
            (
                "Benchmark 'benchmark': unit 'percents' is not known. Possible: 'percent', 'proportion'. "
                "Did you mean 'percent'?"
            ),
        ),
        (
            own(("warm", "red", "71"), measure="count").assign(unit="percent"),
            su.DataError,
            "Benchmark 'benchmark': its values are counts of people, and counts have no unit.",
        ),
        (own(), su.DataError, None),
    ],
)
def test_refusals(against: object, error: type[Exception], sentence: str | None) -> None:
    with pytest.raises(error) as found:
        su.benchmark(COUNTS, against)  # type: ignore[arg-type]
    if sentence is not None:
        assert str(found.value) == sentence


def test_decimal_commas_of_a_benchmark(tmp_path: Path) -> None:
    path = tmp_path / "bench.csv"
    path.write_text(
        "characteristic,group,includes,measure,value,stage,year,base,source,caution\n"
        'gender,Female,Female,share,"55,7",applied,2021,all,x,\n'
        'gender,Male,Male,share,"44,3",applied,2021,all,x,\n'
    )
    assert [one.value for one in load_benchmark(path).classes] == pytest.approx([0.557, 0.443])
    path.write_text(path.read_text().replace('"55,7"', "0.557").replace('"44,3"', "0.443"))
    with pytest.raises(su.DataError, match="all 1 or less"):
        load_benchmark(path)
