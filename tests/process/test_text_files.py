"""What PowerShell's ``>`` writes is read like any other text file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stepup_equity.cli import main
from stepup_equity.disclosure import Policy
from stepup_equity.findings.claims.reading import read_claims
from stepup_equity.process import load_programme, programme_template
from stepup_equity.text_files import text_in

if TYPE_CHECKING:
    from pathlib import Path

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-be-bom")


def write(path: Path, text: str, encoding: str) -> Path:
    if encoding == "utf-16-be-bom":
        path.write_bytes(b"\xfe\xff" + text.encode("utf-16-be"))
    else:
        path.write_text(text, encoding=encoding)
    return path


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_programmes_policies_claims_are_read(tmp_path: Path, encoding: str) -> None:
    programme = write(tmp_path / "my.toml", programme_template() + "# Zoë\n", encoding)
    assert load_programme(programme).name == "my_programme"
    policy = write(tmp_path / "team.toml", 'name = "équipe"\nthreshold = 12\n', encoding)
    assert (Policy.load(policy).name, Policy.load(policy).threshold) == ("équipe", 12)
    claims = write(
        tmp_path / "claims.csv", "claim,kind,printed,count,base\nA – b,percentage,50,1,2\n", encoding
    )
    assert [claim.claim for claim in read_claims(claims)] == ["A – b"]
    assert "\ufeff" not in text_in(claims)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_code_list_beside_the_programme_is_read(tmp_path: Path, encoding: str) -> None:
    write(tmp_path / "tier.csv", "label\nÉlite\nOther\n", encoding)
    text = programme_template().split("# 3. STRATA")[0] + '[characteristics.tier]\ncodelist = "tier.csv"\n'
    path = tmp_path / "my.toml"
    path.write_text(text, encoding="utf-8")
    assert load_programme(path).characteristic("tier").labels == ("Élite", "Other")


def test_changes_are_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from stepup_equity.examples import write_example

    cohort = write_example("west_lancs_2019_20", tmp_path)
    changes = write(tmp_path / "changes.csv", "gate,change\nshortlisted,A new form\n", "utf-16")
    assert main(["compare", str(cohort), str(cohort), "--changes", str(changes)]) == 0
    assert capsys.readouterr().out


def test_what_is_neither_encoding_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "my.toml"
    path.write_bytes('name = "équipe"'.encode("cp1252"))
    with pytest.raises(Exception, match=r"is not text in UTF-8\. Save it as UTF-8\.$"):
        load_programme(path)
