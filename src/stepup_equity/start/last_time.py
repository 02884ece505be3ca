"""What was kept of the last cohort: its counts, where they are there to be read, and its ledger."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final

from stepup_equity.columns import NOT_STATED
from stepup_equity.counts import StageCounts, open_counts
from stepup_equity.disclosure import Ledger
from stepup_equity.errors import DataError, StepUpError
from stepup_equity.process import Outcome, PeopleCounts, Programme, Reading
from stepup_equity.start.draft import draft_programme

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd


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
    ledgers : tuple of Ledger
        Of what was published.
    notes : tuple of str
        Why something is not there.
    """

    label: str
    counts: StageCounts | None
    ledgers: tuple[Ledger, ...]
    notes: tuple[str, ...] = ()

    @property
    def unnamed(self) -> bool:
        """Whether a ledger does not say of which cohort it is."""
        return not all(map(_names, self.ledgers))


def last_time(
    paths: Sequence[str | Path], programme: Programme, *, label: str = "", last_programme: str = ""
) -> LastTime:
    """Read what was kept of the last cohort.

    Parameters
    ----------
    paths : sequence of path
        Folders that the last `report` or `next` wrote; or the last cohort's file.
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
    places = [Path(path) for path in paths]
    files = [place for place in places if place.is_file()]
    folders = [folder for place in places if not place.is_file() for folder in _kept_in(place)]
    ledgers = tuple(Ledger.read(folder / "ledger.json") for folder in folders if _has_ledger(folder))
    if label:
        ledgers = tuple(one if _names(one) else one.with_cohort(label) for one in ledgers)
    named = dict.fromkeys(name for one in ledgers for name in sorted(_names(one)))
    known = next(iter(named)) if len(named) == 1 else label
    notes = [] if ledgers else ["There is no ledger of the last cohort: nothing is audited together with it."]
    counts = None
    data = [folder for folder in folders if _has_data(folder)]
    if files:
        counts = _of_file(files[0], programme, known, last_programme)
        known = known or _only(counts.cohorts)
    elif data:
        try:
            counts, others = _of_data(data[0], programme, known)
            notes += others
        except StepUpError as error:
            notes.append(f"The last cohort's numbers cannot be read by this programme: {error}")
    else:
        notes.append(
            "Only a publication of the last cohort was kept, so the two cohorts are not compared. "
            "Name the folder of its internal report too."
        )
    return LastTime(known, counts, ledgers, tuple(notes))


def _kept_in(place: Path) -> list[Path]:
    """The folders of a report in a place, of which something was kept."""
    if not place.is_dir():
        raise DataError(
            f"There is no folder {place.name!r}. Give the folder that the last report was written to."
        )
    found = [folder for folder in (place, place / "internal", place / "publication") if _is_kept(folder)]
    if not found:
        raise DataError(
            f"{place.name} holds neither a ledger nor the data of an internal report. "
            "Give the folder that the last report, or next, was written to; or the last cohort's file."
        )
    return found


def _is_kept(folder: Path) -> bool:
    return _has_ledger(folder) or _has_data(folder)


def _has_ledger(folder: Path) -> bool:
    return (folder / "ledger.json").is_file()


def _has_data(folder: Path) -> bool:
    return (folder / "data" / "funnel.csv").is_file() and _is_internal(folder)


def _names(ledger: Ledger) -> set[str]:
    return {row.cohort for row in ledger.rows} - {""}


def _is_internal(folder: Path) -> bool:
    try:
        facts = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(facts, dict) and facts.get("policy") == "internal"


def _of_file(path: Path, programme: Programme, label: str, last_programme: str) -> StageCounts:
    """Counts of a file: by its own programme, by that of now, or by what a draft finds without a question."""
    if StageCounts.wrote(path):
        return open_counts(path).counts
    if last_programme:
        return _named(path, last_programme, label)
    try:
        return _named(path, programme, label)
    except StepUpError:
        draft = draft_programme(path)
        if draft.open:
            raise DataError(
                f"{path.name} has another layout, and {len(draft.open)} question(s) about it are open: "
                f"{draft.open[0].question} Run start with it, and give its programme with --last-programme."
            ) from None
        return _named(path, draft.programme, label)


def _named(path: Path, programme: Programme | str, label: str) -> StageCounts:
    """Counts of a file, called by the label; by the file's name where nothing names its cohort."""
    counts = open_counts(path, programme=programme, cohort_label=label or None).counts
    if counts.cohorts:
        return counts
    return open_counts(path, programme=programme, cohort_label=path.stem).counts


def _only(cohorts: tuple[str, ...]) -> str:
    return cohorts[0] if len(cohorts) == 1 else ""


def _of_data(folder: Path, programme: Programme, label: str) -> tuple[StageCounts, list[str]]:
    """Counts from the funnel of an internal report: margins, with those who were still waiting.

    A characteristic whose groups were others is left out, and that is said.
    """
    import pandas as pd

    funnel = pd.read_csv(folder / "data" / "funnel.csv", dtype=str, keep_default_na=False)
    if len(set(funnel.get("cohort", ()))) > 1:
        raise DataError("the folder holds several cohorts. Give the file of the last one.")
    had = {str(name): set(part["group"]) for name, part in funnel.groupby("characteristic")}
    told = [one for one in programme.characteristics if one.name in had]
    kept = [one for one in told if had[one.name] <= {*one.labels, *one.broad_labels, NOT_STATED}]
    notes = [
        f"{one.label} had other groups last time, so the two cohorts are not compared by it."
        for one in told
        if one not in kept
    ]
    keys = programme.process.stage_keys
    if set(funnel["gate"]) != set(keys[1:]):
        raise DataError("its process has other stages.")
    outcomes = [Outcome((f"{stage}_{reason}",), stage, reason) for stage in keys[:-1] for reason in _LEFT]
    outcomes.append(Outcome((f"{keys[-1]}_reached",), keys[-1]))
    reading = Reading(progress=PeopleCounts(outcomes=tuple(outcomes)))
    table = _wide(funnel, keys, {one.name for one in kept})
    if label:
        table["cohort"] = label
    own = replace(
        programme,
        characteristics=tuple(kept),
        strata=(),
        covariates=(),
        reading=reading,
        questions=programme.questions.among([one.name for one in kept]),
    )
    return StageCounts.from_table(table, own), notes


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
