"""From counts to what may be published."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from stepup_equity.counts.asked import check_asked
from stepup_equity.disclosure.asked import check_headlines, plan_of, tables_asked, told_before, with_margins
from stepup_equity.disclosure.job import Job
from stepup_equity.disclosure.ledger import Ledger
from stepup_equity.disclosure.policy import Policy, policy_of, stages_of_cohorts
from stepup_equity.disclosure.release import Release
from stepup_equity.disclosure.series import with_names
from stepup_equity.disclosure.untold import refuse_hidden, with_hidden
from stepup_equity.disclosure.within import with_unheld
from stepup_equity.errors import ArgumentError, listed
from stepup_equity.given import check_labels, check_made, check_whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from stepup_equity.counts import StageCounts
    from stepup_equity.disclosure.series import Renamed


def protect(
    counts: StageCounts,
    policy: Policy | str | Path = "publish",
    *,
    by: Sequence[str | tuple[str, str]] | None = None,
    merge: Mapping[str, str | Mapping[str, Sequence[str]]] | None = None,
    pool: bool = False,
    drop_stages: Sequence[str] = (),
    drop_stages_of: Mapping[str, Sequence[str]] | None = None,
    ledgers: Sequence[Ledger | Release | str | Path] = (),
    renamed: Renamed | None = None,
    corrected: bool = False,
    seconds: float | None = None,
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
    drop_stages_of : mapping, optional
        Stages to leave out of one cohort only: cohort -> stages. Where too few people declined a place in
        2012, ``{"2012": ["accepted"]}`` prints every other number. Beside those of the policy.
    ledgers : sequence of Ledger, Release or path, optional
        Earlier releases of these cohorts. What they and this one give away together is audited.
    renamed : mapping, optional
        Cohorts and characteristics that the ledgers call otherwise: name there -> name here. A ledger of
        which nothing is found here, or whose cohort has another name and the same numbers, is refused until
        it is linked so, or said to be another one (``{"2012": "2012"}``).
    corrected : bool
        Records were corrected or erased since the ledgers were written. Rows are revised where the difference
        to the first print tells on nobody; the others stand as first published, and a note says which.
    seconds : float, optional
        How long to search for fewer cells to hide. What is found until then is made safe, audited and
        returned, with its gap. Without it the same counts always give the same release, and the search ends
        after so much effort: of very large tables it too may have a gap, which is in the release's words.
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
    apart = (*promised.drop_stages_of, *stages_of_cohorts(() if drop_stages_of is None else drop_stages_of))
    plan = plan_of(counts, by, merge, pool=pool, drop_stages=drop_stages, drop_stages_of=apart)
    _refuse_versions(counts, drop_stages)
    if promised.publishable:
        refuse_hidden(counts, counts.characteristics if ledgers else plan.by, drop_stages)
    check_headlines(counts, promised, plan)
    check_made(seconds, int, float, type(None), argument="seconds", how="Give a number, or leave it out.")
    if seconds is not None and not seconds > 0:
        raise ArgumentError(f"seconds={seconds!r} must be more than 0.")
    deadline = math.inf if seconds is None else time.monotonic() + seconds
    names = dict(renamed or {})
    past_ledgers = with_names([_ledger(ledger) for ledger in ledgers], names)
    if promised.publishable:
        plan = replace(plan, by=with_margins(plan.by))
    tables, listed = tables_asked(counts, plan, promised, past_ledgers)
    beside = told_before(counts, plan, past_ledgers) if promised.publishable else ()
    job = Job(counts, promised, plan, tables, beside, past_ledgers, seed, listed, names, deadline)
    made = job.corrected() if corrected else job.run()
    return with_hidden(with_unheld(made, counts, plan), counts)


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


def _ledger(given: Ledger | Release | str | Path) -> Ledger:
    if isinstance(given, Ledger):
        return given
    return given.ledger() if isinstance(given, Release) else Ledger.read(given)
