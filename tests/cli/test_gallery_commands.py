"""The tables and figures of the evaluation, each in the one command that the gallery names."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pandas as pd
import pytest

from stepup_equity.cli import main
from stepup_equity.examples import write_example

ROOT = Path(__file__).parents[2]
SOURCES = "characteristic,group,applied,accepted\nsource of interest,Internet,1100,104\n" + "".join(
    f"source of interest,{name},{applied},{accepted}\n"
    for name, applied, accepted in (
        ("Newspaper", 300, 27),
        ("Word of mouth", 500, 49),
        ("Television", 195, 9),
    )
)


def commands() -> dict[str, list[str]]:
    """The command below each heading of the gallery that has one."""
    text = (ROOT / "docs" / "gallery.md").read_text(encoding="utf-8")
    found = {}
    for section in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        if block := re.search(r"^```bash\nstepup-equity (.*?)\n```$", section, re.MULTILINE):
            found[" ".join(section.split(" ", 2)[:2])] = shlex.split(block[1])
    return found


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("cohort_one", "places_2010", "trainee_outcomes_2010"):
        write_example(name, tmp_path)
    (tmp_path / "sources.csv").write_text(SOURCES, encoding="utf-8")
    return tmp_path


def alt(folder: Path) -> str:
    return " ".join(pd.read_csv(folder / "alt.csv")["alt"])


def test_each_has_a_command() -> None:
    assert set(commands()) == {"Figure 5.2", "Figure 5.5", "Figure 5.6", "Table 4.2", "Table 8.1"}


def test_table_4_2_has_the_printed_targets_and_recruits(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(commands()["Table 4.2"]) == 0
    assert "184 places filled of 200" in capsys.readouterr().out
    table = pd.read_csv(here / "table_4_2.csv").set_index("region")
    assert table[["target", "recruited"]].loc["Yorkshire and Humber"].tolist() == [37, 31]
    assert table["target"].drop("All").sum() == table.loc["All", "target"] == 200


def test_figure_5_2_shows_every_source(here: Path) -> None:
    assert main(commands()["Figure 5.2"]) == 0
    assert "4 groups" in alt(here / "figure_5_2")
    assert "4.6% (Television)" in alt(here / "figure_5_2")


def test_figures_5_5_and_5_6_hold_the_printed_numbers(here: Path) -> None:
    """65 of 1,763 with a learning disability, 12 with a mental health difficulty; 15 of 141 accepted."""
    for name in ("Figure 5.5", "Figure 5.6"):
        assert main(commands()[name]) == 0
    kinds = alt(here / "figure_5_5")
    assert "Learning disability (incl. dyslexia) 3.7%" in kinds  # 65 of 1,763
    assert "Mental health difficulty 0.7%" in kinds  # 12 of 1,763
    assert "Disability 141 to 15" in alt(here / "figure_5_6")


@pytest.mark.docs
def test_table_8_1_has_every_partnership(here: Path) -> None:
    assert main(commands()["Table 8.1"]) == 0
    rates = pd.read_csv(here / "table_8_1" / "data" / "selection_rates.csv")
    completed = rates[(rates["gate"] == "completed") & (rates["group"] == "West Midlands")].iloc[0]
    assert (completed["passed"], completed["denominator"]) == (9, 10)
    page = (here / "table_8_1" / "report.html").read_text(encoding="utf-8")
    assert "Yorkshire" in page
