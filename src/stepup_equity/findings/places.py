"""Places: targets against places filled, and who passed but got none."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from stepup_equity.columns import NOT_STATED
from stepup_equity.counts import one_cohort
from stepup_equity.errors import ArgumentError, DataError, listed, unknown_name
from stepup_equity.findings.question import remembered
from stepup_equity.findings.result import Result
from stepup_equity.findings.stratified import tests_at
from stepup_equity.given import check_known, check_map, path_in
from stepup_equity.process import EXIT_REASONS, normalise
from stepup_equity.records.typed import typed_table
from stepup_equity.statistics import wilson_interval
from stepup_equity.words.names import Names, within
from stepup_equity.words.numbers import count

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from stepup_equity.counts import StageCounts
    from stepup_equity.counts.funnel import Funnel


ALL: Final = "All"
RECRUITED: Final = "recruited"
_SAID: Final = ("target", RECRUITED, "filled", "qualified", "offered", "no_place")
_NO_PLACE: Final = tuple(EXIT_REASONS).index("no_place")


@dataclass(frozen=True, eq=False, repr=False)
class Places(Result):
    """Targets, offers and places filled by partnership, and the reserve list by group.

    Attributes
    ----------
    stratum : str
        Who has the places: a stratum of the counts.
    gate : str
        The gate that places limit.
    filled_at : str
        The stage that fills a place.
    left_out : tuple of str
        A sentence on those who qualified and are in no row; none where everybody's stratum is known.
    """

    stratum: str
    gate: str
    filled_at: str
    left_out: tuple[str, ...]
    _reserve: Callable[[], pd.DataFrame]

    @cached_property
    def _compared(self) -> pd.DataFrame:
        """Compared when it is first asked for: many only ask how places were filled."""
        return self._reserve()

    @property
    def reserve(self) -> pd.DataFrame:
        """Who passed and got no place, by group, with the stratum held equal.

        A group that chooses partnerships with few places falls behind at the offer though no partnership
        treats it otherwise; ``estimate`` compares within partnerships, ``pooled_estimate`` does not.
        """
        return self._compared.copy()

    @property
    def headline(self) -> str:
        """How many places are filled, and how many passed without one."""
        whole = self._frame[self._frame[self.stratum] == ALL].iloc[0]
        of = "" if np.isnan(whole["target"]) else f" of {int(whole['target'])}"
        away = f"{int(whole['no_place'])} passed without a place"
        if np.isnan(whole["recruited"]) or whole["recruited"] == whole["filled"]:
            return f"{int(whole['filled'])} places filled{of}; {away}"
        return (
            f"{int(whole['recruited'])} places filled{of}, as the table of targets has it; in the records "
            f"{int(whole['filled'])} {within(self.names.stage(self.filled_at))}; {away}"
        )


@remembered
def places(
    counts: StageCounts,
    targets: Mapping[str, int] | pd.DataFrame | str | Path | None = None,
    *,
    stratum: str | None = None,
    gate: str | None = None,
    filled_at: str | None = None,
    by: str | Sequence[str | tuple[str, ...]] | None = None,
    reference: str | None = None,
    level: str | None = None,
    where: Mapping[str, str] | None = None,
    cohort: str | None = None,
    confidence: float = 0.95,
) -> Places:
    """Places wanted and filled by partnership; who passed and was left without one.

    Where places are limited, a gate measures two things: who was chosen, and where there was room. Step Up's
    first cohort made offers by partnership, in order of scores, with a reserve list.

    Parameters
    ----------
    counts : StageCounts
        With the stratum counted.
    targets : mapping, DataFrame, str or Path, optional
        Places wanted, by label of the stratum; or a table whose first column is the label, with ``target``
        and, where it is known from elsewhere, ``recruited``.
    stratum : str, optional
        Who has the places; by default the only stratum counted.
    gate : str, optional
        The gate that places limit; by default ``"offered"``, or where there is none, the gate at which most
        were turned away for want of a place.
    filled_at : str, optional
        The stage that fills a place; by default the one that the programme declares (``fills_place = true``),
        else the last that speaks of an offer, of taking it up or of starting.
    by, reference, level, where, confidence
        As in `stratified_tests`, for the reserve list.
    cohort : str, optional
        One cohort, by default the last where there are several.

    Returns
    -------
    Places
        A row for each label of the stratum and one for ``All``: ``target``; ``qualified`` (entered the gate);
        ``offered`` (passed it); ``no_place`` (passed before, turned away for want of a place); ``filled``
        (reached `filled_at`); ``recruited`` (places filled as the table says, NaN where it does not);
        ``unfilled`` and ``estimate``, filled over target, by ``recruited`` where it is given; ``offer_rate``
        of those qualified who do not wait, with Wilson interval; ``sentence``. NaN where no target is given.
        Whose stratum is not known is in no row: a note counts them.

    Raises
    ------
    ArgumentError
        No stratum, several, an unknown gate, or a target of one nobody chose.
    DataError
        Targets that name a partnership twice, or are no whole numbers.

    References
    ----------
    Mantel and Haenszel (1959), J. Natl Cancer Inst. 22, 719-748; Wilson (1927), J. Am. Stat. Assoc. 22,
    209-212.

    Examples
    --------
    >>> import pandas as pd
    >>> import stepup_equity as su
    >>> people = pd.DataFrame({
    ...     "region": ["North"] * 6 + ["South"] * 4,
    ...     "gender": ["Female", "Male"] * 5,
    ...     "furthest_stage": ["accepted"] * 3 + ["assessed"] * 3 + ["accepted"] * 4,
    ...     "exit_reason": [""] * 3 + ["no_place"] * 3 + [""] * 4,
    ... })
    >>> counts = su.count_stages(su.read_applicants(people, check_ids=False))
    >>> places(counts, {"North": 3, "South": 5})
    <Places: 7 places filled of 8; 3 passed without a place>
    """
    import pandas as pd

    counts = one_cohort(counts, cohort, where=where, beside=by)
    name = _stratum(counts, stratum)
    gates = counts.process.gate_keys
    at = _limited(counts, where) if gate is None else gate
    check_known([at], gates, argument="gate", of="a gate of these counts; name the one places limit")
    stages = counts.process.stage_keys
    fills = counts.process.fills_place if filled_at is None else filled_at
    check_known([fills], stages, argument="filled_at", of="a stage of these counts")
    funnel, everybody = (counts.funnel(name, not_stated=blank, where=where) for blank in (False, True))
    column = gates.index(at)
    labels = (*funnel.groups, ALL)
    wanted, recruited = _targets(targets, funnel.groups, name)
    no_place = _turned_away(counts, name, name, column, where)
    away = np.array([no_place.get(label, 0) for label in funnel.groups], np.int64)
    qualified, offered, told, filled = (
        np.append(v, v.sum())
        for v in (
            funnel.entered[:, column],
            funnel.passed[:, column],
            funnel.denominator()[:, column],
            funnel.reached[:, stages.index(fills)],
        )
    )
    target, said = _with_all(wanted, funnel.groups), _with_all(recruited, funnel.groups)
    taken = np.where(np.isnan(said), filled, said)
    rate = wilson_interval(offered, told, confidence=confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate = np.where(target > 0, taken / target, np.nan)
    frame = pd.DataFrame(
        {
            name: labels,
            "target": target,
            "qualified": qualified,
            "offered": offered,
            "no_place": np.append(away, away.sum()),
            "filled": filled,
            "recruited": said,
            "unfilled": target - taken,
            "estimate": estimate,
            "offer_rate": rate.estimate,
            "conf_low": rate.low,
            "conf_high": rate.high,
            "confidence": confidence,
            "status": np.where(np.isnan(target), "no target given", ""),
        }
    )
    waiting = np.append(funnel.pending[:, column], funnel.pending[:, column].sum())
    frame["sentence"] = _sentences(frame, waiting, counts.process.stage(fills).label.lower())

    in_words = Names.of(counts.programme).other(name)
    left_out = _left_out(everybody, column, stages.index(fills), in_words)

    def reserve() -> pd.DataFrame:
        tests = tests_at(
            counts, by, name, at, reference=reference, level=level, where=where, confidence=confidence
        )
        return _reserve(counts, tests, name, column, level, where)

    return Places(
        _frame=frame,
        method=(
            "Offer rate of those who passed before and do not wait, with Wilson interval (Wilson 1927); "
            f"reserve list by group with {in_words} held equal: Mantel-Haenszel ratio of offer rates, "
            f"Cochran-Mantel-Haenszel test; all at {confidence:.0%}."
        ),
        notes=(*counts.notes, *left_out),
        stratum=name,
        gate=at,
        filled_at=fills,
        left_out=left_out,
        _reserve=reserve,
    )


def _stratum(counts: StageCounts, stratum: str | None) -> str:
    if stratum is not None:
        check_known([stratum], counts.strata, argument="stratum", of="a stratum of these counts")
        return stratum
    if len(counts.strata) == 1:
        return counts.strata[0]
    found = listed(counts.strata) if counts.strata else "none"
    raise ArgumentError(
        f"Places belong to a stratum, such as a partnership; these counts hold {found}. Name one with "
        f"stratum=, "
        "or count records with it."
    )


def _targets(
    targets: Mapping[str, int] | pd.DataFrame | str | Path | None, labels: Sequence[str], stratum: str
) -> tuple[dict[str, float], dict[str, float]]:
    """Targets and places filled by the stratum's own labels; case, dashes and ampersands do not matter."""
    import pandas as pd

    if targets is None:
        return {}, {}
    if isinstance(targets, (str, Path)):
        path = path_in(targets, argument="targets", what="a CSV file with a label and 'target'")
        if not path.is_file():
            raise DataError(f"{path.name} is not a file. Give a CSV file with a label and 'target'.")
        try:
            targets = typed_table(path).replace("", np.nan)
        except (ValueError, OSError) as error:  # what pandas says of a file that is no table
            raise DataError(f"{path.name} cannot be read as a table of targets. Save it as CSV.") from error
    if not isinstance(targets, pd.DataFrame):
        check_map(targets, argument="targets", such_as="labels with a number of places each")
        return _whole_places(list(targets.items()), labels, stratum, "target"), {}
    if "target" not in targets.columns or len(targets.columns) < 2:
        raise DataError("Targets need two columns: the label first, and 'target'.")
    first = next(column for column in targets.columns if column not in ("target", RECRUITED))
    names = list(targets[first].astype(str))
    wanted = _whole_places(list(zip(names, targets["target"], strict=True)), labels, stratum, "target")
    if RECRUITED not in targets.columns:
        return wanted, {}
    pairs = [pair for pair in zip(names, targets[RECRUITED], strict=True) if not pd.isna(pair[1])]
    return wanted, _whole_places(pairs, labels, stratum, "number recruited")


def _whole_places(
    pairs: Sequence[tuple[str, Any]], labels: Sequence[str], stratum: str, what: str
) -> dict[str, float]:
    """Whole numbers of places by the stratum's own labels; NaN where one is blank, and so not known."""
    known = {normalise(label): label for label in labels}
    found: dict[str, float] = {}
    for label, value in pairs:
        place = known.get(normalise(str(label)))
        if place is None:
            raise unknown_name(label, labels, argument="targets", of=f"a {stratum} of these counts")
        if place in found:
            raise DataError(f"Targets name {place!r} twice. Keep one.")
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = -1.0
        if not (np.isnan(number) or (number >= 0 and number % 1 == 0)):
            raise DataError(
                f"The {what} of {place!r} is {value!r}. Give a whole number of places, or leave it out where "
                "it is not known."
            )
        found[place] = number
    return found


def _with_all(known: Mapping[str, float], labels: Sequence[str]) -> NDArray[np.float64]:
    """Numbers by label and their sum, which is not known where one of them is not."""
    numbers = np.array([known.get(label, np.nan) for label in labels], np.float64)
    return np.append(numbers, numbers.sum() if len(numbers) else np.nan)


def _limited(counts: StageCounts, where: Mapping[str, str] | None) -> str:
    """The gate that places limit: the offer, or where most were turned away for want of a place."""
    gates = counts.process.gate_keys
    if "offered" in gates:
        return "offered"
    table = (counts.only(where) if where else counts).tables[0]
    away = table.exit == _NO_PLACE
    people = np.bincount(table.furthest[away], weights=table.n[away], minlength=len(gates))
    return gates[int(people.argmax())] if people.any() else "offered"


def _left_out(everybody: Funnel, column: int, fills: int, stratum: str) -> tuple[str, ...]:
    """A sentence on those who qualified and are in no row: of whom the stratum is not known."""
    apart = ~everybody.stated
    people, filled = int(everybody.entered[apart, column].sum()), int(everybody.reached[apart, fills].sum())
    if not people + filled:
        return ()
    whose = f"of whom {filled:,} filled a place" if filled else "none of whom filled a place"
    who = f"{count(people, 'person', 'people')} without a known {stratum}"
    return (f"{who} qualified, {whose}: in no row here.",)


def _sentences(frame: pd.DataFrame, waiting: NDArray[np.int64], fills: str) -> list[str]:
    """Each row, to be read aloud."""
    sentences = []
    for label, waits, *numbers in zip(
        frame.iloc[:, 0], waiting, *(frame[name] for name in _SAID), strict=True
    ):
        target, recruited, filled, qualified, offered, away = (
            None if np.isnan(number) else int(number) for number in numbers
        )
        who = "All together" if label == ALL else label
        taken = filled if recruited is None else recruited
        of = "" if target is None else f" of {target}"
        plural = "" if taken == 1 and target is None else "s"
        records = "" if recruited in (None, filled) else f" (in the records {filled} {fills})"
        still = f", {waits} still {'waits' if waits == 1 else 'wait'}" if waits else ""
        was = "was" if away == 1 else "were"
        sentences.append(
            f"{who}: {taken}{of} place{plural} filled{records}; {offered} of {qualified} who qualified were "
            f"offered one{still}, and {away} {was} turned away for want of a place."
        )
    return sentences


def _turned_away(
    counts: StageCounts, name: str, stratum: str, column: int, where: Mapping[str, str] | None
) -> dict[str, int]:
    """People who entered the gate and left it for want of a place, by label, where the stratum is known."""
    table = (counts.only(where) if where else counts).cells(tuple(dict.fromkeys((name, stratum))))
    chose = np.array([label != NOT_STATED for label in table.axis(stratum).labels], bool)[
        table.column(stratum)
    ]
    here = chose & (table.furthest == column) & (table.exit == _NO_PLACE)
    axis = table.axis(name)
    people = np.bincount(table.column(name)[here], weights=table.n[here], minlength=len(axis.labels))
    return {label: int(n) for label, n in zip(axis.labels, people, strict=True)}


def _reserve(
    counts: StageCounts,
    tests: pd.DataFrame,
    stratum: str,
    column: int,
    level: str | None,
    where: Mapping[str, str] | None,
) -> pd.DataFrame:
    """The rows of the gate, with how many were turned away for want of a place.

    Of a crossing of characteristics the number is not counted, so it is NaN.
    """
    away = np.full(len(tests), np.nan)
    for i, (name, group) in enumerate(zip(tests["characteristic"], tests["group"], strict=True)):
        if name in counts.characteristics:
            away[i] = _away_of(counts, str(name), str(group), stratum, column, level, where)
    tests.insert(list(tests.columns).index("group") + 1, "no_place", away)
    return tests


def _away_of(
    counts: StageCounts,
    name: str,
    group: str,
    stratum: str,
    column: int,
    level: str | None,
    where: Mapping[str, str] | None,
) -> int:
    characteristic = counts.programme.characteristic(name)
    labels, positions, _ = characteristic.at_level(level)
    detailed = _turned_away(counts, name, stratum, column, where)
    return sum(
        detailed.get(label, 0)
        for label, place in zip(characteristic.labels, positions, strict=True)
        if place >= 0 and labels[place] == group
    )
