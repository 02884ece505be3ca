"""A draft of a programme: every column, status and label right or asked about, and the people counted."""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from stepup_equity.counts import open_counts
from stepup_equity.errors import ArgumentError, DataError
from stepup_equity.process import normalise, programme_from_toml
from stepup_equity.shipped import shipped
from stepup_equity.start import Draft, draft_programme
from stepup_equity.start.labels import group_meant
from tests.start.cohorts import BY_HAND, HEADER

if TYPE_CHECKING:
    from pathlib import Path

    import stepup_equity as su

EXAMPLES = {path.stem: path for path in shipped("examples").glob("*.csv")}


def funnels(counts: su.StageCounts, level: str | None = None) -> dict[str, pd.DataFrame]:
    return {
        name: counts.funnel(name, level=level, not_stated=True).frame.drop(columns="characteristic")
        for name in counts.programme.characteristic_names
    }


def assert_same(one: su.StageCounts, two: su.StageCounts, level: str | None = None) -> None:
    first, second = funnels(one, level), funnels(two, level)
    assert first.keys() == second.keys()
    for name, frame in first.items():
        pd.testing.assert_frame_equal(
            frame.sort_values(["group", "gate"], ignore_index=True),
            second[name].sort_values(["group", "gate"], ignore_index=True),
            obj=name,
        )


def test_every_column_of_the_export_is_proposed_right(draft: Draft) -> None:
    found = {one.subject: one.value for one in draft.proposals if one.kind == "column"}
    roles = ("id", "age_band", "ethnicity", "sex", "gender_identity", "religion", "disability", "disability")
    roles += ("orientation", "stratum", "progress", "score", "score", "unused", "unused")
    assert found == dict(zip(HEADER, roles, strict=True))
    assert draft.view.header_row == 3
    assert (draft.programme.label, draft.cohort) == ("Step Up", "Cohort 5")


def test_a_person_decides_four_things_and_each_is_one_to_decide(draft: Draft) -> None:
    assert [one.key for one in draft.open] == [
        "reference_date",
        "split:withdrew",
        "status:Reserve list",
        "label:disability:Neurodivergent condition (e.g. autism or ADHD)",
    ]
    assert all(one.question.endswith("?") and one.reason and len(one.choices) > 1 for one in draft.open)


def test_until_then_it_counts_as_a_person_would_by_hand(draft: Draft, export: Path) -> None:
    by_hand = open_counts(export, programme=programme_from_toml(BY_HAND)).counts
    assert_same(draft.counts(), by_hand)


def test_a_split_tells_how_far_those_had_got_who_withdrew(draft: Draft, export: Path) -> None:
    rows = pd.read_excel(export, header=2, engine="calamine")
    gone = rows[rows["Status"].str.startswith("Withdrawn")]
    attended = int(gone["AC score"].notna().sum())
    sifted = int(gone["Assessment centre venue"].notna().sum()) - attended
    split = draft.answer("split:withdrew", "split")
    frame = split.counts().funnel("sex", not_stated=True).frame.groupby("gate")["withdrew"].sum()
    assert frame["eligible"] == len(gone) - sifted - attended
    assert (frame["attended"], frame["passed_ac"]) == (
        sifted + int((rows["Status"] == "AC - did not attend").sum()),
        attended,
    )
    question = draft.proposal("split:withdrew").question
    assert question == (
        f"Withdrawn, Withdrawn by candidate ({len(gone)}): {sifted + attended} have something under "
        "'Sift score'. Split by it?"
    )


def test_an_answer_gives_a_new_draft(draft: Draft) -> None:
    other = draft.answer("status:Reserve list", "Passed the assessment centre: passed, but no place")
    assert draft.proposal("status:Reserve list").open
    assert other.proposal("status:Reserve list").value == "passed_ac/no_place"
    assert len(other.open) == len(draft.open) - 1
    assert 'no_place = ["Reserve list"]' in other.to_toml()
    with pytest.raises(dataclasses.FrozenInstanceError):
        draft.answers = ()  # type: ignore[misc]
    assert draft.take().open == ()


def test_what_cannot_be_answered_so_is_refused(draft: Draft) -> None:
    with pytest.raises(ArgumentError, match="Did you mean 'status:Reserve list'"):
        draft.answer("status:Reserve lst", "split")
    with pytest.raises(ArgumentError, match=r"Possible: |passed_ac/pending"):
        draft.answer("status:Reserve list", "maybe")
    with pytest.raises(ArgumentError, match="'yesterday' is not a day"):
        draft.answer("reference_date", "yesterday")
    with pytest.raises(ArgumentError, match="does not name each stage once"):
        draft.answer("stages", "applied, offered")


def test_the_programme_is_commented_and_marks_what_is_open(draft: Draft) -> None:
    text = draft.to_toml()
    assert text.count("# OPEN: ") == len(draft.open)
    assert "SU5-" not in text
    assert programme_from_toml(text).process.stage_keys[3] == "attended"
    assert "# OPEN" not in draft.take().to_toml()


def test_a_column_can_be_given_another_use(draft: Draft) -> None:
    other = draft.answer("column:Preferred region", "unused").answer("column:Faith", "unused")
    assert [one.name for one in other.programme.strata] == []
    assert "religion" not in other.programme.characteristic_names
    assert draft.answer("column:Assessment centre venue", "stratum").programme.strata[-1].column == (
        "Assessment centre venue"
    )


def test_a_characteristic_given_to_another_column_is_asked_about_where_it_was(draft: Draft) -> None:
    other = draft.answer("column:Preferred region", "religion")
    faith = other.proposal("column:Faith")
    assert faith.open
    assert (faith.proposed, faith.reason) == ("unused", "'Preferred region' answers the same question")
    assert programme_from_toml(other.to_toml()).characteristic("religion").column == "Preferred region"


def test_the_layout_of_last_time_has_no_question(last: Path) -> None:
    draft = draft_programme(last)
    assert draft.open == ()
    assert draft.programme.process.stage_keys == (
        "applied",
        "eligible",
        "sifted",
        "attended",
        "passed_ac",
        "offered",
        "accepted",
    )
    rows = pd.read_csv(last, encoding="cp1252")
    frame = draft.counts().funnel("gender", not_stated=True).frame.groupby("gate")["passed"].sum()
    assert frame["sifted"] == (rows["Passed sift (Y/N)"] == "Y").sum()
    assert frame["accepted"] == (rows["Accepted (Y/N)"] == "Y").sum()


@pytest.mark.parametrize("name", ["cohort_one", "west_lancs_2019_20"])
def test_shipped_examples_are_counted_as_they_are(name: str) -> None:
    draft = draft_programme(EXAMPLES[name])
    assert draft.open == ()
    found, known = draft.counts(), open_counts(EXAMPLES[name]).counts
    assert found.people == known.people
    mine, theirs = (
        one.funnel("ethnicity", level="detailed", not_stated=True).reached for one in (found, known)
    )
    assert sorted(mine.tolist()) == sorted(theirs.tolist())


@pytest.mark.parametrize("name", ["civil_service", "fire_service"])
def test_worked_examples_are_counted_as_their_programmes_count_them(name: str) -> None:
    draft = draft_programme(EXAMPLES[name])
    for one in draft.open:
        draft = draft.answer(one.key, one.proposed)
    known = open_counts(EXAMPLES[name], programme=name).counts
    mine = draft.counts()
    by = known.programme.characteristic_names[0]
    assert mine.funnel(by).reached.sum(axis=0).tolist() == known.funnel(by).reached.sum(axis=0).tolist()
    assert mine.funnel(by).pending.sum(axis=0).tolist() == known.funnel(by).pending.sum(axis=0).tolist()


def test_rows_in_another_order_give_the_same_draft() -> None:
    frame = pd.read_csv(EXAMPLES["cohort_one"], dtype=str, keep_default_na=False)
    one = draft_programme(frame).to_toml()
    two = draft_programme(frame.sample(frac=1, random_state=3)).to_toml()
    assert one == two


def test_a_file_without_column_names_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("a1,Female,Hired\na2,Male,Rejected\na3,Female,Rejected\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"has no row that looks like column names"):
        draft_programme(path)


def test_a_file_that_tells_no_progress_asks_for_it() -> None:
    draft = draft_programme(pd.DataFrame({"id": ["a", "b", "c"], "sex": ["F", "M", "F"]}))
    assert [one.question for one in draft.open] == ["Which column tells how far people got?"]


def test_somebody_elses_answers_are_not_read() -> None:
    frame = pd.DataFrame(
        {
            "Ref": ["a", "b", "c", "d"],
            "Interviewer gender": ["Female", "Male", "Male", "Male"],
            "Status": ["Hired", "Rejected at sift", "Hired", "Rejected at sift"],
        }
    )
    assert draft_programme(frame).programme.characteristic_names == ()


def test_every_proposal_of_a_status_is_one_of_its_choices(draft: Draft) -> None:
    kinds = Counter(one.kind for one in draft.proposals)
    assert kinds["status"] == 10
    for one in draft.proposals:
        if one.choices:
            assert one.proposed in ["", *(choice.value for choice in one.choices)], one.key


APPLICATIONS = pd.DataFrame(
    {
        "Candidate ID": [f"p{i // 2}" for i in range(40)],
        "Vacancy": [f"v{i % 2}" for i in range(40)],
        "Sex": [("Female", "Male")[i // 2 % 2] for i in range(40)],
        "Status": [("Hired", "Sift - unsuccessful", "Interview - unsuccessful")[i % 3] for i in range(40)],
    }
)


@pytest.mark.parametrize("parts", [("Candidate ID", "Vacancy"), ("Candidate ID", "Application number")])
def test_people_in_several_rows_are_asked_about_and_then_counted_as_applications(
    parts: tuple[str, str],
) -> None:
    frame = APPLICATIONS.assign(**{"Application number": [f"n{i}" for i in range(40)]})
    drafted = draft_programme(frame[[*parts, "Sex", "Status"]])
    assert [one.key for one in drafted.open] == ["unit"]
    assert drafted.programme.reading.unit == "people"
    said = drafted.answer("unit", "applications")
    assert (said.programme.reading.id_parts, said.programme.reading.unit) == (parts, "applications")
    assert said.counts().people == 40
    assert "Every number counts applications" in " ".join(said.counts().notes)
    assert drafted.answer("unit", "people").programme.reading.id_parts == ()


def test_an_id_for_each_row_raises_no_question_of_what_a_row_is() -> None:
    frame = APPLICATIONS.assign(**{"Candidate ID": [f"p{i}" for i in range(40)]})
    assert draft_programme(frame).open == ()


def test_what_will_be_asked_is_written_down_before_anybody_looks(draft: Draft) -> None:
    asked = draft.programme.questions
    assert asked.characteristics == draft.programme.characteristic_names
    assert asked.levels == ("broad", "detailed")
    assert draft.proposal("levels").subject == "Ethnicity, Disability, Sexual orientation"
    assert draft.answer("levels", "Broad groups alone").programme.questions.levels == ("broad",)
    assert "levels" not in draft_programme(APPLICATIONS).to_toml()


DOUBTFUL = {
    "Sift - unsuccessful": 30, "Hired": 20, "Interview - unsuccessful": 20, "Withdrew after sift": 4,
    "Withdrew after interview": 3, "Withdrawn": 6, "Rejected": 5, "Interview pending": 2,
}  # fmt: skip


def doubtful() -> pd.DataFrame:
    words = [word for word, n in DOUBTFUL.items() for _ in range(n)]
    genders = ["weiblich", "männlich", "divers", "Femalish"]
    return pd.DataFrame(
        {
            "Bewerbernummer": [f"b{i}" for i in range(len(words))],
            "Geschlecht": [genders[i % 2] if i > 9 else genders[2 + i % 2] for i in range(len(words))],
            "Status": words,
        }
    )


def test_enter_takes_nothing_that_the_words_do_not_say() -> None:
    draft = draft_programme(doubtful())
    proposed = {one.subject: one.proposed for one in draft.proposals if one.kind in ("status", "label")}
    assert proposed["Withdrew after sift"] == "sifted/withdrew"
    assert (proposed["divers"], draft.proposal("label:sex:divers").safe) == ("Other", True)
    assert draft.proposal("label:sex:divers").reason == "the same in another language"
    doubt = ("Withdrew after interview", "Withdrawn", "Rejected", "Femalish")
    assert [proposed[one] for one in doubt] == ["", "", "", ""]
    taken = draft.take()
    assert {one.subject for one in taken.open} == set(doubt)
    with pytest.raises(ArgumentError) as refused:
        taken.answer("status:Withdrawn", "")
    assert str(refused.value) == (
        "Nothing is proposed here, and an answer is needed: Withdrawn (6): how far had they got?"
    )
    assert "Not stated" not in [choice.value for choice in draft.proposal("label:sex:Femalish").choices[:3]]


def test_why_somebody_left_is_not_said_for_them() -> None:
    frame = pd.DataFrame(
        {
            "Ref": [f"a{i}" for i in range(40)],
            "Sex": ["Female", "Male"] * 20,
            "Furthest stage": ["Applied", "Sifted", "Interviewed", "Hired"] * 10,
            "Reason for leaving": ["Rejected", "Zorp", "Withdrew", ""] * 10,
        }
    )
    draft = draft_programme(frame)
    one = draft.proposal("exit:Zorp")
    assert (one.proposed, one.value, one.open) == ("", "not_recorded", True)


def test_yes_and_no_in_other_languages_are_no_disability() -> None:
    """Columns of oui and non under the names of gates are stages, and refusals with dots are refusals."""
    n = 60
    stage = [i % 4 for i in range(n)]
    frame = pd.DataFrame(
        {
            "N° candidat": [f"{i:04d}" for i in range(n)],
            "Sexe": ["Femme", "Homme", "Autre"] * 20,
            "Schwerbehinderung": ["ja", "nein", "k. A."] * 20,
            "Note de l'écrit": [f"{10 + i / 7:.2f}".replace(".", ",") for i in range(n)],
            "Présélection": ["Oui" if one > 0 else "Non" for one in stage],
            "Entretien réussi": ["" if one < 1 else "Oui" if one > 1 else "Non" for one in stage],
            "Recrutée": ["" if one < 2 else "Oui" if one > 2 else "Non" for one in stage],
        }
    )
    draft = draft_programme(frame)
    assert draft.open == ()
    assert draft.programme.process.stage_keys == ("applied", "shortlisted", "interviewed", "started")
    assert draft.proposal("column:Note de l'écrit").value == "score"
    assert [one.decimal for one in draft.programme.covariates] == [","]
    counts = draft.counts()
    assert counts.funnel("sex").groups == ("Female", "Male", "Other")
    assert counts.funnel("disability", level="broad").reached[:, 0].tolist() == [20, 20]


def test_a_year_that_the_file_does_not_name_is_not_proposed() -> None:
    frame = pd.DataFrame(
        {
            "Ref": [f"a{i}" for i in range(40)],
            "Date of birth": [f"{1 + i % 28:02d}/03/{1980 + i % 20}" for i in range(40)],
            "Status": ["Hired", "Sift - unsuccessful"] * 20,
        }
    )
    one = draft_programme(frame).proposal("reference_date")
    assert (one.proposed, one.open) == ("", True)
    assert one.reason == "the file names no year; type a day such as 2025-09-01"
    told = draft_programme(frame.assign(Intake=["2023/24", "2024/25"] * 20)).proposal("reference_date")
    assert told.proposed == "2024-09-01"


def _people(n: int = 60, **columns: object) -> pd.DataFrame:
    """An export of `n` people; a column given as a list is repeated as often as it takes."""
    table: dict[str, object] = {"Candidate ref": [f"A{i:03}" for i in range(n)]}
    table |= {"Sex": ["Female", "Male"] * (n // 2)}
    for name, values in columns.items():
        assert isinstance(values, list)
        table[name.replace("_", " ")] = (values * n)[:n]
    return pd.DataFrame(table)


def test_two_words_for_one_answer_are_no_two_answers() -> None:
    """A stroke between two names of one group parts nothing."""
    orientation = ["Heterosexual / Straight"] * 8 + ["Gay / Lesbian", "Bisexual", "Prefer not to say"]
    statuses = ["Rejected at sift", "Appointed"]
    draft = draft_programme(_people(Sexual_orientation=orientation, Status=statuses))
    one = draft.programme.characteristic("orientation")
    assert one.separator == ""
    assert one.spellings["heterosexual / straight"] == "Heterosexual"
    assert not [open_ for open_ in draft.open if "orientation" in open_.key]
    several = ["Gay or lesbian / Bisexual", "Heterosexual"]
    both = draft_programme(_people(Sexual_orientation=several, Status=statuses))
    (asked,) = [one for one in both.open if one.key == "label:orientation:(several answers)"]
    assert asked.question == (
        "30 rows may give several answers to sexual orientation: in which group are those who do?"
    )
    assert f"# OPEN: {asked.question}" in both.to_toml()
    answered = both.answer(asked.key, "Other orientation").programme.characteristic("orientation")
    assert (answered.separator, answered.several) == (" / ", "Other orientation")


def test_an_order_in_doubt_can_be_answered_either_way() -> None:
    """Sift and tests come in either order: both are there to be chosen."""
    statuses = ["Rejected at sift", "Failed online test", "Interview - unsuccessful", "Appointed"]
    draft = draft_programme(_people(Status=statuses))
    one = draft.proposal("stages")
    assert [choice.value for choice in one.choices] == [
        "applied, tested, sifted, interviewed, started",
        "applied, sifted, tested, interviewed, started",
        "applied, sifted, interviewed, tested, started",
    ]
    assert one in draft.open
    other = draft.answer("stages", one.choices[1].value)
    assert other.programme.process.stage_keys == ("applied", "sifted", "tested", "interviewed", "started")
    assert other.proposal("status:Failed online test").value == "sifted/rejected"


def test_rows_with_nothing_in_them_are_nobody() -> None:
    table = _people(Status=["Rejected at sift", "Appointed"])
    table.loc[len(table)] = [None] * len(table.columns)
    draft = draft_programme(table)
    assert draft.view.rows == 60
    assert not [one for one in draft.open if one.key == "status:"]


@pytest.mark.parametrize("remarks", [["Total: 60 applications"], ["Total: 60 applications", "Confidential"]])
def test_remarks_below_a_table_are_named_as_such(remarks: list[str]) -> None:
    table = _people(Status=["Rejected at sift", "Appointed"])
    for one in (None, *remarks):
        table.loc[len(table)] = [one, *[None] * (len(table.columns) - 1)]
    said = "the last row" if len(remarks) == 1 else "the last 2 rows"
    with pytest.raises(DataError, match=rf"lines below its table \({said}\), such as remarks or a total"):
        draft_programme(table)


def test_people_of_whom_only_an_id_is_known_are_no_remarks() -> None:
    table = _people(Status=["Rejected at sift", "Appointed"])
    table.loc[len(table)] = ["A060", *[None] * (len(table.columns) - 1)]
    assert draft_programme(table).view.rows == 61


def test_an_order_of_columns_in_doubt_can_be_answered_either_way() -> None:
    """Twelve had an interview and no test: which came first is asked, with both to choose from."""
    sift, test, interview = ["Y"] * 40 + ["N"] * 20, ["Y"] * 20 + ["N"] * 8, ["Y"] * 10 + ["N"] * 10
    draft = draft_programme(
        _people(
            Sift_passed=sift,
            Test_passed=[*test, *["n/a"] * 12, *[""] * 20],
            Interview_passed=[*interview, *[""] * 8, *["Y"] * 6, *["N"] * 6, *[""] * 20],
        )
    )
    one = draft.proposal("stages")
    assert one in draft.open
    assert one.rests_on == "Some passed 'Interview passed' and not the stage before"
    assert [choice.value for choice in one.choices] == [
        "applied, sifted, tested, interviewed",
        "applied, sifted, interviewed, tested",
    ]


def test_a_few_bad_dates_of_birth_do_not_take_age_away() -> None:
    """They are errors of their rows; the column had been set aside without a question."""
    dates = [f"1{d % 10}/0{1 + d % 9}/198{d % 10}" for d in range(57)] + [
        "31/02/1999",
        "12/13/1988",
        "5th May 1990",
    ]
    draft = draft_programme(_people(DOB=dates, Status=["Rejected at sift", "Appointed"]))
    one = draft.proposal("column:DOB")
    assert (one in draft.open, one.proposed) == (True, "age_band")
    age = draft.answer("column:DOB", "age_band").programme.characteristic("age_band")
    assert (age.birth_column, age.birth_format) == ("DOB", "%d/%m/%Y")


@pytest.mark.parametrize(
    ("status", "place"),
    [
        ("Shortlisted - did not attend", "shortlisted/did_not_attend"),
        ("Shortlisted - withdrew", "shortlisted/withdrew"),
        ("Shortlisted - unsuccessful", "shortlisted/rejected"),
        ("Not shortlisted", "applied/rejected"),
    ],
)
def test_who_is_called_shortlisted_is_past_shortlisting(status: str, place: str) -> None:
    """Nobody attends a shortlisting: what they did not attend, or left, came after it."""
    draft = draft_programme(_people(Status=[status, "Interview - unsuccessful", "Appointed"]))
    assert draft.proposal(f"status:{status}").proposed == place


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            (
                "Applicant,,Sift,,Interview,\nRef,Sex,Score,Outcome,Score,Outcome\n"
                "A1,F,7,Pass,3,Fail\nA2,M,2,Fail,,\nA3,F,5,Pass,5,Pass\n"
            ),
            "has column names that stand more than once in their row: 'Score', 'Outcome'. Give each column",
        ),
        ("Ref,Status,Sex\n", "has one row and nothing below it. Export it again with its applicants."),
        ("", "is empty. Export it again with its column names and its applicants."),
    ],
)
def test_why_no_row_can_be_the_header_is_said(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "people.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as refused:
        draft_programme(path)
    assert f"people.csv {said}" in str(refused.value)


def test_a_draft_says_how_it_is_used_where_it_was_made(tmp_path: Path) -> None:
    frame = pd.DataFrame({"Gender": ["Female", "Male"] * 5, "Status": ["Rejected at sift", "Appointed"] * 5})
    assert draft_programme(frame).to_toml().splitlines()[1] == "#   read it with programme = THIS_FILE"
    frame.to_csv(tmp_path / "last round.csv", index=False)
    told = draft_programme(tmp_path / "last round.csv").to_toml()
    assert told.splitlines()[1] == "#   stepup-equity check 'last round.csv' --programme THIS_FILE"


CENSUS_2011 = [
    "White - English / Welsh / Scottish / Northern Irish / British",
    "Mixed/Multiple ethnic groups: Any other Mixed/Multiple ethnic background",
    "Asian/Asian British - Any other Asian background",
    "Asian / Asian British: Chinese",
    "Black/African/Caribbean/Black British - African",
]


def test_census_answers_are_known_however_a_system_joins_their_two_parts() -> None:
    draft = draft_programme(_people(Ethnic_origin=CENSUS_2011, Status=["Rejected at sift", "Appointed"]))
    assert not [one for one in draft.open if "thnic" in one.key]
    known = draft.programme.characteristic("ethnicity").spellings
    groups = [known[normalise(label)] for label in CENSUS_2011]
    assert groups == ["White British", "Mixed other", "Asian other", "Chinese", "Black African"]


def test_a_part_that_its_broad_group_does_not_have_is_asked_about() -> None:
    assert group_meant("White - Indian", "ethnicity_19") is None


def test_a_job_title_is_no_name_of_a_person() -> None:
    jobs = ["Planner", "Housing officer", "Surveyor"]
    draft = draft_programme(_people(Job_title=jobs, Status=["Rejected at sift", "Appointed"]))
    assert draft.proposal("column:Job title").value == "stratum"


def test_reasons_beside_the_furthest_stage_are_no_second_way_of_telling_progress() -> None:
    """Nothing stands among the reasons for those who got to the end, so they had no status at all."""
    stages = ["Applied", "Shortlisted", "Interviewed", "Appointed"]
    reasons = ["Not shortlisted", "Unsuccessful at interview", "Withdrawn", None]
    draft = draft_programme(_people(Stage_reached=stages, Disposition_reason=reasons))
    progress = draft.programme.reading.progress
    assert (progress.column, progress.exit_column) == ("Stage reached", "Disposition reason")  # type: ignore[union-attr]
    assert [one.key for one in draft.open] == ["stage:Interviewed"]
    assert draft.counts().overall().reached[0].tolist() == [60, 45, 30, 15]


def test_groups_of_a_file_are_not_in_the_order_of_their_sizes(tmp_path: Path) -> None:
    """A publication prints them in this order, those with hidden numbers too."""
    labels = ["Tango"] * 40 + ["Alpha"] * 9 + ["Zulu"] * 20 + ["Mike"] * 14
    stages = ["submitted", "shortlisted", "offered"]
    rows = {"Ref": range(len(labels)), "Nationality": labels}
    file = tmp_path / "file.csv"
    pd.DataFrame(rows | {"furthest_stage": [stages[i % 3] for i in rows["Ref"]]}).to_csv(file, index=False)
    (one,) = draft_programme(file).programme.characteristics
    assert list(one.labels) == ["Alpha", "Mike", "Tango", "Zulu"]


@pytest.mark.parametrize(("third", "name"), [("Non-binary", "gender"), ("Female", "sex")])
def test_of_sex_and_gender_in_one_heading_the_answers_decide(third: str, name: str) -> None:
    table = _people(Status=["Rejected at sift", "Appointed"]).drop(columns="Sex")
    table["Sex/Gender"] = ["Female", "Male", third] * 20
    draft = draft_programme(table)
    assert draft.programme.characteristic_names == (name,)
    assert not [one for one in draft.open if "Non-binary" in one.key]
