"""The charts of a report: which there are, and how each is drawn from the answers."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal

from stepup_equity.columns import CHARACTERISTIC
from stepup_equity.errors import ArgumentError, unknown_name
from stepup_equity.findings.cliff_rule import DEFAULT_RULE
from stepup_equity.presentation.alternatives import cliffs_alt, comparisons_alt, process_alt, rates_alt
from stepup_equity.presentation.charts import plot
from stepup_equity.presentation.charts.cliffs import draw_cliff_map, verdict_fills
from stepup_equity.presentation.charts.comparisons import plot_adjusted
from stepup_equity.presentation.charts.drawing import Look
from stepup_equity.presentation.charts.files import drawn
from stepup_equity.presentation.charts.page import Face
from stepup_equity.presentation.charts.process import draw_process, process_words
from stepup_equity.presentation.charts.rates import draw_funnel, funnel_words, plot_curves
from stepup_equity.presentation.charts.tiles import COVERED
from stepup_equity.presentation.published import HIDDEN
from stepup_equity.words.names import within
from stepup_equity.words.numbers import interval, ratio
from stepup_equity.words.rows import lowest, records
from stepup_equity.words.sentences import (
    cliffs_finding,
    comparison_words,
    comparisons_finding,
    everyone_leaves,
    people_short,
    rates_words,
    reference_words,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from matplotlib.axes import Axes

    from stepup_equity.counts import StageCounts
    from stepup_equity.presentation.answers import Answers
    from stepup_equity.presentation.charts.files import Drawn
    from stepup_equity.presentation.charts.press import Press
    from stepup_equity.presentation.published import Published

__all__ = [
    "KINDS",
    "PUBLISHED_KINDS",
    "Picture",
    "of_kinds",
    "of_report",
    "only",
    "pictures",
    "pictures_of_release",
    "stem",
]


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart of a report, drawn.

    Attributes
    ----------
    kind : str
        A key of `KINDS`.
    characteristic : str
        Name; empty where the chart is about all.
    caption : str
        What it is, in a few words.
    files : Drawn
    """

    kind: str
    characteristic: str
    caption: str
    files: Drawn


@dataclass(frozen=True, slots=True)
class _Kind:
    """How a kind is called and drawn, and whether there is one for each characteristic."""

    caption: str
    draw: Callable[[Answers, Look, str], Axes]
    each: bool = True
    in_report: Literal["each", "all", "no"] = "each"


def pictures(
    answers: Answers, wanted: Iterable[tuple[str, str]], press: Press | None = None
) -> Iterator[Picture]:
    """Draw charts, one after the other.

    Parameters
    ----------
    answers : Answers
    wanted : iterable of (str, str)
        A kind and a characteristic; an empty characteristic stands for all.
    press : Press, optional
        As in `drawn`.
    """
    look = Look(answers.names, answers.references, answers.flags)
    taken: set[str] = set()
    for key, name in wanted:
        kind = KINDS[key]
        label = within(answers.names.characteristic(name)) if name else "characteristic"
        ax = kind.draw(answers, look, name)
        yield Picture(key, name, kind.caption.format(label), drawn(stem(key, name, taken=taken), ax, press))


def of_report(answers: Answers) -> list[tuple[str, str]]:
    """The charts of a report of these answers."""
    wanted: list[tuple[str, str]] = []
    asked = answers.asked
    for key, kind in KINDS.items():
        if kind.in_report != "no" and _can_draw(key, answers.counts):
            wanted += [(key, name) for name in (asked if kind.in_report == "each" else ("",))]
    return wanted


def _can_draw(kind: str, counts: StageCounts) -> bool:
    return kind != "cohorts" or len(counts.cohorts) > 1


def of_kinds(counts: StageCounts, asked: Sequence[str], kinds: Iterable[str] | None) -> list[tuple[str, str]]:
    """Charts of these kinds, by default of every kind that the counts have.

    Raises
    ------
    ArgumentError
        A kind that does not exist, or slopes between cohorts where there is only one.
    """
    chosen = tuple(kind for kind in KINDS if _can_draw(kind, counts)) if kinds is None else tuple(kinds)
    for kind in chosen:
        if kind not in KINDS:
            raise unknown_name(kind, KINDS, argument="kind", of="a kind of chart")
        if not _can_draw(kind, counts):
            raise ArgumentError("kind='cohorts' compares two cohorts, and these counts have one.")
    return [(key, name) for key in chosen for name in (asked if KINDS[key].each else ("",))]


def stem(*parts: str, taken: set[str]) -> str:
    """A name for files, of letters a computer anywhere can store, that is not taken yet.

    >>> taken = set()
    >>> stem("by", "Religion or belief", taken=taken), stem("by", "../religion/or-belief", taken=taken)
    ('by_religion_or_belief', 'by_religion_or_belief_2')
    """
    words = "_".join(part for part in parts if part).casefold()
    plain = re.sub(r"[^a-z0-9]+", "_", words).strip("_")[:80] or "chart"
    name, number = plain, 2
    while name in taken:
        name, number = f"{plain}_{number}", number + 1
    taken.add(name)
    return name


def only(result: Any, name: str) -> Any:
    """The part of a result that is about one characteristic; all of it for an empty name."""
    if not name:
        return result
    frame = result.frame
    changes: dict[str, Any] = {"_frame": frame[frame[CHARACTERISTIC] == name], "by": (name,)}
    if hasattr(result, "_residuals"):
        residuals = result.residuals
        changes["_residuals"] = residuals[residuals[CHARACTERISTIC] == name]
    return replace(result, **changes)


def _deepest(answers: Answers, name: str) -> Any:
    """The deepest cliff edge of a characteristic, or None."""
    edges = answers.cliffs.flagged
    mine = records(edges[edges[CHARACTERISTIC] == name])
    return mine[0] if mine else None


def _titled(answers: Answers, look: Look, name: str, words: Callable[[Any, Any], str]) -> Look:
    """The look with the deepest cliff edge of the characteristic as the title, where there is one."""
    edge = _deepest(answers, name)
    return look if edge is None else replace(look, title=words(edge, answers.names))


def _cliffs(answers: Answers, look: Look, _: str) -> Axes:
    return plot(answers.cliffs, None, look)


def _process(answers: Answers, look: Look, _: str) -> Axes:
    frame = process_words(answers.process_frame)
    title = everyone_leaves(frame, look.names)
    face = Face(
        title,
        "Share of everybody who entered each gate who passed it, and how many people passed.",
        ("Bars run from 0% to 100%.", *answers.counts.notes),
        process_alt(frame, look.names, title),
    )
    return draw_process(frame, look.names, face)


def _detectable(answers: Answers, look: Look, name: str) -> Axes:
    return plot(only(answers.detectable, name), None, look)


def _funnel(answers: Answers, look: Look, name: str) -> Axes:
    return plot(only(answers.rates, name), None, _titled(answers, look, name, rates_words))


def _curves(answers: Answers, look: Look, name: str) -> Axes:
    return plot_curves(only(answers.rates, name), None, look)


def _ratios(answers: Answers, look: Look, name: str) -> Axes:
    titled = _titled(answers, look, name, comparison_words)
    crude = only(answers.ratios, name)
    if answers.model is None or name not in set(answers.model.beside.frame[CHARACTERISTIC]):
        return plot(crude, None, titled)
    beside = answers.model.beside.frame
    adjusted = beside[beside[CHARACTERISTIC] == name].rename(
        columns={"adjusted_ratio": "estimate", "adjusted_low": "conf_low", "adjusted_high": "conf_high"}
    )
    frame = crude.frame
    edge = _deepest(answers, name)
    title = titled.title or comparisons_finding(frame, answers.names)
    if edge is not None:
        same = adjusted[(adjusted["group"] == edge.group) & (adjusted["gate"] == edge.gate)]
        same = same.dropna(subset=["estimate"])
        for row in records(same):
            limits = interval(row.conf_low, row.conf_high)
            title += f"; {ratio(row.estimate)} times ({limits}) with the other characteristics held equal"
    against = reference_words({name: answers.references[name]}, answers.names)
    face = Face(
        title,
        f"Pass rate of each group divided by the reference's, with {crude.confidence:.0%} intervals. "
        f"{against}",
        (
            (
                "The upper mark is of everyone who stated this characteristic, the lower one of those "
                "who stated all "
                "characteristics: standardised rates from logistic regression, Wald intervals."
            ),
            *crude.notes,
        ),
        comparisons_alt(frame, answers.names, title, ratio),
    )
    return plot_adjusted(frame, adjusted, face, look)


def _gap(answers: Answers, look: Look, name: str) -> Axes:
    edge = _deepest(answers, name)
    title = "" if edge is None else people_short(edge, answers.names)
    return plot(only(answers.gaps, name), None, replace(look, title=title))


def _composition(answers: Answers, look: Look, name: str) -> Axes:
    return plot(only(answers.pool, name), None, look)


def _residuals(answers: Answers, look: Look, name: str) -> Axes:
    return plot(only(answers.tests, name), None, look)


def _cohorts(answers: Answers, look: Look, name: str) -> Axes:
    assert answers.cohorts is not None
    return plot(only(answers.cohorts, name), None, look)


def _missing(answers: Answers, look: Look, _: str) -> Axes:
    return plot(answers.missing, None, look)


KINDS: Final[dict[str, _Kind]] = {
    "cliffs": _Kind(
        "Cliff map: impact ratios of all groups at all gates", _cliffs, each=False, in_report="all"
    ),
    "process": _Kind("Pass rates of everybody", _process, each=False, in_report="all"),
    "funnel": _Kind("Funnel by {}: pass rates and people at each gate", _funnel),
    "ratios": _Kind("Impact ratios by {}", _ratios),
    "gap": _Kind("Where the gap opens, by {}", _gap),
    "composition": _Kind("Share of the pool by {} at each stage", _composition),
    "curves": _Kind("Progression by {}: share still there at each stage", _curves, in_report="no"),
    "cohorts": _Kind("From cohort to cohort: impact ratios by {}", _cohorts, in_report="all"),
    "residuals": _Kind("Passed more or less often than expected, by {}", _residuals, in_report="all"),
    "detectable": _Kind("Detectable gaps by {}", _detectable, in_report="all"),
    "missing": _Kind("Share that stated each characteristic", _missing, each=False, in_report="all"),
}
"""Every kind of chart, in the order of the report."""


PUBLISHED_KINDS: Final = ("cliffs", "process", "funnel")
"""Kinds of chart that a release can be drawn as."""


def pictures_of_release(published: Published, kinds: Collection[str] = PUBLISHED_KINDS) -> Iterator[Picture]:
    """Draw the charts of a release: cliff map, process, and a funnel for each characteristic.

    Raises
    ------
    ArgumentError
        A kind that a release cannot be drawn as.
    """
    for kind in kinds:
        if kind not in PUBLISHED_KINDS:
            raise unknown_name(kind, PUBLISHED_KINDS, argument="kind", of="a kind of chart for publication")
    look = Look(published.names, published.references, published.flags)
    taken: set[str] = set()
    frame = published.comparisons
    if len(frame) and "cliffs" in kinds:
        ax = _published_cliffs(published, look)
        yield Picture("cliffs", "", KINDS["cliffs"].caption, drawn(stem("cliffs", taken=taken), ax))
    if "process" in kinds:
        ax = _published_process(published)
        yield Picture("process", "", KINDS["process"].caption, drawn(stem("process", taken=taken), ax))
    for name, table in published.tables.items() if "funnel" in kinds else ():
        ax = _published_funnel(published, name, look)
        caption = KINDS["funnel"].caption.format(within(table.label))
        yield Picture("funnel", name, caption, drawn(stem("funnel", name, taken=taken), ax))


def _published_process(published: Published) -> Axes:
    frame, names = published.process_frame, published.names
    hidden = frame[["denominator", "passed"]].isna().to_numpy().any()
    title = "Pass rates of everybody" if hidden else everyone_leaves(frame, names)
    face = Face(
        title,
        "Share of everybody who entered each gate who passed it, and how many people passed.",
        ("Bars run from 0% to 100%.", *published.release.notes),
        process_alt(frame, names, title),
    )
    return draw_process(frame, names, face)


def _published_cliffs(published: Published, look: Look) -> Axes:
    frame, release = published.comparisons, published.release
    fills = verdict_fills(DEFAULT_RULE) | {
        HIDDEN: (
            COVERED,
            f"{release.policy.symbols.hidden} or {release.policy.symbols.low}: not shown, to protect people",
        )
    }
    title = cliffs_finding(frame, look.names)
    face = Face(
        title,
        "Each group's pass rate at each gate, divided by the reference's, from printed counts.",
        ("Evident: p at most 0.05 after adjustment over all comparisons shown.", *release.notes),
        cliffs_alt(frame, look.names, title),
    )
    return draw_cliff_map(frame, face, fills, look)


def _published_funnel(published: Published, name: str, look: Look) -> Axes:
    rates = published.rates
    frame = rates[rates[CHARACTERISTIC] == name]
    edges = published.comparisons
    mine = edges[(edges[CHARACTERISTIC] == name) & edges["flagged"]] if "flagged" in edges else edges
    title = (
        rates_words(lowest(mine), look.names)
        if len(mine)
        else f"Pass rates by {within(published.tables[name].label)}"
    )
    symbols = published.release.policy.symbols
    hidden = (
        f" {symbols.hidden}: hidden to protect people." if (frame["word"] == symbols.hidden).any() else ""
    )
    low = f" {symbols.low}: too few people for a percentage." if (frame["word"] == symbols.low).any() else ""
    face = Face(
        title,
        f"{funnel_words(frame, look)}{hidden}{low}",
        ("Bars run from 0% to 100%.", *published.release.notes),
        rates_alt(frame, look.names, title),
    )
    return draw_funnel(frame, look, face)
