"""Where rows are applications, every output says so: page, sheets, charts, data, terminal, notebook."""

from __future__ import annotations

import html
import io
import re
import zipfile
from typing import TYPE_CHECKING

import pytest

import stepup_equity as su
from stepup_equity.cli import main
from stepup_equity.process import load_programme, programme_from_toml, programme_to_toml
from stepup_equity.shipped import shipped
from stepup_equity.words.unit import Unit, unit_of

if TYPE_CHECKING:
    from pathlib import Path

    from stepup_equity.counts import StageCounts

PEOPLE = re.compile(r"\b(people|applicants?)\b", re.IGNORECASE)
COUNTED = re.compile(r"[\d,]+ applications of [\d,]+ people|,Applicant,|(?m:^[\w.*]*,?people,)")
"""How many applications and people there are; and names of columns, the file's and a result's own."""

LABEL = "Young people"


def words(text: str) -> str:
    """What is read of a page, a sheet or a picture."""
    bare = re.sub(r"<(style|script)\b.*?</\1>", " ", text, flags=re.DOTALL)
    return COUNTED.sub("", html.unescape(re.sub(r"<[^>]*>", " ", bare))).replace(LABEL, "")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """An export of applications of whom one group is called after people, and its programme."""
    folder = tmp_path_factory.mktemp("applications")
    text = shipped("examples/nhs_jobs.csv").read_text(encoding="utf-8")
    data, programme = folder / "jobs.csv", folder / "jobs.toml"
    data.write_text(text.replace(",Yes,", f",{LABEL},"), encoding="utf-8")
    own = programme_to_toml(load_programme("nhs_jobs")).replace('"Yes"', f'"{LABEL}"')
    programme.write_text(own, encoding="utf-8")
    return data, programme


@pytest.fixture(scope="module")
def counts(files: tuple[Path, Path]) -> StageCounts:
    return su.count_stages(files[0], programme=files[1])


@pytest.mark.parametrize("policy", ["internal", pytest.param("suppress10", marks=pytest.mark.external)])
def test_no_output_speaks_of_people(
    files: tuple[Path, Path], policy: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, programme = map(str, files)
    out = tmp_path / "out"
    asked = ["--policy", policy, "--by", "gender"] if policy != "internal" else ["--by", "disability"]
    assert main(["report", data, "--programme", programme, "-o", str(out), *asked]) == 0
    said = [("terminal", capsys.readouterr().out)]
    for path in sorted(out.rglob("*")):
        if path.suffix in (".html", ".svg", ".txt"):
            said.append((path.name, path.read_text(encoding="utf-8")))
        if path.suffix == ".csv":
            said.append((path.name, path.read_text(encoding="utf-8").partition("\n")[2]))
        if path.suffix in (".xlsx", ".ods"):
            with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as book:
                parts = [name for name in book.namelist() if name.endswith(".xml")]
                said += [(f"{path.name} {name}", book.read(name).decode()) for name in parts]
    found = [(name, PEOPLE.search(words(text))) for name, text in said]
    assert not [(name, one[0]) for name, one in found if one]
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "one person may stand in several" in page
    assert "243 applications" in page or policy != "internal"
    assert LABEL in page or policy != "internal"


def test_a_notebook_speaks_of_applications(counts: StageCounts) -> None:
    assert repr(counts).startswith("<StageCounts: 243 applications")
    for result in (su.selection_rates(counts, by="gender"), su.cliff_edges(counts, by="gender")):
        assert not PEOPLE.search(repr(result))
        assert not PEOPLE.search(words(result._repr_html_()))


def test_labels_stay_as_they_are() -> None:
    programme = programme_from_toml(
        'name = "p"\nstages = [{ key = "applied" }, { key = "hired" }]\n'
        '[characteristics.age]\ngroups = ["Young people", "Applicants over 60"]\n'
        '[reading]\nunit = "applications"\n'
    )
    said = unit_of(programme)
    assert said("5 people of Young people, and Applicants over 60") == (
        "5 applications of Young people, and Applicants over 60"
    )
    assert Unit()("5 people") == "5 people"
