"""How a file tells how far people got: which of the five ways, and by which columns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from stepup_equity.process import normalise
from stepup_equity.process.headings import heading
from stepup_equity.start.names import EVENT_TIME, EXIT, FURTHEST, STATUS
from stepup_equity.start.statuses import meaning_of
from stepup_equity.start.told import Told
from stepup_equity.start.told_by_columns import (
    furthest_column,
    stage_like,
    told_by_furthest,
    told_by_stage_columns,
)
from stepup_equity.start.told_by_counts import told_by_counts
from stepup_equity.start.told_by_log import told_by_log
from stepup_equity.start.told_by_status import told_by_status

if TYPE_CHECKING:
    from stepup_equity.start.decisions import Decisions
    from stepup_equity.start.roles import Roles
    from stepup_equity.start.view import Column, FileView


_REASONS: Final = re.compile(r"\breasons?\b")
_MOST_STATUSES = 120
_SPEAKING = 0.3
_ROWS_EACH = 2.0


def draft_progress(view: FileView, roles: Roles, decisions: Decisions) -> Told:
    """Find how progress is told and draft it; nothing where no column tells it."""
    rest = roles.rest
    evidence = [*rest, *roles.scores]
    if roles.identity is None and (counted := told_by_counts(view, [*rest, *roles.scores], decisions)):
        return counted
    status = _status_column(rest, decisions)
    identity = roles.identity
    time = None if status is None else _log_time(view, roles, status)
    if (
        status is not None
        and identity is not None
        and time is not None
        and _is_log(view, identity, decisions)
    ):
        return told_by_log(status, time, identity, decisions)
    found = stage_like([column for column in rest if column is not status])
    if len(found) >= 2:
        others = [column for column in rest if column.name not in {one.column.name for one in found}]
        return told_by_stage_columns(found, others, decisions)
    if status is None:
        return Told()
    others = [column for column in evidence if column is not status]
    leaving = any(EXIT.search(heading(column.name)) and len(column.values) <= 40 for column in others)
    if furthest_column(status) and (
        leaving or FURTHEST.search(heading(status.name)) or _builtin_only(status)
    ):
        return told_by_furthest(status, others, decisions)
    return told_by_status(status, others, decisions)


def _builtin_only(column: Column) -> bool:
    return normalise(column.name) in ("furthest_stage", "furthest stage")


def _status_column(rest: list[Column], decisions: Decisions) -> Column | None:
    """The column whose words speak most of gates and of leaving; asked about where two speak as much."""
    said = decisions.answered("progress")
    if said is not None and (named := [column for column in rest if column.name == said]):
        return named[0]
    if (furthest := _beside_reasons(rest)) is not None:
        return furthest
    scored = [(score, column) for column in rest if (score := _speaks(column)) > 0]
    scored.sort(key=lambda pair: (-pair[0], pair[1].name))
    if not scored:
        return None
    best = scored[0][1]
    near = [column for score, column in scored[1:] if score >= scored[0][0] - 0.1]
    if not near:
        return best
    names = [best.name, *(column.name for column in near)]
    name = decisions.decide(
        "progress",
        "column",
        best.name,
        "Which column tells how far people got?",
        best.name,
        "its words speak of stages and of leaving, but so do those of another column",
        choices=[(one, one) for one in names],
        safe=False,
    )
    return next((column for column in rest if column.name == name), best)


def _beside_reasons(rest: list[Column]) -> Column | None:
    """The column of the furthest stage, where another holds the reasons why people got no further.

    Reasons speak of gates too, and nothing stands there for those who got to the end.
    """
    furthest = [one for one in rest if FURTHEST.search(heading(one.name)) and furthest_column(one)]
    reasons = [one for one in rest if _REASONS.search(heading(one.name)) and one not in furthest]
    return furthest[0] if len(furthest) == 1 and reasons else None


def speaks_of_progress(column: Column) -> bool:
    """Whether a column is named as a status and some of its words name a gate or a reason for leaving."""
    if not 2 <= len(column.values) <= _MOST_STATUSES or column.is_number or column.date_forms:
        return False
    name = heading(column.name)
    named = STATUS.search(name) or FURTHEST.search(name)
    return bool(named) and any(one.gate or one.exit for one in map(meaning_of, column.values))


def _speaks(column: Column) -> float:
    """How much the words of a column tell of progress, from 0; its name counts too."""
    if not 2 <= len(column.values) <= _MOST_STATUSES or column.is_number or column.date_forms:
        return 0.0
    name = heading(column.name)
    if EXIT.search(name) and not STATUS.search(name):
        return 0.0
    total = int(column.counts.sum())
    told = [meaning_of(value) for value in column.values]
    known = sum(int(n) for one, n in zip(told, column.counts, strict=True) if one.exit or one.gate)
    kinds = {(one.gate, one.exit) for one in told if one.exit or one.gate}
    share = known / total if total else 0.0
    if len(kinds) < 2 or share < _SPEAKING:
        return 0.0
    named = 1.0 if STATUS.search(name) or FURTHEST.search(name) else 0.0
    return share + named + 0.02 * min(len(kinds), 10)


def _is_log(view: FileView, identity: Column, decisions: Decisions) -> bool:
    """Whether rows are events of one person; asked where hardly two rows come to each."""
    each = view.rows / max(len(identity.values), 1)
    value = decisions.decide(
        "rows",
        "column",
        identity.name,
        "The same id stands in several rows. What is a row?",
        "event" if each >= _ROWS_EACH else "application",
        f"{each:.1f} rows for each id",
        choices=[
            ("event", "One event of a person, with its date"),
            ("application", "One application; a person may make several"),
        ],
        safe=each >= _ROWS_EACH,
        meanwhile="application",
        rows=view.rows,
    )
    return value == "event"


def _log_time(view: FileView, roles: Roles, status: Column) -> Column | None:
    """The time of events, where ids repeat and every row has a date."""
    identity = roles.identity
    if identity is None or len(identity.values) > 0.8 * view.rows:
        return None
    dated = [
        column
        for column in roles.rest
        if column.date_forms and column.filled.mean() > 0.95 and column is not status
    ]
    dated.sort(key=lambda column: (EVENT_TIME.search(heading(column.name)) is None, column.name))
    return dated[0] if dated else None
