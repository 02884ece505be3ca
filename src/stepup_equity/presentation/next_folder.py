"""A cohort after another: internal report, comparison and publication with its ledger, in one folder."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from stepup_equity.disclosure import policy_of, protect
from stepup_equity.disclosure.series import characteristics_of
from stepup_equity.errors import listed
from stepup_equity.output import write_folder
from stepup_equity.presentation.manifest import manifest
from stepup_equity.presentation.writing import report_in
from stepup_equity.words.names import Names

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from stepup_equity.counts import StageCounts
    from stepup_equity.disclosure import Ledger, Policy
    from stepup_equity.output import Target


@dataclass(frozen=True)
class NextCohort:
    """What is to be written of a cohort, and what it is seen beside.

    Attributes
    ----------
    counts : StageCounts
    programme : str
        The programme as TOML, as it was needed for this file.
    problems : DataFrame
        What was noticed while the file was read.
    source : Path
    last : StageCounts or None
        Counts of the cohort before, to compare with.
    ledgers : tuple of Ledger
        Of earlier releases, to be audited together with this publication.
    last_label : str
        What it is called.
    notes : tuple of str
        What differs, and what could not be done.
    """

    counts: StageCounts
    programme: str
    problems: pd.DataFrame
    source: Path
    last: StageCounts | None
    ledgers: tuple[Ledger, ...]
    last_label: str
    notes: tuple[str, ...]


def audited_with(ledgers: Sequence[Ledger]) -> str:
    """The sentence that manifest and page carry.

    >>> audited_with(())
    'No earlier release was given, so none was audited together with this one.'
    """
    if not ledgers:
        return "No earlier release was given, so none was audited together with this one."
    one = len(ledgers) == 1
    named = " and ".join(map(_release_in_words, ledgers))
    which = "release" if one else "releases"
    return f"Audited together with the earlier {which} {named}: {'both' if one else 'all'} remain protected."


def _release_in_words(ledger: Ledger) -> str:
    cohorts = sorted({row.cohort for row in ledger.rows} - {""})
    return f"{ledger.title!r}{f', cohort {listed(cohorts)}' if cohorts else ''}"


def write_next(
    target: Target,
    cohort: NextCohort,
    *,
    policy: Policy | str | Path | None = "publish",
    progress: Callable[[int], None] | None = None,
    **choices: Any,
) -> Path:
    """Write the folder, all of it or nothing.

    Parameters
    ----------
    target : Target
        What `check_folder` found.
    cohort : NextCohort
    policy : Policy, str, Path or None
        Of the publication; None writes none.
    progress : callable, optional
    choices
        As in `protect`: ``merge``, ``pool``, ``drop_stages``, ``drop_stages_of``.

    Raises
    ------
    DisclosureError
        Where a count cannot be protected; nothing is written.
    """
    sentence = audited_with(cohort.ledgers)
    release = None
    if policy is not None:
        renamed = {**_other_people(cohort.ledgers, cohort.counts), **choices.pop("renamed", {})}
        release = protect(
            cohort.counts, policy_of(policy), ledgers=cohort.ledgers, renamed=renamed, **choices
        )
        release = replace(release, notes=(*release.notes, sentence))
    files: dict[str, bytes] = {"programme.toml": cohort.programme.encode("utf-8")}
    found = [] if cohort.last is None else _compared(cohort.last, cohort.counts, files)
    with TemporaryDirectory() as work:
        place = Path(work)
        folders = [
            report_in(
                place / "internal",
                cohort.counts,
                problems=cohort.problems,
                source=cohort.source,
                progress=progress,
            ).folder
        ]
        if release is not None:
            names = Names.of(cohort.counts.programme)
            folders.append(
                report_in(place / "publication", release, ledgers=cohort.ledgers, names=names).folder
            )
        for folder in folders:
            files |= {
                f"{folder.name}/{file.relative_to(folder).as_posix()}": file.read_bytes()
                for file in sorted(folder.rglob("*"))
                if file.is_file()
            }
    facts: dict[str, Any] = {
        "policy": "internal",
        "notice": "internal/, comparison/ and this file are not for publication; publication/ is",
        "cohorts": list(cohort.counts.cohorts),
        "notes": [*cohort.notes, *found],
    }
    if release is not None:
        about = {"policy": release.policy.name, "audit": sentence, "last_cohort": cohort.last_label}
        facts["publication"] = about
    return write_folder(target, files | {"manifest.json": manifest(facts, files)})


def _other_people(ledgers: Sequence[Ledger], counts: StageCounts) -> dict[str, None]:
    """Cohorts of earlier releases that are not counted here, and what only such cohorts were asked."""
    names: set[str] = set()
    for ledger in ledgers:
        labels = {row.cohort for row in ledger.rows if row.cohort and ledger.is_single(row.cohort)}
        names |= labels - set(counts.cohorts)
        if labels.isdisjoint(counts.cohorts):
            names |= set(characteristics_of(ledger)) - set(counts.characteristics)
    return dict.fromkeys(sorted(names))


def _compared(last: StageCounts, now: StageCounts, files: dict[str, bytes]) -> Sequence[str]:
    """Add the comparison with its page to the files; what it says in words."""
    from stepup_equity.presentation.comparing import beside, comparing_files

    told = beside(last, now)
    files |= {f"comparison/{name}": content for name, content in comparing_files(told).items()}
    return [f"{told.pair.headline}."]
