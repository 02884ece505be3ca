"""The command ``next``: what differs is shown, asked or stopped at; then everything is in one folder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from stepup_equity.cli import main
from stepup_equity.cli.exit_codes import DONE, REFUSED, USAGE
from stepup_equity.counts import open_counts
from stepup_equity.disclosure import Ledger, protect
from stepup_equity.errors import ArgumentError
from stepup_equity.process import load_programme, programme_from_toml
from stepup_equity.start.differences import differences
from stepup_equity.start.last_time import last_time
from stepup_equity.start.shifts import shifts
from stepup_equity.start.view import view_file

if TYPE_CHECKING:
    from pathlib import Path

    from stepup_equity.process import Programme

PROGRAMME = """
name = "scheme"
label = "Scheme"
[[stages]]
key = "applied"
label = "Applied"
[[stages]]
key = "sifted"
label = "Passed the sift"
gate = "the first look"
[[stages]]
key = "hired"
label = "Hired"
[characteristics.sex]
label = "Sex"
codelist = "sex.csv"
synonyms = ["sex_synonyms.csv", "not_stated.csv"]
[characteristics.religion]
label = "Religion or belief"
column = "Faith"
codelist = "religion.csv"
synonyms = ["religion_synonyms.csv", "not_stated.csv"]
[reading]
applicant_id = "Ref"
[reading.progress]
kind = "status"
column = "Status"
[reading.progress.outcomes.applied]
rejected = ["Sift - unsuccessful"]
[reading.progress.outcomes.sifted]
rejected = ["Interview - unsuccessful"]
pending = ["Interview booked"]
[reading.progress.outcomes.hired]
reached = ["Hired"]
"""
STATUSES = ["Sift - unsuccessful", "Interview - unsuccessful", "Hired", "Hired", "Interview booked"]


def people(n: int = 400) -> pd.DataFrame:
    faiths = ["Christian", "No religion", "Muslim", "No religion"]
    return pd.DataFrame(
        {
            "Ref": [f"r{i}" for i in range(n)],
            "sex": [("Female", "Male")[i % 2] for i in range(n)],
            "Faith": [faiths[i % 7 % 4] for i in range(n)],
            "Status": [STATUSES[i % 11 % 5] for i in range(n)],
        }
    )


def programme() -> Programme:
    return programme_from_toml(PROGRAMME)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of last time: an internal report's data, and the ledger of a publication; it asked more."""
    place = tmp_path / "out4"
    asked = PROGRAMME + '[characteristics.gender]\ngroups = ["Woman", "Man"]\n'
    rows = people().assign(gender=lambda frame: frame["sex"].map({"Female": "Woman", "Male": "Man"}))
    counts = open_counts(rows, programme=programme_from_toml(asked)).counts
    data = place / "internal" / "data"
    data.mkdir(parents=True)
    frames = [counts.funnel(name, level="detailed", not_stated=True).frame for name in counts.characteristics]
    pd.concat(frames).to_csv(data / "funnel.csv", index=False)
    (place / "internal" / "manifest.json").write_text('{"policy": "internal"}', encoding="utf-8")
    (place / "publication").mkdir()
    protect(counts, "publish").ledger().write(place / "publication" / "ledger.json")
    return place


def test_a_renamed_column_a_new_status_and_a_new_label_are_shown_or_asked() -> None:
    now = people().rename(columns={"Faith": "Religion"})
    now.loc[:4, "Status"] = "Interview: no show"
    now.loc[5:7, "Status"] = "Panel hold"
    now.loc[:8, "Religion"] = "Jedi"
    view = view_file(now)
    found, made = differences(view, programme(), {})
    assert {one.key: one.question for one in made} == {
        "column:religion": "'Faith' is now 'Religion'.",
        "label:religion:Jedi": "'Jedi' (9) is new under religion or belief. Which group is it?",
        "status:Interview: no show": "Status 'Interview: no show' (5) is new. What does it mean?",
        "status:Panel hold": "Status 'Panel hold' (3) is new. What does it mean?",
    }
    assert [one.key for one in made if one.open] == [
        "label:religion:Jedi",
        "status:Interview: no show",
        "status:Panel hold",
    ]
    answers = {
        "label:religion:Jedi": "Other religion",
        "status:Interview: no show": "sifted/did_not_attend",
        "status:Panel hold": "sifted/pending",
    }
    found, made = differences(view, programme(), answers)
    assert not [one for one in made if one.open]
    counts = open_counts(now, programme=found).counts
    frame = counts.funnel("religion", not_stated=True).frame.set_index(["group", "gate"])
    assert frame.loc[("Other religion", "sifted"), "entered"] == 9
    assert counts.people == 400


def test_the_same_layout_has_no_difference() -> None:
    assert differences(view_file(people()), programme(), {})[1] == ()


def test_a_day_with_its_year_is_named_since_nothing_in_a_file_contradicts_it() -> None:
    text = PROGRAMME.replace(
        "[reading]",
        '[characteristics.age_band]\ncodelist = "age_band.csv"\nordered = true\nbirth_column = "Born"\n'
        'reference_date = "2024-09-01"\n[reading]',
        1,
    )
    born = people().assign(Born=[f"{1980 + i % 20}-03-01" for i in range(len(people()))])
    (one,) = differences(view_file(born), programme_from_toml(text), {})[1]
    assert not one.open
    assert one.question == (
        "Ages count on 2024-09-01, as last time. Where it is another day now, write it as reference_date in "
        "the programme."
    )
    yearly = programme_from_toml(
        text.replace("2024-09-01", "09-01").replace("[reading]", '[reading]\ncohort = "y"')
    )
    assert differences(view_file(born.assign(y="2025")), yearly, {})[1] == ()


def test_counts_beside_last_time_say_who_appears_and_who_no_longer_answers() -> None:
    now = people()
    now.loc[:3, "Faith"] = "Sikh"
    now.loc[100:300, "Faith"] = ""
    last = open_counts(people(), programme=programme()).counts
    made = shifts(open_counts(now, programme=programme()).counts, last, {})
    assert [one.question for one in made] == [
        "Sikh appears under religion or belief: nobody last time.",
        "Last time 0% gave no religion or belief, now 50%. Go on?",
    ]
    assert [one.open for one in made] == [False, True]


def test_the_data_of_an_internal_report_gives_the_counts_back(folder: Path) -> None:
    last = last_time([folder], programme(), label="Cohort 4")
    assert last.counts is not None
    direct = open_counts(people(), programme=programme()).counts
    for name in direct.characteristics:
        one, two = (
            counts.funnel(name, level="detailed", not_stated=True).frame for counts in (direct, last.counts)
        )
        pd.testing.assert_frame_equal(
            one.sort_values(["group", "gate"], ignore_index=True),
            two.sort_values(["group", "gate"], ignore_index=True),
        )
    assert {row.cohort for one in last.ledgers for row in one.rows} == {"Cohort 4"}


def test_a_ledger_that_names_its_cohort_is_not_given_another_name(folder: Path) -> None:
    ledger = Ledger.read(folder / "publication" / "ledger.json").with_cohort("Cohort 4")
    assert Ledger.from_json(ledger.to_json()) == ledger
    with pytest.raises(ArgumentError, match="names its cohorts already: Cohort 4"):
        ledger.with_cohort("Cohort 5")
    with pytest.raises(ArgumentError, match="label of a cohort is blank"):
        Ledger.read(folder / "publication" / "ledger.json").with_cohort(" ")


def test_one_line_writes_report_comparison_and_an_audited_publication(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file, mine, out = tmp_path / "five.csv", tmp_path / "my.toml", tmp_path / "out5"
    people(420).drop(columns="Faith").rename(columns={"sex": "Sex at birth"}).to_csv(file, index=False)
    religion = PROGRAMME[PROGRAMME.index("[characteristics.religion]") : PROGRAMME.index("[reading]")]
    mine.write_text(PROGRAMME.replace(religion, ""), encoding="utf-8")
    line = ["next", str(file), "--programme", str(mine), "--last", str(folder), "-o", str(out)]
    assert main(line) == USAGE
    assert "The file names no cohort. Give its name with --cohort-label." in capsys.readouterr().err
    line += ["--cohort-label", "Cohort 5"]
    assert main(line) == USAGE
    assert "Give its name with --last-label; nothing needs to be issued again." in capsys.readouterr().err
    assert main([*line, "--last-label", "Cohort 4", "--accept"]) == DONE
    said = capsys.readouterr().out
    sentence = "Audited together with the earlier release 'Scheme', cohort 'Cohort 4': both remain protected."
    assert "- 'sex' is now 'Sex at birth'." in said
    assert sentence in said
    facts = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert facts["publication"] == {"policy": "publish", "audit": sentence, "last_cohort": "Cohort 4"}
    page = (out / "publication" / "report.html").read_text(encoding="utf-8")
    assert "Audited together with the earlier release" in page
    assert "First look" in page  # the gate as the programme calls it, as in the report of the team
    assert "First look" in (out / "internal" / "report.html").read_text(encoding="utf-8")
    assert (
        sentence in json.loads((out / "publication" / "manifest.json").read_text(encoding="utf-8"))["notes"]
    )
    beside = (out / "comparison" / "report.html").read_text(encoding="utf-8")
    assert "Cohort 4 and Cohort 5 beside each other" in beside
    assert (out / "comparison" / "data" / "cohorts.csv").stat().st_size
    assert (out / "internal" / "report.html").is_file()
    assert load_programme(out / "programme.toml").characteristic("sex").column == "Sex at birth"
    again = last_time([out], load_programme(out / "programme.toml"))
    assert (again.label, again.counts is not None) == ("Cohort 5", True)


def test_what_a_person_must_decide_stops_it_before_anything_is_written(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, mine, out = tmp_path / "five.csv", tmp_path / "my.toml", tmp_path / "out5"
    frame = people()
    frame.loc[:2, "Status"] = "Panel hold"
    frame.to_csv(file, index=False)
    mine.write_text(PROGRAMME, encoding="utf-8")
    line = ["next", str(file), "--programme", str(mine), "--last", str(folder), "-o", str(out), "--accept"]
    assert main([*line, "--cohort-label", "5", "--last-label", "4"]) == REFUSED
    said = capsys.readouterr().out
    assert "Stopped: 1 difference(s) need a person. Nothing was written." in said
    assert "Status 'Panel hold' (3) is new. What does it mean?" in said
    assert not out.exists()


def test_a_file_that_tells_progress_otherwise_stops_before_the_first_question(
    export: Path, last: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from stepup_equity.start import draft_programme

    mine, out = tmp_path / "my.toml", tmp_path / "out5"
    mine.write_text(draft_programme(last).to_toml(), encoding="utf-8")
    line = ["next", str(export), "--programme", str(mine), "--last", str(last), "-o", str(out)]
    assert main(line) == REFUSED
    said = capsys.readouterr().out
    assert "Stopped: 1 difference(s) need a person" in said
    assert "'Accepted (Y/N)' are not in the file: who reached a stage would not be known." in said
    assert "Run start with it, then next with the programme that start writes." in said
    _, made = differences(view_file(export), load_programme(mine), {})
    assert "'Age' is not in the file. Which column holds age?" in {one.question for one in made}


def test_a_characteristic_that_is_gone_is_no_longer_asked_about() -> None:
    asked = PROGRAMME + '[questions]\ncharacteristics = ["religion", "sex"]\n'
    found, made = differences(
        view_file(people().drop(columns="Faith")),
        programme_from_toml(asked),
        {"column:religion": "not asked"},
    )
    assert found.questions.characteristics == ("sex",)
    assert [one.key for one in made] == ["column:religion"]


def test_more_detail_than_last_time_is_one_sentence() -> None:
    stages = '[[stages]]\nkey = "a"\n[[stages]]\nkey = "b"\n[characteristics.disability]\n'
    lists = 'codelist = "disability.csv"\nsynonyms = ["disability_synonyms.csv", "not_stated.csv"]\n'
    now, last = (
        open_counts(
            pd.DataFrame(
                {"applicant_id": range(8), "disability": yes + ["No"] * 4, "furthest_stage": ["a"] * 8}
            ),
            programme=programme_from_toml(stages + lists),
        ).counts
        for yes in (["Hearing impairment"] * 2 + ["Mental health difficulty"] * 2, ["Yes"] * 4)
    )
    assert [one.question for one in shifts(now, last, {})] == [
        "Disability is told in more detail than last time: Mental health difficulty, Hearing impairment."
    ]
    assert [one.question for one in shifts(last, now, {})] == [
        "Disability is told in less detail than last time: Mental health difficulty, Hearing impairment."
    ]


def test_report_and_publication_may_stand_in_folders_of_their_own(folder: Path) -> None:
    apart = last_time([folder / "internal", folder / "publication"], programme(), label="Cohort 4")
    assert apart.counts is not None
    assert (len(apart.ledgers), apart.label, apart.notes) == (1, "Cohort 4", ())
    alone = last_time([folder / "publication"], programme(), label="Cohort 4")
    assert "Name the folder of its internal report too." in alone.notes[0]


def test_a_folder_with_nothing_of_a_cohort_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="holds neither a ledger nor the data of an internal report"):
        last_time([tmp_path], programme())
    with pytest.raises(Exception, match="There is no folder 'nowhere'"):
        last_time([tmp_path / "nowhere"], programme())


def test_last_time_may_be_a_file_in_another_layout(last: Path, export: Path) -> None:
    from stepup_equity.start import draft_programme

    now = draft_programme(export).programme
    found = last_time([last], now, label="Cohort 4")
    assert found.counts is not None
    assert found.counts.cohorts == ("Cohort 4",)


def test_the_file_of_the_last_cohort_is_no_next_cohort(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its cohort stands in a column: it had been compared with itself, as 'earlier' and 'later'."""
    file, mine, out = tmp_path / "five.csv", tmp_path / "my.toml", tmp_path / "out5"
    people().assign(cohort="Cohort 5").to_csv(file, index=False)
    mine.write_text(PROGRAMME, encoding="utf-8")
    last = ["--last", str(file), "--accept", "--first-release", "-o", str(out)]
    assert main(["next", str(file), "--programme", str(mine), *last]) == USAGE
    assert "five.csv is of 'Cohort 5', as the last cohort was" in capsys.readouterr().err
    assert not out.exists()


AGES = """[characteristics.age_band]
label = "Age"
codelist = "age_band.csv"
ordered = true
birth_column = "Born"
reference_date = "2024-09-01"
[strata.vacancy]
label = "Vacancy"
[reading]"""


def _with_ages() -> Programme:
    return programme_from_toml(PROGRAMME.replace("[reading]", AGES, 1))


def _born(n: int = 400) -> pd.DataFrame:
    jobs = [("Planner", "Housing officer", "Surveyor")[i % 3] for i in range(n)]
    return people(n).assign(Born=[f"{1980 + i % 20}-03-01" for i in range(n)], vacancy=jobs)


def test_a_file_of_a_later_year_is_asked_on_which_day_ages_count() -> None:
    """By the day of last time everybody would be taken for a year younger."""
    view = view_file(_born().assign(Applied="2025-05-04"))
    found, made = differences(view, _with_ages(), {})
    (one,) = [one for one in made if one.open]
    assert one.question == "Last time ages counted on 1 September 2024. On which day now?"
    assert [choice.label for choice in one.choices] == ["1 September 2025", "1 September 2024, as last time"]
    assert found.characteristic("age_band").reference_date == "2024-09-01"
    found, _ = differences(view, _with_ages(), {one.key: "2025-09-01"})
    assert found.characteristic("age_band").reference_date == "2025-09-01"
    assert not [
        one
        for one in differences(view_file(_born().assign(Applied="2024-05-04")), _with_ages(), {})[1]
        if one.open
    ]


def test_a_division_with_another_name_is_asked_about_before_it_is_left_out() -> None:
    """What is left out is no longer held equal, so it may not go in silence."""
    now = _born().rename(columns={"vacancy": "Job title"})
    found, made = differences(view_file(now), _with_ages(), {})
    (one,) = [one for one in made if one.open]
    assert one.question == "'vacancy' is not in the file. Which column holds vacancy?"
    assert [choice.value for choice in one.choices] == ["Job title", "not asked"]
    assert one.proposed == ""
    found, _ = differences(view_file(now), _with_ages(), {one.key: "Job title"})
    assert [stratum.column for stratum in found.strata] == ["Job title"]
    gone, made = differences(view_file(_born().drop(columns="vacancy")), _with_ages(), {})
    assert not [one for one in made if one.open]
    assert not gone.strata


def test_bands_that_are_others_now_can_be_left_out() -> None:
    """No band of last time holds 25 to 34; whoever is asked must be able to say so."""
    bands = ["16-24", "25-34", "35-44"]
    now = _born().drop(columns="Born").assign(**{"Age group": [bands[i % 3] for i in range(400)]})
    _, made = differences(view_file(now), _with_ages(), {})
    column = next(one for one in made if one.key == "column:age_band")
    assert (column.proposed, column.open) == ("Age group", True)
    answers = {column.key: "Age group"}
    _, made = differences(view_file(now), _with_ages(), answers)
    label = next(one for one in made if one.key.startswith("label:age_band:"))
    assert (label.open, label.proposed) == (True, "")
    out = next(choice for choice in label.choices if choice.value == "not asked")
    assert out.label == "None of these: age is left out, its groups are others now"
    found, made = differences(view_file(now), _with_ages(), answers | {label.key: out.value})
    assert "age_band" not in [one.name for one in found.characteristics]
    assert not [one for one in made if one.open]


def test_a_column_that_nothing_answers_to_proposes_nothing() -> None:
    """Enter had taken “None”, and left the characteristic out."""
    now = people().drop(columns="Faith").assign(Colour=[("red", "green", "blue")[i % 3] for i in range(400)])
    _, made = differences(view_file(now), programme(), {})
    (one,) = [one for one in made if one.open]
    assert (one.key, one.proposed, one.choices[0].label) == ("column:religion", "", "None of them")


def test_the_cohort_is_named_before_anything_is_asked(
    tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, mine = tmp_path / "export.csv", tmp_path / "my.toml"
    people().rename(columns={"Faith": "Religion"}).to_csv(file, index=False)
    mine.write_text(PROGRAMME, encoding="utf-8")
    line = ["next", str(file), "--programme", str(mine), "--last", str(folder), "-o", str(tmp_path / "out")]
    assert main(line) == USAGE
    said = capsys.readouterr()
    assert "Give its name with --cohort-label." in said.err
    assert said.out == ""
    assert main([*line, "--cohort-label", "Cohort 5"]) == USAGE
    said = capsys.readouterr()
    assert "Give its name with --last-label" in said.err
    assert said.out == ""
    assert main([*line, "--cohort-label", "Cohort 5", "--last-label", "Cohort 5"]) == USAGE
    said = capsys.readouterr()
    assert "Both cohorts are called 'Cohort 5'." in said.err
    assert said.out == ""


def test_only_the_characteristic_whose_groups_were_others_is_not_compared(folder: Path) -> None:
    own = '[characteristics.sex]\nlabel = "Sex"\ngroups = ["Women", "Men"]\n'
    start, end = PROGRAMME.index("[characteristics.sex]"), PROGRAMME.index("[characteristics.religion]")
    last = last_time(
        [folder], programme_from_toml(PROGRAMME[:start] + own + PROGRAMME[end:]), label="Cohort 4"
    )
    assert last.counts is not None
    assert last.counts.characteristics == ("religion",)
    assert last.notes == ("Sex had other groups last time, so the two cohorts are not compared by it.",)
