"""Every way in which a file can say how far people got."""

from __future__ import annotations

import csv
import importlib.util
import random
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from stepup_equity import DataError, StageCounts, count_stages, read_applicants
from stepup_equity.process import (
    Programme,
    load_programme,
    programme_from_toml,
    programme_to_toml,
    step_up_to_social_work,
)
from stepup_equity.shipped import shipped

if TYPE_CHECKING:
    from pathlib import Path

STAGES = step_up_to_social_work().process.stage_keys
HEAD = programme_to_toml(step_up_to_social_work())


def programme(progress: str) -> Programme:
    """Step Up with another way of telling progress."""
    return programme_from_toml(HEAD + "\n[reading.progress]\n" + progress)


def stage_columns(people: pd.DataFrame, passed: str, failed: str) -> pd.DataFrame:
    furthest = people["furthest_stage"].map(STAGES.index)
    columns = {}
    for i, key in enumerate(STAGES):
        at = pd.Series(passed, people.index).where(furthest >= i, failed)
        columns[key] = at.where(furthest >= i - 1, "")
    return people.drop(columns="furthest_stage").assign(**columns)


def test_stage_columns_in_words(people: pd.DataFrame, expected: StageCounts) -> None:
    for passed, failed in (("1", "0"), ("Y", "n"), ("True", "FALSE"), ("passed", "Fail")):
        assert count_stages(stage_columns(people, passed, failed)) == expected


def test_stage_columns_as_booleans_with_gaps(people: pd.DataFrame, expected: StageCounts) -> None:
    words = stage_columns(people, "1", "0")
    objects = words.assign(**{key: words[key].map({"1": True, "0": False, "": None}) for key in STAGES})
    assert count_stages(objects) == expected
    nullable = objects.astype(dict.fromkeys(STAGES, "boolean"))
    assert count_stages(nullable) == expected
    floats = words.assign(**{key: pd.to_numeric(words[key]) for key in STAGES})
    assert count_stages(floats) == expected


def test_a_semicolon_file_with_one_and_two(
    people: pd.DataFrame, expected: StageCounts, tmp_path: Path
) -> None:
    """1 is yes, 2 is no, blank is never got there; German-style delimiter; no Python needed."""
    coded = stage_columns(people, "1", "2").rename(
        columns={"screened": "Sift result", "assessed": "AC result", "exit_reason": "Why"}
    )
    coded["Why"] = coded["Why"].replace({"rejected": "Unsuccessful", "no_place": "Reserve - no place"})
    coded.to_csv(tmp_path / "coded.csv", sep=";", index=False)
    text = """
        [reading.progress]
        kind = "stage_columns"
        passed = ["1"]
        failed = ["2"]
        exit_column = "Why"
        [reading.progress.columns]
        screened = "Sift result"
        assessed = "AC result"
        [reading.progress.exit_words]
        "Unsuccessful" = "rejected"
        "Reserve - no place" = "no_place"
    """
    assert len(text.strip().splitlines()) < 40
    counts = count_stages(tmp_path / "coded.csv", programme=programme_from_toml(HEAD + text))
    assert counts == expected


def test_failed_one_is_never_read_as_passed() -> None:
    spec = programme('kind = "stage_columns"\nfailed = ["1"]\npassed = ["2"]\n')
    frame = pd.DataFrame({"gender": ["Female", "Female"], **{key: ["2", "1"] for key in STAGES[1:]}})
    frame.loc[1, list(STAGES[2:])] = ""
    reached = count_stages(frame, programme=spec).overall().reached
    assert reached.tolist() == [[2, 1, 1, 1, 1, 1, 1]]


def test_stage_columns_of_dates(people: pd.DataFrame, expected: StageCounts, tmp_path: Path) -> None:
    furthest = people["furthest_stage"].map(STAGES.index)
    columns = {
        key: pd.Series(f"{10 + i}/03/2010", people.index).where(furthest >= i, "")
        for i, key in enumerate(STAGES)
    }
    dated = people.drop(columns="furthest_stage").assign(**columns)
    dated.to_csv(tmp_path / "dates.csv", index=False)
    spec = programme('kind = "stage_columns"\ndates = true\ndate_format = "%d/%m/%Y"\n')
    applicants = read_applicants(tmp_path / "dates.csv", programme=spec)
    assert applicants.problems.empty
    assert count_stages(applicants) == expected
    iso = dated.assign(**{key: pd.to_datetime(dated[key], format="%d/%m/%Y") for key in STAGES})
    assert count_stages(iso, programme=programme('kind = "stage_columns"\ndates = true\n')) == expected


def test_dates_out_of_order_are_a_warning() -> None:
    dates = {key: [f"2010-0{i + 1}-01"] for i, key in enumerate(STAGES)} | {"invited": ["2010-02-01"]}
    frame = pd.DataFrame({"gender": ["Male"], **dates})
    spec = programme('kind = "stage_columns"\ndates = true\n')
    problems = read_applicants(frame, programme=spec, check_ids=False).problems
    assert problems[["severity", "code", "column", "rows", "count", "problem"]].to_numpy().tolist() == [
        [
            "warning",
            "dates_out_of_order",
            "invited",
            "1",
            1,
            "A date before that of 'screened', the stage before.",
        ]
    ]


def test_furthest_stage_and_columns_together_must_agree(people: pd.DataFrame, expected: StageCounts) -> None:
    both = stage_columns(people, "1", "0").assign(furthest_stage=people["furthest_stage"])
    assert count_stages(both) == expected
    both.loc[4, "furthest_stage"] = "accepted"
    with pytest.raises(DataError) as error:
        read_applicants(both)
    assert str(error.value) == (
        "The frame is refused: the furthest stage is not the one that the stage columns tell "
        "(column 'furthest_stage', row 5). Correct the rows, or name the one to read "
        "under [reading.progress]."
    )


def test_words_for_furthest_stage(people: pd.DataFrame, expected: StageCounts) -> None:
    worded = people.rename(columns={"furthest_stage": "Got to", "exit_reason": "Why"})
    worded["Got to"] = worded["Got to"].replace(
        {"screened": "Paper sift OK", "accepted": "Accepted the Offer "}
    )
    worded["Why"] = worded["Why"].replace({"did_not_attend": "No show", "no_place": "No Place"})
    spec = programme(
        'kind = "furthest_stage"\ncolumn = "got_to"\nexit_column = "why"\n'
        '[reading.progress.words]\n"paper sift ok" = "screened"\n'
        '[reading.progress.exit_words]\n"no show" = "did_not_attend"\n'
    )
    assert count_stages(worded, programme=spec) == expected


STATUS = """kind = "status"
column = "Status"
[reading.progress.outcomes.submitted]
rejected = ["Ineligible*"]
withdrew = ["Withdrew before eligibility"]
[reading.progress.outcomes.eligible]
rejected = ["Rejected at sift*", "Unsuccessful: paper"]
withdrew = ["Withdrew at sift"]
[reading.progress.outcomes.screened]
rejected = ["Second eligibility check failed"]
withdrew = ["Withdrew before AC"]
did_not_attend = ["AC - no show"]
[reading.progress.outcomes.invited]
rejected = ["Failed AC*"]
withdrew = ["Withdrew during AC"]
did_not_attend = ["Left AC early"]
[reading.progress.outcomes.assessed]
no_place = ["Reserve list*"]
rejected = ["Failed references"]
withdrew = ["Withdrew from reserve list"]
[reading.progress.outcomes.offered]
declined = ["Offer declined"]
offer_withdrawn = ["Offer withdrawn*", "CRB check failed"]
withdrew = ["Withdrew after offer"]
rejected = ["Visa refused"]
[reading.progress.outcomes.accepted]
reached = ["Accepted", "On programme"]
"""
SAID = {
    ("submitted", "rejected"): ["Ineligible", "ineligible - degree class", "Ineligible: experience"],
    ("submitted", "withdrew"): ["Withdrew before eligibility"],
    ("eligible", "rejected"): ["Rejected at Sift (Q1)", "rejected at sift", "Unsuccessful: paper"],
    ("eligible", "withdrew"): ["Withdrew at sift"],
    ("screened", "rejected"): ["Second eligibility check failed"],
    ("screened", "withdrew"): ["Withdrew before AC"],
    ("screened", "did_not_attend"): ["AC – no show"],
    ("invited", "rejected"): ["Failed AC", "Failed AC: group exercise", "FAILED AC interview"],
    ("invited", "withdrew"): ["Withdrew during AC"],
    ("invited", "did_not_attend"): ["Left AC early"],
    ("assessed", "no_place"): ["Reserve list", "Reserve list closed"],
    ("assessed", "rejected"): ["Failed references"],
    ("assessed", "withdrew"): ["Withdrew from reserve list"],
    ("offered", "declined"): ["Offer declined"],
    ("offered", "offer_withdrawn"): ["Offer withdrawn - visa", "CRB check failed"],
    ("offered", "withdrew"): ["Withdrew after offer"],
    ("offered", "rejected"): ["Visa refused"],
    ("accepted", ""): ["Accepted", "On programme"],
}


def test_status_words(people: pd.DataFrame, expected: StageCounts) -> None:
    draw = random.Random(1)
    pairs = zip(people["furthest_stage"], people["exit_reason"], strict=True)
    frame = people.drop(columns=["furthest_stage", "exit_reason"]).assign(
        Status=[draw.choice(SAID[pair]) for pair in pairs]
    )
    assert count_stages(frame, programme=programme(STATUS)) == expected


def test_a_status_that_is_blank_is_called_blank() -> None:
    """It is no label of few people that somebody would have to look up."""
    frame = pd.DataFrame({"gender": ["Male"] * 3, "Status": ["Accepted", None, " "]})
    with pytest.raises(DataError) as error:
        read_applicants(frame, programme=programme(STATUS), check_ids=False)
    assert error.value.problems["found"].tolist() == ["a blank (2)"]


def test_a_bare_rejected_is_a_problem_not_a_guess() -> None:
    frame = pd.DataFrame({"gender": ["Male"] * 3, "Status": ["Accepted", "Rejected", "withdrew"]})
    with pytest.raises(DataError) as error:
        read_applicants(frame, programme=programme(STATUS), check_ids=False)
    assert str(error.value) == (
        "The frame is refused: statuses that say why people left, but not how far they had got "
        "(column 'Status', rows 2, 3). Export the log of statuses (kind = 'events') or the furthest "
        "stage."
    )
    assert error.value.problems["found"].tolist() == [
        "2 labels of fewer than 5 rows, not shown: see the rows"
    ]


def event_log(people: pd.DataFrame, seed: int) -> pd.DataFrame:
    """The first cohort as a log: shuffled, with repeats, emails, and an exit after the last stage reached."""
    draw = random.Random(seed)
    words = {key: f"{key.title()}" for key in STAGES} | {"submitted": "Application received"}
    rows = []
    for person in people.to_dict("records"):
        furthest = STAGES.index(person["furthest_stage"])
        about = {k: v for k, v in person.items() if k not in ("furthest_stage", "exit_reason")}
        history = [words[key] for key in STAGES[: furthest + 1]]
        if person["exit_reason"] not in ("", "not_recorded"):
            history.append(f"Left: {person['exit_reason']}")
        for day, word in enumerate(history):
            entry = about | {"date": f"2010-03-{day + 1:02d} 0{draw.randrange(8, 10)}:15", "event": word}
            rows += [entry] * draw.choice([1, 1, 1, 2])
            if draw.random() < 0.1:
                rows.append(entry | {"event": "Email sent: update", "ethnicity": ""})
    draw.shuffle(rows)
    return pd.DataFrame(rows)


EXITS = ("rejected", "withdrew", "did_not_attend", "declined", "offer_withdrawn", "no_place", "pending")
EVENTS = (
    'kind = "events"\nreopened = ["Reopened"]\nignored = ["Email sent*"]\n'
    + "".join(f'[reading.progress.outcomes.{key}]\nreached = ["{key.title()}"]\n' for key in STAGES[1:])
    + '[reading.progress.outcomes.submitted]\nreached = ["Application received"]\n'
    + "[reading.progress.outcomes.any]\n"
    + "".join(f'{reason} = ["Left: {reason}"]\n' for reason in EXITS)
)


@pytest.mark.parametrize("seed", [1, 2])
def test_an_event_log(seed: int, people: pd.DataFrame, expected: StageCounts, tmp_path: Path) -> None:
    log = event_log(people, seed)
    assert len(log) > 2 * len(people)
    log.to_csv(tmp_path / "log.csv", index=False)
    applicants = read_applicants(tmp_path / "log.csv", programme=programme(EVENTS))
    assert applicants.problems.query("severity != 'note'").empty
    assert count_stages(applicants) == expected


def history(*events: tuple[str, str], log: str = EVENTS) -> tuple[str, str]:
    """Furthest stage and exit reason that a person's log tells."""
    from stepup_equity.process import EXIT_REASONS

    rows = [{"applicant_id": "a", "gender": "Female", "date": date, "event": event} for date, event in events]
    random.Random(0).shuffle(rows)
    cells = read_applicants(pd.DataFrame(rows), programme=programme(log)).cells
    assert cells.n.tolist() == [1]
    return STAGES[cells.furthest[0]], list(EXIT_REASONS)[cells.exit[0]]


def test_withdrawal_after_an_offer() -> None:
    path = [
        (f"2010-01-0{i + 1}", word)
        for i, word in enumerate(["Application received", *map(str.title, STAGES[1:6])])
    ]
    assert history(*path, ("2010-02-01", "Left: withdrew")) == ("offered", "withdrew")
    assert history(*path) == ("offered", "not_recorded")
    assert history(*path, ("2010-02-01", "Left: offer_withdrawn")) == ("offered", "offer_withdrawn")


def test_reopenings_and_repeats() -> None:
    assert history(
        ("2010-01-01", "Application received"), ("2010-01-02", "Left: rejected"), ("2010-01-03", "Reopened")
    ) == ("submitted", "not_recorded")
    assert history(
        ("2010-01-01", "Application received"),
        ("2010-01-02", "Left: rejected"),
        ("2010-01-05", "Eligible"),
        ("2010-01-09", "Left: withdrew"),
    ) == ("eligible", "withdrew")
    # a stage written down again after the exit undoes nothing
    assert history(
        ("2010-01-01", "Application received"),
        ("2010-01-02", "Eligible"),
        ("2010-01-03", "Left: rejected"),
        ("2010-01-04", "Eligible"),
    ) == ("eligible", "rejected")
    # at the same moment the stage comes before the exit
    assert history(("2010-01-01", "Left: rejected"), ("2010-01-01", "Screened")) == ("screened", "rejected")


def test_who_waits_and_goes_on_the_same_day_waits_no_more() -> None:
    reached = 'reached = ["Eligible"]\n'
    log = EVENTS.replace(reached, reached + 'pending = ["Waits for screening"]\n')
    day = "2010-01-03"
    waits = (("2010-01-01", "Application received"), (day, "Eligible"), (day, "Waits for screening"))
    assert history(*waits, log=log) == ("eligible", "pending")
    assert history(*waits, (day, "Screened"), log=log) == ("screened", "not_recorded")
    assert history(*waits, (day, "Left: rejected"), log=log) == ("eligible", "rejected")


def test_who_left_and_was_taken_back_the_same_day_has_not_left() -> None:
    day = "2010-01-02"
    left = (("2010-01-01", "Application received"), (day, "Left: withdrew"), (day, "Reopened"))
    assert history(*left) == ("submitted", "not_recorded")
    assert history(*left, ("2010-01-03", "Left: rejected")) == ("submitted", "rejected")
    # of two leavings and one reopening a leaving is left over
    assert history(*left, (day, "Left: rejected"))[1] != "not_recorded"
    # of somebody who had left before, the reopening comes first
    before = ("2010-01-01", "Left: rejected")
    assert history(before, *left[1:]) == ("submitted", "withdrew")


def test_a_person_is_an_id_in_a_cohort() -> None:
    rows = [
        ("a", "2010", "Female", "2010-01-01", "Application received"),
        ("a", "2010", "Female", "2010-01-02", "Left: rejected"),
        ("a", "2011", "Female", "2011-01-01", "Eligible"),
        ("b", "2011", "Male", "2011-01-01", "Application received"),
    ]
    frame = pd.DataFrame(rows, columns=["applicant_id", "cohort", "gender", "date", "event"])
    counts = count_stages(frame, programme=programme(EVENTS))
    assert counts.people == 3
    assert counts.overall(where={"cohort": "2011"}).reached[0, :2].tolist() == [2, 1]


def test_an_id_listed_alone_is_that_column() -> None:
    frame = pd.DataFrame({"applicant_id": ["a", "b"], "gender": "Male", "furthest_stage": "offered"})
    text = HEAD.replace('applicant_id = "applicant_id"', 'applicant_id = ["applicant_id"]')
    assert text != HEAD
    assert count_stages(frame, programme=programme_from_toml(text)).people == 2


def test_events_out_of_order_are_a_warning() -> None:
    rows = [("a", "2010-01-09", "Eligible"), ("a", "2010-01-02", "Screened"), ("b", "2010-01-02", "Screened")]
    frame = pd.DataFrame(rows, columns=["applicant_id", "date", "event"]).assign(gender="Male")
    problems = read_applicants(frame, programme=programme(EVENTS)).problems
    assert problems[["severity", "code", "count"]].to_numpy().tolist()[0] == [
        "warning",
        "dates_out_of_order",
        1,
    ]


def test_numbers_of_people(people: pd.DataFrame, expected: StageCounts) -> None:
    keys = ["gender", "religion", "region", "cohort"]
    furthest = people["furthest_stage"].map(STAGES.index)
    reached = people[keys].assign(**{key: (furthest >= i).astype(int) for i, key in enumerate(STAGES)})
    table = reached.groupby(keys, as_index=False).sum()
    spec = programme(
        'kind = "counts"\n[reading.progress.reached]\n' + "".join(f'{k} = "{k}"\n' for k in STAGES)
    )
    counts = count_stages(table, programme=spec)
    for name in ("gender", "religion"):
        assert (counts.funnel(name).reached == expected.funnel(name).reached).all()
    crossed = counts.funnel(("gender", "religion")).reached
    assert (crossed == expected.funnel(("gender", "religion")).reached).all()


def test_numbers_of_people_by_exit(people: pd.DataFrame, expected: StageCounts) -> None:
    keys = ["ethnicity", "gender", "age_band", "religion", "disability", "orientation", "region", "cohort"]
    ways = people["furthest_stage"] + " / " + people["exit_reason"]
    table = pd.crosstab([people[key] for key in keys], ways).reset_index()
    text = 'kind = "counts"\n'
    for stage in STAGES:
        ended = [way for way in sorted(set(ways)) if way.startswith(f"{stage} /")]
        text += f"[reading.progress.outcomes.{stage}]\n"
        text += "".join(f'{way.split(" / ")[1] or "reached"} = ["{way}"]\n' for way in ended)
    assert count_stages(table, programme=programme(text)) == expected


@pytest.mark.parametrize(
    ("cell", "sentence", "remedy"),
    [
        ("few", "values that are not a whole number of people", "Write 0 for nobody. Leave out groups with "),
        ("*", "values that are not a whole number of people", "Write 0 for nobody. Leave out groups with "),
        ("", "blanks in place of a number of people", "Write 0 for nobody. Leave out groups with "),
        (
            "12,5",
            "values that are not a whole number of people: counts of people are needed, not ",
            "Give the",
        ),
    ],
)
def test_a_cell_of_exits_that_is_no_number_is_refused(cell: str, sentence: str, remedy: str) -> None:
    outcomes = "[reading.progress.outcomes.eligible]\nrejected = ['out']\n"
    spec = programme(f'kind = "counts"\n{outcomes}[reading.progress.outcomes.accepted]\nreached = ["in"]\n')
    frame = pd.DataFrame({"gender": ["Female", "Male"], "out": ["7", cell], "in": ["3", "4"]})
    with pytest.raises(DataError) as error:
        read_applicants(frame, programme=spec)
    assert sentence in str(error.value)
    assert f"(column 'out', row 2). {remedy}" in str(error.value)


def test_the_civil_service_log_tells_what_its_builder_says() -> None:
    place = shipped("examples") / "build_civil_service.py"
    spec = importlib.util.spec_from_file_location("build_civil_service", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    _, truth = module.build()
    told = pd.DataFrame(list(csv.DictReader(truth.splitlines())))
    counts = count_stages(shipped("examples/civil_service.csv"), programme="civil_service")
    stages = load_programme("civil_service").process.stage_keys
    furthest = told["furthest_stage"].map(stages.index)
    assert counts.overall().reached[0].tolist() == [int((furthest >= i).sum()) for i in range(len(stages))]
    by_exit = counts.overall()
    assert int(by_exit.pending.sum()) == int((told["exit_reason"] == "pending").sum())
    assert int(by_exit.withdrew.sum()) == int(told["exit_reason"].isin(["withdrew", "declined"]).sum())
    rejected = told["exit_reason"].isin(["rejected", "no_place", "offer_withdrawn"]).sum()
    assert int(by_exit.rejected.sum()) == int(rejected)


def test_two_eligibility_passes_checks_after_the_offer_and_reserves() -> None:
    """What the evaluation tells of the first cohort is all expressible."""
    text = """
        label = "Step Up, every check"
        stages = [
            { key = "applied" }, { key = "eligible" }, { key = "screened" }, { key = "eligible_again" },
            { key = "attended" }, { key = "passed" }, { key = "offered" }, { key = "accepted" },
            { key = "checked" }, { key = "joined" },
        ]
        [characteristics.gender]
        groups = ["Female", "Male"]
        [reading.progress]
        kind = "status"
        [reading.progress.outcomes.screened]
        rejected = ["Second eligibility review: no"]
        [reading.progress.outcomes.passed]
        no_place = ["Reserve"]
        [reading.progress.outcomes.accepted]
        offer_withdrawn = ["CRB discrepancy", "References", "Visa"]
        [reading.progress.outcomes.checked]
        withdrew = ["Did not join"]
        [reading.progress.outcomes.joined]
        reached = ["Joined"]
    """
    words = ["Second eligibility review: no", "Reserve", "CRB discrepancy", "Did not join", "Joined"]
    frame = pd.DataFrame({"status": words, "gender": "Female"})
    everyone = count_stages(frame, programme=programme_from_toml(text)).overall()
    assert everyone.reached.tolist() == [[5, 5, 5, 4, 4, 4, 3, 3, 2, 1]]
    assert everyone.rejected.tolist() == [[0, 0, 1, 0, 0, 1, 0, 1, 0]]
    assert everyone.withdrew.tolist() == [[0, 0, 0, 0, 0, 0, 0, 0, 1]]


SILENT = "No exit reason for applicants who did not reach the last stage; they count as not recorded."


def told(problems: pd.DataFrame) -> list[list[object]]:
    return problems[["severity", "code", "column", "rows", "count", "problem", "remedy"]].to_numpy().tolist()


def test_a_status_that_only_says_reached_is_noted() -> None:
    """A word under reached at an earlier stage may mean that somebody waits: the file must not hide it."""
    spec = programme(
        'kind = "status"\n[reading.progress.outcomes.submitted]\nrejected = ["No"]\npending = ["In review"]\n'
        '[reading.progress.outcomes.eligible]\nreached = ["Sift \\"booked\\"", "Waits"]\n'
        '[reading.progress.outcomes.accepted]\nreached = ["In post"]\n'
    )
    status = ["No", 'Sift "booked"', "Waits", "In review", "In post"]
    frame = pd.DataFrame({"gender": ["Female"] * 5, "status": status})
    assert told(read_applicants(frame, programme=spec, check_ids=False).problems) == [
        [
            "note",
            "exit_not_recorded",
            "status",
            "2, 3",
            2,
            SILENT,
            (
                "If they are still waiting, name their words under pending in the programme, for example "
                'pending = ["Sift \\"booked\\""] under [reading.progress.outcomes.eligible]: pending people '
                "leave the denominators."
            ),
        ]
    ]
    rest = frame[~frame["status"].isin(status[1:3])]
    assert read_applicants(rest, programme=spec, check_ids=False).problems.empty


LOG = (
    'kind = "events"\n{unfinished}[reading.progress.outcomes.eligible]\nreached = ["Sifted"]\n'
    '{pending}[reading.progress.outcomes.screened]\nreached = ["Screened"]\n'
    '[reading.progress.outcomes.any]\nrejected = ["No"]\n'
)


def test_a_log_that_ends_in_a_stage_is_noted() -> None:
    frame = pd.DataFrame(
        {
            "applicant_id": ["a", "a", "b", "b", "c", "c"],
            "gender": "Female",
            "event": ["Sifted", "No", "Sifted", "Screened", "No", "Sifted"],
            "date": ["2010-01-01", "2010-01-02"] * 3,
        }
    )
    spec = programme(LOG.format(unfinished="", pending=""))
    assert told(read_applicants(frame, programme=spec).problems) == [
        [
            "note",
            "exit_not_recorded",
            "event",
            "",
            2,
            SILENT,
            (
                'If all of them are still waiting, write unfinished = "pending" under [reading.progress]; '
                "else name the words of those who are under pending in the programme, for example "
                'pending = ["Sifted"]: pending people leave the denominators.'
            ),
        ]
    ]
    waiting = programme(LOG.format(unfinished='unfinished = "pending"\n', pending=""))
    assert read_applicants(frame, programme=waiting).problems.empty
    assert count_stages(frame, programme=waiting).overall().pending.tolist() == [[0, 1, 1, 0, 0, 0]]


def test_at_the_same_moment_leaving_comes_after_waiting() -> None:
    spec = programme(LOG.format(unfinished="", pending='pending = ["Booked"]\n'))
    for events in (["Booked", "No"], ["No", "Booked"]):
        frame = pd.DataFrame({"applicant_id": "a", "gender": "Female", "event": events, "date": "2010-01-01"})
        funnel = count_stages(frame, programme=spec).overall()
        assert funnel.rejected.tolist() == [[0, 1, 0, 0, 0, 0]]
        assert funnel.pending.sum() == 0


@pytest.mark.parametrize(
    ("dates", "form", "found", "possible"),
    [
        (["03/01/2024", "04/01/2024"], "", "'03/01/2024', '04/01/2024'", "2024-01-03"),
        (["1/2/24 9:30 am", "", "4 May 2024"], "", "'1/2/24 9:30 am', a blank, ...", "2024-01-03"),
        (["2024-02-30", "QQ123456C"], "", "'2024-02-30', something that is no date", "2024-01-03"),
        (["Jo Smith", "07700 900123"], "%d/%m/%Y", "something that is no date", "03/01/2024 or 2024-01-03"),
    ],
)
def test_dates_that_cannot_be_read_are_shown(dates: list[str], form: str, found: str, possible: str) -> None:
    people = [f"p{i}" for i in range(len(dates))]
    frame = pd.DataFrame({"applicant_id": people, "gender": "Female", "event": "Sifted", "date": dates})
    declared = f"date_format = '{form}'\n" if form else ""
    spec = programme(LOG.format(unfinished=declared, pending=""))
    with pytest.raises(DataError) as error:
        read_applicants(frame, programme=spec)
    (problem,) = error.value.problems.to_dict("records")
    assert problem["found"] == found
    assert problem["possible"] == f"dates such as {possible}, with or without a time"
    assert str(error.value).endswith('say so under [reading.progress]: date_format = "%d/%m/%Y".')
    assert not any(date and date in str(error.value) for date in dates)
    columns = pd.DataFrame({"gender": "Female", **dict.fromkeys(STAGES, "2024-01-01"), "accepted": dates})
    by_stage = programme(f'kind = "stage_columns"\ndates = true\n{declared}')
    with pytest.raises(DataError) as error:
        read_applicants(columns, programme=by_stage, check_ids=False)
    problem = error.value.problems.iloc[0]
    assert problem["found"] == found.replace("a blank, ...", "'4 May 2024'")
    assert problem["possible"] == f"dates such as {possible}, or blank"


@pytest.mark.parametrize("value", ["35.5", "49%", "49.5 %", "7 per cent", ".5"])
def test_percentages_are_no_counts(value: str) -> None:
    reached = ", ".join(f'{key} = "{key}"' for key in STAGES)
    spec = programme(f'kind = "counts"\nreached = {{ {reached} }}\n')
    frame = pd.DataFrame({"gender": ["Female", "Male"], **dict.fromkeys(STAGES, "50")})
    frame.loc[1, "accepted"] = value
    with pytest.raises(DataError) as error:
        read_applicants(frame, programme=spec)
    assert str(error.value) == (
        "The frame is refused: values that are not a whole number of people: counts of people are needed, "
        "not percentages (column 'accepted', row 2). Give the numbers of people."
    )
