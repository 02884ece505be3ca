"""Where rows are applications, twenty of them may be one person's: they are protected as a number of one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.disclosure.stranger import Stranger, between

import stepup_equity as su
from stepup_equity.process import programme_from_toml

STAGES = ("submitted", "shortlisted", "offered")
PROGRAMME = """
name = "p"
label = "P"
stages = [{key = "submitted"}, {key = "shortlisted"}, {key = "offered"}]
[characteristics.ethnicity]
label = "Ethnicity"
groups = ["White", "Asian", "Roma"]
[characteristics.sex]
label = "Sex"
groups = ["F", "M"]
[reading]
unit = "applications"
applicant_id = ["person", "vacancy"]
"""


def applications(*, roma: int = 1, unit: str = "applications") -> su.StageCounts:
    """Three hundred people with one or two applications each, and 26 of Roma persons."""
    rng = np.random.default_rng(0)
    rows = [
        (f"p{p}", f"v{v}", "White" if p < 220 else "Asian", "FM"[p % 2], min(2, int(rng.geometric(0.45)) - 1))
        for p in range(300)
        for v in range(int(rng.integers(1, 3)))
    ]
    rows += [(f"r{v % roma}", f"v{v}", "Roma", "F", int(v >= 13)) for v in range(26)]
    frame = pd.DataFrame(rows, columns=["person", "vacancy", "ethnicity", "sex", "at"])
    frame["furthest_stage"] = [STAGES[at] for at in frame.pop("at")]
    text = PROGRAMME.replace('unit = "applications"', f'unit = "{unit}"')
    return su.count_stages(su.read_applicants(frame, programme=programme_from_toml(text)))


def roma(release: su.Release, stranger: Stranger) -> list[tuple[int, int]]:
    """What a stranger finds out of the Roma row's numbers of somebody."""
    stranger.read(release.frame)
    frame = between(release.frame)
    own = frame[(frame["group"] == "Roma") & frame["measure"].str.match("reached$|left ")]
    cells = [
        ((r.cohort, r.characteristic, r.group, r.parent), r.stage, r.measure)
        for r in own.itertuples()
        if r.stage != "offered"
    ]
    return [stranger.interval(cell) for cell in cells]


@pytest.mark.parametrize("policy", ["suppress10", su.Policy(threshold=5)], ids=str)
@pytest.mark.parametrize(
    "by", [["ethnicity", "sex"], ["ethnicity", ("ethnicity", "sex")]], ids=["plain", "crossed"]
)
def test_one_person_with_many_applications_is_hidden(policy, by):
    """26 applied and 13 were shortlisted, all of them one woman's: it was printed as it is."""
    release = su.protect(applications(), policy, by=by)
    promised = release.policy
    assert all(
        high - low >= promised.width and high >= promised.threshold for low, high in roma(release, Stranger())
    )
    said = f"hidden too where fewer than {promised.threshold} persons made them"
    assert any(said in note for note in release.notes)


def test_as_many_applications_of_many_persons_are_printed():
    assert roma(su.protect(applications(roma=26), "suppress10"), Stranger()) == [
        (26, 26),
        (13, 13),
        (13, 13),
        (13, 13),
    ]


def test_a_total_of_few_persons_is_refused_and_says_so():
    """Twelve offers of three persons are everybody's, and stand in every table."""
    people = [(f"p{p}", "v0", "White", "F", "submitted" if p < 40 else "shortlisted") for p in range(90)]
    people += [(f"q{v % 3}", f"v{v}", "White", "F", "offered") for v in range(12)]
    frame = pd.DataFrame(people, columns=["person", "vacancy", "ethnicity", "sex", "furthest_stage"])
    counts = su.count_stages(su.read_applicants(frame, programme=programme_from_toml(PROGRAMME)))
    with pytest.raises(su.DisclosureError) as refused:
        su.protect(counts, "suppress10")
    assert set(refused.value.cells["why"]) == {"few persons made these, and what stays printed pins it down"}


def test_rounded_applications_say_that_they_may_be_of_few():
    notes = su.protect(applications(), "publish").notes
    assert "A number of applications may be of very few persons." in notes


def test_counts_that_no_longer_know_the_people_promise_nothing(tmp_path):
    """Counts in a file do not say how many persons made the applications."""
    read = su.StageCounts.read(applications(roma=26).write(tmp_path / "counts.json"))
    assert read.each_person is None
    assert "A number of applications may be of very few persons." in su.protect(read, "suppress10").notes
