"""The table in front: of a hundred applicants of each broad group, how many got how far."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

import stepup_equity as su
from stepup_equity.disclosure import policy_of
from stepup_equity.presentation.charts.drawing import Look
from stepup_equity.presentation.charts.people import draw_people
from stepup_equity.presentation.report.blocks import Figure
from stepup_equity.presentation.report.figures import Figures
from stepup_equity.presentation.report.found import found
from stepup_equity.presentation.report.hundred import per_hundred
from stepup_equity.presentation.report.release import release_page
from stepup_equity.presentation.story import foremost
from stepup_equity.presentation.writing import _published
from stepup_equity.process import programme_from_toml
from stepup_equity.words.names import Names
from tests.presentation import cases
from tests.presentation.conftest import answers_of

if TYPE_CHECKING:
    from stepup_equity.presentation.answers import Answers
    from stepup_equity.presentation.report.blocks import Table


def shown(table: Table) -> dict[str, list[str]]:
    return {name: [cell.text for cell in cells] for name, cells in table.rows}


def test_broad_groups_of_cohort_one(cohort_answers: Answers) -> None:
    assert foremost(cohort_answers) == "ethnicity"
    table = per_hundred(cohort_answers, "ethnicity")
    assert table.caption == "Of 100 applicants, how many got how far, by ethnicity"
    assert [head.text for head in table.heads][-2:] == ["Accepted the offer", "Whole way, beside White"]
    rows = shown(table)
    assert rows["White"] == [
        "1,333",
        "88 (1,172)",
        "43 (573)",
        "33 (435)",
        "16 (207)",
        "12 (163)",
        "12 (154)",
        "reference",
    ]
    assert rows["Black"][-2:] == ["1.4 (3)", "behind"]
    assert rows["Other"][-2:] == ["17 (2)", "too few to tell"]


def test_a_publication_shows_symbols_where_it_hides() -> None:
    published = _published(cases.west_lancashire(), policy_of("publish"), None)
    table = per_hundred(published, "ethnicity")
    assert shown(table)["BME"] == ["45", "22.2 (10)", "0.0 (0)", "too few to tell"]
    assert shown(table)["Not stated"] == ["5", "[u] (5)", "[u] (0)", "–"]
    assert table.note == "In brackets: people. [u]: too few people for a percentage."


def test_without_a_gap_the_first_characteristic_is_in_front() -> None:
    answers = answers_of(cases.west_lancashire())
    assert foremost(answers) == answers.asked[0] == "ethnicity"
    section = found(answers, Figures([]))
    table = section.blocks[3]
    assert not isinstance(table, Figure)
    assert table == per_hundred(answers, "ethnicity")


def test_every_symbol_of_a_published_table_is_explained_below_it() -> None:
    """Groups of nobody have [z] where others have [u]: each is explained beside the table."""
    rows = [
        {"cohort": "2024", "characteristic": "sex", "group": group, "applied": n, "hired": hired}
        for group, n, hired in (("Women", 200, 90), ("Men", 15, 5), ("Other", 0, 0))
    ]
    counts = su.StageCounts.from_table(pd.DataFrame(rows))
    published = _published(counts, policy_of("publish"), None)
    table = per_hundred(published, "sex")
    assert {row[-2].partition(" ")[0] for row in shown(table).values()} == {"45.0", "[u]", "[z]"}
    assert table.note.endswith("[u]: too few people for a percentage. [z]: a percentage of nobody.")
    assert release_page(published, (), "").subtitle.endswith("Cohort: 2024.")


def test_people_for_whom_there_was_no_gate_are_still_there_behind_it() -> None:
    """Of 16 women 6 fell at the test that 5 had not: 10 went on, and the rate of the test is 5 of 11."""
    programme = programme_from_toml(
        'stages = [{ key = "applied" }, { key = "tested" }, { key = "hired" }]\n'
        '[characteristics.gender]\ngroups = ["Female", "Male"]\nreference = "Female"\n'
        '[reading.progress]\nkind = "stage_columns"\nblank = ["n/a"]\nexit_column = ""\n'
    )
    rows = [("n/a", "1")] * 2 + [("n/a", "0")] * 3 + [("1", "1")] * 5 + [("0", "")] * 6
    people = pd.DataFrame(
        [(group, "1", *row) for group in ("Female", "Male") for row in rows],
        columns=["gender", "applied", "tested", "hired"],
    )
    counts = su.count_stages(su.read_applicants(people, programme=programme, check_ids=False))
    answers = answers_of(counts)
    row = shown(per_hundred(answers, "gender"))["Female"]
    assert row == ["16", "63 (10)", "44 (7)", "reference"]
    pool = su.composition(counts, by="gender").frame.query("group == 'Female' and stage == 'tested'")
    assert pool["reached"].tolist() == [10]
    look = Look(Names.of(programme), references={"gender": "Female"})
    drawn = [text.get_text() for text in draw_people(answers.people_printed("gender"), look, "", ()).texts]
    assert "−6 · 5 without it" in drawn
    assert "↓ 45%" in drawn
    assert "Without it: no such gate in their version of the process." in " ".join(drawn)
    own = [text.get_text() for text in su.selection_rates(counts, by="gender").plot().texts]
    assert [word for word in own if word.isdecimal()] == [word for word in drawn if word.isdecimal()]
    assert {"−6 · 5 without it", "10", "7"} <= set(own)
