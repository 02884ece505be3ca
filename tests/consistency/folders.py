"""Report folders, each written once for a whole run of tests, however many processes run them."""

from __future__ import annotations

import contextlib
import fcntl
import io
import json
import os
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stepup_equity.cli import main
from stepup_equity.counts import of_cohort, open_counts
from stepup_equity.examples import list_examples
from stepup_equity.words.names import Names as Printed

from . import notebook, reading
from .charts import chart_facts
from .edges import edge_contradictions
from .shares import share_contradictions

if TYPE_CHECKING:
    from stepup_equity.counts import StageCounts

CASES = Path(__file__).parent / "cases"
NOT_A_COHORT = frozenset({"assessment_centre_2010", "evaluation_2013_claims", "places_2010"})
"""Examples of other commands: scores, claims and places."""


@dataclass(frozen=True)
class Job:
    """One report: a file, its programme, and whether it is published."""

    name: str
    path: Path
    programme: Path | None = None
    published: bool = False

    @property
    def options(self) -> list[str]:
        """As on the command line."""
        own = ["--programme", str(self.programme)] if self.programme else []
        publish = ["--policy", "publish", "--first-release"]
        return [*own, *(publish if self.published else ["--fail-on-cliff"])]

    def counts(self) -> StageCounts:
        """What a notebook counts of the same file."""
        return open_counts(self.path, programme=self.programme).counts


def both(name: str, path: Path, programme: Path | None = None) -> dict[str, Job]:
    """The internal report and the publication."""
    jobs = [Job(f"{name}{end}", path, programme, bool(end)) for end in ("", " published")]
    return {job.name: job for job in jobs}


SMALL = {name: job for path in sorted(CASES.glob("*.csv")) for name, job in both(path.stem, path).items()}
EXAMPLES = {
    name: job
    for example in list_examples()
    if example.name not in NOT_A_COHORT
    for name, job in both(example.name, example.path, example.programme).items()
}
JOBS = SMALL | EXAMPLES


@dataclass(frozen=True)
class Told:
    """A report folder, with what was printed beside it and what a notebook shows of the same counts."""

    job: Job
    folder: Path
    printed: str
    code: int
    shown: dict[str, str]

    @cached_property
    def names(self) -> reading.Names:
        counts = self.job.counts()
        names = Printed.of(counts.programme)
        return reading.Names(
            {name: names.characteristic(name) for name in counts.characteristics},
            {gate: names.gate(gate) for gate in counts.process.gate_keys},
            {stage: names.stage(stage) for stage in counts.process.stage_keys},
        )

    def facts(self) -> list[reading.Fact]:
        """Every fact of every output."""
        tables = reading.tables_of(self.folder, self.names)
        groups: dict[str, set[str]] = {}
        for fact in tables:
            if fact.key.group and fact.key.characteristic in self.names.characteristics.values():
                groups.setdefault(fact.key.characteristic, set()).add(fact.key.group)
        return reading.settled(
            [
                *tables,
                *chart_facts(self.folder, self.names, groups),
                *notebook.notebook_facts(self.shown, self.names),
                *reading.sentence_facts(self.sentences()),
            ],
            self.names,
        )

    def sentences(self) -> list[tuple[str, str]]:
        """Every sentence of every output."""
        return [
            *reading.sentences_in(self.folder, self.printed),
            *notebook.notebook_sentences(self.shown),
        ]

    def contradictions(self) -> list[str]:
        """Pairs of facts that cannot both be true, and sentences that no table bears out."""
        return [
            *reading.contradictions(self.facts()),
            *edge_contradictions(self.folder, self.sentences(), self.names),
            *share_contradictions(self.folder),
        ]

    def but(self, **changes: object) -> Told:
        """The same with something broken."""
        return replace(self, **changes)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory):
    """Reports by name, each made when first asked for, by whichever process asks first."""
    base = tmp_path_factory.getbasetemp()
    root = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "consistency"
    root.mkdir(exist_ok=True)

    def report(name: str) -> Told:
        folder, beside = root / name.replace(" ", "_"), root / f"{name.replace(' ', '_')}.json"
        with (root / f"{folder.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not beside.exists():
                beside.write_text(json.dumps(_written(JOBS[name], folder)), encoding="utf-8")
        return Told(JOBS[name], folder, **json.loads(beside.read_text(encoding="utf-8")))

    return report


def _written(job: Job, folder: Path) -> dict[str, object]:
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        code = main(["report", str(job.path), "-o", str(folder), *job.options])
    assert code in {0, 3}, (job.name, out.getvalue())
    shown = {} if job.published else _shown(job, folder)
    return {"printed": out.getvalue(), "code": code, "shown": shown}


def _shown(job: Job, folder: Path) -> dict[str, str]:
    """A notebook asks about the characteristics that the report is about, in one call."""
    asked = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["characteristics"]
    return notebook.shown(of_cohort(job.counts()), asked, list(notebook.VERBS))
