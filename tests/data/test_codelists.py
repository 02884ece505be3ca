"""The code lists contradict neither themselves nor their sources."""

from __future__ import annotations

import csv
from itertools import pairwise
from pathlib import Path

import pytest

from stepup_equity.process import normalise, step_up_to_social_work
from stepup_equity.shipped import shipped

HERE = Path(__file__).parent
LISTS = (
    "age_band",
    "disability",
    "ethnicity_16",
    "ethnicity_18",
    "ethnicity_19",
    "ethnicity_2",
    "gender",
    "orientation",
    "religion",
    "sex",
)
NOT_STATED = "Not stated"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def codelist(name: str) -> list[dict[str, str]]:
    return rows(shipped("schema/codelists") / f"{name}.csv")


def spellings(name: str) -> dict[str, str]:
    """Normalised spelling -> display label, as a reader of the list would have it."""
    found = {normalise(row["raw"]): NOT_STATED for row in codelist("not_stated")}
    found |= {normalise(row["raw"]): row["label"] for row in codelist(f"{name}_synonyms")}
    return found | {normalise(row["label"]): row["label"] for row in codelist(name)}


def test_every_list_is_tested():
    files = {path.stem for path in shipped("schema/codelists").glob("*.csv")}
    others = {"not_stated", "ethnicity_crosswalk", "rdu_departures"}
    assert files == {*LISTS, *(f"{name}_synonyms" for name in LISTS), *others}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_has_the_agreed_columns_and_unique_labels_in_order(name):
    found = codelist(name)
    bands = ["lowest", "highest"] if name == "age_band" else []
    assert list(found[0]) == ["label", "parent", "order", "note", *bands]
    labels = [normalise(row["label"]) for row in found]
    assert len(set(labels)) == len(labels)
    assert [int(row["order"]) for row in found] == list(range(1, len(found) + 1))
    assert NOT_STATED not in [row["label"] for row in found]


@pytest.mark.parametrize("name", LISTS)
def test_broad_groups_are_declared_for_all_groups_or_for_none(name):
    found = codelist(name)
    parents = [row["parent"] for row in found]
    assert all(parents) or not any(parents)
    labels = {row["label"] for row in found}
    if all(parents):  # a broad answer in a detailed column needs a leaf of that name
        assert set(parents) <= labels
        runs = [p for i, p in enumerate(parents) if i == 0 or parents[i - 1] != p]
        assert len(runs) == len(set(parents)), "a broad group's members stand together"


@pytest.mark.parametrize("name", LISTS)
def test_a_spelling_is_listed_once_and_means_one_group(name):
    synonyms = codelist(f"{name}_synonyms")
    assert list(synonyms[0]) == ["raw", "label"]
    labels = {row["label"] for row in codelist(name)}
    assert {row["label"] for row in synonyms} <= labels | {NOT_STATED}
    raws = [normalise(row["raw"]) for row in synonyms]
    assert len(set(raws)) == len(raws)
    assert not set(raws) & {normalise(label) for label in labels}
    assert not set(raws) & {normalise(row["raw"]) for row in codelist("not_stated")}
    assert not {normalise(label) for label in labels} & {
        normalise(row["raw"]) for row in codelist("not_stated")
    }


def test_not_stated_spellings_are_listed_once_and_leave_none_alone():
    raws = [normalise(row["raw"]) for row in codelist("not_stated")]
    assert len(set(raws)) == len(raws)
    assert "" in raws
    assert "none" not in raws
    assert spellings("religion")["none"] == "No religion"
    assert spellings("disability")["none"] == "No disability"


@pytest.mark.parametrize(
    "row", rows(HERE / "labels_that_load.csv"), ids=lambda r: f"{r['characteristic']}-{r['raw']}"
)
def test_labels_seen_in_the_wild_load(row):
    programme = step_up_to_social_work()
    label = programme.characteristic(row["characteristic"]).spellings[normalise(row["raw"])]
    assert (label or NOT_STATED) == row["label"]


def test_race_disparity_unit_spellings_mean_what_they_say_there_save_declared_departures():
    known = spellings("ethnicity_19")
    departures = {row["raw"]: row for row in codelist("rdu_departures")}
    unstated = {"Unknown", "Unclassified", "Unmatched", "Not applicable"}
    source = rows(HERE / "rdu_classification_lookup.csv")
    assert len(source) == 285
    assert set(departures) <= {row["Ethnicity"] for row in source}
    for row in source:
        raw, standard = row["Ethnicity"], row["Standard Ethnicity"]
        expected = NOT_STATED if standard in unstated else standard
        if raw in departures:
            assert departures[raw]["rdu_standard"] == standard
            assert departures[raw]["reason"]
            expected = departures[raw]["label"] or None
        assert known.get(normalise(raw)) == expected, raw


@pytest.mark.parametrize("raw", ["BME", "BAME", "Non-White"])
def test_everybody_who_is_not_white_is_not_the_census_group_other(raw):
    for name in ("ethnicity_16", "ethnicity_18", "ethnicity_19"):
        assert normalise(raw) not in spellings(name)
    assert spellings("ethnicity_2")[normalise(raw)] == "Other than White"


@pytest.mark.parametrize(
    ("name", "leaves", "census"),
    [
        ("ethnicity_16", 16, "broad_2001"),
        ("ethnicity_18", 18, "broad_2011"),
        ("ethnicity_19", 19, "broad_2021"),
    ],
)
def test_ethnicity_lists_are_the_census_lists_of_their_year(name, leaves, census):
    groups = {row["label"]: row["parent"] for row in codelist(name)}
    expected = {row["label"]: row[census] for row in codelist("ethnicity_crosswalk") if row[census]}
    assert len(expected) == leaves
    broad_answers = {label: parent for label, parent in groups.items() if label == parent}
    assert groups == expected | broad_answers
    assert len(broad_answers) == 5
    wording = "census_2001" if name == "ethnicity_16" else "census_2021"
    known = spellings(name)
    for row in codelist("ethnicity_crosswalk"):
        if row[census]:
            assert known[normalise(row[wording])] == row["label"]


def test_chinese_changes_broad_group_and_roma_is_new():
    parents = {
        name: {r["label"]: r["parent"] for r in codelist(name)} for name in LISTS if "ethnicity_1" in name
    }
    assert parents["ethnicity_16"]["Chinese"] == "Other inc Chinese"
    assert parents["ethnicity_18"]["Chinese"] == parents["ethnicity_19"]["Chinese"] == "Asian"
    assert "roma" not in spellings("ethnicity_18")
    assert spellings("ethnicity_19")["roma"] == "Roma"


def test_age_bands_follow_one_another_without_gap_or_overlap():
    bands = codelist("age_band")
    for lower, upper in pairwise(bands):
        assert int(lower["highest"]) + 1 == int(upper["lowest"])


def test_references_of_the_built_in_programme():
    references = {c.name: c.reference for c in step_up_to_social_work().characteristics}
    assert references == {
        "age_band": "20-24",
        "ethnicity": "White British",
        "gender": "Female",
        "religion": "Christian",
        "disability": "No disability",
        "orientation": "Heterosexual",
    }
