"""When a cell cannot be protected: which, why, and what would help."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stepup_equity.errors import DisclosureError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pandas as pd

    from stepup_equity.disclosure.audit import Address
    from stepup_equity.disclosure.policy import Policy
    from stepup_equity.disclosure.tables import Plan, Table

__all__ = ["refusal"]

_MOST = 3


@dataclass(frozen=True, slots=True)
class _Change:
    """Something that may be changed so that a release becomes possible."""

    words: str
    plan: Plan
    policy: Policy


def refusal(
    cells: Sequence[tuple[Address, str]],
    plan: Plan,
    policy: Policy,
    tables: Sequence[Table],
    stages: tuple[str, ...],
    works: Callable[[Plan, Policy], bool],
) -> DisclosureError:
    """The error that names the cells and says what would help.

    Parameters
    ----------
    cells : sequence of (address, why)
    plan, policy
        As asked for.
    tables : sequence of Table
        Before anything was merged.
    stages : tuple of str
        Stages that are printed.
    works : callable
        Whether every cell can be protected under another plan and policy.
    """
    named = "; ".join(_in_words(address) for address, _ in cells[:_MOST])
    more = f" and {len(cells) - _MOST} more" if len(cells) > _MOST else ""
    n = "1 cell cannot" if len(cells) == 1 else f"{len(cells)} cells cannot"
    message = (
        f"{n} be protected under the policy {policy.name!r}: {named}{more}. "
        f"{_offers(plan, policy, tables, stages, works)} The error's .cells names every cell."
    )
    return DisclosureError(message, _frame(cells))


def _offers(
    plan: Plan,
    policy: Policy,
    tables: Sequence[Table],
    stages: tuple[str, ...],
    works: Callable[[Plan, Policy], bool],
) -> str:
    helpful = [
        change.words
        for changes in (
            _keep(plan, policy),
            _merge(plan, policy, tables),
            _pool(plan, policy, tables),
            _hide(plan, policy),
        )
        for change in changes
        if works(change.plan, change.policy)
    ]
    dropped = _drop(plan, policy, stages, works)
    at = len(helpful) - 1 if helpful and "totals='hide'" in helpful[-1] else len(helpful)
    helpful[at:at] = dropped
    if helpful:
        return f"What would help, what costs a reader least first: {'; '.join(helpful)}."
    both = _together(plan, policy, tables, stages, works)
    if both:
        return f"No single step would help; these do together: {'; '.join(both)}."
    return (
        "Neither merging groups, pooling cohorts, dropping a stage nor hiding totals would help: "
        "there are too few people."
    )


def _keep(plan: Plan, policy: Policy) -> Iterator[_Change]:
    if policy.keep:
        yield _Change("keep fewer headline cells (a policy with keep=())", plan, policy.but(keep=()))


def _merge(plan: Plan, policy: Policy, tables: Sequence[Table]) -> Iterator[_Change]:
    merged = dict(plan.merge)
    names = [table.name for table in tables if table.has_levels and table.name not in merged]
    if names:
        written = ", ".join(f"{name!r}: 'broad'" for name in names)
        new = replace(plan, merge=(*plan.merge, *((name, "broad") for name in names)))
        yield _Change(f"merge groups (merge={{{written}}})", new, policy)


def _pool(plan: Plan, policy: Policy, tables: Sequence[Table]) -> Iterator[_Change]:
    if not plan.pool and len(tables[0].atoms) > 1:
        yield _Change("pool cohorts (pool=True)", replace(plan, pool=True), policy)


def _hide(plan: Plan, policy: Policy) -> Iterator[_Change]:
    if policy.totals == "print" and policy.hides:
        yield _Change("hide the total (a policy with totals='hide')", plan, policy.but(totals="hide"))


def _drop(
    plan: Plan, policy: Policy, stages: tuple[str, ...], works: Callable[[Plan, Policy], bool]
) -> list[str]:
    """The fewest stages to drop, latest first."""
    later = stages[1:][::-1]
    singles = [(stage,) for stage in later if len(stages) > 2 and works(_without(plan, (stage,)), policy)]
    if singles:
        names = " or ".join(repr(stage) for (stage,) in singles)
        return [f"merge or drop a stage: {names} (drop_stages=[{singles[0][0]!r}])"]
    for many in range(2, len(later)):
        for start in range(len(later) - many + 1):
            chosen = later[start : start + many]
            if works(_without(plan, chosen), policy):
                written = ", ".join(repr(stage) for stage in chosen)
                return [f"merge or drop stages (drop_stages=[{written}])"]
    return []


def _without(plan: Plan, stages: tuple[str, ...]) -> Plan:
    return replace(plan, drop_stages=(*plan.drop_stages, *stages))


def _together(
    plan: Plan,
    policy: Policy,
    tables: Sequence[Table],
    stages: tuple[str, ...],
    works: Callable[[Plan, Policy], bool],
) -> list[str]:
    """Steps in the same order, one on top of the other, until they do."""
    words: list[str] = []
    for step in (
        lambda p, q: _merge(p, q, tables),
        lambda p, q: _pool(p, q, tables),
        lambda p, q: iter([_Change(text, p, q) for text in _drop(p, q, stages, works)[:1]]),
        _hide,
    ):
        for change in step(plan, policy):
            words.append(change.words)
            if "drop_stages" in change.words or works(change.plan, change.policy):
                return words
            plan, policy = change.plan, change.policy
    return []


def _in_words(address: Address) -> str:
    row, stage, measure = address
    who = "everybody" if row.is_total else f"{row.characteristic} {row.group!r}"
    cohort = f", cohort {row.cohort!r}" if row.cohort else ""
    return f"{who}{cohort}, {measure} {'at' if measure == 'reached' else 'after'} {stage!r}"


def _frame(cells: Sequence[tuple[Address, str]]) -> pd.DataFrame:
    import pandas as pd

    columns = ["cohort", "characteristic", "group", "parent", "stage", "measure", "why"]
    return pd.DataFrame(
        [
            (row.cohort, row.characteristic, row.group, row.parent, stage, measure, why)
            for (row, stage, measure), why in cells
        ],
        columns=columns,
    )
