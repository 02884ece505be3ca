"""The characteristics together: what a regression says, what blanks cost it, how well it fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepup_equity.columns import GATE, OVERALL
from stepup_equity.findings.models.fit_check import FEWEST_SHOWN
from stepup_equity.presentation.report import model_tables
from stepup_equity.presentation.report.blocks import Block, Heading, Paragraph, Section
from stepup_equity.words.names import within
from stepup_equity.words.numbers import enumerated, percent
from stepup_equity.words.rows import records

if TYPE_CHECKING:
    from stepup_equity.findings.models.fit_check import FitCheck
    from stepup_equity.presentation.answers import Answers
    from stepup_equity.presentation.together import Model


def regression_sections(answers: Answers) -> tuple[Section, ...]:
    """What a regression of all characteristics says, and how well it fits; or why there is none."""
    if answers.model is None:
        return (Section("regression", "The characteristics together", (Paragraph(answers.no_model),)),)
    return _regression(answers, answers.model), _fit(answers, answers.model.fit.fit_check())


def _regression(answers: Answers, model: Model) -> Section:
    terms = model.terms.frame
    clear = terms[(terms["p_adjusted"] <= 0.05) & (terms[GATE] != OVERALL)]
    words = [
        f"{answers.names.characteristic(row.term)} {within(answers.names.at(row.gate))}"
        for row in records(clear)
    ]
    said = (
        f"With the other characteristics held equal, passing is associated with {enumerated(words, 12)} "
        "(adjusted p at "
        "most 0.05)."
        if words
        else (
            "With the other characteristics held equal and all its groups tested together, no characteristic "
            "is evidently associated with passing a gate (adjusted p above 0.05). What follows looks at one "
            "group at a time, without that adjustment."
        )
    )
    notes = [note for note in model.fit.notes if note not in answers.notes]
    blocks = (
        Paragraph(said),
        Paragraph(f"{model.beside.headline}."),
        *map(Paragraph, notes),
        model_tables.term_table(terms, answers.names, "Joint test of each characteristic at each gate"),
        Paragraph(model.fit.method),
        *_blanks(answers),
    )
    return Section("regression", "The characteristics together", blocks, new_page=True)


def _fit(answers: Answers, check: FitCheck) -> Section:
    """How well the regression fits: residuals and influence, never of fewer than ten people."""
    names, crossed = answers.names, check.crossed
    said = check.headline
    blocks: list[Block] = [
        Paragraph(
            f"{said[:1].upper()}{said[1:]}. Residuals and influence are worked out as statsmodels does; "
            f"nothing is said here of fewer than {FEWEST_SHOWN} people."
        ),
        model_tables.fit_table(check.gates, names, "Fit of the regression at each gate"),
    ]
    if len(check.bands):
        blocks.append(
            model_tables.band_table(
                check.bands, names, "Passed and expected, from the lowest fitted rates up"
            )
        )
    blocks.append(
        model_tables.dispersion_table(
            check.groups, names, "Dispersion within each group, and its share of all influence"
        )
    )
    amiss = crossed[(crossed["p_adjusted"] <= 0.05) & (crossed[GATE] != OVERALL)]
    if len(amiss):
        blocks.append(
            model_tables.crossed_table(
                amiss, names, "Crossed groups that fare otherwise than the regression says"
            )
        )
    if len(check.cells):
        hidden = percent(check.unseen)
        blocks.append(
            model_tables.cell_table(check.cells, names, "The cells on which the regression depends most")
        )
        blocks.append(
            Paragraph(
                f"{hidden} of all influence lies in cells of fewer than {FEWEST_SHOWN} people, which are not "
                "shown; model.influence(gate) has them for the analyst."
            )
        )
    return Section("fit", "How well the regression fits", tuple(blocks))


def _blanks(answers: Answers) -> tuple[Block, ...]:
    """Complete cases beside everybody: how many each could use, where they differ, what nobody can know."""
    if answers.blanks is None:
        return (Paragraph(answers.no_blanks),) if answers.no_blanks else ()
    beside = answers.blanks
    said = beside.headline
    blocks: list[Block] = [
        Heading("Complete cases and everybody"),
        Paragraph(f"{said[:1].upper()}{said[1:]}. {beside.notes[-1]}"),
    ]
    table = model_tables.blanks_table(
        beside.frame, answers.names, "Adjusted ratios on which complete cases and everybody differ"
    )
    blocks.append(table or Paragraph("Complete cases and everybody find the same gaps at every gate."))
    blocks.append(
        Paragraph(
            "Neither can know whether people who leave a box blank are like those who do not; how far each "
            "ratio as counted could lie at worst and at best stands under “Who did not say” and in "
            "model_blanks.csv."
        )
    )
    return tuple(blocks)
