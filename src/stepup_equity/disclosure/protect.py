"""From counts to what may be published."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from stepup_equity.counts.asked import check_asked
from stepup_equity.disclosure.asked import (
    check_headlines,
    plan_of,
    tables_asked,
    told_before,
    with_margins,
)
from stepup_equity.disclosure.audit import audit
from stepup_equity.disclosure.bounds import addresses, printed_system, somebody, stricter, system_of
from stepup_equity.disclosure.corrections import as_first_published
from stepup_equity.disclosure.cube import cube_of, torn_crossings
from stepup_equity.disclosure.cuts import declared_bounds
from stepup_equity.disclosure.layout import Row
from stepup_equity.disclosure.ledger import Ledger, named
from stepup_equity.disclosure.past import key_of, past_of
from stepup_equity.disclosure.policy import Policy, policy_of
from stepup_equity.disclosure.printed import HIDDEN
from stepup_equity.disclosure.refusal import refusal
from stepup_equity.disclosure.release import Release
from stepup_equity.disclosure.rounding import round_controlled, round_nearest
from stepup_equity.disclosure.series import ContradictedError, refuse_unfound, with_names
from stepup_equity.disclosure.suppression import hide, still_possible, unprotectable
from stepup_equity.disclosure.system import Requirements, System
from stepup_equity.disclosure.tables import merged_with
from stepup_equity.disclosure.untold import refuse_hidden, with_hidden
from stepup_equity.disclosure.within import strata_of, unsupported
from stepup_equity.errors import ArgumentError, DisclosureError, listed
from stepup_equity.given import check_labels, check_made, check_whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from stepup_equity.counts import StageCounts
    from stepup_equity.disclosure.audit import Address, Audit
    from stepup_equity.disclosure.cube import Cube
    from stepup_equity.disclosure.layout import Layout
    from stepup_equity.disclosure.past import Past
    from stepup_equity.disclosure.series import Renamed
    from stepup_equity.disclosure.system import Bools
    from stepup_equity.disclosure.tables import Plan, Table

__all__ = ["protect"]

_Refused = list[tuple["Address", str]]
"""Cells that cannot be protected, and why."""

_TRIES: Final = 12
"""Patterns that may be found wanting over the integers before the search gives up and asks for more than it
must."""

_PATIENCE: Final = 6
"""Tries before it asks for more."""

_TOTAL_WEIGHT: Final = 100.0
"""How many times dearer it is to hide everybody's funnel than a group's."""


def protect(
    counts: StageCounts,
    policy: Policy | str | Path = "publish",
    *,
    by: Sequence[str | tuple[str, str]] | None = None,
    merge: Mapping[str, str | Mapping[str, Sequence[str]]] | None = None,
    pool: bool = False,
    drop_stages: Sequence[str] = (),
    ledgers: Sequence[Ledger | Release | str | Path] = (),
    renamed: Renamed | None = None,
    corrected: bool = False,
    seed: int = 2013,
) -> Release:
    """Tables that may be published: every small count protected so that nobody can work it out.

    A funnel is a linked table: those who reached a stage are those who left there and those who reached the
    next, groups add up to totals, detailed groups to broad ones, every characteristic to the same everybody,
    cohorts to all of them. Hiding the small numbers alone leaves most of them to be had by subtraction. Here
    the fewest and smallest further cells are hidden (or everything is rounded so that it still adds up), and
    an audit that sees only what is printed must fail to find out more than the policy allows. Nothing leaves
    without it.

    Parameters
    ----------
    counts : StageCounts
    policy : Policy, str or Path
        A policy, the name of a preset (see `Policy.preset`) or a TOML file.
    by : sequence of str or pairs of str, optional
        Characteristics, and pairs of them to be crossed; by default every characteristic counted. In a
        publication the two characteristics of a pair are printed too, since the pair adds up to them.
    merge : mapping, optional
        Groups to be printed as one: ``{"ethnicity": "broad"}`` prints broad groups only,
        ``{"religion": {"Buddhist, Jewish or Sikh": ["Buddhist", "Jewish", "Sikh"]}}`` makes a new group.
    pool : bool
        Print all cohorts together only.
    drop_stages : sequence of str
        Stages to leave out; the gates on both sides of one become one gate.
    ledgers : sequence of Ledger, Release or path, optional
        Earlier releases of these cohorts. What they and this one give away together is audited.
    renamed : mapping, optional
        Cohorts and characteristics that the ledgers call otherwise: name there -> name here. A ledger of
        which nothing is found here, or whose cohort has another name and the same numbers, is refused until
        it is linked so, or said to be another one (``{"2012": "2012"}``).
    seed : int
        Breaks ties in rounding.

    Returns
    -------
    Release
        It holds no raw count.

    Raises
    ------
    DisclosureError
        Where a cell cannot be protected. ``.cells`` names each, and the sentence says what would help: merge
        groups, pool cohorts, drop a stage, hide a total.
    ArgumentError
        Where a name does not exist, or a ledger contradicts the counts.

    References
    ----------
    Fischetti & Salazar-González (2000), J. Am. Stat. Assoc. 95, 916-928; Salazar-González (2005),
    Mathematical Programming 105, 583-603.

    Examples
    --------
    >>> import stepup_equity as su
    >>> from stepup_equity.shipped import shipped
    >>> counts = su.count_stages(su.read_applicants(shipped("examples/cohort_one.csv")))
    >>> su.protect(counts, "suppress10", by=["gender", "disability"], merge={"disability": "broad"})
    <Release: policy suppress10; gender, disability; 9 of 49 counts hidden, proven optimal>
    """
    check_asked(counts, by=by)
    check_made(pool, bool, argument="pool", how="Give True or False.")
    check_made(corrected, bool, argument="corrected", how="Give True or False.")
    check_made(ledgers, list, tuple, argument="ledgers", how="Give a list of earlier releases.")
    check_labels(renamed, argument="renamed", such_as="{'old name': 'new name'}", or_none=True)
    check_whole(seed, argument="seed", least=0)
    if corrected and not ledgers:
        raise ArgumentError("corrected=True needs the ledgers of what was published before. Give ledgers=.")
    promised = policy_of(policy)
    plan = plan_of(counts, by, merge, pool=pool, drop_stages=drop_stages)
    _refuse_versions(counts, drop_stages)
    if promised.publishable:
        refuse_hidden(counts, drop_stages)
    check_headlines(counts, promised, plan)
    names = dict(renamed or {})
    past_ledgers = with_names([_ledger(ledger) for ledger in ledgers], names)
    if promised.publishable:
        plan = replace(plan, by=with_margins(plan.by))
    tables, listed = tables_asked(counts, plan, promised, past_ledgers)
    beside = told_before(counts, plan, past_ledgers) if promised.publishable else ()
    job = _Job(counts, promised, plan, tables, beside, past_ledgers, seed, listed, names)
    made = _held_equal(counts, plan, tables, job.corrected() if corrected else job.run())
    return with_hidden(made, counts)


def _refuse_versions(counts: StageCounts, drop_stages: Sequence[str]) -> None:
    """Refuse a stage that some people's version of the process did not have: its numbers mix two."""
    mixed = [gate for gate in counts.gates_some_lacked if gate not in drop_stages]
    written = ", ".join(map(repr, mixed))
    if mixed:
        raise ArgumentError(
            f"Some people's version of the process had no {listed(mixed)}, so that stage cannot stand in a "
            f"table with the others. Leave it out with drop_stages=[{written}], or publish each version from "
            "a file of its own."
        )


def _held_equal(counts: StageCounts, plan: Plan, tables: Sequence[Table], release: Release) -> Release:
    """The release, with what strata say of its differences and a note that they were asked."""
    merges, compared = dict(plan.merge), release.compared
    of_one = [table for table in tables if table.name in compared and not table.margins]
    merged = [merged_with(table, merges[table.name]) if table.name in merges else table for table in of_one]
    strata = [list(strata_of(counts, table.name, pooled=plan.pool).values()) for table in of_one]
    asked = list(dict.fromkeys(label for labels in strata for label in labels))
    if not asked:
        return release
    trios = [(a, b, compared[a.name]) for a, b in zip(of_one, merged, strict=True)]
    note = (
        f"A difference is called a cliff edge only if it is also there with {listed(asked)} held equal. That "
        "yes or no is the one thing here that is not worked out from the printed counts."
    )
    notes = (*release.notes, note) if release.publishable else release.notes
    return replace(release, unsupported=unsupported(counts, trios, pooled=plan.pool), notes=notes)


def _ledger(given: Ledger | Release | str | Path) -> Ledger:
    if isinstance(given, Ledger):
        return given
    return given.ledger() if isinstance(given, Release) else Ledger.read(given)


@dataclass(frozen=True, eq=False)
class _Job:
    """One call of `protect`."""

    counts: StageCounts
    policy: Policy
    plan: Plan
    tables: tuple[Table, ...]
    beside: tuple[Table, ...]
    ledgers: tuple[Ledger, ...]
    seed: int
    listed: bool
    renamed: dict[str, str | None]

    def run(self) -> Release:
        """The release.

        Raises
        ------
        DisclosureError
            Where there is none.
        """
        cube, past = self.laid_out()
        if not self.policy.publishable:
            return self.release(cube, cube.shown, 0.0)
        found = (self.rounded if self.policy.shows_all else self.suppressed)(cube, past)
        if isinstance(found, Release):
            return found
        raise refusal(found, self.plan, self.policy, self.tables, cube.layout.stages, self.would_work)

    def corrected(self) -> Release:
        """The release of records that were corrected since the ledgers were written.

        Raises
        ------
        DisclosureError
            Where the corrected records cannot be protected even by themselves.
        """
        changed = [ledger for ledger in self.ledgers if self._contradicted_by(ledger)]
        if not changed:
            try:
                return self.run()
            except DisclosureError:  # rounded numbers hide what was corrected, from the ledger too
                changed = list(self.ledgers)
        job = replace(self, ledgers=tuple(ledger for ledger in self.ledgers if ledger not in changed))
        new = job.run()
        crossed = [frozenset((name, *name.split(" × "))) for name in new.characteristics]
        cube = job.laid_out()[0]
        tied = [frozenset(r.characteristic for r in (row, *parts)) for row, parts in cube.linked]
        release, stand = as_first_published(new, changed, self.counts, {*crossed, *tied})
        names = listed(stand) if stand else "nothing"
        warnings.warn(
            f"As first published: {names}. Where a correction would show whom it was of, the old print "
            "stands and says so.",
            stacklevel=3,
        )
        return release

    def _contradicted_by(self, ledger: Ledger) -> bool:
        try:
            replace(self, ledgers=(ledger,)).laid_out()
        except ContradictedError:
            return True
        return False

    def would_work(self, plan: Plan, policy: Policy) -> bool:
        """Whether every cell could be protected if something were changed."""
        job = replace(self, plan=plan, policy=policy)
        if torn_crossings(self.tables, plan):
            return False
        cube, past = job.laid_out()
        if policy.shows_all:
            return isinstance(job.rounded(cube, past), Release)
        system = system_of(cube, past, policy)
        needs = job.needs(past)
        if (system.lower == system.upper).ravel()[needs.cell].any():
            return False
        return not len(unprotectable(system, needs))

    def laid_out(self) -> tuple[Cube, Past]:
        spoken_of = {stage for ledger in self.ledgers for stage in ledger.stages} if self.ledgers else None
        cube = cube_of(
            self.counts,
            self.tables,
            self.plan,
            spoken_of=spoken_of,
            beside=self.beside,
            listed=self.listed or not self.policy.publishable,
        )
        past = past_of(cube, self.ledgers, self.renamed, declared_bounds(self.counts.programme))
        for ledger in self.ledgers:
            refuse_unfound(cube, ledger, self.renamed, self.counts.characteristics)
        return cube, past

    def needs(self, past: Past) -> Requirements:
        """What must stay possible; what earlier releases have given away cannot be asked for any more."""
        needs = Requirements.of(past.counts, past.counted, self.policy)
        if not self.ledgers:
            return needs
        nothing = np.zeros(past.counts.shape, bool)
        system = System(past.counts, past.counted, past.sums, nothing, past.lower, past.upper)
        needs = still_possible(system, needs)
        if self.policy.shows_all:  # whose promise is another one
            return replace(needs, whole=needs.width >= self.policy.width)
        return needs

    def rounded(self, cube: Cube, past: Past) -> Release | _Refused:
        if self.policy.mode == "nearest":
            rounded = round_nearest(cube.shown, self.policy.round_base)
        else:
            rounded = round_controlled(
                printed_system(cube), self.policy.round_base, self.seed, somebody=somebody(cube)
            )
        if rounded.ndim == 1:
            cells = addresses(cube.rows, cube.layout.stages, cube.layout.counted, rounded)
            return [(cell, "no multiple beside it lets everything add up") for cell in cells]
        release = self.release(cube, rounded[: len(cube.layout.rows)], 0.0)
        report = self.audit(release, past, self.needs(past), cube)
        if report.holds:
            return release
        return [(cell, self.given_away) for cell in _exposed(report)]

    @property
    def given_away(self) -> str:
        """Why a cell fails though everything is rounded."""
        if self.ledgers:
            return "earlier releases and this one together give it away"
        return "rounded numbers that stand beside it give it away"

    def suppressed(self, cube: Cube, past: Past) -> Release | _Refused:
        system, needs = system_of(cube, past, self.policy), self.needs(past)
        _warn_of_lost(needs)
        failed = unprotectable(system, needs)
        if len(failed):
            cells = addresses(past.rows, cube.stages, cube.counted, needs.cell[failed])
            return [(cell, "what stays printed pins it down") for cell in cells]
        weights = 1 + np.log10(1 + past.counts)
        weights[[row.is_total for row in past.rows]] *= _TOTAL_WEIGHT
        place = {key_of(row, cube.layout.pooled): i for i, row in enumerate(past.rows)}
        wanting: list[tuple[tuple[int, ...], Bools]] = []
        exposed: list[Address] = []
        asked, least = needs, 0.0
        for attempt in range(_TRIES):
            hidden, searches = hide(system, asked, weights, wanting)
            if attempt <= _PATIENCE:  # after that more is asked for than must be, which proves nothing
                least = max(least, sum(search.least for search in searches))
            weight = float(weights[hidden].sum())
            gap = 0.0 if weight <= least + 1e-5 else math.ceil(100 * (weight - least) / weight) / 100
            printed = np.where(hidden[: len(cube.layout.rows)][:, cube.kept], HIDDEN, self.as_printed(cube))
            release = self.release(cube, printed, gap)
            report = self.audit(release, past, needs, cube)
            if report.holds:
                return release
            exposed = _exposed(report)
            if hidden[system.choice].all():
                break
            rows = {place[key_of(row, ())] for row, _, _ in exposed}
            wanting += [(search.rows, hidden) for search in searches if rows & set(search.rows)]
            if attempt >= _PATIENCE:
                asked = stricter(system, asked, rows)
        return [(cell, "whole numbers leave less room than fractions do") for cell in exposed]

    def as_printed(self, cube: Cube) -> NDArray[np.int64]:
        return round_nearest(cube.shown, self.policy.round_base) if self.policy.rounds else cube.shown

    def release(self, cube: Cube, printed: NDArray[np.int64], gap: float) -> Release:
        return Release(
            policy=self.policy,
            layout=cube.layout,
            title=self.counts.programme.label,
            stage_labels=cube.stage_labels,
            labels=cube.labels,
            references=cube.references,
            ordered=cube.ordered,
            notes=_notes(self.counts, self.policy, cube.layout),
            gap=gap,
            _printed=printed,
        )

    def audit(self, release: Release, past: Past, needs: Requirements, cube: Cube) -> Audit:
        """What readers of this release and of earlier ones can work out about the sensitive cells."""
        whole = needs.take(needs.whole)
        named_cells = [
            (named(row, cube.layout.pooled), stage, measure)
            for row, stage, measure in addresses(past.rows, cube.stages, cube.counted, whole.cell)
        ]
        ledgers = [*self.ledgers, release.ledger()]
        return audit(
            ledgers,
            self.policy,
            sensitive=named_cells,
            order=self.counts.process.stage_keys,
            linked=[
                (named(row, cube.layout.pooled), tuple(named(part, cube.layout.pooled) for part in parts))
                for row, parts in cube.linked
            ]
            + list(past.linked),
        )


def _warn_of_lost(needs: Requirements) -> None:
    lost = int((~needs.whole).sum())
    if lost:
        warnings.warn(
            f"Earlier releases have already given away {lost} counts that this policy would protect. "
            "They stay as public as they are; this release protects the others.",
            stacklevel=5,
        )


def _exposed(report: Audit) -> list[Address]:
    columns = ["cohort", "characteristic", "group", "parent", "stage", "measure"]
    return [
        (Row(*line[:4]), line[4], line[5])
        for line in report.exposed[columns].itertuples(index=False, name=None)
    ]


def _notes(counts: StageCounts, policy: Policy, layout: Layout) -> tuple[str, ...]:
    """Sentences that every output must carry."""
    notes = list(counts.declared)
    if layout.listed and policy.publishable:
        notes.append("Every declared group has a row, also where it may be that nobody belongs to it.")
    if layout.waiting:
        notes.append(
            "Some applicants are still waiting for a decision. Rates are of those who reached a stage and do "
            "not wait there."
        )
    if policy.mode == "round":
        notes.append(
            f"Counts are rounded to multiples of {policy.round_base} so that they still add up, and rates "
            f"are of rounded counts. A count printed as 0 may be anything from 0 to {policy.round_base - 1}."
        )
    if policy.mode == "nearest":
        notes.append(
            f"Each count is rounded to the nearest {policy.round_base}, and rates are of rounded counts, so "
            "numbers may not add up. A count printed as 0 may be anything from 0 to "
            f"{policy.round_base // 2}."
        )
    if policy.mode == "suppress and round":
        notes.append(
            f"Counts are rounded to the nearest {policy.round_base}, and rates are of rounded counts, so "
            "numbers may not add up."
        )
    if not policy.publishable:
        notes.append("Not for publication.")
    return tuple(notes)
