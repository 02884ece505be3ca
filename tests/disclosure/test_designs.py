"""Designs of a publication beside each other: what each keeps is counted from what it prints."""

from __future__ import annotations

import shlex

import pandas as pd
from tests.disclosure.cubes import counts as made_up

import stepup_equity as su
from stepup_equity.cli import main
from stepup_equity.disclosure.designs import kept_of

ROWS = [
    ("White", 920, 389, 117), ("Asian", 61, 26, 14), ("Black", 43, 17, 13), ("Mixed", 30, 15, 4),
]  # fmt: skip


def test_what_a_design_keeps(tmp_path, capsys):
    frame = pd.DataFrame(
        [("ethnicity", group, *numbers) for group, *numbers in ROWS],
        columns=["characteristic", "group", "applied", "shortlisted", "appointed"],
    )
    counts = su.StageCounts.from_table(frame)
    plan = su.publication_plan(counts).set_index("number")
    assert plan.loc[1, ["counts_kept", "counts"]].tolist() == [12, 12]
    exact = su.protect(counts, "suppress10")
    assert plan.loc[2, "counts_kept"] == 12 - exact.hidden[0]
    assert (plan["comparisons"].iloc[0]) >= plan["comparisons"].iloc[1]

    path = tmp_path / "table.csv"
    frame.to_csv(path, index=False)
    assert main(["report", str(path), "-o", str(tmp_path / "out"), "--plan"]) == 0
    said = capsys.readouterr().out
    assert "1. everything, rounded to 5: shows 12 of 12 counts of people at a stage" in said
    assert "--policy suppress10" in said
    assert not (tmp_path / "out").exists()
    assert main(["report", str(path), "-o", str(tmp_path / "out"), "--choose", "9"]) == 2


def test_the_command_of_a_design_reads_the_file_as_it_was_read(tmp_path, capsys):
    """A plan made with a programme is of no use without it."""
    path, programme, out = tmp_path / "a b.csv", tmp_path / "my.toml", str(tmp_path / "out")
    pd.DataFrame(
        {"who": range(60), "sex": ["Women", "Men", "Men"] * 20, "stage": ["in"] * 30 + ["hired"] * 30}
    ).to_csv(path, index=False)
    programme.write_text(
        '[[stages]]\nkey = "in"\n[[stages]]\nkey = "hired"\n'
        '[characteristics.sex]\ngroups = ["Women", "Men"]\n'
        '[reading]\napplicant_id = "who"\n[reading.progress]\nkind = "furthest_stage"\ncolumn = "stage"\n'
    )
    typed = ["report", str(path), "--programme", str(programme), "-o", out, "--first-release"]
    assert main([*typed, "--plan", "--policy", "hesa", "--merge", "sex"]) == 0
    lines = capsys.readouterr().out.splitlines()
    first = shlex.split(next(line for line in lines if "stepup-equity report" in line))
    assert first == ["stepup-equity", *typed, "--policy", "publish"]
    assert main(["report", "--policy", "hesa", "--plan", *typed[1:]]) == 0  # the file behind the policy
    assert shlex.join(typed) in capsys.readouterr().out
    assert main(["report", "--plan", "--policy", "hesa", *typed[1:]]) == 0
    assert shlex.join(typed) in capsys.readouterr().out
    assert main(first[1:]) == 0


def test_publish_keeps_what_was_promised():
    """95 of 100 counts of 1,787 applicants, and ten comparisons of 250."""
    many = kept_of(su.protect(made_up(1787, 1), "publish"))
    assert many["counts_kept"] >= 0.95 * many["counts"]
    assert kept_of(su.protect(made_up(250, 1), "publish"))["comparisons"] >= 10
