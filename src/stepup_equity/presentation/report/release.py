"""The page that may be published: drawn and written from a release and from nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

import stepup_equity
from stepup_equity.findings.cliff_rule import DEFAULT_RULE
from stepup_equity.findings.edge_changes import CANNOT_TELL
from stepup_equity.presentation.imprint import NOBODY
from stepup_equity.presentation.pictures import stem
from stepup_equity.presentation.report.appendix import APPENDIX, appendix
from stepup_equity.presentation.report.blocks import (
    Block,
    Bullets,
    Cell,
    Definitions,
    Head,
    Heading,
    Page,
    Paragraph,
    Section,
    Table,
)
from stepup_equity.presentation.report.figures import Figures
from stepup_equity.presentation.report.found import every_gate, found
from stepup_equity.presentation.report.references import with_references
from stepup_equity.presentation.report.tables import matrix, number, p_words
from stepup_equity.presentation.report.words import LIMITS, PUBLISHED_GLOSSARY
from stepup_equity.presentation.workbook.cover import no_model, protection
from stepup_equity.process import EXIT_WORDS
from stepup_equity.words.names import within
from stepup_equity.words.numbers import count, enumerated, ratio
from stepup_equity.words.rows import records
from stepup_equity.words.sentences import reference_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stepup_equity.disclosure import PrintedTable
    from stepup_equity.presentation.imprint import Imprint
    from stepup_equity.presentation.pictures import Picture
    from stepup_equity.presentation.published import Published
    from stepup_equity.words.names import Names


def release_page(
    published: Published, drawn: Sequence[Picture], banner: str, imprint: Imprint = NOBODY
) -> Page:
    """Lay out the page.

    Parameters
    ----------
    published : Published
    drawn : sequence of Picture
        Its charts.
    banner : str
        Empty for what may be published.
    imprint : Imprint
    """
    release, figures = published.release, Figures(drawn)
    taken = {"content", "said", "jump", APPENDIX}
    cohorts = [label for label in release.cohorts if label and label != "All"]
    sections = [
        found(published, figures),
        _process(published, figures),
        *(_characteristic(published, name, figures, taken) for name in release.characteristics),
        *_change(published),
        Section("limits", "What the numbers cannot say", (Bullets(LIMITS),)),
        *_together(published),
        _protection(published),
    ]
    behind = [
        every_gate(published, figures),
        *(_more(published, name, taken) for name in release.characteristics),
        Section("methods", "Methods", (Definitions(_methods()),)),
        Section("glossary", "Words", (Definitions(PUBLISHED_GLOSSARY),)),
    ]
    kind = "Cohort" if len(cohorts) == 1 else "Cohorts"
    which = f" {kind}: {enumerated(cohorts, 12)}." if cohorts else ""
    return Page(
        title=imprint.title or f"Who gets through: {release.title}",
        subtitle=(
            f"{count(len(release.layout.stages) - 1, 'gate')}, "
            f"{count(len(release.characteristics), 'characteristic')}.{which}"
        ),
        banner=banner,
        notes=release.notes,
        sections=with_references((*sections, *appendix(behind))),
        made_by=f"stepup_equity {stepup_equity.__version__}",
        imprint=imprint.sentence,
    )


def _process(published: Published, figures: Figures) -> Section:
    names, frame = published.names, published.process_printed
    waits = bool((frame["waiting_word"] != "0").any())  # a rate leaves them out, so they stand beside it
    rows = tuple(
        (
            names.gate(row.gate),
            (
                Cell(names.owners.get(row.gate) or "not stated"),
                number(row.entered, row.start_word),
                number(row.passed, row.passed_word),
                number(row.rate, row.word),
                *((number(row.waiting, row.waiting_word),) if waits else ()),
            ),
        )
        for row in records(frame)
    )
    words = ("Entered", "Passed", "Pass rate", *((EXIT_WORDS["pending"],) if waits else ()))
    heads = (Head("Who decides", number=False), *map(Head, words))
    table = Table("People at each gate, and who decides there", "Gate", heads, rows)
    return Section("process", "The process and who decides", figures.of("process", "", table))


def _characteristic(published: Published, name: str, figures: Figures, taken: set[str]) -> Section:
    names, table = published.names, published.tables[name]
    small = within(table.label)
    blocks: list[Block] = []
    if name in published.references:
        blocks.append(Paragraph(reference_words({name: published.references[name]}, names)))
    rates = _printed(
        table, names, "pass_rate", f"Pass rates by {small}{_of(published, table)}, with 95% intervals"
    )
    blocks += figures.funnel(name, rates)
    key = stem("by", name, taken=taken).replace("_", "-")
    return Section(key, table.label, tuple(blocks))


def _more(published: Published, name: str, taken: set[str]) -> Section:
    """The rest of a characteristic: its counts, its other cohorts, its tests."""
    release, names = published.release, published.names
    table = published.tables[name]
    small = within(table.label)
    blocks: list[Block] = [
        _printed(table, names, "reached", f"People at each stage by {small}{_of(published, table)}"),
        _printed(table, names, "left", f"People who left by {small}{_of(published, table)}"),
    ]
    cohorts = [label for label in release.cohorts if label != table.cohort]
    for cohort in cohorts:
        own = release.table(name, cohort=cohort)
        blocks.append(_printed(own, names, "reached", f"People at each stage by {small}, cohort {cohort}"))
        blocks.append(_printed(own, names, "pass_rate", f"Pass rates by {small}, cohort {cohort}"))
    blocks += [Heading("Tests"), _tests(published, name, f"Association of passing with {small}")]
    key = stem("more", name, taken=taken).replace("_", "-")
    return Section(key, f"{table.label}: counts and tests", tuple(blocks))


def _of(published: Published, table: PrintedTable) -> str:
    """Of which cohort a table is, where the page has tables of several."""
    return f", cohort {table.cohort}" if len(published.release.cohorts) > 1 else ""


def _printed(table: PrintedTable, names: Names, measure: str, caption: str) -> Table:
    """One measure of a printed table, everybody last; rates with their intervals."""
    of_gates = measure != "reached"
    last = len(table.stages) - 1 if of_gates else len(table.stages)
    heads = [
        Head(names.gate(table.stages[stage + 1]) if of_gates else table.stage_labels[stage])
        for stage in range(last)
    ]
    rows = [
        (_row_name(table, row), tuple(_cell(table.measures, measure, row, stage) for stage in range(last)))
        for row in range(len(table.groups))
    ]
    rows.append(("Everybody", tuple(_cell(table.total, measure, 0, stage) for stage in range(last))))
    return Table(caption, "Group", tuple(heads), tuple(rows))


def _row_name(table: PrintedTable, row: int) -> str:
    """Label of a row; a broad group says so, since a detailed one may have its label."""
    broad = table.groups[row] in set(table.parents) and not table.parents[row]
    return f"{table.groups[row]}, all" if broad else table.groups[row]


def _cell(measures: dict[str, Any], measure: str, row: int, stage: int) -> Cell:
    value, text = float(measures[measure].value[row, stage]), str(measures[measure].text[row, stage])
    if not text[:1].isdigit():
        return Cell(text, float("nan"), "hidden-number")
    if measure == "pass_rate":
        low, high = (str(measures[end].text[row, stage]) for end in ("wilson_low", "wilson_high"))
        return Cell(f"{text}% ({low} to {high})", value)
    return Cell(text, value)


def _tests(published: Published, name: str, caption: str) -> Table:
    tests = published.tests
    mine = tests[(tests["characteristic"] == name) & (tests["cohort"] == published.tables[name].cohort)]
    rows = tuple(
        (
            published.names.gate(row.gate),
            (
                Cell(f"{row.groups:,}" if row.groups else "–", float(row.groups)),
                Cell(f"{row.merged:,}" if row.groups else "–", float(row.merged)),
                number(row.statistic, "–" if np.isnan(row.statistic) else f"{row.statistic:.3f}"),
                Cell(f"{row.df:,}" if row.df else "–", float(row.df)),
                number(row.p_value, p_words(row.p_value)),
                number(row.p_adjusted, row.band if np.isnan(row.p_adjusted) else p_words(row.p_adjusted)),
                Cell(row.method or "–"),
                Cell(row.status or "–"),
            ),
        )
        for row in records(mine)
    )
    rounds = published.release.policy.rounds
    heads = ("Groups", "Hidden groups put together", "Chi-squared", "df", "p", "Adjusted p")
    columns = (*(Head(word) for word in heads), Head("Test", number=False), Head("Status", number=False))
    note = (
        "Of those who stated a group. Adjusted by Holm: gates as one family, whole ways as another. Where "
        "groups are hidden, they are put together and only a band of the adjusted p is given."
        + (f" {_OF_ROUNDED}" if rounds else "")
    )
    return Table(caption, "Gate", columns, rows, note)


def _change(published: Published) -> tuple[Section, ...]:
    """The cohort beside the one before it; nothing where none is printed."""
    frame, names = published.changes, published.names
    if frame.empty:
        return ()
    earlier, later = frame["cohort_earlier"].iloc[0], frame["cohort_later"].iloc[0]
    blocks: list[Block] = [Paragraph(published.change)]
    for groups, part in frame.groupby("groups", sort=False):
        broad = groups == "broad groups"
        if broad:
            blocks.append(Heading("Between broad groups"))
        told = part[(part["edge"] != "") | part["verdict"].isin(["rose", "fell"])]
        if len(told):
            blocks.append(Bullets(tuple(told["sentence"])))
        blocks.append(
            matrix(
                part,
                names,
                f"Impact ratios in {earlier} and {later}, by group and gate"
                + (", between broad groups" if broad else ""),
                _change_cell,
                note=f"The ratio in {earlier}, then in {later}, and what became of it. {_OF_PRINTED}",
            )
        )
    return (Section("change", f"From {earlier} to {later}", tuple(blocks), new_page=True),)


_OF_ROUNDED: Final = (
    "Chi-squared is of the printed counts. Where rounded counts show an association, p is that of the counts "
    "nearest to equal rates that they may stand for, so that rounding makes nothing evident; where those "
    "show none, it cannot be told."
)

_OF_PRINTED: Final = (
    "Worked out from numbers printed of both cohorts; it is called a change only if it is one whatever "
    "rounded numbers stand for."
)


def _change_cell(row: Any) -> Cell:
    if np.isnan(row.estimate):
        return Cell(row.word, float("nan"), "hidden-number")
    edge = f", cliff edge {row.edge}" if row.edge and row.edge != CANNOT_TELL else ""
    return number(row.estimate, f"{ratio(row.ratio_earlier)} → {ratio(row.ratio_later)}, {row.verdict}{edge}")


def _together(published: Published) -> tuple[Section, ...]:
    """Why there is no model of several characteristics; nothing where there is one characteristic alone."""
    words = no_model(published.release)
    return (Section("regression", "The characteristics together", (Paragraph(words),)),) if words else ()


def _protection(published: Published) -> Section:
    release = published.release
    policy = release.policy
    hidden, cells = release.hidden
    about = ", so they are approximate" if policy.rounds else ""
    sentences = [
        *protection(release),
        f"Rates, ratios, intervals and tests are worked out from the printed counts alone{about}.",
    ]
    if policy.min_denominator:
        sentences.append(f"No percentage is given of fewer than {policy.min_denominator:g} people.")
    if policy.hides:
        sentences.append(f"{hidden:,} of {cells:,} counts are hidden.")
    symbols = tuple((symbol, f"{words[:1].upper()}{words[1:]}.") for symbol, words in release.legend.items())
    blocks: tuple[Block, ...] = (*(Paragraph(words) for words in sentences), Definitions(symbols))
    return Section("protection", "How people are protected", blocks, new_page=True)


def _methods() -> tuple[tuple[str, str], ...]:
    return (
        (
            "Pass rates",
            (
                "Of everyone who reached the stage before the gate and has an outcome; Wilson score interval "
                "(Wilson 1927) at 95%."
            ),
        ),
        (
            "Impact ratios",
            (
                "Pass rate of a group divided by the reference's; score interval (Miettinen and Nurminen "
                "1985) at 95%."
            ),
        ),
        (
            "Cliff edges",
            (
                f"{DEFAULT_RULE.in_words} Comparisons that cannot be shown count as if they showed nothing. "
                "Of rounded counts, only what holds whatever they stand for is called a cliff edge."
            ),
        ),
        (
            "Tests of association",
            (
                "Pearson's chi-squared without Yates's correction, exact where an expected count is below 5, "
                f"adjusted by Holm. {_OF_ROUNDED}"
            ),
        ),
        ("Made by", f"stepup_equity {stepup_equity.__version__}; the same numbers give the same bytes."),
    )
