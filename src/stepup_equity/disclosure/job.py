"""One publication of counts: laid out, protected, audited, or refused with what would help."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from stepup_equity.disclosure.audit import audit, exposed_in
from stepup_equity.disclosure.bounds import addresses, printed_system, somebody, stricter, system_of
from stepup_equity.disclosure.corrections import as_first_published
from stepup_equity.disclosure.cube import cube_of, torn_crossings
from stepup_equity.disclosure.cuts import declared_bounds
from stepup_equity.disclosure.informed import known_to_the_informed
from stepup_equity.disclosure.ledger import named
from stepup_equity.disclosure.past import key_of, past_of
from stepup_equity.disclosure.persons import said_of_persons, with_few_people
from stepup_equity.disclosure.printed import HIDDEN
from stepup_equity.disclosure.refusal import refusal, refused_to_the_informed
from stepup_equity.disclosure.release import Release
from stepup_equity.disclosure.rounding import round_controlled, round_nearest
from stepup_equity.disclosure.series import ContradictedError, refuse_unfound
from stepup_equity.disclosure.suppression import hide, pinned, still_possible, unprotectable
from stepup_equity.disclosure.system import Requirements, System
from stepup_equity.errors import DisclosureError
from stepup_equity.words.numbers import enumerated

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stepup_equity.counts import StageCounts
    from stepup_equity.disclosure.audit import Address, Audit
    from stepup_equity.disclosure.cube import Cube
    from stepup_equity.disclosure.layout import Layout, Row
    from stepup_equity.disclosure.ledger import Ledger
    from stepup_equity.disclosure.past import Past
    from stepup_equity.disclosure.policy import Policy
    from stepup_equity.disclosure.suppression import Settled
    from stepup_equity.disclosure.system import Bools
    from stepup_equity.disclosure.tables import Plan, Table

_Refused = list[tuple["Address", str]]
"""Cells that cannot be protected, and why."""

_TRIES: Final = 12
"""Patterns that may be found wanting over the integers before the search gives up and asks for more than it
must."""

_PATIENCE: Final = 6
"""Tries before it asks for more."""

_TRIED: Final = 400
"""Small counts above which an offer of a refusal is tried against the totals alone, since it takes seconds
else."""

_TOTAL_WEIGHT: Final = 100.0
"""How many times dearer it is to hide everybody's funnel than a group's."""


@dataclass(frozen=True, eq=False)
class Job:
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
    deadline: float = math.inf

    def run(self) -> Release:
        """The release.

        Raises
        ------
        DisclosureError
            Where there is none.
        """
        cube, past = self.laid_out()
        if not self.policy.publishable:
            return self.release(cube, np.where(cube.left_out, HIDDEN, cube.shown), 0.0)
        found = self.protected(cube, past)
        if isinstance(found, Release):
            if self.policy.reader == "informed":
                known, tried = known_to_the_informed(self, cube, past, found)
                if known:
                    raise refused_to_the_informed(known, self.policy)
                return replace(found, notes=(*found.notes, tried)) if tried else found
            return found
        raise refusal(found, self.plan, self.policy, self.tables, cube.layout.stages, self.would_work)

    def protected(self, cube: Cube, past: Past, settled: Settled | None = None) -> Release | _Refused:
        """A release that keeps its promise to readers who do sums, or what stands in the way.

        Only rows that are not settled are searched; of rounded numbers all are.
        """
        return self.rounded(cube, past) if self.policy.shows_all else self.suppressed(cube, past, settled)

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
        cube, past = job.laid_out()
        release, said = as_first_published(new, changed, self.counts, job.linked(cube, past))
        warnings.warn(
            f"{said} Where a correction would show whom it was of, the old print stands.", stacklevel=3
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
        needs = job.needs(cube, past)
        if (system.lower == system.upper).ravel()[needs.cell].any():
            return False
        if len(needs.cell) > _TRIED:
            return not len(pinned(system, needs))
        return not len(unprotectable(system, needs))

    def laid_out(self) -> tuple[Cube, Past]:
        """Everything that is to be printed, and what earlier releases say of it."""
        spoken_of = {ledger.stages for ledger in self.ledgers} if self.ledgers else None
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

    def needs(self, cube: Cube, past: Past) -> Requirements:
        """What must stay possible; what earlier releases have given away cannot be asked for any more."""
        needs = Requirements.of(past.counts, past.counted, self.policy)
        needs = with_few_people(needs, self.counts, self.plan, past, cube.stages, self.policy)
        needs = needs.take(past.asked[needs.cell // past.counted.n_cells])
        if not self.ledgers:
            return needs
        nothing = np.zeros(past.counts.shape, bool)
        system = System(past.counts, past.counted, past.sums, nothing, past.lower, past.upper)
        needs = still_possible(system, needs)
        if self.policy.shows_all:  # whose promise is another one
            return replace(needs, whole=needs.width >= self.policy.width)
        return needs

    def rounded(self, cube: Cube, past: Past) -> Release | _Refused:
        """A release with every count rounded, or what stands in the way."""
        if self.policy.mode == "nearest":
            rounded = round_nearest(cube.shown, self.policy.round_base)
        else:
            rounded = round_controlled(
                printed_system(cube, rounded=True), self.policy.round_base, self.seed, somebody=somebody(cube)
            )
        if rounded.ndim == 1:
            cells = addresses(cube.rows, cube.layout.stages, cube.layout.counted, rounded)
            return [(cell, "no multiple beside it lets everything add up") for cell in cells]
        rounded = np.where(cube.left_out, HIDDEN, rounded[: len(cube.layout.rows)])
        release = self.release(cube, rounded, 0.0)
        needs = self.needs(cube, past)
        _warn_of_lost(needs)
        report = self.audit(release, past, needs, cube)
        if report.holds:
            return release
        return [(cell, self.given_away) for cell in exposed_in(report)]

    @property
    def given_away(self) -> str:
        """Why a cell fails though everything is rounded."""
        if self.ledgers:
            return "earlier releases and this one together give it away"
        return "rounded numbers that stand beside it give it away"

    def suppressed(self, cube: Cube, past: Past, settled: Settled | None = None) -> Release | _Refused:
        """A release with as few counts hidden as may be, or what stands in the way."""
        system, needs = system_of(cube, past, self.policy), self.needs(cube, past)
        needs = needs if settled is None else settled.of(system, needs)
        _warn_of_lost(needs)
        failed = unprotectable(system, needs)
        if len(failed):
            cells = addresses(past.rows, cube.stages, cube.counted, needs.cell[failed])
            large = past.counted.cells(past.counts).ravel()[needs.cell[failed]] >= self.policy.threshold
            why = (
                "what stays printed pins it down",
                "few persons made these, and what stays printed pins it down",
            )
            return [(cell, why[of_few]) for cell, of_few in zip(cells, large.astype(int), strict=True)]
        weights = 1 + np.log10(1 + past.counts)
        if self.policy.reader == "informed":  # who would tell counts from what it cost to hide them
            weights = 2 + np.random.default_rng(self.seed).random(past.counts.shape)
        weights[[row.is_total for row in past.rows]] *= _TOTAL_WEIGHT
        place = {key_of(row, cube.layout.pooled): i for i, row in enumerate(past.rows)}
        wanting: list[tuple[tuple[int, ...], Bools]] = []
        exposed: list[Address] = []
        asked, least = needs, 0.0
        cohorts = self.cohorts_of(past, cube)
        done = {} if settled is None else settled.blocks(system)
        for attempt in range(_TRIES):
            hidden, searches = hide(
                system, asked, weights, wanting, cohorts=cohorts, deadline=self.deadline, done=done
            )
            if attempt <= _PATIENCE:  # after that more is asked for than must be, which proves nothing
                least = max(least, sum(search.least for search in searches))
            weight = float(weights[hidden].sum())
            gap = 0.0 if weight <= least + 1e-5 else math.ceil(100 * (weight - least) / weight) / 100
            covered = hidden[: len(cube.layout.rows)][:, cube.kept] | cube.left_out
            printed = np.where(covered, HIDDEN, self.as_printed(cube))
            release = self.release(cube, printed, gap)
            report = self.audit(release, past, needs, cube)
            if report.holds:
                return release
            exposed = exposed_in(report)
            if hidden[system.choice].all():
                break
            rows = {place[key_of(row, ())] for row, _, _ in exposed}
            wanting += [(search.rows, hidden) for search in searches if rows & set(search.rows)]
            done = {
                search.rows: (hidden[list(search.rows)], search)
                for search in searches
                if not rows & set(search.rows)
            }
            if attempt >= _PATIENCE:
                asked = stricter(system, asked, rows)
        return [(cell, "whole numbers leave less room than fractions do") for cell in exposed]

    def cohorts_of(self, past: Past, cube: Cube) -> NDArray[np.int64] | None:
        """The cohort of each row, where several and all of them are printed and nothing was before."""
        labels = cube.layout.cohorts
        if self.ledgers or len(labels) < 2 or self.policy.totals == "hide":
            return None
        place = {label: i for i, label in enumerate(labels[:-1])} | {labels[-1]: -1}
        return np.array([place[row.cohort] for row in past.rows])

    def as_printed(self, cube: Cube) -> NDArray[np.int64]:
        """Counts as they are printed where they are not hidden."""
        return round_nearest(cube.shown, self.policy.round_base) if self.policy.rounds else cube.shown

    def release(self, cube: Cube, printed: NDArray[np.int64], gap: float) -> Release:
        """A release with these printed counts."""
        return Release(
            policy=self.policy,
            layout=cube.layout,
            title=self.counts.programme.label,
            stage_labels=cube.stage_labels,
            labels=cube.labels,
            references=cube.references,
            ordered=cube.ordered,
            notes=_notes(self.counts, self.policy, cube.layout, self.plan),
            gap=gap,
            _printed=printed,
        )

    def audit(self, release: Release, past: Past, needs: Requirements | None, cube: Cube) -> Audit:
        """What readers of this release and of earlier ones can work out about the sensitive cells.

        Without needs about every cell that might be sensitive, as an outsider sees it.
        """
        cells = None if needs is None else needs.take(needs.whole).cell
        named_cells = (
            cells
            if cells is None
            else [
                (named(row, cube.layout.pooled), stage, measure)
                for row, stage, measure in addresses(past.rows, cube.stages, cube.counted, cells)
            ]
        )
        ledgers = [*self.ledgers, release.ledger()]
        return audit(
            ledgers,
            self.policy,
            sensitive=named_cells,
            order=self.counts.process.stage_keys,
            linked=self.linked(cube, past),
        )

    def linked(self, cube: Cube, past: Past) -> list[tuple[Row, tuple[Row, ...]]]:
        """Rows that a reader knows to be sums of others although no release says so, as ledgers call them."""
        pooled = cube.layout.pooled
        own = [
            (named(row, pooled), tuple(named(part, pooled) for part in parts)) for row, parts in cube.linked
        ]
        return [*own, *past.linked]


def _warn_of_lost(needs: Requirements) -> None:
    lost = int((~needs.whole).sum())
    if lost:
        warnings.warn(
            f"Earlier releases have already given away {lost} counts that this policy would protect. "
            "They stay as public as they are; this release protects the others.",
            stacklevel=5,
        )


def _notes(counts: StageCounts, policy: Policy, layout: Layout, plan: Plan) -> tuple[str, ...]:
    """Sentences that every output must carry."""
    notes = list(counts.declared)
    label = {stage.key: stage.label for stage in counts.process.stages}
    for cohort in dict.fromkeys(cohort for cohort, _ in plan.drop_stages_of):
        left_out = enumerated([f"“{label[stage]}”" for own, stage in plan.drop_stages_of if own == cohort])
        notes.append(f"Of {cohort} {left_out} is left out, and so may be the sum of all cohorts there.")
    notes += said_of_persons(counts, policy)
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
            f"are of rounded counts. A count printed as 0 may be anything from 0 to {policy.round_base - 1}, "
            f"one printed as {policy.round_base} anything from 1 to {2 * policy.round_base - 1}."
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
