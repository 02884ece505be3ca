"""What was found, first on every page: told by the same code from counts and from a release."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepup_equity.presentation.report import tables
from stepup_equity.presentation.report.blocks import Block, Bullets, Heading, Paragraph, Section
from stepup_equity.presentation.report.hundred import per_hundred
from stepup_equity.presentation.source import edges_of, unjudged, with_ends
from stepup_equity.presentation.story import besides, foremost, opening
from stepup_equity.words.rows import records

if TYPE_CHECKING:
    from stepup_equity.presentation.report.figures import Figures
    from stepup_equity.presentation.source import Source


def found(source: Source, figures: Figures) -> Section:
    """The opening, who got how far, and the cliff edges in sentences."""
    blocks: list[Block] = [Paragraph(sentence, "lead") for sentence in opening(source)]
    name = foremost(source)
    blocks += figures.of("funnel", name, per_hundred(source, name), beside=True)
    blocks += [Paragraph(sentence) for sentence in besides(source)]
    edges = records(edges_of(source.comparisons))
    if edges:
        blocks += [
            Heading("The cliff edges"),
            Bullets(tuple(edge.sentence for edge in edges), numbered=True),
        ]
    gaps = records(unjudged(source.comparisons))
    if gaps:
        blocks += [Heading("The widest gaps"), Bullets(tuple(gap.sentence for gap in gaps), numbered=True)]
    broad = records(edges_of(source.broad))
    if broad:
        blocks += [
            Heading("Between broad groups"),
            Paragraph("The same people in broader groups; a family of comparisons of its own."),
            Bullets(tuple(edge.sentence for edge in broad)),
        ]
    return Section("found", "What was found", tuple(blocks))


def every_gate(source: Source, figures: Figures) -> Section:
    """Every group at every gate with its verdict, how verdicts are reached, and what belongs beside them."""
    frame, blocks = with_ends(source), list[Block]()
    if len(frame):
        caption = "Impact ratio and verdict, by group and gate"
        table = tables.cliff_table(frame, source.names, caption)
        blocks += [*figures.of("cliffs", "", table), Paragraph(source.rule.in_words)]
    said = {*source.notes, *besides(source)}
    blocks += [Paragraph(note) for note in source.cliff_notes if note not in said]
    return Section("gates", "Every group at every gate", tuple(blocks))
