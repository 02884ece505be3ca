"""The published schema is the programme's, and other tools can use it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from stepup_equity import step_up_to_social_work
from stepup_equity.process import load_programme, shipped_programmes
from stepup_equity.records.schema import applicants_schema
from stepup_equity.shipped import shipped

if TYPE_CHECKING:
    from pathlib import Path


def test_the_shipped_schema_is_made_from_the_programme() -> None:
    text = shipped("schema/applicants.schema.json").read_text(encoding="utf-8")
    made = json.dumps(applicants_schema(step_up_to_social_work()), indent=2, ensure_ascii=False) + "\n"
    assert text == made, "write it again: python -m tests.records.test_schema"


@pytest.mark.parametrize("name", shipped_programmes())
def test_every_programme_has_one(name: str) -> None:
    schema = applicants_schema(load_programme(name))
    names = [field["name"] for field in schema["fields"]]
    assert len(set(names)) == len(names)


@pytest.mark.filterwarnings("ignore")
def test_frictionless_accepts_the_first_cohort_and_refuses_a_broken_one(tmp_path: Path) -> None:
    frictionless = pytest.importorskip("frictionless")
    schema = frictionless.Schema.from_descriptor(applicants_schema(step_up_to_social_work()))
    people = pd.read_csv(shipped("examples/cohort_one.csv"), dtype=str, keep_default_na=False)
    people.to_csv(tmp_path / "good.csv", index=False)
    people.loc[2, "ethnicity"] = "Martian"
    people.loc[5, "applicant_id"] = ""
    people.loc[7, "applicant_id"] = people.loc[6, "applicant_id"]
    people.to_csv(tmp_path / "bad.csv", index=False)
    with frictionless.system.use_context(trusted=True):
        good, bad = (
            frictionless.validate(str(tmp_path / name), schema=schema) for name in ("good.csv", "bad.csv")
        )
    assert good.valid, good.flatten(["message"])[:3]
    assert {(row, kind) for row, kind in bad.flatten(["rowNumber", "type"])} == {
        (4, "constraint-error"),
        (7, "constraint-error"),
        (9, "primary-key"),
    }


if __name__ == "__main__":
    target = shipped("schema") / "applicants.schema.json"
    made = applicants_schema(step_up_to_social_work())
    target.write_text(json.dumps(made, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
