"""A cohort beside the one before it, from what is printed of both and from nothing else.

The earlier cohort stands in the same release, or in the ledger of an earlier one. Both were printed, so what
is said here anybody can work out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from stepup_equity.columns import OVERALL
from stepup_equity.disclosure.behind_rounding import moved
from stepup_equity.disclosure.ledger import Ledger, number_of
from stepup_equity.disclosure.printed import Measure
from stepup_equity.findings.adjusted import adjusted_by_family
from stepup_equity.findings.compare_cohorts import NO_CHANGE
from stepup_equity.findings.edge_changes import CANNOT_TELL, edge_became, edge_verdict
from stepup_equity.presentation.charts.cliffs import HIDDEN
from stepup_equity.presentation.printed_comparisons import judged
from stepup_equity.process.cohort_order import natural_order
from stepup_equity.statistics.ratio_change import change_of_ratio
from stepup_equity.words.names import people_of
from stepup_equity.words.numbers import enumerated, ratio
from stepup_equity.words.rows import records
from stepup_equity.words.sentences import change_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from stepup_equity.disclosure import Policy, PrintedTable, Release
    from stepup_equity.words.names import Names

    Floats = NDArray[np.float64]

_FOUR: Final = ("passed", "denominator", "reference_passed", "reference_denominator")
_KEYS: Final = ["characteristic", "group", "reference", "gate"]
_ALPHA: Final = 0.05


@dataclass(frozen=True, eq=False)
class Earlier:
    """The printed tables of the cohort before.

    Attributes
    ----------
    cohort : str
    tables : dict of str to PrintedTable
        By characteristic, with the groups of the later cohort; only people at stages are in them.
    policy : Policy
        What a printed count of it stands for.
    """

    cohort: str
    tables: dict[str, PrintedTable]
    policy: Policy


def earlier_tables(release: Release, past: Sequence[Ledger] = ()) -> Earlier | None:
    """The cohort before the last one of a release: of the release itself, else of an earlier one's ledger.

    Parameters
    ----------
    release : Release
    past : sequence of Ledger
        Of earlier releases.

    Returns
    -------
    Earlier or None
        None where there is no cohort before, or it cannot be told which comes first.
    """
    if len(release.alone) > 1:
        cohort = release.alone[-2]
        tables = {name: release.table(name, cohort=cohort) for name in release.characteristics}
        return Earlier(cohort, tables, release.policy)
    if len(release.alone) != 1:
        return None
    this = release.alone[0]
    printed = {
        row.cohort: ledger
        for ledger in past
        for row in ledger.rows
        if row.cohort and row.cohort != this and ledger.is_single(row.cohort)
    }
    order = natural_order((*printed, this))
    before = order[: order.index(this)]
    if not before:
        return None
    ledger = printed[before[-1]]
    own = replace(release.policy, mode=ledger.mode, round_base=ledger.round_base)
    stages = release.layout.stages
    if not set(stages) <= set(ledger.stages):
        return None
    tables = {name: _of_ledger(table, ledger, before[-1]) for name, table in release.compared.items()}
    return Earlier(before[-1], tables, own)


def _of_ledger(table: PrintedTable, ledger: Ledger, cohort: str) -> PrintedTable:
    """A table with the numbers that a ledger has of its groups; what it does not print is hidden."""
    place = {
        (row.group, row.parent): i
        for i, row in enumerate(ledger.rows)
        if row.cohort == cohort and row.characteristic == table.characteristic
    }
    told = {
        (said.row, said.stage, said.measure): number
        for said in ledger.said
        if said.measure in ("reached", "pending") and (number := number_of(said.text)) is not None
    }
    rows = [place.get(key, -1) for key in zip(table.groups, table.parents, strict=True)]
    stages = [ledger.stages.index(stage) for stage in table.stages]
    measures = {}
    for measure in ("reached", "pending"):
        blank = 0.0 if measure == "pending" and not ledger.waiting else np.nan
        value = np.array(
            [[told.get((row, stage, measure), blank) for stage in stages] for row in rows], np.float64
        )
        measures[measure] = Measure(value, np.full(value.shape, "", object))
    return replace(table, cohort=cohort, measures=measures)


def change_frame(
    later: Mapping[str, PrintedTable],
    earlier: Earlier,
    level: int,
    names: Names,
    policy: Policy,
    told: tuple[pd.DataFrame, pd.DataFrame],
    *,
    edges: bool,
) -> pd.DataFrame:
    """What changed at each gate and over the whole way, of groups (`level` 0) or broad ones (1).

    Parameters
    ----------
    later : mapping of str to PrintedTable
        The tables of the cohort that the publication is about.
    earlier : Earlier
    level : int
    names : Names
    policy : Policy
        Of the later tables.
    told : tuple of DataFrame
        Their comparisons at single gates, and over the whole way.
    edges : bool
        Whether cliff edges are called so here; where strata are not held equal they are not.

    Returns
    -------
    DataFrame
        A row for each comparison of the later cohort. ``verdict``: ``rose``, ``fell``, ``no evident change``,
        or hidden; it is evident only if it is so whatever rounded counts stand for, and hidden comparisons
        count as if they showed nothing. ``word``: what stands for a number that one of the two cohorts does
        not print. ``edge``: what became of a cliff edge.
    """
    families = [
        (before, rows, against)
        for name, table in later.items()
        if len(table.families) > level and (before := earlier.tables.get(name)) is not None
        for rows, against in [_same(before, table, table.families[level])]
        if against is not None
    ]
    past = pd.concat(judged(families, names, earlier.policy), ignore_index=True)
    now = pd.concat(told, ignore_index=True)
    if now.empty:
        return now
    columns = [*_KEYS, *_FOUR, "estimate", "flagged", "word"]
    both = now.reindex(columns=columns).merge(
        past.reindex(columns=columns), on=_KEYS, how="left", suffixes=("_later", "_earlier")
    )
    both["word"] = _symbols(both.pop("word_later"), both.pop("word_earlier"), policy)
    for when in ("earlier", "later"):
        both[f"flagged_{when}"] = [flagged is True for flagged in both[f"flagged_{when}"].tolist()]
    frame = both.rename(columns={f"estimate_{when}": f"ratio_{when}" for when in ("earlier", "later")})
    frame = _assessed(frame, earlier.policy, policy)
    frame["word"] = frame["word"].where(frame["verdict"] == HIDDEN, "")
    labels = {name: table.label for name, table in later.items()}
    cohorts = (earlier.cohort, next(iter(later.values())).cohort)
    frame["edge"] = [_edge(row) if edges else "" for row in records(frame)]
    frame["sentence"] = [_sentence(row, cohorts, names, labels) for row in records(frame)]
    return frame.assign(cohort_earlier=cohorts[0], cohort_later=cohorts[1]).drop(
        columns=["flagged_earlier", "flagged_later"]
    )


def _symbols(later: pd.Series, earlier: pd.Series, policy: Policy) -> pd.Series:
    """What stands for a change that cannot be told: the symbol of the later cohort, else of the earlier."""
    before = earlier.fillna(policy.symbols.not_available).replace("", policy.symbols.not_applicable)
    return later.fillna("").mask(lambda said: said == "", before)


def _same(
    before: PrintedTable, table: PrintedTable, family: tuple[list[int], int]
) -> tuple[list[int], int | None]:
    """The rows of the earlier table with the groups of a family, and that of the same reference."""
    place = {key: i for i, key in enumerate(zip(before.groups, before.parents, strict=True))}

    def row(i: int) -> int | None:
        return place.get((table.groups[i], table.parents[i]))

    rows, against = family
    return [found for i in rows if (found := row(i)) is not None], row(against)


def _assessed(frame: pd.DataFrame, before: Policy, after: Policy) -> pd.DataFrame:
    four = [
        np.stack([frame[f"{name}_{when}"].to_numpy(float) for when in ("earlier", "later")]) for name in _FOUR
    ]
    made = np.isfinite(four).all(axis=(0, 1)) & (four[1] > 0).all(0) & (four[3] > 0).all(0)
    blank = {name: np.full(len(frame), np.nan) for name in ("estimate", "conf_low", "conf_high", "p_value")}
    if made.any():
        mine = [values[:, made] for values in four]
        found = change_of_ratio(*mine)
        cautious = _p_of_nearest(mine, found.estimate, (before, after))
        for name, values in (
            ("estimate", found.estimate),
            ("conf_low", found.low),
            ("conf_high", found.high),
            ("p_value", cautious),
        ):
            blank[name][made] = values
    frame = frame.assign(**blank)
    counted = np.where(np.isnan(blank["p_value"]), 1.0, blank["p_value"])
    adjusted = adjusted_by_family(counted, frame["gate"], "BH")
    adjusted = np.where(np.isnan(blank["p_value"]), np.nan, adjusted)
    with np.errstate(invalid="ignore"):
        evident = adjusted <= _ALPHA
    verdict = np.select(
        [~made, evident & (blank["estimate"] > 1), evident], [HIDDEN, "rose", "fell"], NO_CHANGE
    ).astype(object)
    return frame.assign(p_adjusted=adjusted, verdict=verdict)


def _p_of_nearest(four: Sequence[Floats], estimate: Floats, policies: tuple[Policy, Policy]) -> Floats:
    """The p of the counts, among all that the printed ones may stand for, that lie nearest to no change."""
    rose = estimate > 1
    near = [values.copy() for values in four]
    for cohort, policy in enumerate(policies):
        # the group's later rate is moved towards what it was, and the reference's the other way
        up = rose if cohort == 0 else ~rose
        for at, rise in ((0, up), (2, ~up)):
            passed, of = four[at][cohort], four[at + 1][cohort]
            rising, falling = (moved(passed, of, policy, rise=which) for which in (True, False))
            near[at][cohort] = np.where(rise, rising[0], falling[0])
            near[at + 1][cohort] = np.where(rise, rising[1], falling[1])
    again = change_of_ratio(*near)
    with np.errstate(invalid="ignore"):
        crossed = (again.estimate > 1) != rose
    found: Floats = np.where(crossed, 1.0, again.p_value)
    return found


def _edge(row: Any) -> str:
    """What became of a cliff edge; nothing over the whole way, or where neither cohort has one."""
    flagged = (bool(row.flagged_earlier), bool(row.flagged_later))
    if row.gate == OVERALL or not any(flagged):
        return ""
    if row.verdict == HIDDEN:
        return CANNOT_TELL
    return edge_verdict(
        flagged, (row.ratio_earlier, row.ratio_later), changed=row.verdict in ("rose", "fell")
    )


def _sentence(row: Any, cohorts: tuple[str, str], names: Names, labels: Mapping[str, str]) -> str:
    """A row, to be read aloud."""
    who = people_of(row.group, labels[row.characteristic])
    start = f"{names.at(row.gate)}, {who} against {row.reference}: "
    if row.verdict == HIDDEN:
        if not row.edge:
            return ""
        has = cohorts[1] if row.flagged_later else cohorts[0]
        other = cohorts[0] if has == cohorts[1] else cohorts[1]
        return (
            f"{start}{has} has a cliff edge; what was there in {other} cannot be told, since the numbers are "
            "not printed."
        )
    if row.edge:
        pair = [
            {"estimate": row.ratio_earlier, "flagged": row.flagged_earlier},
            {"estimate": row.ratio_later, "flagged": row.flagged_later},
        ]
        said = edge_became(row.edge, cohorts, *pair)
        return f"{start}{said[:1].lower()}{said[1:]}" if said.startswith("The ") else f"{start}{said}"
    moved_so = NO_CHANGE if row.verdict == NO_CHANGE else f"it {row.verdict}, evidently"
    return (
        f"{start}{ratio(row.ratio_earlier)} times the rate in {cohorts[0]}, {ratio(row.ratio_later)} in "
        f"{cohorts[1]}; {moved_so}."
    )


def printed_change_words(frame: pd.DataFrame) -> str:
    """`change_words` of what is printed, and what became of cliff edges."""
    gates = frame[(frame["gate"] != OVERALL) & (frame["groups"] == "all groups") & frame["p_value"].notna()]
    since = f"from {frame['cohort_earlier'].iloc[0]} to {frame['cohort_later'].iloc[0]}"
    if gates.empty:
        return f"Whether a gap changed {since} cannot be told from the numbers that are printed."
    said = change_words(gates.assign(flagged=gates["verdict"].isin(["rose", "fell"])))
    became = gates.loc[gates["edge"] != "", "edge"].value_counts()
    if len(became):
        edges = enumerated(f"{n:,} {edge}" for edge, n in sorted(became.items()))
        said = f"{said.removesuffix('.')}; cliff edges: {edges}."
    return said


def ledgers_of(given: Iterable[object], renamed: Mapping[str, str | None]) -> tuple[Ledger, ...]:
    """Ledgers of other people, from ledgers, releases and files of them.

    Parameters
    ----------
    given : iterable of Ledger, Release, str or Path
    renamed : mapping
        As in `protect`: a cohort with another name here holds the same people, and is not before them.
    """
    every = tuple(
        one if isinstance(one, Ledger) else one.ledger() if hasattr(one, "ledger") else Ledger.read(one)  # type: ignore[arg-type]
        for one in given
    )
    same = {old for old, new in renamed.items() if new not in (None, old)}
    return tuple(ledger for ledger in every if same.isdisjoint(row.cohort for row in ledger.rows))
