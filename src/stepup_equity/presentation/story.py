"""What a report says first, of counts and of a release alike: who got through, and where the edges are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepup_equity.presentation.charts.cliffs import HIDDEN
from stepup_equity.presentation.comparable import comparable
from stepup_equity.presentation.source import edges_of, evident_ends, unjudged
from stepup_equity.words.names import within
from stepup_equity.words.numbers import count, enumerated
from stepup_equity.words.rows import records
from stepup_equity.words.sentences import edge_place, spoken

if TYPE_CHECKING:
    import pandas as pd

    from stepup_equity.presentation.answers import Answers
    from stepup_equity.presentation.source import Source


_MOST = 8
"""Edges named below the opening; the list that follows has all."""

_SENTENCES = 5
_WORDS = 20
"""As many as a reader takes in at one go; what does not fit stands below."""


def opening(source: Source) -> tuple[str, ...]:
    """The report in five short sentences: who got through, the whole way, the edges, what cannot be told."""
    shown = _shown(source)
    first = [_through(source)]
    if source.through.cohorts:
        first.append(source.through.cohorts)
    if shown.empty:
        none = "No comparison with a reference can be made from the numbers that are printed."
        return (*first, none)
    last = [
        words
        for words in (source.change, _edges(source, shown), _unjudged(source, shown), _silent(source, shown))
        if words
    ]
    room = _SENTENCES - len(first) - len(last)
    return (*first, *(source.whole_way or _deepest(shown))[:room], *last)


def _deepest(shown: pd.DataFrame) -> tuple[str, ...]:
    """The widest gap that chance is unlikely to explain, told where nobody is behind over the whole way."""
    for frame in (edges_of(shown), unjudged(shown)):
        if len(frame):
            compared, colon, _ = str(frame["sentence"].iloc[0]).partition(": ")
            short = bool(colon) and len(compared.split()) <= _WORDS
            return (f"{compared}.",) if short else ()
    return ()


def besides(source: Source) -> tuple[str, ...]:
    """What the opening leaves out: who waits, where the edges are, what strata explain, what is hidden."""
    shown, said = _shown(source), opening(source)
    waiting = (source.through.waiting,) if source.through.waiting else ()
    if shown.empty:
        return waiting
    return (
        *waiting,
        *(words for words in source.whole_way if words not in said),
        *_between_broad(source),
        _where(source, shown),
        *map(spoken, source.mix),
        *_left_out(source.comparisons),
    )


def foremost(source: Source) -> str:
    """The characteristic to be shown first: most people short over the whole way, else the deepest gap."""
    shown = _shown(source)
    for frame in (
        *map(evident_ends, (source.broad_ends, source.ends)),
        edges_of(shown),
        unjudged(shown),
    ):
        if len(frame):
            return str(frame["characteristic"].iloc[0])
    return source.asked[0]


def _shown(source: Source) -> pd.DataFrame:
    """Comparisons whose numbers are printed."""
    made = source.comparisons
    return made[made["verdict"] != HIDDEN] if len(made) else made


def _through(source: Source) -> str:
    through = source.through
    if not through.end:
        return (
            f"{through.applied} people applied; how many reached the last stage, “{through.stage}”, cannot "
            "be added up, since the published table hides numbers."
        )
    if not through.shown:
        return "How many people applied, or how many reached the last stage, is hidden."
    about = "About " if through.about else ""
    share = f" ({through.share})" if through.share else ""
    return (
        f"{about}{through.applied} people applied; {about.lower()}{through.end}{share} reached the last "
        f"stage, “{through.stage}”."
    )


def _between_broad(source: Source) -> tuple[str, ...]:
    """How many edges lie between broad groups, where there are some."""
    broad = source.broad
    shown = broad[broad["verdict"] != HIDDEN] if len(broad) else broad
    if shown.empty:
        return ()
    edges = records(edges_of(shown))
    compared = count(_judged(shown), "comparison")
    if source.unheld:
        gaps = unjudged(shown)
        where = f": {_places(source, gaps)}" if len(gaps) else ""
        return (f"Between broad groups {_evident(gaps, compared)}{where}.",)
    if not edges:
        return (f"Between broad groups none of the {compared} is a cliff edge.",)
    places = enumerated((edge_place(edge, source.names) for edge in edges), _MOST)
    is_are = "is a cliff edge" if len(edges) == 1 else "are cliff edges"
    return (f"Between broad groups {len(edges):,} of the {compared} {is_are}: {places}.",)


def _edges(source: Source, shown: pd.DataFrame) -> str:
    """How many comparisons are cliff edges, and in plain words what that is."""
    judged, edges = _judged(shown), len(edges_of(shown))
    which = count(judged, "printed comparison" if source.covered else "comparison")
    if source.unheld:
        said = _evident(unjudged(shown), which)
        return f"{said[:1].upper()}{said[1:]}."
    if not edges:
        none = f"None of the {which} is" if judged > 1 else f"The {which.removeprefix('1 ')} is not"
        return f"{none} a cliff edge." if source.mix else f"{none} a cliff edge ({_WIDE})."
    if edges == 1:
        return f"1 of the {which} is a cliff edge: {_WIDE}."
    return f"{edges:,} of the {which} are cliff edges: {_WIDES}."


def _evident(gaps: pd.DataFrame, which: str) -> str:
    """How many comparisons show a gap that would have to be judged with strata held equal."""
    if which.startswith("1 "):
        return f"the {which.removeprefix('1 ')} {'does not show' if gaps.empty else 'shows'} {_WIDE}"
    n = "none" if gaps.empty else f"{len(gaps):,}"
    return f"{n} of the {which} {'shows' if len(gaps) < 2 else 'show'} {_WIDE}"


def _unjudged(source: Source, shown: pd.DataFrame) -> str:
    """Why no gap is called an edge where a stratum is not held equal; empty where there is no gap."""
    if not source.unheld or unjudged(shown).empty:
        return ""
    is_are = "is" if len(source.unheld) == 1 else "are"
    return f"None is called a cliff edge, since {_held(source)} {is_are} not held equal."


def _held(source: Source) -> str:
    return enumerated(map(within, source.unheld))


def _places(source: Source, gaps: pd.DataFrame) -> str:
    return enumerated((edge_place(gap, source.names) for gap in records(gaps)), _MOST)


_WIDE, _WIDES = "a wide gap that is unlikely to be chance", "wide gaps that are unlikely to be chance"


def _where(source: Source, shown: pd.DataFrame) -> str:
    """Where the edges are, the widest first, and what is called one."""
    if source.unheld:
        gaps = unjudged(shown)
        where = f" The gaps are: {_places(source, gaps)}." if len(gaps) else ""
        return (
            f"Whether a gap is there with {_held(source)} held equal too cannot be told from the numbers "
            f"printed here.{where}"
        )
    edges = records(edges_of(shown))
    called = (
        f"A cliff edge is a pass rate below {source.rule.material:g} times the other group's at one gate "
        "that chance is unlikely to explain."
    )
    if not edges:
        return called
    places = enumerated((edge_place(edge, source.names) for edge in edges), _MOST)
    are = "The one found is" if len(edges) == 1 else f"The {len(edges):,} are"
    return f"{called} {are}: {places}."


def _judged(shown: pd.DataFrame) -> int:
    return int((shown["verdict"] != "not computable").sum())


def _silent(source: Source, shown: pd.DataFrame) -> str:
    few, made = int((shown["verdict"] == "too few to tell").sum()), _judged(shown)
    if not made:
        return ""
    if not few:
        if beyond := _silent_over_all(source.ends):
            return f"Each comparison at a gate would likely have shown a wide gap; {beyond}."
        return "Each comparison without an edge would likely have shown a wide gap."
    which = "all" if few == made else f"{few:,}"
    return f"In {which} of them there are too few people to tell, so nothing follows from their silence."


def _silent_over_all(ends: pd.DataFrame) -> str:
    """In how many comparisons over the whole way there are too few people to tell; empty where in none."""
    if ends.empty or not (few := int((ends["verdict"] == "too few to tell").sum())):
        return ""
    made = _judged(ends[ends["verdict"] != HIDDEN])
    return f"over the whole way there are too few people to tell in {few:,} of {count(made, 'comparison')}"


def _left_out(made: pd.DataFrame) -> tuple[str, ...]:
    hidden = int((made["verdict"] == HIDDEN).sum())
    if not hidden:
        return ()
    where = "where a count is hidden or there are too few people for a percentage"
    return (f"Not shown: {count(hidden, 'further comparison')}, {where}.",)


def untold(answers: Answers) -> tuple[str, ...]:
    """What the cohort is too small to show, and for whom."""
    frame, rule = answers.cliffs.frame, answers.cliffs.rule
    alone = [
        within(answers.names.characteristic(name))
        for name in answers.counts.characteristics
        if name not in answers.asked and not comparable(answers.counts, name)
    ]
    uncompared = [f"Nothing is compared by {enumerated(alone, 20)}: fewer than two groups are stated."]
    few, beyond = frame[frame["verdict"] == "too few to tell"], _silent_over_all(answers.ends)
    if few.empty:
        ratio = f"would likely have shown a ratio of {rule.flag_power_at:g}, had there been one"
        told = f"Every comparison at a gate {ratio}; {beyond}." if beyond else f"Every comparison {ratio}."
        return (told, *(uncompared if alone else ()))
    silent = frame["verdict"].isin(["too few to tell", "not computable"])
    by_group = silent.groupby([frame["characteristic"], frame["group"]], sort=False).all()
    nowhere = [str(group) for _, group in by_group.index[by_group.to_numpy()]]
    out = [
        (
            f"In {count(len(few), 'comparison')} there are too few people to tell: even if the group's true "
            "pass rate were "
            f"{rule.flag_power_at:g} times the reference's, it would be missed among so many comparisons "
            f"more than one time in {round(1 / (1 - rule.power))}."
        )
    ]
    if nowhere:
        out.append(f"At no gate can anything be told about: {enumerated(nowhere, 40)}.")
    out.append(
        "Pooling cohorts, or comparing broader groups, is what helps; a gap that persists over several "
        "cohorts can be "
        "evident in all of them together."
    )
    if beyond:
        out.append(f"{beyond[:1].upper()}{beyond[1:]}.")
    return (*out, *(uncompared if alone else ()))
