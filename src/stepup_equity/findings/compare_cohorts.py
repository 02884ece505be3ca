"""Did it get better: the same gates in two cohorts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from stepup_equity.columns import OVERALL
from stepup_equity.counts.funnel import known
from stepup_equity.findings.adjusted import with_adjusted, with_moves
from stepup_equity.findings.cohort_pairs import NOT_SHARED, cohort_pairs, two_cohorts
from stepup_equity.findings.cohort_shares import ALL_GATES, shares_of, tests_of
from stepup_equity.findings.comparison import HIDDEN, HIDDEN_REFERENCE, disagree, first_reason
from stepup_equity.findings.edge_changes import GONE, NEW, SMALLER, edge_changes
from stepup_equity.findings.question import remembered
from stepup_equity.findings.result import Result
from stepup_equity.given import check_known, check_map
from stepup_equity.statistics import score_ratio_interval
from stepup_equity.statistics.inputs import normal_quantile
from stepup_equity.statistics.ratio_change import change_of_ratio
from stepup_equity.words.names import within
from stepup_equity.words.numbers import enumerated, ratio
from stepup_equity.words.rows import records

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from stepup_equity.counts import Denominator, StageCounts
    from stepup_equity.findings.cohort_pairs import CohortPair, TwoCohorts
    from stepup_equity.process import SelectionProcess
    from stepup_equity.statistics.ratio_change import RatioChange


NO_CHANGE: Final = "no evident change"

_POWER_80: Final = 0.8416212335729143
"""Normal quantile of 80 %."""


@dataclass(frozen=True, eq=False, repr=False)
class CohortComparison(Result):
    """Every group's impact ratio at every gate in two cohorts, and what changed.

    Attributes
    ----------
    by : tuple of str
        The characteristics asked about.
    cohorts : tuple of str
        The earlier and the later cohort.
    confidence : float
        Level of the intervals.
    """

    by: tuple[str, ...]
    cohorts: tuple[str, str]
    confidence: float
    _tests: pd.DataFrame
    _shares: pd.DataFrame

    @property
    def tests(self) -> pd.DataFrame:
        """Tests of all groups of a characteristic together.

        ``cohort × group`` at each gate: did the groups' pass rates change alike? ``cohort × group × gate``:
        is the change the same at every gate?
        """
        return self._tests.copy()

    @property
    def shares(self) -> pd.DataFrame:
        """Why each group's share of those who got through changed; the parts add up to the change.

        ``factor`` is ``composition`` (who applied), a gate (its pass rates), ``pass rates`` (all gates) or
        ``change`` (the whole).
        """
        return self._shares.copy()

    @property
    def changed(self) -> pd.DataFrame:
        """The evident changes at single gates alone, largest first."""
        evident = self._frame[self._frame["flagged"] & (self._frame["gate"] != OVERALL)]
        with np.errstate(divide="ignore"):
            size = np.abs(np.log(evident["estimate"].to_numpy(float)))
        return evident.iloc[np.argsort(-size, kind="stable")].reset_index(drop=True)

    @property
    def edges(self) -> pd.DataFrame:
        """Gates where one of the two cohorts has a cliff edge, and what became of it."""
        return self._frame[self._frame["edge"] != ""].reset_index(drop=True)

    @property
    def headline(self) -> str:
        """How many changes among how many comparisons, which, and what became of cliff edges."""
        edges = self.edges["edge"].value_counts()
        became = ", ".join(f"{n} {edge}" for edge, n in sorted(edges.items()))
        return self._changes + (f"; cliff edges: {became}" if became else "")

    @property
    def _changes(self) -> str:
        gates = self._frame[self._frame["gate"] != OVERALL]
        made = int(gates["p_value"].notna().sum())
        compared = f"{made} comparison{'' if made == 1 else 's'}"
        what = f"{self.names.asked(self.by)}, {self.cohorts[0]} to {self.cohorts[1]}"
        changed = self.changed
        if changed.empty:
            return f"{what}; no evident change in {compared}"
        named = [
            f"{row.group} at {self.names.gate_in_words(str(row.gate))} ({ratio(row.estimate)})"
            for row in records(changed.head(5))
        ]
        more = f" and {len(changed) - 5} more" if len(changed) > 5 else ""
        return (
            f"{what}; {len(changed)} change{'' if len(changed) == 1 else 's'} in {compared}: "
            f"{', '.join(named)}{more}"
        )


@remembered
def compare_cohorts(
    counts: StageCounts,
    later: StageCounts | None = None,
    *,
    cohorts: Sequence[str] | None = None,
    by: str | Sequence[str | tuple[str, ...]] | None = None,
    reference: str | Mapping[str, str] | None = None,
    level: str | None = None,
    groups: Sequence[str] | None = None,
    where: Mapping[str, str] | None = None,
    denominator: Denominator = "entered",
    changes: Mapping[str, str] | None = None,
    alpha: float = 0.05,
    confidence: float = 0.95,
) -> CohortComparison:
    """Compare impact ratios of two cohorts gate by gate, and say why shares changed.

    Two impact ratios side by side, each with its interval, do not say whether they differ. Here each change
    has its own estimate (the later ratio over the earlier), interval and test, all comparisons of the
    call are one family, and a silence says what change it would have shown.

    Parameters
    ----------
    counts : StageCounts
        Counts of both cohorts; or of the earlier one, with `later`.
    later : StageCounts, optional
        Counts of the later cohort; its process may differ: only gates between the same stages are compared.
    cohorts : sequence of two str, optional
        Which cohorts, the earlier first; needed where the counts hold more than two.
    by, level, groups, where, denominator
        As in `cliff_edges`.
    reference : str or mapping, optional
        A group, ``"largest"`` (of both cohorts together) or ``"rest"``, the same in both cohorts.
    changes : mapping, optional
        What is known to have changed in the process, by gate: ``{"assessed": "one interview, not two"}``;
        by default what the programme declares under ``[cohorts.changes]``.
        Stands beside the numbers; a change that came after it need not come from it.
    alpha : float
        A change is evident where its adjusted p is at most this.
    confidence : float
        Level of the intervals.

    Returns
    -------
    CohortComparison
        A row for each group and gate and one for the whole way (``overall``). ``ratio_earlier`` and
        ``ratio_later`` are impact ratios with score intervals; ``estimate`` is later over earlier, above 1
        where the group did better against its reference. ``verdict``: ``rose``, ``fell``, ``no evident
        change`` or ``not computable``; ``flagged`` where it rose or fell. ``edge``: what became of a cliff
        edge of either cohort, as in `cohort_trend`. ``detectable_change``: the factor,
        up or down, that four of five such comparisons would show at `alpha`, each taken alone; among many
        at once a change must be larger to be evident. ``p_adjusted``: Benjamini-Hochberg over the gates of
        the call, and apart over its ``overall`` rows.

    Raises
    ------
    ArgumentError
        Unknown names, or it is not clear which two cohorts are meant.

    References
    ----------
    Profile likelihood: Venzon and Moolgavkar (1988), Applied Statistics 37, 87-94. Benjamini and Hochberg
    (1995), J. R. Stat. Soc. B 57, 289-300. Split of shares: Shapley (1953); Das Gupta (1993). Tests of all
    groups: Cochran (1954), Biometrics 10, 101-129; Grizzle, Starmer and Koch (1969), Biometrics 25, 489-504.

    Examples
    --------
    >>> import pandas as pd
    >>> import stepup_equity as su
    >>> counts = su.StageCounts.from_table(pd.DataFrame({
    ...     "cohort": ["2010", "2010", "2012", "2012"], "characteristic": "ethnicity",
    ...     "group": ["White", "Black", "White", "Black"],
    ...     "applied": [1300, 215, 1250, 230], "screened": [630, 45, 620, 92], "accepted": [180, 12, 175, 25],
    ... }))
    >>> found = compare_cohorts(counts)
    >>> found.changed[["group", "gate", "ratio_earlier", "ratio_later", "verdict", "edge"]].round(2)
       group      gate  ratio_earlier  ratio_later verdict  edge
    0  Black  screened           0.43         0.81    rose  gone
    """
    import pandas as pd

    check_map(changes, argument="changes", such_as="gates with a sentence each")
    both = two_cohorts(counts, later, cohorts)
    declared = _declared(both) if changes is None else dict(changes)
    check_known(declared, both.gates, argument="changes", of="a gate of these cohorts")
    pairs = cohort_pairs(
        both, by, reference=reference, level=level, groups=groups, where=where, denominator=denominator
    )
    frame = with_moves(
        pd.concat([_rows(both, pair, declared, alpha, confidence) for pair in pairs], ignore_index=True),
        alpha,
        column="verdict",
        still=1.0,
        words=("rose", "fell", NO_CHANGE),
        method="BH",
        groups={pair.characteristic: pair.groups for pair in pairs},
    )
    became = edge_changes(
        ((both.earlier, both.labels[0]), (both.later, both.labels[1])),
        frame,
        by=[_crossed(pair.characteristic) for pair in pairs],
        reference={pair.characteristic: pair.reference for pair in pairs},
        level=level,
        groups=groups,
        where=where,
        denominator=denominator,
        alpha=alpha,
    )
    frame["edge"] = became.verdict
    frame["sentence"] = [
        f"{said}{more}" for said, more in zip(_sentences(both, frame), became.sentence, strict=True)
    ]
    tests = pd.concat([tests_of(pair) for pair in pairs], ignore_index=True)
    shares = pd.concat([shares_of(both, pair, confidence) for pair in pairs], ignore_index=True)
    return CohortComparison(
        _frame=frame,
        method=(
            "Ratio of impact ratios, later over earlier, with profile-likelihood interval (Venzon "
            "and Moolgavkar "
            f"1988) at {confidence:.0%}; likelihood-ratio test, or where an expected count is below 5 "
            f"the posterior "
            "under Jeffreys' prior; Benjamini-Hochberg over the gates of the call. A change is "
            "evident where the "
            f"adjusted p is at most {alpha:g}; the detectable change is that of a comparison taken alone at "
            f"{alpha:g}."
        ),
        notes=_notes(both, pairs, declared),
        by=tuple(pair.characteristic for pair in pairs),
        cohorts=both.labels,
        confidence=confidence,
        _tests=with_adjusted(tests, apart=(OVERALL, ALL_GATES)),
        _shares=shares,
    )


def _declared(both: TwoCohorts) -> dict[str, str]:
    """What the programme of the later cohort says changed since the earlier one."""
    found = both.later.programme.cohorts.changed(*both.labels)
    return {gate: words for gate, words in found.items() if gate in both.gates}


def _crossed(name: str) -> str | tuple[str, ...]:
    parts = tuple(name.split(" × "))
    return name if len(parts) == 1 else parts


def _rows(
    both: TwoCohorts, pair: CohortPair, declared: Mapping[str, str], alpha: float, confidence: float
) -> pd.DataFrame:
    import pandas as pd

    groups = list(pair.compared)
    x, n = pair.passed[:, groups], pair.at_risk[:, groups]
    y, m = pair.of_reference(pair.passed)[:, groups], pair.of_reference(pair.at_risk)[:, groups]
    hidden, ref_hidden = (held[:, groups] | ~pair.shared for held in (pair.hidden, pair.ref_hidden))
    before, after = (score_ratio_interval(x[i], n[i], y[i], m[i], confidence=confidence) for i in (0, 1))
    change = change_of_ratio(x, n, y, m, confidence=confidence)
    reach = normal_quantile(1 - alpha) + _POWER_80
    n_gates = len(pair.gates)

    def by_group(values: Sequence[Any]) -> NDArray[Any]:
        return np.repeat(np.array(values, object), n_gates)

    def by_gate(values: Sequence[Any]) -> NDArray[Any]:
        return np.tile(np.array(values, object), len(groups))

    columns: dict[str, Any] = {
        "characteristic": np.full(len(groups) * n_gates, pair.characteristic, object),
        "group": by_group([pair.groups[i] for i in groups]),
        "parent": by_group([pair.parents[i] for i in groups]),
        "reference": np.full(len(groups) * n_gates, pair.reference, object),
        "gate": by_gate(pair.gates),
        "cohort_earlier": np.full(len(groups) * n_gates, both.labels[0], object),
        "cohort_later": np.full(len(groups) * n_gates, both.labels[1], object),
    }
    for i, (name, found) in enumerate((("earlier", before), ("later", after))):
        columns |= {
            f"denominator_{name}": known(n[i], hidden[i]).ravel(),
            f"passed_{name}": known(x[i], hidden[i]).ravel(),
            f"reference_denominator_{name}": known(m[i], ref_hidden[i]).ravel(),
            f"reference_passed_{name}": known(y[i], ref_hidden[i]).ravel(),
            f"ratio_{name}": found.estimate.ravel(),
            f"ratio_{name}_low": found.low.ravel(),
            f"ratio_{name}_high": found.high.ravel(),
        }
    with np.errstate(over="ignore"):
        detectable = np.exp(reach * change.std_error)
    columns |= {
        "estimate": change.estimate.ravel(),
        "conf_low": change.low.ravel(),
        "conf_high": change.high.ravel(),
        "confidence": np.full(len(groups) * n_gates, confidence),
        "p_value": change.p_value.ravel(),
        "detectable_change": np.where(np.isnan(change.estimate), np.nan, detectable).ravel(),
        "process_change": by_gate([declared.get(gate, "") for gate in pair.gates]),
        "method": change.method.ravel().astype(object),
        "status": _status(both, pair, n, x, m, y, change, confidence).ravel(),
    }
    return pd.DataFrame(columns)


def _status(
    both: TwoCohorts,
    pair: CohortPair,
    n: NDArray[np.int64],
    x: NDArray[np.int64],
    m: NDArray[np.int64],
    y: NDArray[np.int64],
    change: RatioChange,
    confidence: float,
) -> NDArray[np.object_]:
    """Why a row has no number, or what to know about the number it has."""
    contradicted = disagree(change.p_value, change.low, change.high, confidence)
    reasons: list[tuple[NDArray[np.bool_], str]] = [
        (np.broadcast_to(~pair.shared, n.shape[1:]), NOT_SHARED),
    ]
    groups = list(pair.compared)
    for i, label in enumerate(both.labels):
        reasons += [
            (pair.hidden[i, groups], f"{HIDDEN}, in {label}"),
            (pair.ref_hidden[i, groups], f"{HIDDEN_REFERENCE}, in {label}"),
            (n[i] == 0, f"nobody of the group at this gate in {label}"),
            (m[i] == 0, f"nobody of the reference at this gate in {label}"),
            (y[i] == 0, f"nobody of the reference passed in {label}"),
        ]
    reasons += [
        ((x == 0).all(axis=0), "nobody of the group passed in either cohort"),
        (contradicted & (change.method == "posterior"), "the cautious test and the interval disagree"),
    ]
    return first_reason(reasons)


def _sentences(both: TwoCohorts, frame: pd.DataFrame) -> list[str]:
    """Each row, to be read aloud."""
    earlier, later = both.labels
    process = both.later.process
    sentences = []
    for row in frame.to_dict("records"):
        where = _where(process, both.earlier.process, str(row["gate"]))
        start = f"{where}, {row['group']} against {row['reference']}: "
        if row["verdict"] == "not computable":
            sentences.append(f"{start}no comparison, {row['status']}.")
            continue
        sentence = (
            f"{start}{ratio(row['ratio_earlier'])} times the rate in {earlier}, {ratio(row['ratio_later'])} "
            f"in {later}, "
            f"{_factor(row)}."
        )
        if row["verdict"] == NO_CHANGE and row["edge"] in (NEW, SMALLER, GONE):
            sentence += (
                " Among all comparisons the change is not evident; among those of cliff edges alone, which "
                "are fewer, it is."
            )
        elif row["verdict"] == NO_CHANGE and np.isfinite(row["detectable_change"]):
            sentence += (
                f" No evident change; one by a factor of {row['detectable_change']:.1f}, up or down, "
                "would show in four of five such comparisons, each taken alone."
            )
        if row["process_change"]:
            sentence += f" Declared change of the process: {row['process_change']}."
        sentences.append(sentence)
    return sentences


def _factor(row: Mapping[Any, Any]) -> str:
    """How the ratio changed; where nobody passed before or after, there is no factor to name."""
    low, high = row["conf_low"], row["conf_high"]
    if row["ratio_earlier"] == 0 and row["ratio_later"] > 0:
        return f"up from nobody (by a factor of {ratio(low)} or more)" if low > 0 else "up from nobody"
    if row["ratio_later"] == 0 and row["ratio_earlier"] > 0:
        return f"down to nobody (to {ratio(high)} times the earlier ratio or less)"
    upto = ratio(high) if np.isfinite(high) else "no upper limit"
    return f"a change by a factor of {ratio(row['estimate'])} ({ratio(low)} to {upto})"


def _where(process: SelectionProcess, other: SelectionProcess, gate: str) -> str:
    if gate == OVERALL:
        return "Over the whole way"
    found = process.gate(gate) if gate in process.gate_keys else other.gate(gate)
    return f"At {found.label}"


def _notes(both: TwoCohorts, pairs: Sequence[CohortPair], declared: Mapping[str, str]) -> tuple[str, ...]:
    notes = list(dict.fromkeys((*both.earlier.notes, *both.later.notes)))
    earlier, later = both.labels
    notes += [
        f"Declared change of the process between {earlier} and {later}, at gate {gate!r}: {words}."
        for gate, words in declared.items()
    ]
    if not both.same_process:
        apart = ", ".join(repr(gate) for gate, same in zip(both.gates, both.shared, strict=True) if not same)
        notes.append(
            f"The stages differ between {earlier} and {later}; gates that are not the same in both are not "
            f"compared: {apart}."
        )
    notes += _one_sided(both)
    if any(pair.pending for pair in pairs):
        notes.append("Some applications have no outcome yet; shares of those who got through may still move.")
    return tuple(notes)


def _one_sided(both: TwoCohorts) -> list[str]:
    """Characteristics that only one cohort counted, and groups that only one code list has."""
    notes = []
    sides = list(zip(both.labels, (both.earlier, both.later), strict=True))
    for at, ((label, mine), (other, theirs)) in enumerate((sides, sides[::-1])):
        alone = [name for name in mine.characteristics if name not in theirs.characteristics]
        if alone:
            spoken = [within(mine.programme.characteristic(name).label) for name in alone]
            notes.append(f"Only {label} has {enumerated(spoken, 12)}: not compared with {other}.")
        for name in mine.characteristics:
            if name not in theirs.characteristics:
                continue
            ours, known = (counts.programme.characteristic(name).labels for counts in (mine, theirs))
            extra = [group for group in ours if group not in {*known, *both.untold(1 - at, name)}]
            if extra:
                notes.append(
                    f"The code lists of {name!r} differ: only {label} has {enumerated(extra, 12)}. Whoever "
                    f"belongs there may be counted in another group in {other}."
                )
    return notes
