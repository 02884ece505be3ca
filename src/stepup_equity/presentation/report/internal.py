"""The page under the internal policy: everything that was found, marked not for publication."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import stepup_equity
from stepup_equity.columns import CHARACTERISTIC
from stepup_equity.findings.cliff_rule import EVIDENT
from stepup_equity.presentation.imprint import NOBODY
from stepup_equity.presentation.pictures import stem
from stepup_equity.presentation.report import model_tables, tables
from stepup_equity.presentation.report.appendix import APPENDIX, appendix
from stepup_equity.presentation.report.beside import change_sections, outside_sections, strata_sections
from stepup_equity.presentation.report.blocks import (
    Block,
    Bullets,
    Definitions,
    Heading,
    Page,
    Paragraph,
    Section,
)
from stepup_equity.presentation.report.figures import Figures
from stepup_equity.presentation.report.found import every_gate, found
from stepup_equity.presentation.report.references import with_references
from stepup_equity.presentation.report.regression import regression_sections
from stepup_equity.presentation.report.words import GLOSSARY, HELD_EQUAL, LIMITS
from stepup_equity.presentation.story import untold
from stepup_equity.words.names import within
from stepup_equity.words.numbers import count, enumerated, percent
from stepup_equity.words.rows import records
from stepup_equity.words.sentences import association_finding, missing_finding, reference_words, spoken

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from stepup_equity.presentation.answers import Answers
    from stepup_equity.presentation.imprint import Imprint
    from stepup_equity.presentation.pictures import Picture


BANNER: Final = "Internal: not for publication"
_NO_LAST_TIME: Final = (
    "Whether this is better or worse than last time cannot be told: no earlier cohort stands beside this one."
)


def internal_page(
    answers: Answers,
    drawn: Sequence[Picture],
    problems: pd.DataFrame | None,
    imprint: Imprint = NOBODY,
) -> Page:
    """Lay out the page.

    Parameters
    ----------
    answers : Answers
    drawn : sequence of Picture
        The charts; each stands with its table in the section it belongs to.
    problems : DataFrame or None
        What was noted while the records were read; None where they were not read here.
    imprint : Imprint
    """
    counts, figures = answers.counts, Figures(drawn)
    limits = LIMITS if answers.model is None else (*LIMITS, HELD_EQUAL)
    taken = {"content", "said", "jump", APPENDIX}
    sections = [
        found(answers, figures),
        _not_told(answers),
        _process(answers, figures),
        *(_characteristic(answers, name, figures, taken) for name in answers.asked),
        *change_sections(answers, figures),
        *outside_sections(answers),
        Section("limits", "What the numbers cannot say", (Bullets(limits),)),
        _quality(answers, problems),
    ]
    behind = [
        every_gate(answers, figures),
        *(_more(answers, name, figures, taken) for name in answers.asked),
        *strata_sections(answers),
        *regression_sections(answers),
        _tests(answers, figures),
        _detectable(answers, figures),
        _missing(answers, figures),
        _methods(answers),
        Section("glossary", "Words", (Definitions(GLOSSARY),)),
        _reproduce(answers),
    ]
    several = "s" if len(counts.cohorts) > 1 else ""
    cohorts = f" Cohort{several}: {enumerated(counts.cohorts, 12)}." if counts.cohorts else ""
    label = counts.programme.label
    return Page(
        title=imprint.title or f"Who gets through: {label}",
        subtitle=f"{answers.through.applied} applicants, {count(len(answers.names.gates), 'gate')}.{cohorts}",
        banner=BANNER,
        notes=counts.notes,
        sections=with_references((*sections, *appendix(behind))),
        made_by=f"stepup_equity {stepup_equity.__version__}",
        description=counts.programme.description,
        imprint=imprint.sentence,
    )


def _not_told(answers: Answers) -> Section:
    said = untold(answers) if answers.change else (*untold(answers), _NO_LAST_TIME)
    return Section("untold", "What cannot be told", tuple(map(Paragraph, said)))


def _detectable(answers: Answers, figures: Figures) -> Section:
    table = tables.detectable_table(
        answers.detectable.frame, answers.names, "Smallest detectable impact ratio, by group and gate"
    )
    return Section("detectable", "What could have been seen", figures.of("detectable", "", table))


def _quality(answers: Answers, problems: pd.DataFrame | None) -> Section:
    blocks: list[Block] = []
    if problems is None:
        blocks.append(Paragraph("The counts were given as they are; no records were read for this report."))
    elif problems.empty:
        blocks.append(Paragraph("The records were checked as they were read. No problems were found."))
    else:
        blocks.append(
            Paragraph(f"{count(len(problems), 'kind')} of problem noted while the records were read.")
        )
        blocks.append(tables.problem_table(problems, "Problems of the records"))
    everybody = answers.counts.overall()
    unknown = int(everybody.not_recorded.sum())
    if unknown:
        many = f"{'at least ' if everybody.unknown.any() else ''}{unknown:,}"
        blocks.append(
            Paragraph(f"Why they left is not recorded for {many} of those who did not get to the end.")
        )
    blocks.append(
        Paragraph(f"{missing_finding(answers.missing.frame, answers.names)}; see “Who did not say”.")
    )
    return Section("quality", "Data quality", tuple(blocks))


def _process(answers: Answers, figures: Figures) -> Section:
    frame = answers.process_frame
    table = tables.process_table(
        frame, answers.leaving.frame, answers.names, "People at each gate, and who decides there"
    )
    text = answers.counts.programme.description
    first = (Paragraph(text),) if text else ()
    return Section("process", "The process and who decides", (*first, *figures.of("process", "", table)))


def _of(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of one characteristic."""
    return frame[frame[CHARACTERISTIC] == name]


def _characteristic(answers: Answers, name: str, figures: Figures, taken: set[str]) -> Section:
    names, label = answers.names, answers.names.characteristic(name)
    small = within(label)

    mine = partial(_of, name)
    cliffs = answers.cliffs
    evident = [spoken(row.sentence) for row in records(mine(cliffs.frame)) if row.verdict in EVIDENT]
    blocks: list[Block] = [Paragraph(reference_words({name: answers.references[name]}, names))]
    if evident:
        blocks += [Bullets(tuple(evident))]
    else:
        blocks.append(Paragraph(f"No gap by {small} is evident at a single gate."))
    rates = mine(answers.rates.frame)
    blocks += figures.funnel(name, tables.rate_table(rates, names, f"Pass rates by {small}"))
    blocks += [Heading("Compared with the reference")]
    blocks += figures.of(
        "ratios", name, tables.ratio_table(mine(answers.ratios.frame), names, f"Impact ratios by {small}")
    )
    key = stem("by", name, taken=taken).replace("_", "-")
    return Section(key, label, tuple(blocks))


def _more(answers: Answers, name: str, figures: Figures, taken: set[str]) -> Section:
    """The rest of a characteristic: held equal, where the gap opens, tests, who is left."""
    names, label = answers.names, answers.names.characteristic(name)
    small, cliffs = within(label), answers.cliffs

    mine = partial(_of, name)
    blocks: list[Block] = [Heading("The others held equal"), *_adjusted(answers, name, small)]
    blocks += [Heading("Where the gap opens")]
    blocks += figures.of(
        "gap", name, tables.gap_table(mine(answers.gaps.frame), names, f"Parts of the gap by {small}")
    )
    blocks.append(tables.profile_table(mine(cliffs.profiles), f"Shape of the way of each group, by {small}"))
    blocks += [Heading("Tests")]
    blocks.append(
        tables.association_table(mine(answers.tests.frame), names, f"Association of passing with {small}")
    )
    trends = answers.trends.frame if answers.trends is not None else None
    if trends is not None and (trends[CHARACTERISTIC] == name).any():
        blocks.append(tables.trend_table(mine(trends), names, f"Trend of pass rates along {small}"))
    blocks += [Heading("Who is left at each stage")]
    blocks += figures.of(
        "composition",
        name,
        tables.composition_table(mine(answers.pool.frame), names, f"Share of the pool by {small}"),
    )
    key = stem("more", name, taken=taken).replace("_", "-")
    return Section(key, f"{label}: gaps, tests, shares", tuple(blocks))


def _adjusted(answers: Answers, name: str, small: str) -> tuple[Block, ...]:
    if answers.model is None:
        return (Paragraph(answers.no_model),)
    beside = answers.model.beside.frame
    part = _of(name, beside)
    if part.empty:
        return (Paragraph("Fewer than two groups: the regression leaves this characteristic out."),)
    return (
        model_tables.adjusted_table(
            part, answers.names, f"Impact ratios by {small}, the other characteristics held equal"
        ),
    )


def _tests(answers: Answers, figures: Figures) -> Section:
    residuals = answers.tests.residuals
    table = tables.residual_table(
        residuals, answers.names, "Adjusted residual, passed and expected, by group and gate"
    )
    sentence = Paragraph(f"{association_finding(answers.tests.frame, answers.names)}.")
    return Section("residuals", "Who carries an association", (sentence, *figures.of("residuals", "", table)))


def _missing(answers: Answers, figures: Figures) -> Section:
    frame = answers.missing.frame
    table = tables.missing_table(frame, answers.names, "Share that stated each characteristic, by gate")
    bounds = answers.missing.bounds
    firm = bounds[(bounds["best"] < 0.8) & (bounds["worst"] < 0.8)]
    words = (
        "Whatever those who did not say had said, the ratio over the whole way stays below 0.8 for: "
        f"{enumerated(firm['group'], 12)}. That rules out blanks as the reason, not chance."
        if len(firm)
        else (
            "For no group does the ratio over the whole way stay below 0.8 whatever those who did not "
            "say had "
            "said."
        )
    )
    blocks = (
        Paragraph(f"{missing_finding(frame, answers.names)}."),
        *figures.of("missing", "", table),
        Paragraph(words),
    )
    return Section("missing", "Who did not say", blocks)


def _methods(answers: Answers) -> Section:
    results = (
        ("Selection rates", answers.rates),
        ("Impact ratios", answers.ratios),
        ("Rate differences", answers.differences),
        ("Odds ratios", answers.odds),
        ("Cliff edges", answers.cliffs),
        ("Gap decomposition", answers.gaps),
        ("Tests of association", answers.tests),
        ("Detectable gaps", answers.detectable),
        ("Composition", answers.pool),
        ("Not stated", answers.missing),
    )
    pairs = [(title, result.method) for title, result in results]
    if answers.trends is not None:
        pairs.append(("Trends", answers.trends.method))
    if answers.model is not None:
        pairs += [("Regression", answers.model.fit.method), ("Tests of terms", answers.model.terms.method)]
    if answers.blanks is not None:
        pairs.append(("Complete cases and everybody", answers.blanks.method))
    return Section(
        "methods",
        "Methods",
        (Definitions(tuple(pairs)),),
        new_page=True,
    )


def _reproduce(answers: Answers) -> Section:
    programme = answers.counts.programme
    shown = percent(1.0)
    steps = (
        f"Install stepup_equity {stepup_equity.__version__}.",
        (
            "Run “stepup-equity report FILE --programme PROGRAMME -o DIR” on the same file, with the "
            f"programme “{programme.name}” and the same options, such as --cohort-label. The same "
            "input gives the same bytes; manifest.json holds the versions and a checksum of every file."
        ),
        "Every number of this page stands unrounded in the folder data, with a dictionary of its columns.",
        f"Rates are shown rounded: {shown} means exactly all.",
    )
    return Section("reproduce", "How to reproduce this", (Bullets(steps, numbered=True),))
