"""The README's main job in a container: not root, nothing to write to but the volume /out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from stepup_equity.shipped import shipped

pytestmark = pytest.mark.external

NOBODY = 65534


def contained(work: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command of ours, with nothing but a volume to write to."""
    for name in ("root", "in", "out"):
        (work / name).mkdir(exist_ok=True)
    os.chown(work / "out", NOBODY, NOBODY)
    wanted = sorted(
        {str(Path(place).resolve()) for place in (sys.base_prefix, sys.prefix, *sys.path) if place}
    )
    places = [p for p in wanted if Path(p).is_dir() and not any(p.startswith(f"{q}/") for q in wanted)]
    script = Path(__file__).with_name("contained.sh")
    folders = [str(work / name) for name in ("root", "in", "out")]
    return subprocess.run(
        ["unshare", "--mount", "sh", str(script), *folders, " ".join(places), *words],
        capture_output=True,
        text=True,
        check=False,
    )


def ours(work: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return contained(work, sys.executable, "-m", "stepup_equity", *words)


def test_the_main_job_writes_a_volume_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "cohort_one.csv").write_bytes(shipped("examples/cohort_one.csv").read_bytes())
    tried = contained(
        tmp_path, "/bin/sh", "-c", "id -u; touch /mine /tmp/mine /in/mine 2>&1; touch /out/mine"
    )
    assert tried.stdout.startswith(f"{NOBODY}\n"), tried.stderr
    assert tried.stdout.count("touch: cannot touch") == 3
    (tmp_path / "out" / "mine").unlink()

    done = ours(tmp_path, "report", "/in/cohort_one.csv", "-o", "/out")
    assert done.returncode == 0, done.stderr
    assert "At screening" in done.stdout
    assert "Black African" in done.stdout
    first = {p.relative_to(tmp_path).as_posix(): p.read_bytes() for p in (tmp_path / "out").rglob("*.*")}
    facts = json.loads(first["out/manifest.json"])
    assert facts["made_by"] == "stepup_equity"
    assert {f"out/{name}" for name in facts["files"]} | {"out/manifest.json"} == set(first)
    assert "Traceback" not in done.stderr

    again = ours(tmp_path, "report", "/in/cohort_one.csv", "-o", "/out")
    assert (again.returncode, "Traceback" in again.stderr) == (2, False)
    assert ours(tmp_path, "report", "/in/cohort_one.csv", "-o", "/out", "--force").returncode == 0
    assert {p.relative_to(tmp_path).as_posix() for p in (tmp_path / "out").rglob("*.*")} == set(first)
    refused = ours(tmp_path, "report", "/in/cohort_one.csv", "-o", "/elsewhere")
    assert refused.returncode == 2
    assert refused.stderr.startswith("stepup-equity: elsewhere was not written: that place can only be read.")
