"""Programmes contradict themselves nowhere, or say where."""

from __future__ import annotations

import pytest

from stepup_equity.errors import ArgumentError, ProgrammeError
from stepup_equity.process import (
    Characteristic,
    Gate,
    Group,
    Level,
    Programme,
    SelectionProcess,
    Stage,
    normalise,
    step_up_to_social_work,
)

GROUPS = (Group("Indian", "Asian"), Group("Chinese", "Asian"), Group("White British", "White"))


def test_the_built_in_programme_has_seven_stages_and_six_characteristics() -> None:
    programme = step_up_to_social_work()
    assert programme.process.stage_keys == (
        "submitted",
        "eligible",
        "screened",
        "invited",
        "assessed",
        "offered",
        "accepted",
    )
    assert programme.process.gate_keys == programme.process.stage_keys[1:]
    assert [(c.name, c.reference) for c in programme.characteristics] == [
        ("age_band", "20-24"),
        ("ethnicity", "White British"),
        ("gender", "Female"),
        ("religion", "Christian"),
        ("disability", "No disability"),
        ("orientation", "Heterosexual"),
    ]


def test_a_process_may_have_any_number_of_stages_and_repeat_a_kind_of_gate() -> None:
    process = SelectionProcess.from_keys(
        ["applied", "eligible", "sifted", "eligible_again", "interviewed", "offered", "joined", "award"]
    )
    assert len(process.gates) == 7
    assert process.stage("eligible_again").label == "Eligible again"
    assert process.gate("eligible_again").label == "eligible again"


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        (["applied"], "Process 'Selection' has 1 stage(s). A selection needs two or more."),
        (["a", "b", "a"], "Process 'Selection' has stage keys that repeat: 'a'."),
        (["a", "overall"], "A stage cannot have the key 'overall': it names the whole way."),
    ],
)
def test_impossible_processes(keys: list[str], sentence: str) -> None:
    with pytest.raises(ProgrammeError) as error:
        SelectionProcess.from_keys(keys)
    assert str(error.value) == sentence


def test_gates_follow_stages() -> None:
    with pytest.raises(ProgrammeError) as error:
        SelectionProcess("P", (Stage("a", "A"), Stage("b", "B")), (Gate("a", "the a"),))
    assert str(error.value) == (
        "Process 'P': the gates are 'a', but the stages after the first are 'b'. "
        "Each stage but the first has one gate."
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"groups": (*GROUPS, Group("Indian"))},
            "Characteristic 'ethnicity' has groups that repeat: 'Indian'.",
        ),
        (
            {"groups": (*GROUPS, Group("Not stated"))},
            (
                "Characteristic 'ethnicity' lists 'Not stated' as a group. It is always there; "
                "give its spellings under not_stated instead."
            ),
        ),
        (
            {"reference": "White british"},
            (
                "Characteristic 'ethnicity': reference 'White british' is not one of its groups: "
                "'Indian', 'Chinese', 'White British'. Did you mean 'White British'?"
            ),
        ),
        (
            {"test_level": "census"},
            "Characteristic 'ethnicity': test_level 'census' is not one of its levels: 'detailed', 'broad'.",
        ),
        (
            {"groups": (Group("Indian", synonyms=("I",)), Group("Irish", synonyms=("i",)))},
            "Characteristic 'ethnicity': the spelling 'i' means both 'Indian' and 'Irish'. Keep one.",
        ),
    ],
)
def test_impossible_characteristics(changes: dict[str, object], sentence: str) -> None:
    settings = {"name": "ethnicity", "label": "Ethnicity", "groups": GROUPS} | changes
    with pytest.raises(ProgrammeError) as error:
        Characteristic(**settings)  # type: ignore[arg-type]
    assert str(error.value) == sentence


def test_levels() -> None:
    ethnicity = Characteristic(
        "ethnicity",
        "Ethnicity",
        GROUPS,
        reference="White British",
        levels=(Level("binary", (("White", ("White",)), ("All other", ("Asian",)))),),
    )
    assert ethnicity.at_level("detailed") == (
        ("Indian", "Chinese", "White British"),
        (0, 1, 2),
        "White British",
    )
    assert ethnicity.at_level("broad") == (("Asian", "White"), (0, 0, 1), "White")
    assert ethnicity.at_level("binary") == (("White", "All other"), (1, 1, 0), "White")
    with pytest.raises(ArgumentError) as error:
        ethnicity.at_level("brod")
    assert str(error.value) == (
        "level='brod' is not a level of 'ethnicity'. Possible: 'detailed', 'broad', 'binary'. Did you mean "
        "'broad'?"
    )


def test_names_are_declared_once() -> None:
    process = SelectionProcess.from_keys(["a", "b"])
    one = Characteristic("x", "X", (Group("y"),))
    with pytest.raises(ProgrammeError) as error:
        Programme("p", "P", process, (one, one))
    assert str(error.value) == "Programme 'p' declares a name twice: 'x'."


@pytest.mark.parametrize(
    ("raw", "same"),
    [
        ("  Mixed   White & Asian ", "mixed white and asian"),
        ("Mixed White&Asian", "mixed white and asian"),
        ("20–24", "20-24"),
        ("don’t know", "don't know"),
        ("ＦＥＭＡＬＥ", "female"),
        ("Straße", "strasse"),
        ("White\u00a0British", "white british"),
        ("cafe\u0301", "café"),
    ],
)
def test_spellings_that_are_equal(raw: str, same: str) -> None:
    assert normalise(raw) == same
    assert normalise(normalise(raw)) == normalise(raw)
