"""The report: one page, its charts, its numbers, and what they were made of.

What the files are made with takes a second to load. It is loaded when they are made, after the process that
makes files of charts was started, which loads its own meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from stepup_equity.counts import of_cohort
from stepup_equity.counts.asked import check_asked
from stepup_equity.disclosure import Release, policy_of, protect
from stepup_equity.errors import ArgumentError, listed
from stepup_equity.findings.all_cohorts import all_held_equal
from stepup_equity.given import check_choice, check_frame, check_known, check_made, names_in, path_in
from stepup_equity.output import check_folder, room_beside, write_folder
from stepup_equity.presentation.charts.press import Press
from stepup_equity.presentation.comparable import comparable
from stepup_equity.presentation.imprint import NOBODY, Imprint
from stepup_equity.presentation.progress import Steps
from stepup_equity.records.notes import APPLICATIONS_NOTE
from stepup_equity.words.unit import Unit, speaking, unit_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from stepup_equity.counts import Denominator, StageCounts
    from stepup_equity.disclosure import Ledger, Policy
    from stepup_equity.findings import CliffEdges
    from stepup_equity.presentation.published import Published
    from stepup_equity.words.names import Names


@dataclass(frozen=True, slots=True)
class Written:
    """A report that was written.

    Attributes
    ----------
    folder : Path
    edges : CliffEdges or None
        Those an internal report tells of; None for a publication, which may not tell all.
    protection : str
        How a publication was protected; for whoever made it, since the gap depends on true counts.
    """

    folder: Path
    edges: CliffEdges | None
    protection: str = ""


def write_report(
    out: str | Path,
    counts: StageCounts | Release,
    *,
    policy: Policy | str | Path = "internal",
    by: str | Sequence[str] | None = None,
    cohort: str | None = None,
    benchmarks: Sequence[Any] = (),
    targets: Any = None,
    merge: Mapping[str, str | Mapping[str, Sequence[str]]] | None = None,
    pool: bool = False,
    drop_stages: Sequence[str] = (),
    drop_stages_of: Mapping[str, Sequence[str]] | None = None,
    ledgers: Sequence[Ledger | Release | str | Path] = (),
    renamed: Mapping[str, str | None] | None = None,
    corrected: bool = False,
    seconds: float | None = None,
    problems: pd.DataFrame | None = None,
    source: str | Path | None = None,
    denominator: Denominator = "entered",
    title: str = "",
    author: str = "",
    contact: str = "",
    date: str = "",
    force: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Path:
    """Write the report of a cohort into a folder, all of it or nothing.

    Parameters
    ----------
    out : str or Path
        Folder to write: ``report.html``, ``charts/``, ``data/``, ``tables.xlsx``, ``tables.ods`` and
        ``manifest.json``; for a publication also ``ledger.json``, which the next release of the same cohort
        needs. A folder that holds anything else is refused; an earlier report is replaced only with `force`.
    counts : StageCounts or Release
        A release that `protect` made is written as it is.
    policy : Policy, str or Path
        ``"internal"`` shows everything and is marked *not for publication* on every page. Under any other
        policy, the name of a preset or a file, the counts go through `protect`, and page, charts and data
        are made from what that lets through and from nothing else.
    by : str or sequence of str, optional
        Only these characteristics. Together they are one family of comparisons.
    cohort : str, optional
        The cohort that the report is of, by default the last; it is set beside the one before it.
        ``"all"``: every cohort compared within itself, beside each other, and never added up. A
        publication shows every cohort unless one is named.
    benchmarks : sequence, optional
        Outside figures, each a file or a shipped name as `benchmark` takes it; internal only.
    targets : mapping, DataFrame, str or Path, optional
        Places wanted by partnership, as `places` takes them; internal only.
    merge, pool, drop_stages, drop_stages_of, ledgers, renamed, corrected, seconds
        For a publication, as in `protect`.
    problems : DataFrame, optional
        ``applicants.problems``, for the section on data quality.
    source : path, optional
        The file the records came from; its checksum goes into the manifest, under ``internal`` only.
    denominator : {"entered", "decided"}
        Whom rates are of, as in `selection_rates`; the same in every file.
    title, author, contact, date : str
        What page, workbook and manifest say of who publishes, when (``YYYY-MM-DD``), and where to write.
    force : bool
        Replace an earlier report. A publication is audited together with the one that it replaces.
    progress : callable, optional
        Called with the number of parts done so far. Without it a notebook shows how far it has got.

    Returns
    -------
    Path
        The folder. The same input gives the same bytes in every file.

    Raises
    ------
    ArgumentError
        An unknown characteristic or policy, or a folder that may not be replaced.
    DisclosureError
        Where a count cannot be protected; nothing is written.

    Examples
    --------
    >>> import pandas as pd, tempfile
    >>> import stepup_equity as su
    >>> counts = su.StageCounts.from_table(pd.DataFrame({
    ...     "characteristic": "ethnicity", "group": ["White", "BME"],
    ...     "applied": [920, 43], "shortlisted": [389, 10], "appointed": [117, 2],
    ... }))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     out = write_report(f"{folder}/out", counts)
    ...     sorted(path.name for path in out.iterdir())
    ['charts', 'data', 'manifest.json', 'report.html', 'tables.ods', 'tables.xlsx']
    """
    check_asked(counts, also=("Release",), by=by, cohort=cohort)
    check_choice(denominator, ("entered", "decided"), argument="denominator")
    if source is not None:
        path_in(source, argument="source", what="the path of what was counted, or an address")
    check_made(benchmarks, list, tuple, argument="benchmarks", how="Give a list of benchmarks.")
    if problems is not None:
        check_frame(problems, argument="problems", what="the problems of applicants that were read")
    return report_in(
        out,
        counts,
        policy,
        by,
        problems,
        source,
        force=force,
        progress=progress,
        cohort=cohort,
        benchmarks=benchmarks,
        targets=targets,
        denominator=denominator,
        imprint=Imprint(title, author, contact, date),
        merge=merge,
        pool=pool,
        drop_stages=drop_stages,
        drop_stages_of=drop_stages_of,
        ledgers=ledgers,
        renamed=renamed,
        corrected=corrected,
        seconds=seconds,
    ).folder


def report_in(
    out: str | Path,
    counts: StageCounts | Release,
    policy: Policy | str | Path = "internal",
    by: str | Sequence[str] | None = None,
    problems: pd.DataFrame | None = None,
    source: str | Path | None = None,
    *,
    cohort: str | None = None,
    denominator: Denominator = "entered",
    imprint: Imprint = NOBODY,
    benchmarks: Sequence[Any] = (),
    targets: Any = None,
    force: bool = False,
    progress: Callable[[int], None] | None = None,
    names: Names | None = None,
    press: Press | None = None,
    **choices: Any,
) -> Written:
    """`write_report`, and with the folder the cliff edges it tells of.

    `names` are those of a release; a `press` is one that was started before, while records were read.
    """
    folder = check_folder(out, force=force)
    with room_beside(folder.path):
        step = Steps("Writing the report", progress)
        promised = counts.policy if isinstance(counts, Release) else policy_of(policy)
        if isinstance(counts, Release) or promised.publishable:
            _refuse_beside(benchmarks, targets, _OF_COUNTS)
            if not isinstance(counts, Release):
                choices["ledgers"] = (*choices.get("ledgers", ()), *_replaced(folder.path))
            published = _published(_of(counts, cohort, denominator), promised, by, names, **choices)
            step()
            from stepup_equity.presentation.contents import published_files

            with speaking(published.names.unit):
                files = published_files(published, step, imprint)
            return Written(write_folder(folder, files), None, published.release.in_words)
        one = of_cohort(counts, cohort)
        asked = _compared(one, by)
        if all_held_equal(one, cohort):
            _refuse_beside(benchmarks, targets, _OF_ONE_COHORT)
            from stepup_equity.presentation.comparing import beside, comparing_files

            with speaking(unit_of(counts.programme)):
                told = beside(one, by=asked, denominator=denominator)
                step()
                title = f"Who gets through, in all cohorts: {one.programme.label}"
                files = comparing_files(told, imprint, title=title, problems=problems)
            return Written(write_folder(folder, files), told.edges)
        with press or Press() as begun, speaking(unit_of(counts.programme)):
            from stepup_equity.presentation.contents import internal_files

            files, edges = internal_files(
                one, counts, asked, problems, source, begun, step, denominator, imprint, benchmarks, targets
            )
        return Written(write_folder(folder, files), edges)


def write_charts(
    out: str | Path,
    counts: StageCounts | Release,
    *,
    policy: Policy | str | Path = "internal",
    by: str | Sequence[str] | None = None,
    cohort: str | None = None,
    denominator: Denominator = "entered",
    kinds: Sequence[str] | None = None,
    level: str | None = None,
    force: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Path:
    """Write charts into a folder, each as SVG and PNG.

    Parameters
    ----------
    out : str or Path
        Folder to write, as in `write_report`.
    counts : StageCounts or Release
    policy
        As in `write_report`: under ``"internal"`` charts show everything and are not for publication; under
        any other policy they are drawn from what `protect` lets through.
    by : str or sequence of str, optional
        Only these characteristics. Together they are one family of comparisons.
    cohort, denominator
        As in `write_report`.
    kinds : sequence of str, optional
        ``"cliffs"``, ``"process"``, ``"funnel"``, ``"rates"``, ``"dumbbell"``, ``"exits"``, ``"ratios"``,
        ``"gap"``, ``"composition"``, ``"curves"``, ``"cohorts"``, ``"residuals"``, ``"detectable"``,
        ``"missing"``; by default all. For publication the first four, by default without
        ``"rates"``.
    level : str, optional
        How coarse the groups are: ``"broad"``, ``"detailed"`` or a named level; by default as the programme
        has it. Counts of one cohort only.
    force, progress
        As in `write_report`.

    Returns
    -------
    Path
        The folder, with ``alt.csv``: title and alternative text of each chart.

    Raises
    ------
    ArgumentError
        An unknown characteristic or kind, or a folder that may not be replaced.

    Examples
    --------
    >>> import pandas as pd, tempfile
    >>> import stepup_equity as su
    >>> counts = su.StageCounts.from_table(pd.DataFrame({
    ...     "characteristic": "ethnicity", "group": ["White", "BME"],
    ...     "applied": [920, 43], "shortlisted": [389, 10], "appointed": [117, 2],
    ... }))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     out = write_charts(f"{folder}/out", counts, kinds=["funnel"])
    ...     sorted(path.name for path in out.iterdir())
    ['alt.csv', 'funnel_ethnicity.png', 'funnel_ethnicity.svg', 'manifest.json']
    """
    check_asked(counts, also=("Release",), by=by, cohort=cohort, level=level)
    check_choice(denominator, ("entered", "decided"), argument="denominator")
    kinds = None if kinds is None else names_in(kinds, argument="kinds")
    folder = check_folder(out, force=force)
    with room_beside(folder.path):
        step = Steps("Drawing the charts", progress)
        promised = counts.policy if isinstance(counts, Release) else policy_of(policy)
        if isinstance(counts, Release) or promised.publishable:
            _refuse_level(level, "a publication prints the groups it was made with")
            published = _published(_of(counts, cohort, denominator), promised, by)
            from stepup_equity.presentation.contents import published_chart_files

            with speaking(published.names.unit):
                return write_folder(folder, published_chart_files(published, kinds, step))
        one = of_cohort(counts, cohort)
        asked = _compared(one, by)
        if all_held_equal(one, cohort):
            _refuse_level(level, "charts of all cohorts show all groups and broad ones")
            from stepup_equity.presentation.comparing import beside, cohort_chart_files

            with speaking(unit_of(counts.programme)):
                told = beside(one, by=asked, denominator=denominator)
                step()
                return write_folder(folder, cohort_chart_files(told, kinds))
        with Press(beside=kinds is None) as press, speaking(unit_of(counts.programme)):
            from stepup_equity.presentation.contents import chart_files

            files = chart_files(one, counts, asked, kinds, press, step, denominator, level)
        return write_folder(folder, files)


_OF_COUNTS: Final = (
    "{name}= sets exact counts beside other figures, and a publication shows only protected ones. Leave it "
    "out, or write the internal report."
)
_OF_ONE_COHORT: Final = (
    "{name}= is of one cohort, and cohort='all' asks about all. Name a cohort, or leave {name}= out."
)


def _refuse_beside(benchmarks: Sequence[Any], targets: Any, why: str) -> None:
    """Refuse outside figures where there is nothing that they may be set beside."""
    for name, given in (("benchmarks", benchmarks), ("targets", targets is not None)):
        if given:
            raise ArgumentError(why.format(name=name))


def _refuse_level(level: str | None, why: str) -> None:
    if level is not None:
        raise ArgumentError(f"level={level!r} cannot be asked for here: {why}. Leave it out.")


def _of(counts: StageCounts | Release, cohort: str | None, denominator: Denominator) -> StageCounts | Release:
    """Counts of one cohort where it is named, and of those decided where that is asked."""
    if isinstance(counts, Release):
        if cohort is None and denominator == "entered":
            return counts
        given = f"cohort={cohort!r}" if cohort is not None else f"denominator={denominator!r}"
        raise ArgumentError(f"{given} is for counts; a release shows what it was made of.")
    one = counts if cohort is None else of_cohort(counts, cohort)
    return one.decided() if denominator == "decided" else one


def _asked(counts: StageCounts, by: str | Sequence[str] | None) -> tuple[str, ...]:
    """The characteristics asked for, in the order they were counted."""
    if by is None:
        return counts.characteristics
    names = (by,) if isinstance(by, str) else tuple(by)
    if not names:
        raise ArgumentError(f"by=[] names no characteristic. Possible: {listed(counts.characteristics)}.")
    check_known(names, counts.characteristics, argument="by", of="a characteristic of these counts")
    return tuple(name for name in counts.characteristics if name in names)


def _compared(counts: StageCounts, by: str | Sequence[str] | None) -> tuple[str, ...]:
    """The characteristics of a report: those asked for; by default those in which groups can be compared."""
    asked = _asked(counts, by)
    able = [name for name in asked if comparable(counts, name)]
    if by is None and able:
        declared = counts.programme.questions.characteristics
        return tuple(name for name in able if not declared or name in declared) or tuple(able)
    for name in asked:
        if name not in able:
            raise ArgumentError(
                f"Fewer than two groups of {name!r} are stated, so a report has nothing to compare. "
                + (f"Leave it out; possible: {listed(able)}." if able else "selection_rates() counts them.")
            )
    return asked


def _replaced(folder: Path) -> tuple[Path, ...]:
    """The ledger of the publication that is to be replaced: readers may have kept it."""
    ledger = folder / "ledger.json"
    return (ledger,) if ledger.is_file() else ()


def _published(
    counts: StageCounts | Release,
    policy: Policy,
    by: str | Sequence[str] | None,
    names: Names | None = None,
    **choices: Any,
) -> Published:
    """What may be published of counts: a release, and names that say nothing of anybody's number."""
    from stepup_equity.presentation.printed_change import ledgers_of
    from stepup_equity.presentation.published import Published
    from stepup_equity.words.names import Names

    past = ledgers_of(choices.get("ledgers", ()), choices.get("renamed") or {})
    if isinstance(counts, Release):
        return Published(counts, names or _names_of(counts), past)
    release = protect(counts, policy, by=list(_asked(counts, by)), **choices)
    return Published(release, Names.of(counts.programme), past)


def _names_of(release: Release) -> Names:
    """What a release alone says of its gates: the stages they lead to."""
    from stepup_equity.words.names import Names

    stages = dict(zip(release.layout.stages, release.stage_labels, strict=True))
    labels = frozenset(
        {*release.labels.values(), *release.stage_labels, *release.layout.stages, release.title}
    )
    groups = {text for row in release.layout.rows for text in (row.group, row.parent)}
    unit = Unit(APPLICATIONS_NOTE in release.notes, labels | groups - {""})
    return Names(stages, stages, release.labels, start=release.stage_labels[0], unit=unit)
