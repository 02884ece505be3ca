"""Cliff edges: at which gate a group falls behind, whether that is evident, and what silence is worth."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from stepup_equity.columns import OVERALL
from stepup_equity.counts import of_cohort
from stepup_equity.findings.all_cohorts import all_held_equal, all_note, held_over_cohorts
from stepup_equity.findings.cliff_frame import assessed, with_model
from stepup_equity.findings.cliff_rule import DEFAULT_RULE, CliffRule
from stepup_equity.findings.each_person import each_person_note
from stepup_equity.findings.family import (
    Family,
    chosen_characteristics,
    comparisons_of,
    reference_for,
    with_broad,
)
from stepup_equity.findings.held_equal import held_equal
from stepup_equity.findings.question import remembered
from stepup_equity.findings.questions import asked_of
from stepup_equity.findings.result import Result
from stepup_equity.given import check_choice, check_made
from stepup_equity.words.names import Names, rate_of, whom, within
from stepup_equity.words.numbers import count, enumerated, probability, ratio
from stepup_equity.words.rows import compared, records, widest_first
from stepup_equity.words.sentences import edge_place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from stepup_equity.counts import Denominator, StageCounts
    from stepup_equity.findings.cliff_frame import Assessed
    from stepup_equity.findings.comparison import Comparison
    from stepup_equity.findings.held_equal import HeldEqual
    from stepup_equity.findings.models.progression_model import ProgressionModel
    from stepup_equity.findings.questions import Asked


SecondOpinion = Literal["partial pooling"]


@dataclass(frozen=True, eq=False, repr=False)
class CliffEdges(Result):
    """Every group against its reference at every gate, with a verdict.

    Attributes
    ----------
    by : tuple of str
        The characteristics, or crossings, asked about; together they are one family of comparisons.
    rule : CliffRule
        The thresholds behind the verdicts.
    confidence : float
        Level of the intervals.
    """

    by: tuple[str, ...]
    rule: CliffRule
    confidence: float
    _detailed: Assessed
    _of_broad: Assessed | None

    @property
    def whole_way(self) -> pd.DataFrame:
        """Each group from the first stage to the last, a row for each; its own family, told in people.

        ``verdict`` is ``behind`` or ``ahead`` where that is evident, and ``behind`` names who is;
        ``shortfall`` counts the people short of the reference's rate; ``sentence`` says it.
        """
        return self._detailed.whole_way.copy()

    @property
    def profiles(self) -> pd.DataFrame:
        """The shape of each group's whole way, one row for each group, with its reason.

        ``profile`` is ``recovers``, ``cliff``, ``slope``, ``level``, ``behind``, ``ahead`` or ``too few to
        tell``.
        """
        return self._detailed.profiles.copy()

    @property
    def broad(self) -> pd.DataFrame:
        """The same comparisons between broad groups, a family of their own; empty where there are none.

        Broad rows hold the same people as the detailed rows of `frame`, so they are kept apart: counting both
        in one family would make every comparison pay twice.
        """
        return self._frame.iloc[:0] if self._of_broad is None else self._of_broad.frame.copy()

    @property
    def broad_whole_way(self) -> pd.DataFrame:
        """As `whole_way`, between broad groups."""
        found = self._detailed.whole_way.iloc[:0] if self._of_broad is None else self._of_broad.whole_way
        return found.copy()

    @property
    def flagged(self) -> pd.DataFrame:
        """The cliff edges alone, widest gap first."""
        return _edges_of(self._frame)

    @property
    def held_back(self) -> pd.DataFrame:
        """Rows, detailed and broad, that would be cliff edges but for a stratum or cohorts held equal."""
        import pandas as pd

        every = pd.concat([self._frame, self.broad], ignore_index=True) if len(self.broad) else self._frame
        return every[~every["flagged"] & (every["q"] <= self.rule.alpha)].reset_index(drop=True)

    @property
    def ends_held_back(self) -> pd.DataFrame:
        """The same over the whole way: evident together, and not within strata or cohorts."""
        import pandas as pd

        every = pd.concat([self.whole_way, self.broad_whole_way], ignore_index=True)
        held = (every["stratum"] != "") & (every["behind"] == "") & (every["p_adjusted"] <= self.rule.alpha)
        return every[held].assign(gate=OVERALL).reset_index(drop=True)

    @property
    def broad_flagged(self) -> pd.DataFrame:
        """The cliff edges between broad groups, widest gap first."""
        return _edges_of(self.broad)

    @property
    def any_flagged(self) -> bool:
        """Whether there is a cliff edge between any groups, broad or detailed, whichever side is behind."""
        return bool(self._frame["flagged"].any() or self.broad["flagged"].any())

    @property
    def sentences(self) -> tuple[str, ...]:
        """Every cliff edge, those between broad groups first."""
        return (*self.broad_flagged["sentence"], *self.flagged["sentence"])

    @property
    def headline(self) -> str:
        """Who ends behind over the whole way; then the cliff edges, and among how many comparisons."""
        parts = [self.names.asked(self.by)]
        whole = [*_ends(self.broad_whole_way, self.names), *_ends(self.whole_way, self.names)]
        parts += [f"over the whole way {enumerated(whole, 3)}"] if whole else []
        edges = _edges_words(self._frame, self.names)
        if self._of_broad is not None:
            broad = self.broad_flagged
            groups = len(self._frame[["characteristic", "group"]].drop_duplicates())
            found = f"{count(len(broad), 'cliff edge')} between broad groups{_named(broad, self.names)}"
            ones = "detailed ones" if len(self.by) == 1 else "others"
            edges = f"{found}; between the {groups} {ones} {edges}"
        return "; ".join([*parts, edges])

    def beside_model(self, model: ProgressionModel) -> CliffEdges:
        """What `cliff_edges` says of these counts when it is asked with a model."""
        judged, asked = with_model(self._detailed, model, self.rule), self.question
        return replace(
            self,
            _frame=judged.frame,
            _detailed=judged,
            method=_with_method(self.method, model),
            notes=tuple(dict.fromkeys((*self.notes, *model.notes))),
            question=asked and replace(asked, choices={**asked.choices, "model": model}),
        )


def _edges_of(frame: pd.DataFrame) -> pd.DataFrame:
    return widest_first(frame[frame["flagged"]]).reset_index(drop=True)


def _told(row: Any) -> float:
    """The ratio from the side of the group that is behind."""
    return float(row.estimate if row.behind == row.group else 1 / row.estimate)


def _named(edges: pd.DataFrame, names: Names) -> str:
    words = [edge_place(row, names) for row in records(edges)]
    return f": {enumerated(words, 5)}" if words else ""


def _edges_words(frame: pd.DataFrame, names: Names) -> str:
    made = int(compared(frame).sum())
    edges = _edges_of(frame)
    among = count(made, "comparison")
    if edges.empty:
        few = int((frame["verdict"] == "too few to tell").sum())
        return f"no cliff edge in {among}" + (f", {few} of them too few to tell" if few else "")
    return f"{count(len(edges), 'cliff edge')} in {among}{_named(edges, names)}"


def _ends(frame: pd.DataFrame, names: Names) -> list[str]:
    """Who ends evidently behind, furthest first."""
    rows = sorted((row for row in records(frame) if row.behind), key=_told)
    words = []
    for row in rows:
        other = whom(row.reference) if row.behind == row.group else row.group
        rate = rate_of(other, names.characteristic(row.characteristic))
        words.append(f"{row.behind} at {ratio(_told(row))} times {rate}")
    return words


@remembered
def cliff_edges(
    counts: StageCounts,
    *,
    by: str | Sequence[str | tuple[str, ...]] | None = None,
    rule: CliffRule = DEFAULT_RULE,
    reference: str | Mapping[str, str] | None = None,
    level: str | None = None,
    groups: Sequence[str] | None = None,
    where: Mapping[str, str] | None = None,
    cohort: str | None = None,
    denominator: Denominator = "entered",
    confidence: float = 0.95,
    model: ProgressionModel | None = None,
    second_opinion: SecondOpinion | None = None,
) -> CliffEdges:
    """Gates where a group falls behind, flagged only where the gap is both material and evident.

    All comparisons of one call are one family: asking about more characteristics makes each flag
    harder to get, so decide before looking what is asked. A row without a flag says whether it would have
    seen a gap (``no evidence``) or not (``too few to tell``).

    Parameters
    ----------
    counts : StageCounts
    by : str, tuple, list or None
        One characteristic; a tuple to be crossed; a list of several; None for what the programme declares
        under ``[questions]``, else all that were counted. Notes say where a call asks otherwise.
    rule : CliffRule
        Thresholds.
    reference : str or mapping, optional
        A group, ``"largest"``, ``"highest"`` or ``"rest"``, or one of these for each characteristic by name.
        By default the declared reference, else the largest group. ``"highest"`` changes from gate to gate;
        of two groups only one is compared with ``"rest"``, which is the other.
    level : str, optional
        ``"detailed"``, ``"broad"`` or a named level; by default the level the programme tests. Where detailed
        groups are tested and have broad groups, those are a second family, in `CliffEdges.broad`.
    groups : sequence of str, optional
        Only these groups are compared.
    where : mapping, optional
        Only these people, such as ``{"cohort": "2010"}``.
    denominator : {"entered", "decided"}
        As in `selection_rates`.
    confidence : float
        Level of the intervals.
    model : ProgressionModel, optional
        Adds the same on rates adjusted for everything in the model, standardised to all who entered:
        ``adjusted_estimate, adjusted_low, adjusted_high, adjusted_p_value, adjusted_p_adjusted,
        adjusted_verdict, adjusted_flagged, e_value, e_value_limit``, and ``edge``, which says of each crude
        edge whether it ``remains``, ``goes with other characteristics`` or ``cannot be told``, judged on the
        people the model could use.
    second_opinion : {"partial pooling"}, optional
        Adds ``pooled_estimate, pooled_low, pooled_high``: the ratio when each group's rate is drawn towards
        the other groups' as far as its size demands. No verdict rests on it.
    cohort : str, optional
        One cohort, by default the last where there are several; ``"all"``: every cohort, each compared within
        itself. Then ``estimate`` is the Mantel-Haenszel ratio, p that of Cochran, Mantel and Haenszel,
        adjusted by Benjamini and Hochberg over the gates; there is no power, shortfall or profile.

    Returns
    -------
    CliffEdges
        A row for each group and gate; never ``overall``. Columns besides the counts:

        ``estimate, conf_low, conf_high``
            Impact ratio with its score interval.
        ``p_value, p_adjusted``
            Of the row's own two-sided test, and adjusted over the family; of a flagged row, `q`.
        ``p_edge, q``
            One-sided p of the claim that the side seen behind is so, by less than four-fifths; and adjusted
            over all claims of the family, two of each row.
        ``p_adjusted_alone, flagged_alone``
            Adjusted over the rows of its own characteristic, as if nothing else had been asked.
        ``flagged, behind, verdict``
            ``cliff edge`` rows are flagged; ``behind`` names the group that is evidently behind, which may be
            the reference. The other verdicts: ``gap``, ``small gap``, ``advantage``, ``small advantage``,
            ``no material gap``, ``no evidence``, ``too few to tell``, ``not computable``.
        ``power, power_four_fifths, detectable_ratio``
            Chance of being flagged in this run at a true ratio of 0.5, and of 0.8; the ratio flagged in 80 %.
        ``shortfall, shortfall_four_fifths``
            People short: denominator × reference rate - passed, and the same with four-fifths of that
            rate; below 0 where the group has more.
        ``abrupt, abrupt_p_adjusted``
            Whether the gate's part of the gap lies below that of the group's other gates.
        ``sentence``
            The row, to be read aloud.

    Raises
    ------
    ArgumentError
        An unknown name, or a second opinion that cannot be had.

    References
    ----------
    Döhler, Durand and Roquain (2018), Electron. J. Stat. 12, 1867-1900, for the flags; Benjamini and Hochberg
    (1995), J. R. Stat. Soc. B 57, 289-300; Lancaster (1961), J. Am. Stat. Assoc. 56,
    223-234, for mid-p; Miettinen and Nurminen (1985), Stat. Med. 4, 213-226.

    Examples
    --------
    >>> import pandas as pd
    >>> import stepup_equity as su
    >>> counts = su.StageCounts.from_table(pd.DataFrame({
    ...     "characteristic": "ethnicity", "group": ["White", "BME"],
    ...     "applied": [920, 43], "shortlisted": [389, 10], "appointed": [117, 2],
    ... }))
    >>> cliffs = su.cliff_edges(counts, by="ethnicity")
    >>> cliffs
    <CliffEdges: ethnicity; 1 cliff edge in 2 comparisons: BME at the gate “shortlisted” (0.55)>
    >>> cliffs.frame[["gate", "estimate", "p_adjusted", "verdict"]].round(3)
              gate  estimate  p_adjusted          verdict
    0  shortlisted     0.550       0.018       cliff edge
    1    appointed     0.665       0.534  too few to tell
    """
    check_made(rule, CliffRule, argument="rule", how="Make one: su.CliffRule(material=0.8).")
    if second_opinion is not None:
        check_choice(second_opinion, ("partial pooling",), argument="second_opinion")
    if model is not None:
        from stepup_equity.findings.models.progression_model import ProgressionModel as Fitted

        check_made(model, Fitted, argument="model", how="Fit one: su.progression_model(counts, ...).")
    counts = of_cohort(counts, cohort, where=where, beside=by)
    asked = asked_of(counts, by, level, reference, groups=groups)
    every = comparisons_of(
        counts,
        asked.by,
        reference=asked.reference,
        level=asked.level,
        groups=groups,
        where=where,
        denominator=denominator,
    ).once()
    names = Names.of(counts.programme)

    def held(family: Family, crossed: Sequence[tuple[str, ...]]) -> HeldEqual:
        return held_equal(
            counts, family, crossed, where=where, denominator=denominator, confidence=confidence
        )

    crossed = [
        (name,) if isinstance(name, str) else name for name in chosen_characteristics(counts, asked.by)
    ]
    judged = assessed(
        counts.process,
        names,
        every,
        rule,
        confidence,
        pooled=second_opinion is not None,
        held=held(every, crossed),
    )
    judged = judged if model is None else with_model(judged, model, rule)
    notes = [*counts.notes, *asked.notes, *_family_notes(judged.frame, every, names)]
    broad, against = _broad(counts, every, asked, where, denominator)
    of_broad = [(part.characteristic,) for part in broad.parts]
    judged_broad = (
        assessed(counts.process, names, broad, rule, confidence, held=held(broad, of_broad))
        if broad.parts
        else None
    )
    held_all = all_held_equal(counts, cohort)
    if held_all:
        how: dict[str, Any] = {"where": where, "denominator": denominator, "confidence": confidence}
        judged = held_over_cohorts(
            counts, judged, every, crossed, rule, names, reference=asked.reference, level=asked.level, **how
        )
        if judged_broad is not None:
            judged_broad = held_over_cohorts(
                counts, judged_broad, broad, of_broad, rule, names, reference=against, level="broad", **how
            )
        notes = [*counts.notes, *asked.notes, all_note(counts)]
    if counts.each_person is not None and not held_all:
        again = cliff_edges(
            counts.each_person, by=by, rule=rule, reference=reference, level=level, groups=groups,
            where=where, denominator=denominator, confidence=confidence,
        )  # fmt: skip
        notes.append(each_person_note(judged.frame, again.frame, names))
    notes += () if model is None else model.notes
    return CliffEdges(
        _frame=judged.frame,
        method=_method(rule, confidence) if model is None else _with_method(_method(rule, confidence), model),
        notes=tuple(dict.fromkeys(notes)),
        names=names,
        by=tuple(part.characteristic for part in every.parts),
        rule=rule,
        confidence=confidence,
        _detailed=judged,
        _of_broad=judged_broad,
    )


def _broad(
    counts: StageCounts,
    every: Family,
    asked: Asked,
    where: Mapping[str, str] | None,
    denominator: Denominator,
) -> tuple[Family, dict[str, str]]:
    """Broad groups of those characteristics whose detailed ones were tested, and their references."""
    found: list[Comparison] = []
    against: dict[str, str] = {}
    detailed = [part.characteristic for part in every.parts if part.level == "detailed" and asked.broad]
    for name in with_broad(counts, detailed):
        declared, reference = counts.programme.characteristic(name), reference_for(name, asked.reference)
        if reference is not None:
            known = reference in declared.labels
            against[name] = (declared.parent_of(reference) or reference) if known else reference
        found += comparisons_of(
            counts, name, reference=against.get(name), level="broad", where=where, denominator=denominator
        ).parts
    return Family(tuple(found)).once(), against


def _method(rule: CliffRule, confidence: float) -> str:
    return (
        f"{rule.in_words} The mid-p is twice the smaller one-sided mid-p. "
        "Impact ratios with the score interval of Miettinen and Nurminen (1985) at "
        f"{confidence:.0%}. Power: the chance of being flagged among the comparisons of this run at a true "
        f"ratio of {rule.flag_power_at:g} (and, apart, of {rule.material:g}); the detectable ratio is "
        f"flagged with {rule.power:.0%}. A gate is abrupt where its log ratio lies below the "
        "precision-weighted mean of the group's other gates (one-sided, Holm over the group's gates)."
    )


def _with_method(words: str, model: ProgressionModel) -> str:
    return f"{words} Adjusted: standardised rates of the model {model.formula}. {model.method}"


def _family_notes(frame: pd.DataFrame, every: Family, names: Names) -> list[str]:
    """How many comparisons were made at once, and what each characteristic would have flagged alone."""
    made = int(compared(frame).sum())
    labels = {part.characteristic: within(part.label) for part in every.parts}
    asked = enumerated(labels.values(), 20)
    together = (
        f"{made} comparisons were made at once, over {asked}. The more is asked, the "
        "stronger a gap must be to be flagged: decide before looking what is asked."
        if made > 1
        else f"{'One' if made else 'No'} comparison could be made, over {asked}."
    )
    notes = [together]
    for row in records(frame[frame["flagged_alone"] & ~frame["flagged"]]):
        same = frame["characteristic"] == row.characteristic
        fewer = int((same & compared(frame)).sum())
        notes.append(
            f"Asked about {labels[row.characteristic]} alone ({fewer} comparisons), {row.group} at "
            f"{names.gate_in_words(row.gate)} would be flagged (ratio {ratio(row.estimate)}, adjusted "
            f"{probability(row.p_adjusted_alone)}). Among the {made} of this run it is not (adjusted "
            f"{probability(row.q)})."
        )
    return notes
