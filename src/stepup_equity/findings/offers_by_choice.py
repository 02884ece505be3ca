"""Whether people got a place where they wanted one: offers by first and second choice of partnership."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from stepup_equity.columns import NOT_STATED
from stepup_equity.counts import one_cohort
from stepup_equity.errors import ArgumentError, unknown_name
from stepup_equity.findings.adjusted import with_adjusted
from stepup_equity.findings.comparison import first_reason
from stepup_equity.findings.family import reference_among
from stepup_equity.findings.question import remembered
from stepup_equity.findings.result import Result
from stepup_equity.findings.scores import IS_PENDING, stated_none
from stepup_equity.given import check_known, check_made
from stepup_equity.statistics import score_ratio_interval, wilson_interval
from stepup_equity.statistics.two_by_two import two_group_p
from stepup_equity.words.names import within
from stepup_equity.words.numbers import percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from stepup_equity.arrays import Ints
    from stepup_equity.counts import StageCounts
    from stepup_equity.records.cells import CellTable


CHOICES: Final = ("first choice", "second choice", "elsewhere", "not recorded", "no offer")
"""What became of somebody who could have had an offer."""


@dataclass(frozen=True, eq=False, repr=False)
class OffersByChoice(Result):
    """What became of each group's choices, and how each partnership filled its offers.

    Attributes
    ----------
    gate : str
        The gate that makes offers.
    reference : str
        Whom the groups are compared with.
    confidence : float
        Level of the intervals.
    """

    gate: str
    reference: str
    confidence: float
    _partnerships: pd.DataFrame

    @property
    def partnerships(self) -> pd.DataFrame:
        """Each partnership: who named it first or second, and to whom its offers went."""
        return self._partnerships.copy()

    @property
    def headline(self) -> str:
        """How many offers were of a first choice, and of a second."""
        people = self._frame.groupby("choice", sort=False)["people"].sum()
        offers = int(people.drop("no offer").sum())
        if not offers:
            return "nobody had an offer"
        parts = [f"{int(people[choice]):,} of the {choice}" for choice in CHOICES[:2]]
        return f"{offers:,} offers, {' and '.join(parts)}"


@remembered
def offers_by_choice(
    counts: StageCounts,
    *,
    first: str,
    offered: str,
    by: str,
    second: str | None = None,
    gate: str = "offered",
    reference: str | None = None,
    level: str | None = None,
    cohort: str | None = None,
    confidence: float = 0.95,
) -> OffersByChoice:
    r"""Where offers came from, set beside where people wanted to go, by group.

    An offer is not an offer like another: a partnership far from home may not be taken up. Applicants to
    Step Up named two partnerships; this says who was offered the first, who the second, who one they had not
    named, and who none.

    Parameters
    ----------
    counts : StageCounts
        Of records, with both choices and the offering partnership declared under ``[strata]``.
    first, second : str
        The strata that hold the choices; without `second` there is only one.
    offered : str
        The stratum that holds who made the offer; blank where there is none.
    by : str
        One characteristic.
    gate : str
        The gate that makes offers: those who entered it are asked about, but those who wait.
    reference : str, optional
        A group or ``"largest"``; by default the declared reference.
    level, cohort
        As in `selection_rates`.
    confidence : float
        Level of the intervals.

    Returns
    -------
    OffersByChoice
        A row for each group and ``choice``: ``first choice``, ``second choice``, ``elsewhere``, ``not
        recorded`` (an offer without its partnership, or to somebody whose first choice is blank), ``no
        offer``. ``people`` of the ``denominator`` who entered the gate and do not wait; ``estimate``, their
        share, with Wilson interval; ``impact_ratio``, the share over that of the reference, with score
        interval, and its p, adjusted by Holm over the rows. NaN where nobody of a group entered, or of
        neither had that outcome; infinite where of the reference nobody had it.
        `OffersByChoice.partnerships` counts everybody who entered.

    Raises
    ------
    ArgumentError
        Unknown names, one stratum for two roles, or counts of margins only.

    References
    ----------
    Wilson (1927), J. Am. Stat. Assoc. 22, 209-212; Miettinen and Nurminen (1985), Stat. Med. 4, 213-226.

    Examples
    --------
    >>> import pandas as pd
    >>> import stepup_equity as su
    >>> from stepup_equity.process import programme_from_toml, programme_to_toml
    >>> text = programme_to_toml(su.step_up_to_social_work()) + "".join(
    ...     f"[strata.{name}]\nlabel = '{name}'\n" for name in ("wanted", "also", "place"))
    >>> records = pd.DataFrame({
    ...     "applicant_id": range(6), "gender": ["Female", "Male"] * 3,
    ...     "wanted": ["North", "North", "South", "South", "North", "South"],
    ...     "also": ["South", "", "North", "North", "South", ""],
    ...     "place": ["North", "South", "North", "South", "", ""],
    ...     "furthest_stage": ["offered"] * 4 + ["assessed"] * 2,
    ... })
    >>> counts = su.count_stages(su.read_applicants(records, programme=programme_from_toml(text)))
    >>> su.offers_by_choice(counts, first="wanted", second="also", offered="place", by="gender")
    <OffersByChoice: 4 offers, 2 of the first choice and 1 of the second choice>
    """
    for name, value in (("first", first), ("offered", offered), ("by", by), ("gate", gate)):
        check_made(value, str, argument=name, how="Give a name in quotes.")
    counts = one_cohort(counts, cohort)
    roles = _roles(counts, first, second, offered)
    check_known([gate], counts.process.gate_keys, argument="gate", of="a gate of these counts")
    funnel = counts.funnel(by, level=level, not_stated=False)
    table = counts.cells([by, *roles.values()])
    number = counts.process.gate_keys.index(gate)
    here, had = _entered(table, number)
    choice = _choice(table, roles, had)
    names = list(funnel.groups)
    place = _groups(counts, table, by, level, names)
    known = here & (place >= 0)
    people = np.zeros((len(names), len(CHOICES)), np.int64)
    np.add.at(people, (place[known], choice[known]), table.n[known])
    against = reference_among(names, people.sum(1), reference, funnel.reference, of=f"a group of {by!r}")
    frame = _rows(by, names, against, gate, people, confidence)
    left = int(table.n[here & (place < 0)].sum())
    apart = stated_none(
        within(funnel.label), partial=-1 in counts.programme.characteristic(by).at_level(level)[1]
    )
    notes = [f"{left:,} who entered the gate {apart}: left out."] if left else []
    notes.append("Whether a partnership had room is not in these counts: see places.")
    return OffersByChoice(
        _frame=frame,
        method=(
            "Shares of those who entered the gate, with Wilson interval; ratio with score interval "
            f"(Miettinen and Nurminen 1985) at {confidence:.0%}; score test, or Fisher's mid-p where an "
            "expected count is below 5; Holm over the rows."
        ),
        notes=(*counts.notes, *notes),
        gate=gate,
        reference=against,
        confidence=confidence,
        _partnerships=_of_partnerships(table, roles, here, had),
    )


def _roles(counts: StageCounts, first: str, second: str | None, offered: str) -> dict[str, str]:
    roles = {"first": first, "second": second, "offered": offered}
    found = {role: name for role, name in roles.items() if name is not None}
    if not counts.strata:
        raise ArgumentError(
            "These counts hold no strata, so nobody's choice is known: a published table has none. Count "
            "records whose programme declares the choices and the offering partnership under [strata]."
        )
    for role, name in found.items():
        if name not in counts.strata:
            raise unknown_name(str(name), counts.strata, argument=role, of="a stratum of these counts")
    if len(set(found.values())) < len(found):
        raise ArgumentError(
            "One stratum is named for two roles. Give first=, second= and offered= each its own."
        )
    return found


def _entered(table: CellTable, number: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Who entered the gate and does not wait there, and who of them passed it."""
    here = (table.furthest >= number) & ~((table.furthest == number) & IS_PENDING[table.exit])
    return here, here & (table.furthest > number)


def _labels(table: CellTable, name: str) -> NDArray[np.object_]:
    """The label of one axis for every cell."""
    axis = table.names.index(name)
    return np.array(table.axes[axis].labels, object)[table.codes[:, axis]]


def _choice(table: CellTable, roles: Mapping[str, str], had: NDArray[np.bool_]) -> Ints:
    """The place of each cell among `CHOICES`."""
    first, offer = _labels(table, roles["first"]), _labels(table, roles["offered"])
    second = _labels(table, roles["second"]) if "second" in roles else np.full(len(first), NOT_STATED, object)
    blank = (offer == NOT_STATED) | (first == NOT_STATED)
    found: Ints = np.select([~had, blank, offer == first, offer == second], [4, 3, 0, 1], 2).astype(np.int64)
    return found


def _groups(counts: StageCounts, table: CellTable, by: str, level: str | None, names: list[str]) -> Ints:
    """The place of each cell's group among the names; -1 where it is not stated."""
    labels, positions, _ = counts.programme.characteristic(by).at_level(level)
    detailed = counts.programme.characteristic(by).labels
    up = {label: labels[at] for label, at in zip(detailed, positions, strict=True) if at >= 0}
    mine = [up.get(label, NOT_STATED) for label in table.axes[table.names.index(by)].labels]
    place = np.array([names.index(label) if label in names else -1 for label in mine], np.int64)
    found: Ints = place[table.codes[:, table.names.index(by)]]
    return found


def _rows(
    by: str, names: list[str], against: str, gate: str, people: Ints, confidence: float
) -> pd.DataFrame:
    import pandas as pd

    of = np.broadcast_to(people.sum(1, keepdims=True), people.shape)
    at = names.index(against)
    rate = wilson_interval(people, of, confidence=confidence)
    ref, ref_of = np.broadcast_to(people[at], people.shape), np.broadcast_to(of[at], of.shape)
    impact = score_ratio_interval(people, of, ref, ref_of, confidence=confidence)
    itself = np.broadcast_to((np.arange(len(names)) == at)[:, None], people.shape)
    test = two_group_p(people, of, ref, ref_of)
    p_value = np.where(itself, np.nan, test.p_value)
    many = len(CHOICES)
    frame = pd.DataFrame(
        {
            "characteristic": by,
            "group": np.repeat(np.array(names, object), many),
            "reference": against,
            "gate": gate,
            "choice": list(CHOICES) * len(names),
            "people": people.ravel(),
            "denominator": of.ravel(),
            "estimate": rate.estimate.ravel(),
            "conf_low": rate.low.ravel(),
            "conf_high": rate.high.ravel(),
            "confidence": confidence,
            "impact_ratio": np.where(itself, np.nan, impact.estimate).ravel(),
            "impact_ratio_low": np.where(itself, np.nan, impact.low).ravel(),
            "impact_ratio_high": np.where(itself, np.nan, impact.high).ravel(),
            "p_value": p_value.ravel(),
            "method": test.method.ravel().astype(object),
            "status": first_reason(
                [
                    (itself, "reference"),
                    (of == 0, "nobody of the group entered the gate"),
                    (ref_of == 0, "nobody of the reference entered the gate"),
                    (ref == 0, "nobody of the reference had this"),
                ]
            ).ravel(),
        }
    )
    return with_adjusted(frame).assign(sentence=[_sentence(row) for row in frame.to_dict("records")])


def _sentence(row: Mapping[Any, Any]) -> str:
    if not row["denominator"]:
        return f"{row['group']}: nobody entered the gate."
    return (
        f"{row['group']}: {row['choice']} for {row['people']:,} of {row['denominator']:,} "
        f"({percent(row['estimate'])})."
    )


def _of_partnerships(
    table: CellTable, roles: Mapping[str, str], here: NDArray[np.bool_], had: NDArray[np.bool_]
) -> pd.DataFrame:
    """A row for each partnership that anybody named or that made an offer."""
    import pandas as pd

    first, offer = _labels(table, roles["first"]), _labels(table, roles["offered"])
    second = _labels(table, roles["second"]) if "second" in roles else np.full(len(first), NOT_STATED, object)
    axes = [table.axes[table.names.index(name)].labels for name in roles.values()]
    known = sorted({label for labels in axes for label in labels} - {NOT_STATED})

    def total(which: NDArray[np.bool_]) -> int:
        return int(table.n[which].sum())

    rows = [
        {
            "partnership": label,
            "first_choices": total(here & (first == label)),
            "second_choices": total(here & (second == label)),
            "offers": total(had & (offer == label)),
            "offers_to_first": total(had & (offer == label) & (first == label)),
            "offers_to_second": total(had & (offer == label) & (second == label) & (first != label)),
        }
        for label in known
    ]
    return pd.DataFrame(rows)
