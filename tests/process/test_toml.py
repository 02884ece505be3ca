"""Programme files: what is shipped, the template and every choice in it, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stepup_equity.errors import ProgrammeError
from stepup_equity.process import (
    EventLog,
    FurthestStage,
    PeopleCounts,
    StageColumns,
    StatusWords,
    load_programme,
    programme_from_toml,
    programme_template,
    programme_to_toml,
    shipped_programmes,
)

if TYPE_CHECKING:
    from pathlib import Path

STAGES = 'stages = [{key = "a"}, {key = "b"}, {key = "c"}]\n'
GROUPS = '[characteristics.x]\ngroups = ["y", "z"]\n'


@pytest.mark.parametrize("name", shipped_programmes())
def test_shipped_programmes_survive_writing_and_reading(name: str) -> None:
    programme = load_programme(name)
    assert programme.name == name
    assert programme_from_toml(programme_to_toml(programme)) == programme


def choices() -> dict[str, str]:
    """The template with each of its optional blocks switched on in turn."""
    lines = programme_template().splitlines()
    blocks: dict[str, list[int]] = {}
    for i, line in enumerate(lines):
        if line.startswith("#: "):
            start = i if i == 0 or not lines[i - 1].startswith("#: ") else int(list(blocks)[-1])
            blocks.setdefault(str(start), []).append(i)
    return {
        f"line {int(start) + 1}: {lines[int(start)][3:40]}": "\n".join(
            line[3:] if i in block else line for i, line in enumerate(lines)
        )
        for start, block in blocks.items()
    }


@pytest.mark.parametrize("name", choices())
def test_every_choice_in_the_template_is_a_programme(name: str) -> None:
    text = choices()[name]
    assert text != programme_template()
    programme = programme_from_toml(text)
    assert programme != programme_from_toml(programme_template())
    assert programme_from_toml(programme_to_toml(programme)) == programme


def test_the_template_offers_every_kind_of_progress() -> None:
    kinds = {type(programme_from_toml(text).reading.progress) for text in choices().values()}
    assert kinds == {type(None), FurthestStage, StageColumns, StatusWords, EventLog, PeopleCounts}


def test_a_code_list_beside_the_programme(tmp_path: Path) -> None:
    (tmp_path / "ranks.csv").write_text("label,parent\nConstable,Lower\nSergeant,Lower\nChief,Upper\n")
    (tmp_path / "ranks_synonyms.csv").write_text("raw,label\nPC,Constable\nunsaid,Not stated\n")
    (tmp_path / "mine.toml").write_text(
        STAGES + '[characteristics.rank]\ncodelist = "ranks.csv"\nsynonyms = "ranks_synonyms.csv"\n'
    )
    rank = load_programme(tmp_path / "mine.toml").characteristic("rank")
    assert rank.labels == ("Constable", "Sergeant", "Chief")
    assert rank.spellings["pc"] == "Constable"
    assert rank.spellings["unsaid"] is None
    assert load_programme(tmp_path / "mine.toml").name == "mine"


def test_own_spellings_beside_a_shipped_list() -> None:
    programme = programme_from_toml(
        STAGES
        + """
        [characteristics.ethnicity]
        codelist = "ethnicity_19.csv"
        synonyms = ["ethnicity_19_synonyms.csv", "not_stated.csv"]
        [characteristics.ethnicity.spellings]
        "White British" = ["WB (UK)"]
        "Roma" = ["not given"]
        "Not stated" = ["not on form"]
        """
    )
    spellings = programme.characteristic("ethnicity").spellings
    assert spellings["wb (uk)"] == "White British"
    assert spellings["not given"] == "Roma"
    assert spellings["not on form"] is None
    assert spellings["prefer not to say"] is None
    assert spellings["english/welsh/scottish/northern irish/british"] == "White British"
    assert programme_from_toml(programme_to_toml(programme)) == programme


def test_dates_and_numbers_may_be_bare() -> None:
    text = STAGES + (
        "[characteristics.age]\nbirth_column = 'born'\nreference_date = 2010-09-01\n"
        "groups = [{label = 'all', lowest = 0}]\n[reading.progress]\nkind = 'stage_columns'\n"
        "passed = [1]\nfailed = [2]\n"
    )
    programme = programme_from_toml(text)
    assert programme.characteristic("age").reference_date == "2010-09-01"
    assert programme.reading.progress == StageColumns(passed=("1",), failed=("2",))


PROGRESS = STAGES + GROUPS + "[reading.progress]\n"
BROKEN = {
    "stages = 3": "Programme 'p': stages is not a list. Write each stage as [[stages]] with a key.",
    "stages = []": "Process 'p' has 0 stage(s). A selection needs two or more.",
    "stages = [1, 2]": "Programme 'p': stage 1 of [[stages]] is not a table of settings.",
    "stages = [{label = 'A'}]": "Programme 'p': stage 1 of [[stages]] has no key.",
    STAGES + "characterstics = 1": (
        "Programme 'p': 'characterstics' is not understood in the top of the file. Possible: 'name', "
        "'label', "
        "'description', 'process', 'stages', 'characteristics', 'strata', 'covariates', 'reading', "
        "'cohorts', 'questions'. "
        "Did you mean 'characteristics'?"
    ),
    STAGES + "label = 3": "Programme 'p': label in the top of the file is not a text in quotes.",
    STAGES + "characteristics = ['x']": (
        "Programme 'p': characteristics in the top of the file is not one table for each name."
    ),
    STAGES + "[characteristics.x]\nlabel = 'X'": (
        "Programme 'p': [characteristics.x] has no groups. Give codelist or groups."
    ),
    STAGES + "[characteristics.x]\ngroups = []": (
        "Programme 'p': [characteristics.x] has no groups. Give codelist or groups."
    ),
    STAGES + "[characteristics.x]\ngroups = ['y']\ncodelist = 'sex.csv'": (
        "Programme 'p': [characteristics.x] has both codelist and groups. Keep one."
    ),
    STAGES + "[characteristics.x]\ncodelist = 'sexx.csv'": (
        "Programme 'p': [characteristics.x] names the code list 'sexx.csv', which is not beside the "
        "programme and "
        "not shipped. Shipped: "
    ),
    STAGES + "[characteristics.x]\ngroups = [{parent = 'y'}]": (
        "Programme 'p': [characteristics.x] has a group without a label."
    ),
    STAGES + "[characteristics.x]\ngroups = [{label = 'y', lowest = 'ten'}]": (
        "Programme 'p': [characteristics.x] has a band whose end is not a whole number."
    ),
    STAGES + GROUPS + "ordered = 'yes'": (
        "Programme 'p': ordered in [characteristics.x] is not true or false."
    ),
    STAGES + GROUPS + "possible = [1]": (
        "Programme 'p': possible in [characteristics.x] is not two whole numbers, such as [16, 100]."
    ),
    STAGES + GROUPS + "number_column = 'n'": (
        "Characteristic 'x' reads numbers from 'n', but no group has a band. Give its groups lowest and "
        "highest."
    ),
    STAGES + GROUPS + "separator = ';'": (
        "Characteristic 'x' has a separator, so people may give several answers. "
        "Name the group of those who do under several."
    ),
    STAGES + GROUPS + "[characteristics.x.ticked]\n'A Y/N' = 'yy'": (
        "Characteristic 'x': 'A Y/N' stands for 'yy', which is not one of its groups: 'y', 'z'."
    ),
    STAGES + GROUPS + "[characteristics.x.ticked]\nA = 'y'\nB = 'z'": (
        "Characteristic 'x' has boxes, so people may tick several. "
        "Name the group of those who do under several."
    ),
    STAGES + GROUPS + "several = 'yy'": (
        "Characteristic 'x': several 'yy' is not one of its groups: 'y', 'z'."
    ),
    STAGES + GROUPS + "[characteristics.x.synonyms]\nyy = ['a']": (
        "Programme 'p': [characteristics.x] has synonyms of 'yy', which is not a group."
    ),
    STAGES + GROUPS + "[characteristics.x.synonyms]\ny = 'a'": (
        "Programme 'p': synonyms of 'y' in [characteristics.x] are not a list of texts in quotes."
    ),
    STAGES + GROUPS + "[characteristics.x.spellings]\nYes = ['a']\ny = ['b']": (
        "Programme 'p': [characteristics.x] has spellings of 'Yes', which is not a group."
    ),
    STAGES
    + "[characteristics.x]\ngroups = ['Female', 'Male']\n[characteristics.x.spellings]\nFemle = ['a']": (
        "Programme 'p': [characteristics.x] has spellings of 'Femle', which is not a group. "
        "Did you mean 'Female'?"
    ),
    STAGES + GROUPS + "spellings = ['a.csv']": (
        "Programme 'p': spellings in [characteristics.x] are not a table of groups and their spellings."
    ),
    STAGES + GROUPS + "[characteristics.x.spellings]\ny = 'a'": (
        "Programme 'p': spellings of 'y' in [characteristics.x] are not a list of texts in quotes."
    ),
    STAGES + GROUPS + "[characteristics.x.spellings]\ny = ['A']\nz = ['a ']": (
        "Characteristic 'x': the spelling 'a ' means both 'y' and 'z'. Keep one."
    ),
    STAGES + GROUPS + "synonyms = {y = ['a']}\n[characteristics.x.spellings]\n'Not stated' = ['A']": (
        "Programme 'p': [characteristics.x] has the spelling 'A' of 'Not stated', but it already means 'y'. "
        "Take it out, or give a synonyms file of your own."
    ),
    STAGES + GROUPS + "[characteristics.x.levels.l]\ngroups = {both = ['y', 'zz']}": (
        "Characteristic 'x': level 'l' holds 'zz', which is no group."
    ),
    STAGES + GROUPS + "[characteristics.x.levels.l]\ngroups = {both = 'y'}": (
        "Programme 'p': levels.l in [characteristics.x] does not list the groups of 'both' in quotes."
    ),
    STAGES
    + "[characteristics.x]\ngroups = [{label='y', lowest=1}]\nbirth_column = 'b'\nreference_date = 'May'": (
        "Characteristic 'x': reference_date 'May' is not a day on which ages count. "
        "Write it as '2010-09-01', or '09-01' for that day of each cohort's year."
    ),
    STAGES + "[characteristics.x]\ngroups = [{label='y', lowest=1}]\nbirth_column = 'b'": (
        "Characteristic 'x' has birth_column, but no reference_date. Give it too: "
        'reference_date = "09-01" takes ages on 1 September of each cohort\'s year.'
    ),
    STAGES
    + "[characteristics.x]\ngroups = [{label='y', lowest=1}]\nbirth_column = 'b'\n"
    + "reference_date = '09-01'\nbirth_format = 'DD/MM/YYYY'": (
        "birth_format 'DD/MM/YYYY' in [characteristics.x] does not say where day, month and year stand. "
        'Write them as %d, %m and %Y: birth_format = "%d/%m/%Y" for 31/03/2024.'
    ),
    PROGRESS
    + "kind = 'events'\ndate_format = 'dd/mm/yyyy'\n[reading.progress.outcomes.a]\nreached = ['x']": (
        "date_format 'dd/mm/yyyy' in [reading.progress] does not say where day, month and year stand. "
        'Write them as %d, %m and %Y: date_format = "%d/%m/%Y" for 31/03/2024.'
    ),
    PROGRESS + "kind = 'stage_columns'\ndates = true\ndate_format = 'UK'": (
        "date_format 'UK' in [reading.progress] does not say where day, month and year stand. "
        'Write them as %d, %m and %Y: date_format = "%d/%m/%Y" for 31/03/2024.'
    ),
    STAGES + GROUPS + "[strata.x]\nlabel = 'X'": "Programme 'p' declares a name twice: 'x'.",
    STAGES + GROUPS + "[covariates.cohort]\nlabel = 'X'": "Programme 'p' declares a name twice: 'cohort'.",
    STAGES + GROUPS + "[reading]\nheader_row = 0": "header_row is 0. Rows are counted from 1.",
    PROGRESS + "kind = 'statuses'": (
        "Programme 'p': [reading.progress] has kind 'statuses'. Possible: 'furthest_stage', 'stage_columns', "
        "'status', 'events', 'counts'. Did you mean 'status'?"
    ),
    PROGRESS + "kind = 'status'": (
        "[reading.progress] explains no words. Give them under [reading.progress.outcomes.STAGE]: "
        "the exit reason (or reached), and the words for it."
    ),
    PROGRESS + "kind = 'status'\n[reading.progress.outcomes.d]\nrejected = ['no']": (
        "[reading.progress.outcomes] names the stage 'd', which 'p' does not have. Its stages: 'a', 'b', 'c'."
    ),
    PROGRESS + "kind = 'status'\n[reading.progress.outcomes.a]\nrejcted = ['no']": (
        "[reading.progress] names the exit reason 'rejcted'. Possible: 'rejected', 'withdrew', "
        "'did_not_attend', "
        "'declined', 'offer_withdrawn', 'no_place', 'not_recorded', 'pending'. Did you mean 'rejected'?"
    ),
    PROGRESS + "kind = 'status'\n[reading.progress.outcomes.c]\nrejected = ['no']": (
        "[reading.progress.outcomes.c] has the exit 'rejected', but it is the last stage: whoever got "
        "there has "
        "arrived. Use 'reached', or add a later stage to the process."
    ),
    PROGRESS + "kind = 'status'\n[reading.progress.outcomes.any]\nrejected = ['no']": (
        "[reading.progress.outcomes.any] is only for event logs: a single status must tell the stage."
    ),
    PROGRESS + "kind = 'events'\n[reading.progress.outcomes.any]\nreached = ['yes']": (
        "[reading.progress.outcomes.any] holds exits only; 'reached' needs a stage."
    ),
    PROGRESS + "kind = 'events'\nunfinished = 'lost'\n[reading.progress.outcomes.a]\nreached = ['yes']": (
        "Programme 'p': unfinished in [reading.progress] is neither 'not_recorded' nor 'pending'."
    ),
    PROGRESS
    + "kind = 'status'\n[reading.progress.outcomes]\na = {rejected = ['No']}\nb = {rejected = ['no ']}": (
        "[reading.progress] gives a word two meanings: 'no'. Keep one."
    ),
    PROGRESS + "kind = 'stage_columns'\npassed = ['1']\nfailed = ['1']": (
        "[reading.progress] has '1' under passed and failed. Keep one."
    ),
    PROGRESS + "kind = 'stage_columns'\ncolumns = {bb = 'x'}": (
        "[reading.progress.columns] names the stage 'bb', which 'p' does not have. Its stages: 'a', 'b', 'c'."
    ),
    PROGRESS + "kind = 'counts'\nreached = {a = 'x'}": (
        "[reading.progress.reached] lacks stages: 'b', 'c'. Name the column of each stage."
    ),
}


@pytest.mark.parametrize("text", BROKEN)
def test_refused(text: str) -> None:
    with pytest.raises(ProgrammeError) as error:
        programme_from_toml(text, name="p")
    sentence = str(error.value)
    if BROKEN[text].endswith("Shipped: "):
        assert sentence.startswith(BROKEN[text])
        assert sentence.endswith("Did you mean 'sex.csv'?")
    else:
        assert sentence == BROKEN[text]


def test_files_that_are_no_programme(tmp_path: Path) -> None:
    broken = {
        "bytes.toml": (
            b"\xff\xfe\x00",
            "The programme file 'bytes.toml' is not text in UTF-8. Save it as UTF-8.",
        ),
        "not.toml": (
            b"name = ",
            "The programme 'not' is not valid TOML: Invalid value (at end of document).",
        ),
    }
    for name, (content, sentence) in broken.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ProgrammeError) as error:
            load_programme(tmp_path / name)
        assert str(error.value) == sentence
    with pytest.raises(ProgrammeError) as error:
        load_programme(tmp_path / "none.toml")
    assert str(error.value) == "There is no programme file 'none.toml'. Check the path."
    with pytest.raises(ProgrammeError) as error:
        load_programme("fire_servce")
    assert str(error.value) == (
        "There is no programme file 'fire_servce', and no shipped programme of that name. Shipped: "
        "'civil_service', 'civil_service_jobs', 'fire_service', 'greenhouse', 'hesa', "
        "'judicial_appointments', 'nhs_jobs', 'qualtrics', 'step_up_to_social_work'. Did "
        "you mean 'fire_service'?"
    )


@pytest.mark.parametrize("name", ["x" * 5000 + ".csv", "nul\\u0000.csv"])
def test_a_code_list_with_a_name_that_cannot_be(name: str) -> None:
    with pytest.raises(ProgrammeError, match="not beside the programme and not shipped"):
        programme_from_toml(STAGES + f'[characteristics.x]\ncodelist = "{name}"\n')
