"""The policy team's whole job: the next cohort's file comes in, one command makes every table again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

import stepup_equity as su
from stepup_equity.cli import main
from stepup_equity.disclosure import Ledger, audit
from stepup_equity.disclosure.layout import Row
from stepup_equity.process import programme_to_toml

if TYPE_CHECKING:
    from pathlib import Path

    from stepup_equity.disclosure.audit import Address

STAGES = ("submitted", "eligible", "screened", "invited", "assessed", "offered", "accepted")
GENDER = (("Female", 0.8), ("Male", 0.19), ("", 0.01))
DISABILITY = (("No disability", 0.91), ("Dyslexia", 0.05), ("Mental health difficulty", 0.02), ("", 0.02))
POLICY = 'name = "our team"\nthreshold = 5\n'


def cohort_file(path: Path, cohorts: tuple[str, ...]) -> Path:
    """Made-up applicants: 600 a cohort, whoever else is in the file."""
    parts = []
    for cohort in cohorts:
        rng = np.random.default_rng(int(cohort))
        furthest = np.cumprod(rng.random((600, 6)) < (0.85, 0.6, 0.85, 0.6, 0.8, 0.8), axis=1).sum(1)
        frame = pd.DataFrame({"applicant_id": [f"{cohort}-{i}" for i in range(600)], "cohort": cohort})
        for name, groups in (("gender", GENDER), ("disability", DISABILITY)):
            labels, shares = zip(*groups, strict=True)
            frame[name] = rng.choice(labels, size=600, p=shares)
        frame["furthest_stage"] = [STAGES[k] for k in furthest]
        parts.append(frame)
    pd.concat(parts).to_csv(path, index=False)
    return path


def sensitive_cells(path: Path, threshold: int) -> list[Address]:
    """Counts below the threshold, as the records have them."""
    counts = su.count_stages(su.read_applicants(path))
    found: list[Address] = []
    for cohort in counts.cohorts:
        for name in counts.characteristics:
            funnel = counts.funnel(name, not_stated=True, where={"cohort": cohort})
            reached = funnel.reached
            left = reached[:, :-1] - reached[:, 1:]
            for measure, numbers in (("reached", reached), ("left", left)):
                for i, s in zip(*np.nonzero((numbers > 0) & (numbers < threshold)), strict=True):
                    row = Row(
                        cohort, name, funnel.groups[i], funnel.parents[i] or "", stated=bool(funnel.stated[i])
                    )
                    found.append((row, funnel.stages[s], measure))
    return found


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Last time and this time, by the same two saved files."""
    home = tmp_path_factory.mktemp("job")
    programme = programme_to_toml(su.load_programme("step_up_to_social_work"))
    (home / "programme.toml").write_text(programme, encoding="utf-8")
    (home / "policy.toml").write_text(POLICY, encoding="utf-8")
    saved = ["--programme", str(home / "programme.toml"), "--policy", str(home / "policy.toml")]
    first = cohort_file(home / "first.csv", ("2010",))
    assert main(["report", str(first), "-o", str(home / "2010"), *saved]) == 0
    both = cohort_file(home / "both.csv", ("2010", "2012"))
    ledger = str(home / "2010" / "ledger.json")
    assert main(["report", str(both), "-o", str(home / "2012"), *saved, "--ledger", ledger]) == 0
    return home


def test_one_command_makes_every_table_again(job: Path) -> None:
    for name in ("report.html", "tables.xlsx", "tables.ods", "ledger.json", "manifest.json"):
        assert (job / "2012" / name).is_file(), name
    assert "our team" in (job / "2012" / "report.html").read_text(encoding="utf-8")
    assert su.lint_workbook(job / "2012" / "tables.ods").empty


def test_both_releases_together_give_no_small_count_away(job: Path) -> None:
    ledgers = [Ledger.read(job / year / "ledger.json") for year in ("2010", "2012")]
    cells = sensitive_cells(job / "both.csv", 5)
    assert len(cells) > 20
    report = audit(ledgers, su.Policy.load(job / "policy.toml"), sensitive=cells)
    assert report.holds, report.exposed


def test_a_cohort_of_its_own_needs_no_earlier_one(
    job: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    alone = cohort_file(tmp_path / "alone.csv", ("2012",))
    command = ["tables", str(alone), "-o", str(tmp_path / "t.xlsx"), "--policy", str(job / "policy.toml")]
    ledgers = ["--ledger", str(job / "2010" / "ledger.json"), "--save-ledger", str(tmp_path / "l.json")]
    assert main([*command, *ledgers]) == 2
    assert "nothing of it is found here" in capsys.readouterr().err
    assert main([*command, *ledgers, "--same-cohort", "2010=2010"]) == 0
    assert Ledger.read(tmp_path / "l.json").said
    assert main(["lint", str(tmp_path / "t.xlsx")]) == 0
    assert "keeps all" in capsys.readouterr().out


def test_a_refusal_says_what_would_help_and_names_every_cell(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    few = tmp_path / "few.csv"
    rows = [("a", "Female", "accepted"), ("b", "Female", "screened"), ("c", "Male", "eligible")]
    pd.DataFrame(rows, columns=["applicant_id", "gender", "furthest_stage"]).to_csv(few, index=False)
    assert main(["report", str(few), "-o", str(tmp_path / "out"), "--policy", "suppress10"]) == 1
    said = capsys.readouterr().err
    assert "cannot be protected under the policy 'suppress10'" in said
    assert "would help" in said
    assert "  gender, reached at 'submitted'" in said  # the cells
    assert sorted(path.name for path in tmp_path.iterdir()) == ["few.csv"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--policy", "suppress10", "--fail-on-cliff"], "--fail-on-cliff looks at every count"),
        (["--pool"], "are for a publication"),
        (["--policy", "publsh"], "Did you mean 'publish'?"),
        (["--policy", "suppress10", "--ledger", "none.json"], "The ledger 'none.json' cannot be read"),
    ],
)
def test_usage(
    options: list[str], words: str, job: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", str(job / "first.csv"), "-o", str(tmp_path / "out"), *options]) == 2
    assert words in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_lint_of_a_broken_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import xlsxwriter

    path = tmp_path / "bad.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet().merge_range("A1:B1", "Title")
    assert main(["lint", str(path)]) == 1
    assert "merged" in capsys.readouterr().out
