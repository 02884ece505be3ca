"""A stage left out of one cohort: its numbers are nowhere, and cannot be had from the other cohorts."""

from __future__ import annotations

import pandas as pd
import pytest
from tests.disclosure.stranger import Stranger, below, small

import stepup_equity as su
from stepup_equity.cli import main
from stepup_equity.disclosure import Policy

STAGES = ("applied", "offered", "accepted")
ROWS = {
    "2010": {"Women": (400, 120, 96), "Men": (300, 90, 70)},
    "2012": {"Women": (420, 130, 127), "Men": (310, 84, 83)},  # three women and a man declined
    "2014": {"Women": (390, 118, 95), "Men": (305, 92, 71)},
}


def frame(people: dict[str, dict[str, tuple[int, ...]]] = ROWS) -> pd.DataFrame:
    rows = [
        (cohort, "gender", group, *reached)
        for cohort, own in people.items()
        for group, reached in own.items()
    ]
    return pd.DataFrame(rows, columns=["cohort", "characteristic", "group", *STAGES])


@pytest.fixture(scope="module")
def counts() -> su.StageCounts:
    return su.StageCounts.from_table(frame())


def test_few_decliners_of_one_cohort_are_refused_with_the_stage_to_drop_there(counts):
    with pytest.raises(su.DisclosureError) as caught:
        su.protect(counts, "suppress10")
    assert "drop 'accepted' for '2012' only (drop_stages_of={'2012': ['accepted']})" in str(caught.value)
    assert caught.value.commands[0] == "--drop-stages-of 2012 accepted"


@pytest.mark.parametrize("policy", ["suppress10", "publish", Policy(threshold=5, zeros="protect")])
def test_its_numbers_are_nowhere(counts, policy):
    release = su.protect(counts, policy, drop_stages_of={"2012": ["accepted"]})
    printed = release.frame.query("cohort == '2012' and stage == 'accepted' and measure == 'reached'")
    assert set(printed["value"]) == {"[c]"}
    elsewhere = release.frame.query("cohort == '2010' and group == 'Total' and measure == 'reached'")
    assert elsewhere["value"].ne("[c]").all()
    assert any(note.startswith("Of 2012 “Accepted” is left out") for note in release.notes)
    if release.policy.hides:
        stranger = Stranger()
        stranger.read(release.frame, presence=not release.layout.listed)
        assert below(stranger, small(counts, release.policy.threshold), release.policy.threshold) == []
    assert release.audit(exact=False).breaches.empty


def test_the_same_from_a_policy_file(tmp_path, counts):
    policy = Policy(threshold=10, drop_stages_of={"2012": ["accepted"]})  # type: ignore[arg-type]
    assert policy.drop_stages_of == (("2012", "accepted"),)
    again = su.Policy.load(policy.write(tmp_path / "policy.toml"))
    assert again == policy
    typed = su.Policy.from_toml('threshold = 10\n[drop_stages_of]\n2012 = ["accepted"]\n')
    assert typed == policy
    asked = su.protect(counts, Policy(threshold=10), drop_stages_of={"2012": ["accepted"]})
    assert su.protect(counts, policy).frame.equals(asked.frame)


def test_at_the_command_line(tmp_path, capsys):
    frame().to_csv(tmp_path / "t.csv", index=False)
    command = ["tables", str(tmp_path / "t.csv"), "-o", str(tmp_path / "t.ods"), "--policy", "suppress10"]
    command.append("--first-release")
    assert main(command) == 1
    assert "drop 'accepted' for '2012' only (--drop-stages-of 2012 accepted)" in capsys.readouterr().err
    assert main([*command, "--drop-stages-of", "2012", "accepted"]) == 0
    capsys.readouterr()
    assert main([*command, "--drop-stages-of", "2012"]) == 2
    assert "--drop-stages-of 2012 names no stage" in capsys.readouterr().err


def test_of_one_cohort_it_is_a_stage_that_is_left_out():
    counts = su.StageCounts.from_table(frame({"2012": ROWS["2012"]}))
    release = su.protect(counts, "suppress10", drop_stages_of={"2012": ["accepted"]})
    assert release.layout.stages == ("applied", "offered")


def test_what_does_not_exist_is_refused(counts):
    for asked, said in (
        ({"2021": ["accepted"]}, r"^drop_stages_of='2021' is not a cohort here"),
        ({"2012": ["applied"]}, r"^drop_stages_of='applied' is not a later stage of the process"),
        ({"2012": 3}, r"^drop_stages_of is \{'2012': 3\}\. Give cohorts"),
    ):
        with pytest.raises(su.ArgumentError, match=said):
            su.protect(counts, "suppress10", drop_stages_of=asked)
    with pytest.raises(su.ArgumentError, match=r"prints no cohort by itself"):
        su.protect(counts, "suppress10", drop_stages_of={"2012": ["accepted"]}, pool=True)


def test_a_later_release_may_not_tell_it(counts):
    """All three cohorts' sum, printed later, would give 2012 away."""
    first = su.protect(counts, "suppress10", drop_stages_of={"2012": ["accepted"]})
    with pytest.raises(su.DisclosureError):
        su.protect(counts, "suppress10", pool=True, ledgers=[first])
