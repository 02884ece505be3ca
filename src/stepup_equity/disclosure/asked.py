"""What was asked for: which tables, of which groups and stages, and whether every name exists."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stepup_equity.columns import NOT_STATED
from stepup_equity.disclosure.layout import ALL, ALL_COHORTS, TOTAL
from stepup_equity.disclosure.series import crossed_in
from stepup_equity.disclosure.tables import Plan, tables_of
from stepup_equity.errors import ArgumentError, unknown_name
from stepup_equity.given import check_known, check_map, names_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stepup_equity.counts import StageCounts
    from stepup_equity.disclosure.ledger import Ledger
    from stepup_equity.disclosure.policy import Policy
    from stepup_equity.disclosure.tables import Table


def with_margins(by: Sequence[str | tuple[str, ...]]) -> tuple[str | tuple[str, ...], ...]:
    """What is to be published, with both characteristics of every crossing.

    Two crossings that share a characteristic tell of each other through it, printed or not; printed, it is
    protected with them, in this release and in every later one.
    """
    named: dict[str | tuple[str, ...], None] = {}
    for name in by:
        named |= dict.fromkeys((name,) if isinstance(name, str) else (*name, name))
    return tuple(named)


def tables_asked(
    counts: StageCounts, plan: Plan, policy: Policy, ledgers: Sequence[Ledger]
) -> tuple[tuple[Table, ...], bool]:
    """The tables of a plan, and whether they list every declared group.

    They do where zeros are protected, now or earlier.
    """
    whole = tables_of(counts, plan, empty=True) if ledgers or lists_all(policy) else ()
    if lists_all(policy):
        return whole, True
    tables = tables_of(counts, plan, empty=False, apart=not policy.publishable)
    said = {(row.characteristic, row.group, row.parent) for ledger in ledgers for row in ledger.rows}
    more = _groups(whole) - _groups(tables)
    return (whole, True) if more & said else (tables, False)


def lists_all(policy: Policy) -> bool:
    """Whether every declared group has a row: where a missing row, or a row, would tell too much."""
    return policy.publishable and (policy.zeros == "protect" or policy.shows_all)


def told_before(counts: StageCounts, plan: Plan, ledgers: Sequence[Ledger]) -> tuple[Table, ...]:
    """Tables that earlier releases printed of these people and that are not printed now."""
    now = {name if isinstance(name, str) else " × ".join(name) for name in plan.by}
    told = dict.fromkeys(row.characteristic for ledger in ledgers for row in ledger.rows)
    known: list[str | tuple[str, ...]] = []
    for name in told:
        parts = crossed_in(name, counts.characteristics)
        if name not in now and set(parts) <= set(counts.characteristics):
            known.append(name if len(parts) == 1 else parts)
    return tables_of(counts, replace(plan, by=tuple(known)), empty=True)


def _groups(tables: Sequence[Table]) -> set[tuple[str, str, str]]:
    return {(table.name, group.label, group.parent) for table in tables for group in table.groups}


def plan_of(
    counts: StageCounts,
    by: Sequence[str | tuple[str, str]] | None,
    merge: Mapping[str, str | Mapping[str, Sequence[str]]] | None,
    *,
    pool: bool,
    drop_stages: Sequence[str],
    drop_stages_of: tuple[tuple[str, str], ...] = (),
) -> Plan:
    """What was asked for, every name checked.

    Raises
    ------
    ArgumentError
        Where a name does not exist.
    """
    if ALL_COHORTS in counts.cohorts and len(counts.cohorts) > 1:
        raise ArgumentError(
            "A cohort is called 'All', which is what all cohorts together are called. Give it another label."
        )
    chosen = tuple(counts.characteristics if by is None else (by,) if isinstance(by, str) else by)
    if not chosen:
        raise ArgumentError("by=() names nothing. Give at least one characteristic.")
    for name in chosen:
        check_known(
            (name,) if isinstance(name, str) else name,
            counts.characteristics,
            argument="by",
            of="a characteristic of these counts",
        )
    check_map(merge, argument="merge", such_as="{'age': 'broad'}, or a characteristic with labels of its own")
    for name, how in (merge or {}).items():
        if not isinstance(how, str):
            check_map(how, argument=f"merge[{name!r}]", such_as="labels with a list of groups each")
            for label, groups in how.items():
                names_in(groups, argument=f"merge[{name!r}][{label!r}]")
    _refuse_own_names(counts, merge or {})
    merges = tuple(
        (
            name,
            how
            if isinstance(how, str)
            else tuple((label, names_in(groups, argument="merge")) for label, groups in how.items()),
        )
        for name, how in (merge or {}).items()
    )
    by_name = tuple(name if isinstance(name, str) else tuple(name) for name in dict.fromkeys(chosen))
    dropped = names_in(drop_stages, argument="drop_stages")
    pooled = pool and len(counts.cohorts) > 1
    _check_stages_of(counts, drop_stages_of, pooled=pooled)
    if len(counts.cohorts) == 1:  # which is the whole table
        dropped = tuple(dict.fromkeys((*dropped, *(stage for _, stage in drop_stages_of))))
        drop_stages_of = ()
    return Plan(by_name, merges, pooled, dropped, drop_stages_of)


def _refuse_own_names(counts: StageCounts, merge: Mapping[str, str | Mapping[str, Sequence[str]]]) -> None:
    """What everybody is called can be nothing else: an audit would take the one for the other."""
    for one in counts.programme.characteristics:
        if one.name == ALL:
            raise ArgumentError(
                f"A characteristic is called {ALL!r}, which is what stands before everybody in protected "
                "tables. Give it another name."
            )
        how = merge.get(one.name, {})
        merged = [] if isinstance(how, str) else list(how)
        if TOTAL in {*one.labels, *one.broad_labels, *merged}:
            raise ArgumentError(
                f"A group of {one.name!r} is called {TOTAL!r}, which is what everybody is called in "
                "protected tables. Give it another label."
            )


def _check_stages_of(counts: StageCounts, asked: tuple[tuple[str, str], ...], *, pooled: bool) -> None:
    """Every cohort and stage exists, and cohorts are printed by themselves."""
    for cohort, stage in asked:
        check_known([cohort], counts.cohorts, argument="drop_stages_of", of="a cohort here")
        if stage not in counts.process.stage_keys[1:]:
            later = counts.process.stage_keys[1:]
            raise unknown_name(stage, later, argument="drop_stages_of", of="a later stage of the process")
    if asked and pooled:
        raise ArgumentError(
            "drop_stages_of names stages of single cohorts, and pool=True prints no cohort by itself. Leave "
            "out one of the two."
        )


def check_headlines(counts: StageCounts, policy: Policy, plan: Plan) -> None:
    """A headline that does not exist would not be kept. A group may be absent from one cohort."""
    crossed = (" × ".join(by) for by in plan.by if not isinstance(by, str))
    characteristics = ("*", ALL, *counts.programme.characteristic_names, *crossed)
    stages = ("*", *counts.process.stage_keys)
    for characteristic, group, stage in policy.keep:
        check_known([characteristic], characteristics, argument="keep", of="a characteristic")
        check_known([stage], stages, argument="keep", of="a stage of the process")
        groups = _known_groups(counts, plan, characteristic)
        if groups and group not in groups:
            raise unknown_name(group, groups, argument="keep", of=f"a group of {characteristic!r}")


def _known_groups(counts: StageCounts, plan: Plan, characteristic: str) -> tuple[str, ...]:
    """What a headline cell may name; nothing where that is for the tables to say, as of crossings."""
    if characteristic == ALL:
        return ("*", TOTAL)
    declared = [c for c in counts.programme.characteristics if characteristic in ("*", c.name)]
    if not declared:
        return ()
    crossed = any(not isinstance(by, str) for by in plan.by)
    labels = [label for c in declared for g in c.groups for label in (g.parent, g.label) if label]
    merged = [label for _, how in plan.merge if not isinstance(how, str) for label, _ in how]
    return (
        () if crossed and characteristic == "*" else ("*", *dict.fromkeys(labels), *merged, NOT_STATED, TOTAL)
    )
