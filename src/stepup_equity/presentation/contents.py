"""What stands in the folder of a report: the bytes of every file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepup_equity.counts import DECIDED_NOTE
from stepup_equity.presentation.answers import SEED, Answers
from stepup_equity.presentation.data_files import data_files, published_tables, tables_of
from stepup_equity.presentation.imprint import NOBODY
from stepup_equity.presentation.manifest import checksum_of, with_manifest
from stepup_equity.presentation.pictures import (
    of_kinds,
    of_release,
    of_report,
    picture_files,
    pictures,
    with_words,
)
from stepup_equity.presentation.report.internal import BANNER, internal_page
from stepup_equity.presentation.report.release import release_page
from stepup_equity.presentation.report.render import render
from stepup_equity.presentation.workbook.both import internal_workbook, workbook_files
from stepup_equity.words.numbers import enumerated

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from stepup_equity.counts import Denominator, StageCounts
    from stepup_equity.disclosure import Release
    from stepup_equity.findings import CliffEdges
    from stepup_equity.presentation.charts.press import Press
    from stepup_equity.presentation.imprint import Imprint
    from stepup_equity.presentation.pictures import Picture
    from stepup_equity.presentation.progress import Steps
    from stepup_equity.presentation.published import Published


def internal_files(
    counts: StageCounts,
    every: StageCounts,
    asked: tuple[str, ...],
    problems: pd.DataFrame | None,
    source: str | Path | None,
    press: Press,
    step: Steps,
    denominator: Denominator = "entered",
    imprint: Imprint = NOBODY,
    benchmarks: Sequence[Any] = (),
    targets: Any = None,
) -> tuple[dict[str, bytes], CliffEdges]:
    """Every file of an internal report, and the cliff edges it tells of; `every` holds all cohorts."""
    decided = denominator == "decided"
    book = counts.decided() if decided else counts
    if decided:
        counts = replace(counts, notes=(*counts.notes, DECIDED_NOTE))
    answers = Answers(
        counts,
        asked,
        denominator=denominator,
        step=step,
        every=every,
        benchmarks=tuple(benchmarks),
        targets=targets,
        elsewhere=press.begin,
    )
    answers.begin()
    drawn = _all(pictures(answers, of_report(answers), press, _mark(counts)), step)
    workbooks = press.workbooks(internal_workbook(book, asked, imprint))
    tables = tables_of(answers, problems)
    files = data_files(tables, counts.notes, BANNER)
    step()
    page = internal_page(answers, drawn, problems, imprint)
    files |= workbooks()
    step()
    files["report.html"] = render(page).encode()  # the last charts are drawn meanwhile
    files |= picture_files(drawn, "charts/")
    return with_manifest(files, _facts(answers, source) | imprint.facts), answers.cliffs


def published_files(published: Published, step: Steps, imprint: Imprint = NOBODY) -> dict[str, bytes]:
    """Every file of a publication; it sees the release and names, and no count besides."""
    release = published.release
    banner = "" if release.publishable else BANNER
    drawn = _all(pictures(published, of_release(published), mark=_mark_of(release)), step)
    files = picture_files(drawn, "charts/")
    files["report.html"] = render(release_page(published, drawn, banner, imprint)).encode()
    legend = [f"{symbol} {words}." for symbol, words in release.legend.items()]
    files |= data_files(published_tables(published), (*release.notes, *legend), banner)
    files |= workbook_files(release, imprint)
    step()
    files["ledger.json"] = release.ledger().to_json().encode()
    files = with_manifest(files, _published_facts(published) | imprint.facts)
    step()
    return files


def chart_files(
    counts: StageCounts,
    every: StageCounts,
    asked: tuple[str, ...],
    kinds: Sequence[str] | None,
    press: Press,
    step: Steps,
    denominator: Denominator = "entered",
    level: str | None = None,
) -> dict[str, bytes]:
    """Charts of counts, with their words; `every` holds all cohorts."""
    wanted = of_kinds(counts, every, asked, kinds)
    adjusted = any(kind == "ratios" for kind, _ in wanted)
    if denominator == "decided":
        counts = replace(counts, notes=(*counts.notes, DECIDED_NOTE))
    answers = Answers(
        counts,
        asked,
        adjusted and level is None,
        denominator=denominator,
        step=step,
        every=every,
        level=level,
    )
    files = with_words(_all(pictures(answers, wanted, press, _mark(counts)), step))
    return with_manifest(files, _facts(answers, None))


def published_chart_files(published: Published, kinds: Sequence[str] | None, step: Steps) -> dict[str, bytes]:
    """Charts of a release, with their words."""
    mark = _mark_of(published.release)
    files = with_words(_all(pictures(published, of_release(published, kinds), mark=mark), step))
    return with_manifest(files, _published_facts(published))


def _mark(counts: StageCounts) -> str:
    """What stands on every picture of counts, wherever it is pasted."""
    cohorts = f", {enumerated(counts.cohorts, 4)}" if counts.cohorts else ""
    return f"{BANNER}. {counts.programme.label}{cohorts}."


def _mark_of(release: Release) -> str:
    """What stands on every picture of a release."""
    return f"{release.title}." if release.publishable else f"{BANNER}. {release.title}."


def _all(drawing: Iterable[Picture], step: Steps) -> list[Picture]:
    drawn = []
    for picture in drawing:
        drawn.append(picture)
        step()
    return drawn


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


def _facts(answers: Answers, source: str | Path | None) -> dict[str, Any]:
    counts = answers.counts
    facts: dict[str, Any] = {
        "policy": "internal",
        "notice": BANNER,
        "notes": list(counts.notes),
        "programme": {"name": counts.programme.name, "label": counts.programme.label},
        "rows": counts.people,
        "cohorts": list(counts.cohorts),
        "characteristics": list(answers.asked),
        "references": answers.references,
        "denominator": answers.denominator,
        "seed": SEED,
    }
    path = None if source is None else Path(source)
    if path is not None and path.is_file():  # neither a folder nor the address of a database
        facts["source"] = {"name": path.name, "bytes": path.stat().st_size, "sha256": checksum_of(path)}
    return facts
