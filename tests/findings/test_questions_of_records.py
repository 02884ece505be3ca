"""Scores and awards, other rules, choices of partnership, and joins: by hand, and at the command line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

import stepup_equity as su
from stepup_equity.cli import main
from stepup_equity.process import programme_from_toml, programme_to_toml

if TYPE_CHECKING:
    from pathlib import Path

MORE = """
[covariates.total]
[covariates.mark]
[covariates.degree]
[covariates.years]
[strata.wanted]
label = "First choice"
[strata.also]
label = "Second choice"
[strata.place]
label = "Offered by"
"""
TEXT = programme_to_toml(su.step_up_to_social_work()) + MORE


def read(frame: pd.DataFrame) -> su.Applicants:
    return su.read_applicants(frame, programme=programme_from_toml(TEXT), check_ids=False)


def scored(n: int = 300, better: float = 0.0) -> pd.DataFrame:
    """Everybody is scored, the best half is taken and gets a mark: half a point for each point."""
    rng = np.random.default_rng(3)
    women = np.arange(n) % 2 == 0
    total = rng.normal(50, 10, n)
    taken = total > 50
    mark = 30 + 0.5 * total + np.where(women, 0.0, better) + rng.normal(0, 3, n)
    return pd.DataFrame(
        {
            "applicant_id": [f"A{i}" for i in range(n)],
            "gender": np.where(women, "Female", "Male"),
            "total": total.round(3),
            "mark": [f"{value:.3f}" if one else "" for value, one in zip(mark, taken, strict=True)],
            "furthest_stage": np.where(taken, "accepted", "invited"),
        }
    )


def validity(frame: pd.DataFrame, **choices: object) -> su.findings.PredictiveValidity:
    asked = {"score": "total", "award": "mark", "gate": "assessed", "by": "gender"} | choices
    return su.predictive_validity(read(frame), **asked)


def test_a_score_that_predicts_alike() -> None:
    frame = scored()
    found = validity(frame)
    women = found.frame[found.frame["group"] == "Female"].iloc[0]
    mine = frame[frame["gender"] == "Female"]
    known = mine[mine["mark"] != ""].astype({"mark": float})
    assert (women["scored"], women["n"]) == (len(mine), len(known))
    assert women["estimate"] == pytest.approx(known["total"].corr(known["mark"]))
    assert women["sd_scored"] == pytest.approx(mine["total"].std())
    assert women["corrected"] > women["estimate"]
    true = 5 / np.sqrt(25 + 9)
    assert women["corrected_low"] < true < women["corrected_high"]
    assert found.tests["p_value"].min() > 0.05
    assert "that one line does not serve all groups is not evident" in repr(found)
    assert any("have a score and no mark" in note for note in found.notes)


def test_a_line_that_promises_too_little() -> None:
    found = validity(scored(better=4.0))
    men = found.frame[found.frame["group"] == "Male"].iloc[0]
    assert men["above_low"] < 4 < men["above_high"]
    assert men["p_adjusted"] < 0.001
    tests = found.tests.set_index("test")["p_value"]
    assert tests["intercepts"] < 0.001 < 0.05 < tests["slopes"]
    assert found.sentences[0].startswith("Male: mark ")
    assert "above what the line of Female says of their mean score" in found.sentences[0]
    assert "one line does not serve all groups" in repr(found)


def test_a_group_on_the_line_is_on_no_side_of_it() -> None:
    frame = pd.DataFrame({"gender": ["Female"] * 4 + ["Male"] * 4, "total": [1, 2, 3, 4] * 2})
    frame = frame.assign(applicant_id=range(8), furthest_stage="accepted", mark=[1, 3, 2, 4, 2, 1, 4, 3])
    (said,) = validity(frame, reference="Female").sentences
    assert said.startswith("Male: mark 0.00 points from what the line of Female says of their mean score (")


def test_two_people_have_no_correlation() -> None:
    frame = scored(40)
    frame.loc[frame[(frame["gender"] == "Male") & (frame["mark"] != "")].index[2:], "mark"] = ""
    men = validity(frame).frame.set_index("group").loc["Male"]
    assert (men["n"], men["status"]) == (2, "fewer than three of the group have mark")
    assert np.isnan([men["estimate"], men["corrected"], men["slope"], men["intercept"]]).all()


def test_what_prediction_cannot_tell() -> None:
    frame = scored(12)
    frame.loc[frame["gender"] == "Male", "mark"] = ""
    men = validity(frame).frame.set_index("group").loc["Male"]
    assert men["status"] == "nobody of the group has mark"
    assert np.isnan([men["estimate"], men["corrected"], men["above"]]).all()
    with pytest.raises(su.ArgumentError, match="has a score and 'mark', so nothing can be predicted"):
        validity(frame.assign(mark=""))
    with pytest.raises(su.ArgumentError, match="award='total' is the score itself"):
        validity(frame, award="total")


def ruled() -> pd.DataFrame:
    rows = [
        ("Female", 3, 2, "accepted"), ("Female", 3, 0, "submitted"), ("Female", 2, 5, "submitted"),
        ("Female", "", 1, "accepted"), ("Female", 1, "", "submitted"),
        ("Male", 3, 1, "accepted"), ("Male", 2, 1, "submitted"), ("Male", 2, 1, "eligible"),
        ("Not known", 3, 3, "accepted"),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["gender", "degree", "years", "furthest_stage"]).astype(str)
    return frame.assign(applicant_id=[f"A{i}" for i in range(len(frame))])


def test_other_rules_by_hand() -> None:
    rules = {"as it was": {"degree": 3, "years": 1}, "lower": {"degree": 2}, "between": {"degree": (2, 2)}}
    found = su.eligibility_rules(read(ruled()), rules=rules, gate="eligible", by="gender")
    rows = found.frame.set_index(["rule", "group"])
    women = rows.loc["as it was", "Female"]
    columns = ["entered", "meets", "fails", "unknown", "newly_in", "newly_out", "through_low", "through_high"]
    assert women[columns].tolist() == [5, 1, 3, 1, 0, 0, 1, 2]
    assert (women["rate_low"], women["estimate"], women["rate_high"]) == (0.2, 0.25, 0.4)
    assert rows.loc[("lower", "Female"), columns].tolist() == [5, 3, 1, 1, 2, 0, 1, 4]
    assert rows.loc[("lower", "Female"), "through_alike"] == 1 + 2 * (2 / 2)
    assert rows.loc[("lower", "Male"), columns].tolist() == [3, 3, 0, 0, 1, 0, 1, 2]
    assert rows.loc[("lower", "Male"), "through_alike"] == 1 + 1 * (1 / 2)
    assert rows.loc[("between", "Male"), columns].tolist() == [3, 2, 1, 0, 1, 1, 0, 1]
    assert rows.loc[("as it was", "Male"), "impact_ratio"] == pytest.approx((1 / 3) / (1 / 4))
    assert found.notes[-3].startswith("1 person stated no gender")
    assert found.frame["sentence"].iloc[0] == (
        "Under “as it was”, Female: 1 of 4 meet it (25%); of 1 more it is not known, so it may be 20% to "
        "40%. To the last stage 1 to 2."
    )


def test_who_still_waits_may_yet_get_to_the_end() -> None:
    frame = pd.DataFrame({
        "applicant_id": range(6), "gender": "Female", "degree": [3, 3, 3, 1, 3, 3], "years": 1,
        "furthest_stage": ["accepted", "screened", "assessed", "assessed", "submitted", "eligible"],
        "exit_reason": ["", "rejected", "pending", "pending", "rejected", "rejected"],
    })  # fmt: skip
    found = su.eligibility_rules(read(frame), rules={"a": {"degree": 3}}, gate="eligible", by="gender")
    row = found.frame.iloc[0]
    assert (row["through_low"], row["through_high"]) == (1, 3)
    assert row["through_alike"] == pytest.approx(1 + 2 * (1 / 3))
    assert any(note.startswith("2 people passed and still wait: ") for note in found.notes)


def test_who_left_by_choice_would_not_be_in() -> None:
    """Withdrew, did not attend: another rule did not keep them out, whether their number is known or not."""
    frame = pd.DataFrame({
        "applicant_id": range(8), "gender": "Female", "degree": [3, 3, 3, 3, "", 2, 3, ""], "years": 1,
        "furthest_stage": ["accepted", *["submitted"] * 6, "accepted"],
        "exit_reason": ["", "rejected", "withdrew", "did_not_attend", "withdrew", "withdrew", "no_place", ""],
    })  # fmt: skip
    found = su.eligibility_rules(
        read(frame.astype(str)), rules={"a": {"degree": 3}}, gate="eligible", by="gender"
    )
    row = found.frame.iloc[0]
    assert row[["entered", "meets", "fails", "unknown"]].tolist() == [8, 5, 1, 2]
    assert row[["newly_in", "left_by_choice", "newly_out"]].tolist() == [2, 2, 0]
    assert row[["through_low", "through_high", "through_alike"]].tolist() == [1, 4, 3]
    assert found.sentences[0] == (
        "Under “a”, Female: 5 of 6 meet it (83%); of 2 more it is not known, so it may be 63% to 88%. 2 who "
        "did not pass the eligibility check would be in. 2 who meet it left by their own choice and are not "
        "counted as in. To the last stage 1 to 4."
    )
    assert (
        "4 people left at the gate by their own choice: no rule kept them out, so they are not counted among "
        "those who would be in."
    ) in found.notes


def test_decimal_commas_are_declared_not_guessed(tmp_path: Path) -> None:
    file = tmp_path / "records.csv"
    degree = ["2,5", "1,234", "3", "2.5", ""]
    ruled().iloc[:5].assign(degree=degree).to_csv(file, index=False, sep=";")
    asked = {"rules": {"a": {"degree": 2}}, "gate": "eligible", "by": "gender"}
    comma = TEXT.replace("[covariates.degree]", '[covariates.degree]\ndecimal = ","')
    for text, other, bad in ((TEXT, ",", "rows 2, 3"), (comma, ".", "row 5")):
        people = su.read_applicants(file, programme=programme_from_toml(text), check_ids=False)
        with pytest.raises(su.DataError) as refused:
            su.eligibility_rules(people, **asked)
        (problem,) = refused.value.problems.to_dict("records")
        assert problem["remedy"] == (
            "Correct them, or declare them under missing in [covariates.degree]. Where "
            f'"{other}" stands before decimals, write decimal = "{other}" there.'
        )
        assert str(problem["rows"]) == bad.split(" ", 1)[1]
    ruled().iloc[:5].assign(degree=[*degree[:3], "2", ""]).to_csv(file, index=False, sep=";")
    people = su.read_applicants(file, programme=programme_from_toml(comma), check_ids=False)
    assert su.eligibility_rules(people, **asked).frame[["meets", "fails", "unknown"]].values.tolist() == [
        [3, 1, 1]
    ]
    again = programme_from_toml(programme_to_toml(programme_from_toml(comma)))
    assert [one.decimal for one in again.covariates] == [".", ".", ",", "."]
    with pytest.raises(
        su.ProgrammeError, match=r"decimal is ';' in \[covariates.degree\]. Possible: '.' and"
    ):
        programme_from_toml(comma.replace('","', '";"'))


def test_a_ratio_over_nobody_is_no_lowest_ratio() -> None:
    frame = ruled().assign(degree=["1"] * 5 + ["3"] * 4)
    found = su.eligibility_rules(read(frame), rules={"a": {"degree": 3}}, gate="eligible", by="gender")
    assert "∞" not in found.headline
    assert "“a” compares nobody" in found.headline


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (["a: degree>=3", "a: degree>=2"], "--rule names two rules 'a'. Give each a name of its own."),
        (["a: degree>=3 degree>=2"], "--rule 'a: degree>=3 degree>=2' asks degree>= twice. Keep one."),
        (["a: degree>=3 degree<=2"], "asks of degree what no number is."),
    ],
)
def test_rules_that_would_drop_a_part(
    rules: list[str], said: str, tmp_path: Path, programme: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ruled().to_csv(tmp_path / "records.csv", index=False)
    command = ["rules", str(tmp_path / "records.csv"), "--programme", programme, "--by", "gender"]
    assert main([*command, "--gate", "eligible", "--rule", *rules]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({}, "rules= names no rule."),
        ({"a": {}}, "rules['a'] asks nothing."),
        ({"a": {"degree": "3"}}, "rules['a']['degree']='3' is no limit."),
        ({"a": {"degree": (3, 2)}}, "rules['a']['degree']=(3, 2) is no limit."),
        ({"a": {"grade": 3}}, "grade"),
    ],
)
def test_rules_refused(rules: object, said: str) -> None:
    with pytest.raises(su.ArgumentError) as refused:
        su.eligibility_rules(read(ruled()), rules=rules, gate="eligible", by="gender")
    assert said in str(refused.value)


def chosen() -> pd.DataFrame:
    rows = [
        ("Female", "North", "South", "North", "offered"), ("Female", "North", "South", "South", "accepted"),
        ("Female", "South", "North", "East", "offered"), ("Female", "South", "", "", "assessed"),
        ("Male", "North", "", "North", "accepted"), ("Male", "South", "North", "South", "offered"),
        ("Male", "", "North", "North", "offered"), ("Male", "South", "North", "", "eligible"),
        ("Not known", "South", "North", "South", "offered"),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["gender", "wanted", "also", "place", "furthest_stage"])
    return frame.assign(applicant_id=[f"A{i}" for i in range(len(frame))])


ROLES = {"first": "wanted", "second": "also", "offered": "place", "by": "gender"}


def test_choices_by_hand() -> None:
    found = su.offers_by_choice(su.count_stages(read(chosen())), **ROLES)
    people = found.frame.set_index(["group", "choice"])["people"]
    assert people["Female"].to_dict() == {
        "first choice": 1, "second choice": 1, "elsewhere": 1, "not recorded": 0, "no offer": 1,
    }  # fmt: skip
    assert people["Male"].to_dict() == {
        "first choice": 2, "second choice": 0, "elsewhere": 0, "not recorded": 1, "no offer": 0,
    }  # fmt: skip
    row = found.frame.set_index(["group", "choice"]).loc["Male", "first choice"]
    assert row["impact_ratio"] == pytest.approx((2 / 3) / (1 / 4))
    assert found.partnerships.set_index("partnership").loc["North"].tolist() == [3, 4, 3, 2, 1]
    assert found.partnerships.set_index("partnership").loc["South"].tolist() == [4, 2, 3, 2, 1]
    assert "1 who entered the gate stated no gender: left out." in found.notes
    alone = su.offers_by_choice(su.count_stages(read(chosen())), **(ROLES | {"second": None}))
    assert alone.frame.set_index(["group", "choice"]).loc[("Female", "elsewhere"), "people"] == 2


def test_questions_of_records_are_of_one_cohort() -> None:
    """The last of several, in words; never of their sum."""
    two = pd.concat([ruled().assign(cohort="9"), ruled().iloc[:6].assign(cohort="10")], ignore_index=True)
    asked = {"rules": {"a": {"degree": 2}}, "gate": "eligible", "by": "gender"}
    people = read(two.assign(applicant_id=[f"A{i}" for i in range(len(two))]))
    last, first = (su.eligibility_rules(people, cohort=cohort, **asked) for cohort in (None, "9"))
    assert last.frame.set_index("group")["entered"].to_dict() == {"Female": 5, "Male": 1}
    assert first.frame.set_index("group")["entered"].to_dict() == {"Female": 5, "Male": 3}
    assert "These figures are of cohort 10, the last of 2: 9 and 10." in last.notes
    with pytest.raises(su.ArgumentError, match="would add cohorts up here"):
        su.eligibility_rules(people, cohort="all", **asked)
    with pytest.raises(su.ArgumentError, match="'11' is not a cohort of these records"):
        su.eligibility_rules(people, cohort="11", **asked)


def test_a_level_without_a_place_for_every_group() -> None:
    level = "[characteristics.religion.levels.two.groups]\nSome = ['Christian']\nNone = ['No religion']\n"
    programme = programme_from_toml(TEXT + level)
    frame = chosen().assign(religion=["Christian", "Muslim", "No religion"] * 3)
    counts = su.count_stages(su.read_applicants(frame, programme=programme, check_ids=False))
    asked = {**ROLES, "by": "religion"}
    found = su.offers_by_choice(counts, **asked, level="two")
    plain = su.offers_by_choice(counts, **asked, level="detailed").frame
    people = found.frame.groupby("group")["people"].sum().to_dict()
    each = plain.groupby("group")["people"].sum()
    assert people == {"Some": each["Christian"], "None": each["No religion"]}
    why = "stated no religion or belief, or one that this level leaves out"
    assert f"{each['Muslim']} who entered the gate {why}: left out." in found.notes


def test_choices_refused() -> None:
    counts = su.count_stages(read(chosen()))
    with pytest.raises(su.ArgumentError, match="One stratum is named for two roles"):
        su.offers_by_choice(counts, **(ROLES | {"second": "wanted"}))
    with pytest.raises(su.ArgumentError, match="'town' is not a stratum of these counts"):
        su.offers_by_choice(counts, **(ROLES | {"offered": "town"}))


def test_joins_by_pseudonym() -> None:
    left = pd.DataFrame({"id": ["A1", "A2", "A3", ""], "gender": ["F", "M", "F", "M"]})
    right = pd.DataFrame({"who": ["a3 ", "A1", "Z9", ""], "mark": ["70", "61", "50", "40"]})
    key = "a key that two teams share"
    coded = su.pseudonyms(left, on="id", key=key), su.pseudonyms(right, on="who", key=key)
    for frames in ((left, right), coded):
        joined = su.join_by_id(*frames, on="id", right_on="who")
        assert joined.frame["mark"].tolist() == ["61", "", "70", ""]
        assert (joined.both, joined.only_left, joined.only_right) == (2, 2, 2)
    assert not set(coded[0]["id"]) & set(left["id"][:3])
    assert coded[0]["id"].iloc[3] == ""
    other = su.pseudonyms(right, on="who", key="another key of enough letters")
    with pytest.raises(su.DataError, match="Nobody is in both files"):
        su.join_by_id(coded[0], other, on="id", right_on="who")


def test_who_applied_twice_is_one_person() -> None:
    left = pd.DataFrame({"id": ["a", "a", "b", "b", "c", ""]})
    joined = su.join_by_id(left, pd.DataFrame({"id": ["A", "z", ""], "mark": [1, 2, 3]}), on="id")
    assert (joined.both, joined.only_left, joined.only_right) == (1, 3, 2)
    assert joined.frame["mark"].tolist() == [1, 1, "", "", "", ""]


def test_joins_refused_without_naming_anybody() -> None:
    left = pd.DataFrame({"id": ["SECRET1"], "mark": ["1"]})
    twice = pd.DataFrame({"id": ["SECRET1", "secret1"], "award": ["1", "2"]})
    with pytest.raises(su.DataError) as refused:
        su.join_by_id(left, twice, on="id")
    assert str(refused.value) == (
        "The second file has somebody twice: rows 1 and 2 have the same id. Keep one row for each person."
    )
    with pytest.raises(su.ArgumentError, match="which the first file has too"):
        su.join_by_id(left, left, on="id")
    with pytest.raises(su.ArgumentError, match="key= has 5 characters"):
        su.pseudonyms(left, on="id", key="short")


def test_zeros_that_a_spreadsheet_took_away() -> None:
    """Neither joined in silence nor left apart in silence: one sentence asks, two words answer."""
    left = pd.DataFrame({"id": ["001", "002", "17", "0A", ""], "gender": ["F", "M", "F", "M", "M"]})
    right = pd.DataFrame({"id": ["1", "2", "17", "a", "9"], "mark": ["61", "62", "63", "64", "65"]})
    with pytest.raises(su.DataError) as refused:
        su.join_by_id(left, right, on="id")
    assert str(refused.value) == (
        "2 ids of the first file and 2 of the second fit only without leading zeros, as 001 and 1 do: a "
        "spreadsheet may have taken them away. 1 fit as they stand. If they are the same people, leave the "
        "zeros out of the comparison (leading_zeros='drop'); if 001 and 1 are two people, say so "
        "(leading_zeros='keep')."
    )
    dropped = su.join_by_id(left, right, on="id", leading_zeros="drop")
    assert dropped.frame["mark"].tolist() == ["61", "62", "63", "", ""]
    assert dropped.frame["id"].tolist() == left["id"].tolist()
    kept = su.join_by_id(left, right, on="id", leading_zeros="keep")
    assert kept.frame["mark"].tolist() == ["", "", "63", "", ""]
    with pytest.raises(su.ArgumentError, match="leading_zeros='none' is not known"):
        su.join_by_id(left, right, on="id", leading_zeros="none")


def test_zeros_that_tell_two_people_apart() -> None:
    left = pd.DataFrame({"id": ["7", "07", "8"]})
    right = pd.DataFrame({"id": ["7", "8"], "mark": ["61", "62"]})
    with pytest.raises(su.DataError, match="1 id of the first file and 0 of the second fit only without"):
        su.join_by_id(left, right, on="id")
    for call in (
        lambda: su.join_by_id(left, right, on="id", leading_zeros="drop"),
        lambda: su.pseudonyms(left, on="id", key="a key that two teams share", leading_zeros="drop"),
    ):
        with pytest.raises(su.DataError) as refused:
            call()
        which = str(refused.value).partition(" has ")[0]
        assert which in ("The first file", "The file")
        assert str(refused.value) == (
            f"{which} has 2 different ids that are no longer different without their leading zeros, as 001 "
            "and 1 are. Keep the zeros (leading_zeros='keep'), or write each person's id in one way."
        )


def test_codes_of_ids_without_zeros_fit() -> None:
    left, right = pd.DataFrame({"id": ["001", "12"]}), pd.DataFrame({"id": ["1", "12"], "mark": [61, 62]})
    key = "a key that two teams share"
    coded = [su.pseudonyms(one, on="id", key=key, leading_zeros="drop") for one in (left, right)]
    assert su.join_by_id(*coded, on="id").frame["mark"].tolist() == [61, 62]


def test_ids_that_are_numbers_beside_a_blank() -> None:
    """A frame keeps 1 as 1.0 where another id is blank; nobody wrote the point."""
    left = pd.DataFrame({"id": [1.0, None, 3.0]})
    joined = su.join_by_id(left, pd.DataFrame({"id": ["1", "3"], "mark": ["61", "63"]}), on="id")
    assert joined.frame["mark"].tolist() == ["61", "", "63"]


def test_zeros_at_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    left, right, out = (tmp_path / name for name in ("left.csv", "right.csv", "out.csv"))
    left.write_text("id,gender\n001,F\n002,M\n", encoding="utf-8")
    right.write_text("id,mark\n1,61\n", encoding="utf-8")
    command = ["join", str(left), str(right), "--on", "id", "-o", str(out)]
    assert main(command) == 1
    said = capsys.readouterr().err
    assert "1 id of the first file and 1 of the second fit only without leading zeros" in said
    assert "(--leading-zeros drop)" in said
    assert not out.exists()
    assert main([*command, "--leading-zeros", "drop"]) == 0
    assert out.read_text(encoding="utf-8") == "id,gender,mark\n001,F,61\n002,M,\n"


@pytest.fixture
def programme(tmp_path: Path) -> str:
    path = tmp_path / "team.toml"
    path.write_text(TEXT, encoding="utf-8")
    return str(path)


def test_commands(tmp_path: Path, programme: str, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.csv"
    records, marks = tmp_path / "records.csv", tmp_path / "marks.csv"
    frame = scored(better=4.0)
    frame.drop(columns="mark").to_csv(records, index=False)
    frame.loc[frame["mark"] != "", ["applicant_id", "mark"]].to_csv(marks, index=False)
    joined = tmp_path / "joined.csv"
    assert main(["join", str(records), str(marks), "--on", "applicant_id", "-o", str(joined)]) == 0
    assert "people are in both files" in capsys.readouterr().out
    asked = ["--programme", programme, "--by", "gender"]
    score = ["--score", "total", "--award", "mark", "--gate", "assessed", "-o", str(out)]
    assert main(["validity", str(joined), *asked, *score]) == 0
    assert "one line does not serve all groups" in capsys.readouterr().out
    assert len(pd.read_csv(out)) == 2
    ruled().to_csv(records, index=False)
    rules = ["--rule", "as it was: degree>=3 years>=1", "lower: degree>=2", "-o", str(out)]
    assert main(["rules", str(records), *asked, "--gate", "eligible", *rules]) == 0
    assert "- Under “lower”, Male: 3 of 3 meet it (100%)" in capsys.readouterr().out
    assert len(pd.read_csv(out)) == 4
    assert main(["rules", str(records), *asked, "--gate", "eligible", "--rule", "degree>3"]) == 2
    assert "--rule 'degree>3' is not read." in capsys.readouterr().err
    chosen().to_csv(records, index=False)
    roles = ["--first", "wanted", "--second", "also", "--offered", "place", "-o", str(out)]
    assert main(["choices", str(records), *asked, *roles]) == 0
    assert "- Female: second choice for 1 of 4 (25%)." in capsys.readouterr().out
    assert len(pd.read_csv(out)) == 10


QUESTIONS = {
    "validity": ["--score", "total", "--award", "mark", "--gate", "assessed"],
    "rules": ["--gate", "eligible", "--rule", "lower: degree>=2"],
    "choices": ["--first", "wanted", "--offered", "place"],
}
NEED = "This question is about numbers of each applicant, which no count holds. Give the records."


@pytest.mark.parametrize("command", QUESTIONS)
def test_what_holds_no_records_is_refused_by_name(
    command: str, tmp_path: Path, programme: str, capsys: pytest.CaptureFixture[str]
) -> None:
    table, counts, records = (tmp_path / name for name in ("table.csv", "kept.counts", "records.csv"))
    table.write_text("characteristic,group,applied,in\ngender,Female,90,30\ngender,Male,80,20\n")
    ruled().to_csv(records, index=False)
    assert main(["count", str(records), "-o", str(counts)]) == 0
    asked = [*QUESTIONS[command], "--by", "gender"]
    capsys.readouterr()
    wanted = {
        table: f"table.csv is a published table of numbers of people. {NEED}",
        counts: f"kept.counts holds counts that were written. {NEED}",
    }
    for file, said in wanted.items():
        if command == "choices":
            said = (
                "These counts hold no strata, so nobody's choice is known: a published table has none. Count "
                "records whose programme declares the choices and the offering partnership under [strata]."
            )
        assert main([command, str(file), *asked]) == (2 if command == "choices" else 1)
        assert capsys.readouterr().err == f"stepup-equity: {said}\n"
    with pytest.raises(SystemExit):
        main([command, "--help"])
    assert "no published table" in " ".join(capsys.readouterr().out.split())


def test_an_award_is_told_by_its_own_scale() -> None:
    """0.06 and 0.14 of an award between 0 and 1 are not both 0.1."""
    frame = scored(better=4.0)
    marks = pd.to_numeric(frame["mark"]) / 100
    small = validity(frame.assign(mark=marks.map(lambda one: "" if np.isnan(one) else f"{one:.5f}")))
    large = validity(frame.assign(mark=(marks * 1000).map(lambda one: "" if np.isnan(one) else f"{one:.2f}")))
    said = [re.sub(r"[\d.]+(?= points)|[+−][\d.]+", "#", one.sentences[0]) for one in (small, large)]
    assert (
        said[0]
        == said[1]
        == ("Male: mark # points above what the line of Female says of their mean score (# to #).")
    )
    above = small.frame.set_index("group").loc["Male", "above"]
    assert f"mark {above:.3f} points above" in small.sentences[0]
    assert f"mark {1000 * above:.0f} points above" in large.sentences[0]


def test_a_row_longer_than_its_header_moves_no_column(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    records, marks, out = (tmp_path / name for name in ("records.csv", "marks.csv", "out.csv"))
    records.write_text("id,gender\na,F,\nb,M,\n", encoding="utf-8")
    marks.write_text("id,mark\na,61\n", encoding="utf-8")
    command = ["join", str(records), str(marks), "--on", "id", "-o", str(out)]
    assert main(command) == 0
    assert out.read_text(encoding="utf-8") == "id,gender,mark\na,F,61\nb,M,\n"
    records.write_text("id,gender\na,F,x\nb,M,y\n", encoding="utf-8")
    capsys.readouterr()
    assert main(command) == 1
    assert "records.csv cannot be read as a text table." in capsys.readouterr().err


def test_pseudonyms_at_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    records, key, out = tmp_path / "records.csv", tmp_path / "key.txt", tmp_path / "coded.csv"
    records.write_text("applicant_id;mark\nA1;61\n", encoding="utf-8")
    key.write_text("a key that two teams share\n", encoding="utf-8")
    asked = ["pseudonyms", str(records), "--on", "applicant_id", "--key-file", str(key), "-o", str(out)]
    assert main(asked) == 0
    assert "A1" not in out.read_text(encoding="utf-8")
    key.write_text("short\n", encoding="utf-8")
    assert main(asked) == 2
    assert "a key that" not in capsys.readouterr().err
