"""What was kept of the last cohort: its counts, where they are there to be read, and its ledger."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final

from stepup_equity.counts import StageCounts, open_counts
from stepup_equity.disclosure import Ledger
from stepup_equity.errors import DataError, StepUpError
from stepup_equity.process import Outcome, PeopleCounts, Programme, Reading
from stepup_equity.start.draft import draft_programme

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LastTime", "last_time"]

_LEFT: Final = ("rejected", "withdrew", "pending", "not_recorded")
"""What became of people at a gate, as the data of a report has it; each is an exit reason."""


@dataclass(frozen=True, eq=False)
class LastTime:
    """The last cohort.

    Attributes
    ----------
    label : str
        What it is called; empty where nothing says.
    counts : StageCounts or None
        None where only a publication was kept: its hidden numbers cannot be compared with.
    ledger : Ledger or None
    notes : tuple of str
        Why something is not there.
    """

    label: str
    counts: StageCounts | None
    ledger: Ledger | None
    notes: tuple[str, ...] = ()


def last_time(
    path: str | Path, programme: Programme, *, label: str = "", last_programme: str = ""
) -> LastTime:
    """Read what was kept of the last cohort.

    Parameters
    ----------
    path : path
        The folder that the last `report` or `next` wrote; or the last cohort's file.
    programme : Programme
        That of the cohort now.
    label : str
        Name of the last cohort, where neither its counts nor its ledger has one.
    last_programme : str
        Programme of the last cohort's file, where it is another.

    Raises
    ------
    DataError
        Where nothing of a cohort is there.
    """
    place = Path(path)
    if place.is_file():
        return _of_file(place, programme, label, last_programme)
    if not place.is_dir():
        raise DataError(
            f"There is no folder {place.name!r}. Give the folder that the last report was written to."
        )
    folders = [place, *(place / name for name in ("internal", "publication"))]
    ledgers = [folder / "ledger.json" for folder in folders if (folder / "ledger.json").is_file()]
    data = [
        folder for folder in folders if (folder / "data" / "funnel.csv").is_file() and _is_internal(folder)
    ]
    if not ledgers and not data:
        raise DataError(
            f"{place.name} holds neither a ledger nor the data of an internal report. "
            "Give the folder that the last report, or next, was written to; or the last cohort's file."
        )
    ledger = Ledger.read(ledgers[0]) if ledgers else None
    named = {row.cohort for row in ledger.rows} - {""} if ledger else set()
    if ledger is not None and not named and label:
        ledger = ledger.with_cohort(label)
    known = next(iter(named)) if len(named) == 1 else label
    notes = (
        [] if ledger else ["There is no ledger of the last cohort, so nothing is audited together with it."]
    )
    counts = None
    if data:
        try:
            counts = _of_data(data[0], programme, known)
        except StepUpError as error:
            notes.append(f"The last cohort's numbers cannot be read by this programme: {error}")
    else:
        notes.append("Only a publication of the last cohort was kept, so the two cohorts are not compared.")
    return LastTime(known, counts, ledger, tuple(notes))


def _is_internal(folder: Path) -> bool:
    try:
        facts = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(facts, dict) and facts.get("policy") == "internal"


def _of_file(path: Path, programme: Programme, label: str, last_programme: str) -> LastTime:
    """Counts of a file: by its own programme, by that of now, or by what a draft finds without a question."""
    if StageCounts.wrote(path):
        counts = open_counts(path).counts
        return LastTime(_only(counts.cohorts) or label, counts, None)
    if last_programme:
        counts = open_counts(path, programme=last_programme, cohort_label=label or None).counts
        return LastTime(_only(counts.cohorts) or label, counts, None)
    try:
        counts = open_counts(path, programme=programme, cohort_label=label or None).counts
    except StepUpError:
        draft = draft_programme(path)
        if draft.open:
            raise DataError(
                f"{path.name} has another layout, and {len(draft.open)} question(s) about it are open: "
                f"{draft.open[0].question} Run start with it, and give its programme with --last-programme."
            ) from None
        counts = open_counts(path, programme=draft.programme, cohort_label=label or None).counts
    return LastTime(_only(counts.cohorts) or label, counts, None)


def _only(cohorts: tuple[str, ...]) -> str:
    return cohorts[0] if len(cohorts) == 1 else ""


def _of_data(folder: Path, programme: Programme, label: str) -> StageCounts:
    """Counts from the funnel of an internal report: margins, with those who were still waiting."""
    import pandas as pd

    funnel = pd.read_csv(folder / "data" / "funnel.csv", dtype=str, keep_default_na=False)
    if len(set(funnel.get("cohort", ()))) > 1:
        raise DataError("the folder holds several cohorts. Give the file of the last one.")
    kept = [one for one in programme.characteristics if one.name in set(funnel["characteristic"])]
    keys = programme.process.stage_keys
    if set(funnel["gate"]) != set(keys[1:]):
        raise DataError("its process has other stages.")
    outcomes = [Outcome((f"{stage}_{reason}",), stage, reason) for stage in keys[:-1] for reason in _LEFT]
    outcomes.append(Outcome((f"{keys[-1]}_reached",), keys[-1]))
    reading = Reading(progress=PeopleCounts(outcomes=tuple(outcomes)))
    table = _wide(funnel, keys, {one.name for one in kept})
    if label:
        table["cohort"] = label
    own = replace(programme, characteristics=tuple(kept), strata=(), covariates=(), reading=reading)
    return StageCounts.from_table(table, own)


def _wide(funnel: pd.DataFrame, keys: tuple[str, ...], names: set[str]) -> pd.DataFrame:
    """A row for each group, a column for each stage and what became of those who stopped there."""
    import pandas as pd

    rows = []
    for (characteristic, group), part in funnel.groupby(["characteristic", "group"], sort=False):
        if characteristic not in names:
            continue
        row = {"characteristic": characteristic, "group": group}
        by_gate = part.set_index("gate")
        for stage, gate in pairwise(keys):
            row |= {f"{stage}_{reason}": by_gate.loc[gate, reason] for reason in _LEFT}
        row[f"{keys[-1]}_reached"] = by_gate.loc[keys[-1], "passed"]
        rows.append(row)
    return pd.DataFrame(rows)
