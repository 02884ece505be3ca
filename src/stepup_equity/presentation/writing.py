"""The report: one page, its charts, its numbers, and what they were made of."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from stepup_equity.disclosure import Release, policy_of, protect
from stepup_equity.errors import ArgumentError, listed, unknown_name
from stepup_equity.presentation.answers import SEED, ask
from stepup_equity.presentation.charts.press import Press
from stepup_equity.presentation.data_files import csv_bytes, dictionary, published_tables, readme, tables_of
from stepup_equity.presentation.folder import check_folder, write_folder
from stepup_equity.presentation.manifest import checksum_of, manifest
from stepup_equity.presentation.names import Names
from stepup_equity.presentation.pictures import (
    PUBLISHED_KINDS,
    of_kinds,
    of_report,
    pictures,
    pictures_of_release,
)
from stepup_equity.presentation.progress import Steps
from stepup_equity.presentation.published import Published
from stepup_equity.presentation.report.internal import BANNER, internal_page
from stepup_equity.presentation.report.release import release_page
from stepup_equity.presentation.report.render import render
from stepup_equity.presentation.workbook.tables import write_workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import pandas as pd

    from stepup_equity.counts import StageCounts
    from stepup_equity.disclosure import Ledger, Policy
    from stepup_equity.presentation.answers import Answers
    from stepup_equity.presentation.pictures import Picture

__all__ = ["write_charts", "write_report"]


def write_report(
    out: str | Path,
    counts: StageCounts | Release,
    *,
    policy: Policy | str | Path = "internal",
    by: str | Sequence[str] | None = None,
    merge: Mapping[str, str | Mapping[str, Sequence[str]]] | None = None,
    pool: bool = False,
    drop_stages: Sequence[str] = (),
    ledgers: Sequence[Ledger | Release | str | Path] = (),
    problems: pd.DataFrame | None = None,
    source: str | Path | None = None,
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
    merge, pool, drop_stages, ledgers
        For a publication, as in `protect`.
    problems : DataFrame, optional
        ``applicants.problems``, for the section on data quality.
    source : path, optional
        The file the records came from; its checksum goes into the manifest, under ``internal`` only.
    force : bool
        Replace an earlier report.
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
    folder = check_folder(out, force=force)
    step = Steps("Writing the report", progress)
    promised = counts.policy if isinstance(counts, Release) else policy_of(policy)
    if isinstance(counts, Release) or promised.publishable:
        published = _published(
            counts, promised, by, merge=merge, pool=pool, drop_stages=drop_stages, ledgers=ledgers
        )
        step()
        return write_folder(folder, _published_files(published, step))
    answers = ask(counts, _asked(counts, by), step)
    files = _internal_files(answers, problems, step)
    files["manifest.json"] = manifest(_facts(answers, promised.name, source), files)
    return write_folder(folder, files)


def write_charts(
    out: str | Path,
    counts: StageCounts | Release,
    *,
    policy: Policy | str | Path = "internal",
    by: str | Sequence[str] | None = None,
    kinds: Sequence[str] | None = None,
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
    kinds : sequence of str, optional
        ``"cliffs"``, ``"process"``, ``"funnel"``, ``"ratios"``, ``"gap"``, ``"composition"``, ``"curves"``,
        ``"cohorts"``, ``"residuals"``, ``"detectable"``, ``"missing"``; by default
        all. For publication the first three.
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
    folder = check_folder(out, force=force)
    step = Steps("Drawing the charts", progress)
    promised = counts.policy if isinstance(counts, Release) else policy_of(policy)
    if isinstance(counts, Release) or promised.publishable:
        published = _published(counts, promised, by)
        drawn = _all(pictures_of_release(published, PUBLISHED_KINDS if kinds is None else kinds), step)
        files, facts = _chart_files(drawn, ""), _published_facts(published)
    else:
        asked = _asked(counts, by)
        wanted = of_kinds(counts, asked, kinds)
        answers = ask(counts, asked, step, regression=any(kind == "ratios" for kind, _ in wanted))
        with Press(len(wanted)) as press:
            drawn = _all(pictures(answers, wanted, press.png), step)
            files, facts = _chart_files(drawn, ""), _facts(answers, promised.name, None)
    files["alt.csv"] = _alternatives(drawn)
    files["manifest.json"] = manifest(facts, files)
    return write_folder(folder, files)


def _asked(counts: StageCounts, by: str | Sequence[str] | None) -> tuple[str, ...]:
    """The characteristics of a report, in the order they were counted."""
    if by is None:
        return counts.characteristics
    names = (by,) if isinstance(by, str) else tuple(by)
    if not names:
        raise ArgumentError(f"by=[] names no characteristic. Possible: {listed(counts.characteristics)}.")
    for name in names:
        if name not in counts.characteristics:
            raise unknown_name(
                name, counts.characteristics, argument="by", of="a characteristic of these counts"
            )
    return tuple(name for name in counts.characteristics if name in names)


def _internal_files(answers: Answers, problems: pd.DataFrame | None, step: Steps) -> dict[str, bytes]:
    wanted = of_report(answers)
    with Press(len(wanted)) as press:
        drawn = _all(pictures(answers, wanted, press.png), step)
        files = {"report.html": render(internal_page(answers, drawn, problems)).encode()}
        tables = tables_of(answers, problems)
        for name, table in tables.items():
            files[f"data/{name}.csv"] = csv_bytes(table)
        files["data/dictionary.csv"] = csv_bytes(dictionary(tables))
        files["data/README.txt"] = readme(answers.counts.notes, BANNER, tables).encode()
        step()
        files |= _workbooks(protect(answers.counts, "internal", by=answers.asked))
        step()
        return files | _chart_files(drawn, "charts/")


def _workbooks(release: Release) -> dict[str, bytes]:
    """The tables of a release as spreadsheets of both kinds."""
    with TemporaryDirectory() as folder:
        written = [write_workbook(Path(folder) / name, release) for name in ("tables.xlsx", "tables.ods")]
        return {path.name: path.read_bytes() for path in written}


def _published(
    counts: StageCounts | Release, policy: Policy, by: str | Sequence[str] | None, **choices: Any
) -> Published:
    """What may be published of counts: a release, and names that say nothing of anybody's number."""
    if isinstance(counts, Release):
        return Published(counts, _names_of(counts))
    release = protect(counts, policy, by=list(_asked(counts, by)), **choices)
    return Published(release, Names.of(counts.programme))


def _names_of(release: Release) -> Names:
    """What a release alone says of its gates: the stages they lead to."""
    stages = dict(zip(release.layout.stages, release.stage_labels, strict=True))
    return Names(stages, stages, release.labels, start=release.stage_labels[0])


def _published_files(published: Published, step: Steps) -> dict[str, bytes]:
    """Every file of a publication; it sees the release and names, and no count besides."""
    release = published.release
    banner = "" if release.publishable else BANNER
    drawn = _all(pictures_of_release(published), step)
    files = _chart_files(drawn, "charts/")
    files["report.html"] = render(release_page(published, drawn, banner)).encode()
    tables = published_tables(published)
    for name, table in tables.items():
        files[f"data/{name}.csv"] = csv_bytes(table)
    files["data/dictionary.csv"] = csv_bytes(dictionary(tables))
    legend = [f"{symbol} {words}." for symbol, words in release.legend.items()]
    files["data/README.txt"] = readme((*release.notes, *legend), banner, tables).encode()
    files |= _workbooks(release)
    step()
    files["ledger.json"] = release.ledger().to_json().encode()
    files["manifest.json"] = manifest(_published_facts(published), files)
    step()
    return files


def _published_facts(published: Published) -> dict[str, Any]:
    release = published.release
    return {
        "policy": release.policy.name,
        "notice": "" if release.publishable else BANNER,
        "notes": list(release.notes),
        "title": release.title,
        "cohorts": [label for label in release.cohorts if label],
        "characteristics": list(release.characteristics),
        "references": published.references,
    }


def _all(drawing: Iterable[Picture], step: Steps) -> list[Picture]:
    drawn = []
    for picture in drawing:
        drawn.append(picture)
        step()
    return drawn


def _chart_files(drawn: Sequence[Picture], folder: str) -> dict[str, bytes]:
    files = {}
    for picture in drawn:
        files[f"{folder}{picture.files.name}.svg"] = picture.files.svg.encode()
        files[f"{folder}{picture.files.name}.png"] = picture.files.png
    return files


def _alternatives(drawn: Sequence[Picture]) -> bytes:
    import pandas as pd

    rows = [(f"{p.files.name}.svg", p.caption, p.files.title, p.files.alt) for p in drawn]
    return csv_bytes(pd.DataFrame(rows, columns=["file", "caption", "title", "alt"]))


def _facts(answers: Answers, policy: str, source: str | Path | None) -> dict[str, Any]:
    counts = answers.counts
    facts: dict[str, Any] = {
        "policy": policy,
        "notice": BANNER,
        "notes": list(counts.notes),
        "programme": {"name": counts.programme.name, "label": counts.programme.label},
        "rows": counts.people,
        "cohorts": list(counts.cohorts),
        "characteristics": list(answers.asked),
        "references": answers.references,
        "seed": SEED,
    }
    if source is not None:
        path = Path(source)
        facts["source"] = {"name": path.name, "bytes": path.stat().st_size, "sha256": checksum_of(path)}
    return facts
