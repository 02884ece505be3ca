"""When a cell cannot be protected: which, why, and what would help."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from stepup_equity.disclosure.layout import ALL_COHORTS
from stepup_equity.errors import DisclosureError, listed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import pandas as pd

    from stepup_equity.disclosure.audit import Address
    from stepup_equity.disclosure.policy import Policy
    from stepup_equity.disclosure.tables import Plan, Table


_MOST = 3


@dataclass(frozen=True, slots=True)
class _Change:
    """Something that may be changed so that a release becomes possible."""

    words: str
    plan: Plan
    policy: Policy
    options: str = ""


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
    apart = tuple(dict.fromkeys(row.cohort for (row, _, _), _ in cells if row.cohort != ALL_COHORTS))
    offers, commands = _offers(plan, policy, tables, stages, apart, works)
    rounded, command = _rounded(policy)
    message = (
        f"{n} be protected under the policy {policy.name!r}: {named}{more}. "
        f"{offers}{rounded} The error's .cells names every cell."
    )
    commands = tuple(dict.fromkeys((*commands, *command)))
    return DisclosureError(message, _frame(cells), commands)


def refused_to_the_informed(cells: Sequence[tuple[Address, str]], policy: Policy) -> DisclosureError:
    """The error that says what a reader who runs the program can tell, and what withstands that reader."""
    named = "; ".join(_in_words(address) for address, _ in cells[:_MOST])
    more = f" and {len(cells) - _MOST} more" if len(cells) > _MOST else ""
    n = "1 cell cannot" if len(cells) == 1 else f"{len(cells)} cells cannot"
    return DisclosureError(
        f"{n} be protected under the policy {policy.name!r} from a reader who runs this program: "
        f"{named}{more}. {cells[0][1].capitalize()}. Each count rounded to the nearest multiple withstands "
        "that reader (a policy with mode = 'nearest', which may keep reader = 'informed'); or protect the "
        "counts from readers who do sums alone (reader = 'careful'). The error's .cells names every cell.",
        _frame(cells),
        (),
    )


def _offers(
    plan: Plan,
    policy: Policy,
    tables: Sequence[Table],
    stages: tuple[str, ...],
    apart: tuple[str, ...],
    works: Callable[[Plan, Policy], bool],
) -> tuple[str, tuple[str, ...]]:
    """A sentence, and the same as options of the command line."""
    helpful = _working((*_keep(plan, policy), *_merge(plan, policy, tables)), works)
    helpful += _working(_drop_of(plan, policy, stages, apart), works, most=1)
    helpful += _working(_pool(plan, policy, tables), works)
    helpful += _drop(plan, policy, stages, works)
    if not helpful or len(tables[0].atoms) == 1:  # of several cohorts that hides too much to be tried first
        helpful += _working(_hide(plan, policy), works)
    if helpful:
        words = "; ".join(change.words for change in helpful)
        options = tuple(change.options for change in helpful if change.options)
        return f"What would help, what costs a reader least first: {words}.", options
    both = _together(plan, policy, tables, stages, works)
    if both:
        words = "; ".join(change.words for change in both)
        options = (" ".join(change.options for change in both),) if all(c.options for c in both) else ()
        return f"No single step would help; these do together: {words}.", options
    nothing = (
        "Neither merging groups, pooling cohorts, dropping a stage nor hiding totals would help: "
        "there are too few people."
    )
    return nothing, ()


def _working(
    changes: Iterable[_Change], works: Callable[[Plan, Policy], bool], most: int | None = None
) -> list[_Change]:
    """Changes after which every cell can be protected; no more than are asked for are tried."""
    return list(islice((change for change in changes if works(change.plan, change.policy)), most))


def _rounded(policy: Policy) -> tuple[str, tuple[str, ...]]:
    """Rounding is nearly always possible, and leaves no hole."""
    if policy.mode == "round":
        return "", ()
    return " Or print everything, rounded to 5 so that it still adds up (policy 'publish').", (
        "--policy publish",
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
        yield _Change(f"merge groups (merge={{{written}}})", new, policy, f"--merge {shlex.join(names)}")


def _pool(plan: Plan, policy: Policy, tables: Sequence[Table]) -> Iterator[_Change]:
    if not plan.pool and len(tables[0].atoms) > 1:
        yield _Change("pool cohorts (pool=True)", replace(plan, pool=True), policy, "--pool")


def _hide(plan: Plan, policy: Policy) -> Iterator[_Change]:
    if policy.totals == "print" and policy.hides:
        yield _Change(
            "hide the total, where nobody can read it elsewhere (a policy with totals='hide')",
            plan,
            policy.but(totals="hide"),
        )


def _drop_of(
    plan: Plan, policy: Policy, stages: tuple[str, ...], cohorts: tuple[str, ...]
) -> Iterator[_Change]:
    """A stage, the latest first, to drop in those cohorts alone whose cells cannot be protected."""
    if not any(cohorts) or plan.pool:
        return
    for stage in stages[:0:-1]:
        more = [(cohort, stage) for cohort in cohorts]
        written = ", ".join(f"{cohort!r}: [{stage!r}]" for cohort in cohorts)
        yield _Change(
            f"drop {stage!r} for {listed(cohorts)} only (drop_stages_of={{{written}}})",
            replace(plan, drop_stages_of=(*plan.drop_stages_of, *more)),
            policy,
            " ".join(f"--drop-stages-of {shlex.join((cohort, stage))}" for cohort in cohorts),
        )


def _drop(
    plan: Plan, policy: Policy, stages: tuple[str, ...], works: Callable[[Plan, Policy], bool]
) -> list[_Change]:
    """The fewest stages to drop, latest first."""
    later = stages[1:][::-1]
    singles = [(stage,) for stage in later if len(stages) > 2 and works(_without(plan, (stage,)), policy)]
    if singles:
        names = " or ".join(repr(stage) for (stage,) in singles)
        first = singles[0][0]
        return [
            _Change(
                f"merge or drop a stage: {names} (drop_stages=[{first!r}])",
                _without(plan, (first,)),
                policy,
                f"--drop-stages {shlex.quote(first)}",
            )
        ]
    for many in range(2, len(later)):
        for start in range(len(later) - many + 1):
            chosen = later[start : start + many]
            if works(_without(plan, chosen), policy):
                written = ", ".join(repr(stage) for stage in chosen)
                words = f"merge or drop stages (drop_stages=[{written}])"
                return [_Change(words, _without(plan, chosen), policy, f"--drop-stages {shlex.join(chosen)}")]
    return []


def _without(plan: Plan, stages: tuple[str, ...]) -> Plan:
    return replace(plan, drop_stages=(*plan.drop_stages, *stages))


def _together(
    plan: Plan,
    policy: Policy,
    tables: Sequence[Table],
    stages: tuple[str, ...],
    works: Callable[[Plan, Policy], bool],
) -> list[_Change]:
    """Steps in the same order, one on top of the other, until they do."""
    taken: list[_Change] = []
    for step in (
        lambda p, q: _merge(p, q, tables),
        lambda p, q: _pool(p, q, tables),
        lambda p, q: iter(_drop(p, q, stages, works)[:1]),
        _hide,
    ):
        for change in step(plan, policy):
            taken.append(change)
            if "drop_stages" in change.words or works(change.plan, change.policy):
                return taken
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
