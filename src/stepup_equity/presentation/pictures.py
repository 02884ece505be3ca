"""The charts of a report: which there are, and how each is drawn from the answers."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from stepup_equity.columns import CHARACTERISTIC, OVERALL
from stepup_equity.counts import upto
from stepup_equity.errors import ArgumentError
from stepup_equity.findings import CohortTrend, exits
from stepup_equity.given import check_known
from stepup_equity.output import csv_bytes
from stepup_equity.presentation.alternatives import comparisons_alt
from stepup_equity.presentation.charts import plot
from stepup_equity.presentation.charts.cliffs import draw_cliffs
from stepup_equity.presentation.charts.comparisons import plot_adjusted
from stepup_equity.presentation.charts.drawing import Look
from stepup_equity.presentation.charts.dumbbells import plot_dumbbells
from stepup_equity.presentation.charts.people import draw_people, people_finding
from stepup_equity.presentation.charts.press import drawn
from stepup_equity.presentation.charts.process import draw_process
from stepup_equity.presentation.charts.rates import draw_rates, plot_curves
from stepup_equity.presentation.charts.sketches import Face, sketch_of
from stepup_equity.presentation.source import with_ends
from stepup_equity.words.names import within
from stepup_equity.words.numbers import interval, ratio
from stepup_equity.words.rows import records
from stepup_equity.words.sentences import (
    comparison_words,
    comparisons_finding,
    people_short,
    rates_words,
    reference_words,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from matplotlib.axes import Axes

    from stepup_equity.counts import StageCounts
    from stepup_equity.presentation.answers import Answers
    from stepup_equity.presentation.charts.press import Drawn, Press
    from stepup_equity.presentation.published import Published
    from stepup_equity.presentation.source import Source


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
    """How a kind is called and drawn, whether there is one for each characteristic, and for whom.

    `edges` is False where it neither marks nor names cliff edges, nor the reference of the report; `model` is
    True where it shows what a model says.
    """

    caption: str
    draw: Callable[[Any, Look, str], Axes]
    each: bool = True
    in_report: Literal["each", "all", "no"] = "each"
    publishable: bool = False
    edges: bool = True
    model: bool = False

    @property
    def waits(self) -> tuple[bool, bool]:
        """What it waits for, the shortest first."""
        return self.model, self.edges


def pictures(
    source: Source, wanted: Iterable[tuple[str, str]], press: Press | None = None, mark: str = ""
) -> Iterator[Picture]:
    """Draw charts, one after the other.

    Parameters
    ----------
    source : Answers or Published
        A kind asks of it what it draws, and nothing else.
    wanted : iterable of (str, str)
        A kind and a characteristic; an empty characteristic stands for all.
    press : Press, optional
        As in `drawn`.
    mark : str
        What stands at the foot of each.
    """
    wanted, taken = list(wanted), set[str]()
    stems = [stem(*one, taken=taken) for one in wanted]
    made: dict[int, Picture] = {}
    look = bare = Look(source.names, mark=mark)
    # what needs no cliff edges comes first, what needs a model last: the press draws the one meanwhile
    for place in sorted(range(len(wanted)), key=lambda place: KINDS[wanted[place][0]].waits):
        key, name = wanted[place]
        kind = KINDS[key]
        if kind.edges and look is bare:
            look = look_of(source, mark)
        label = within(source.label(name)) if name else "characteristic"
        sketch = sketch_of(kind.draw, source, look, name)
        made[place] = Picture(key, name, kind.caption.format(label), drawn(stems[place], sketch, press))
    yield from (made[place] for place in range(len(wanted)))


def picture_files(drawn: Sequence[Picture], folder: str = "") -> dict[str, bytes]:
    """Files of charts, asked for from the last: a press makes them from the first on."""
    files = {}
    for picture in reversed(drawn):
        files[f"{folder}{picture.files.name}.svg"] = picture.files.svg.encode()
        files[f"{folder}{picture.files.name}.png"] = picture.files.png
    return files


def with_words(drawn: Sequence[Picture]) -> dict[str, bytes]:
    """Charts, and what they say as a table."""
    import pandas as pd

    rows = [(f"{p.files.name}.svg", p.caption, p.files.face.title, p.files.face.alt) for p in drawn]
    words = pd.DataFrame(rows, columns=["file", "caption", "title", "alt"])
    return {**picture_files(drawn), "alt.csv": csv_bytes(words)}


def look_of(source: Source, mark: str = "") -> Look:
    """Names, references and cliff edges of a source, each edge at the side that is behind."""
    edges = source.edges
    keys = list(zip(edges[CHARACTERISTIC], edges["group"], edges["gate"], strict=True))
    other = (
        edges["behind"].to_numpy() == edges["reference"].to_numpy()
        if "behind" in edges
        else np.zeros(len(edges), bool)
    )
    behind = frozenset(key for key, theirs in zip(keys, other, strict=True) if not theirs)
    ahead = frozenset(key for key, theirs in zip(keys, other, strict=True) if theirs)
    return Look(source.names, source.references, behind, ahead, mark=mark)


def of_report(answers: Answers) -> list[tuple[str, str]]:
    """The charts of a report of these answers."""
    wanted: list[tuple[str, str]] = []
    asked = answers.asked
    for key, kind in KINDS.items():
        if kind.in_report != "no" and _can_draw(key, answers.counts, answers.every or answers.counts):
            wanted += [(key, name) for name in (asked if kind.in_report == "each" else ("",))]
    return wanted


def _can_draw(kind: str, counts: StageCounts, every: StageCounts) -> bool:
    needed = {"cohorts": 2, "trend": 3}.get(kind, 0)
    return not needed or len(upto(counts, every)) >= needed


def of_kinds(
    counts: StageCounts, every: StageCounts, asked: Sequence[str], kinds: Iterable[str] | None
) -> list[tuple[str, str]]:
    """Charts of these kinds, by default of every kind that the counts have; `every` holds all cohorts.

    Raises
    ------
    ArgumentError
        A kind that does not exist, or slopes between cohorts where there is only one.
    """
    chosen = (
        tuple(kind for kind in KINDS if _can_draw(kind, counts, every)) if kinds is None else tuple(kinds)
    )
    for kind in chosen:
        check_known([kind], KINDS, argument="kind", of="a kind of chart")
        if not _can_draw(kind, counts, every):
            raise ArgumentError(
                f"kind={kind!r} compares a cohort with those before it, and there are too few."
            )
    return [(key, name) for key in chosen for name in (asked if KINDS[key].each else ("",))]


def of_release(published: Published, kinds: Iterable[str] | None = None) -> list[tuple[str, str]]:
    """The charts a release can be drawn as; by default those of its page.

    Raises
    ------
    ArgumentError
        A kind that a release cannot be drawn as.
    """
    possible = [key for key, kind in KINDS.items() if kind.publishable]
    told = [key for key in possible if KINDS[key].in_report != "no"]
    chosen = tuple(told if kinds is None else kinds)
    check_known(chosen, possible, argument="kind", of="a kind of chart for publication")
    can = [kind for kind in chosen if kind != "cliffs" or len(published.comparisons)]
    return [(key, name) for key in can for name in (published.asked if KINDS[key].each else ("",))]


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
    if isinstance(result, CohortTrend):
        ratios = result.ratios
        changes["_ratios"] = ratios[ratios[CHARACTERISTIC] == name]
    return replace(result, **changes)


def _titled(source: Source, look: Look, name: str, words: Callable[[Any, Any], str]) -> Look:
    """The look with the deepest cliff edge of the characteristic as the title, where there is one."""
    edge = source.deepest.get(name)
    return look if edge is None else replace(look, title=words(edge, source.names))


def _cliffs(source: Source, look: Look, _: str) -> Axes:
    return draw_cliffs(with_ends(source), look, source.rule, source.cliff_notes, covered=source.covered)


def _process(source: Source, look: Look, _: str) -> Axes:
    return draw_process(source.process_printed, look.names, source.notes, mark=look.mark)


def _funnel(source: Source, look: Look, name: str) -> Axes:
    frame = source.people_printed(name)
    against = str(frame["reference"].iloc[0])
    own = replace(look, references={name: against} if against else {})
    title = people_finding(frame, own) if OVERALL in set(frame["gate"]) else ""
    label = within(source.label(name))
    symbols = source.symbols(name).strip()
    notes = (*((symbols,) if symbols else ()), *source.notes)
    return draw_people(frame, own, title or f"Who is still there at each stage, by {label}", notes)


def _rates(source: Source, look: Look, name: str) -> Axes:
    titled = _titled(source, look, name, rates_words)
    return draw_rates(source.rates_printed(name), titled, source.notes, symbols=source.symbols(name))


def _dumbbell(answers: Answers, look: Look, name: str) -> Axes:
    return plot_dumbbells(only(answers.rates, name), None, look)


def _exits(answers: Answers, look: Look, name: str) -> Axes:
    return plot(exits(answers.counts, by=name, level=answers.level), None, look)


def _detectable(answers: Answers, look: Look, name: str) -> Axes:
    return plot(only(answers.detectable, name), None, look)


def _curves(answers: Answers, look: Look, name: str) -> Axes:
    return plot_curves(only(answers.rates, name), None, look)


def _ratios(answers: Answers, look: Look, name: str) -> Axes:
    titled = _titled(answers, look, name, comparison_words)
    crude = only(answers.ratios, name)
    if answers.model is None or name not in set(answers.model.beside.frame[CHARACTERISTIC]):
        return plot(crude, None, titled)
    beside = answers.model.beside.frame
    adjusted = beside[beside[CHARACTERISTIC] == name]
    frame = crude.frame
    edge = answers.deepest.get(name)
    title = titled.title or comparisons_finding(frame, answers.names)
    if edge is not None:
        same = adjusted[(adjusted["group"] == edge.group) & (adjusted["gate"] == edge.gate)]
        same = same.dropna(subset=["adjusted_ratio"])
        for row in records(same):
            limits = interval(row.adjusted_low, row.adjusted_high)
            title += (
                f"; of the {row.entered:,} a model could use {ratio(row.crude_ratio_used)} times, and "
                f"{ratio(row.adjusted_ratio)} times ({limits}) with the other characteristics held equal"
            )
    against = reference_words({name: answers.references[name]}, answers.names)
    face = Face(
        title,
        f"Pass rate of each group divided by the reference's, with {crude.confidence:.0%} intervals. "
        f"{against}",
        (
            (
                "From above: everyone who stated this characteristic; of these, who stated all "
                "characteristics, as counted; the same people with the other characteristics held equal "
                "(standardised rates from logistic regression, intervals along its likelihood)."
            ),
            *crude.notes,
        ),
        comparisons_alt(frame, answers.names, title, ratio),
        look.mark,
    )
    return plot_adjusted(frame, adjusted, face, look)


def _gap(answers: Answers, look: Look, name: str) -> Axes:
    edge = answers.deepest.get(name)
    title = "" if edge is None else people_short(edge, answers.names)
    return plot(only(answers.gaps, name), None, replace(look, title=title))


def _composition(answers: Answers, look: Look, name: str) -> Axes:
    return plot(only(answers.pool, name), None, look)


def _residuals(answers: Answers, look: Look, name: str) -> Axes:
    return plot(only(answers.tests, name), None, look)


def _cohorts(answers: Answers, look: Look, name: str) -> Axes:
    assert answers.cohorts is not None
    return plot(only(answers.cohorts, name), None, look)


def _trend(answers: Answers, look: Look, name: str) -> Axes:
    assert answers.trend is not None
    return plot(only(answers.trend, name) if name else answers.trend, None, look)


def _missing(answers: Answers, look: Look, _: str) -> Axes:
    return plot(answers.missing, None, look)


KINDS: Final[dict[str, _Kind]] = {
    "cliffs": _Kind(
        "Cliff map: impact ratios of all groups at all gates",
        _cliffs,
        each=False,
        in_report="all",
        publishable=True,
    ),
    "process": _Kind(
        "Pass rates of everybody", _process, each=False, in_report="all", publishable=True, edges=False
    ),
    "funnel": _Kind("Funnel by {}: people still there at each stage", _funnel, publishable=True),
    "rates": _Kind("Pass rates by {} at each gate", _rates, in_report="no", publishable=True),
    "dumbbell": _Kind("Pass rates by {} beside the reference's", _dumbbell, in_report="no"),
    "exits": _Kind("What became of those who entered each gate, by {}", _exits, in_report="no"),
    "ratios": _Kind("Impact ratios by {}", _ratios, model=True),
    "gap": _Kind("Where the gap opens, by {}", _gap),
    "composition": _Kind("Share of the pool by {} at each stage", _composition),
    "curves": _Kind("Progression by {}: share still there at each stage", _curves, in_report="no"),
    "cohorts": _Kind("From cohort to cohort: impact ratios by {}", _cohorts, in_report="all"),
    "trend": _Kind("Over all cohorts: impact ratios by {}", _trend, in_report="all"),
    "residuals": _Kind(
        "Passed more or less often than expected, by {}", _residuals, in_report="all", edges=False
    ),
    "detectable": _Kind("Detectable gaps by {}", _detectable, in_report="all", edges=False),
    "missing": _Kind(
        "Share that stated each characteristic", _missing, each=False, in_report="all", edges=False
    ),
}
"""Every kind of chart, in the order of the report."""
