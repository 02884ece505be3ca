"""How a fitted model was made, in words, and what to know about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepup_equity.findings.models.coefficient_tables import FEWEST_CLUSTERS
from stepup_equity.given import check_known, names_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stepup_equity.findings.models.coefficient_tables import IntervalMethod
    from stepup_equity.findings.models.data import Incomplete
    from stepup_equity.findings.models.gate_fits import Errors, GateFit


_FITTED = {
    "maximum likelihood": "maximum likelihood",
    "Firth": "Firth's penalised likelihood (Firth 1993)",
    "FLAC": "FLAC, Firth's correction with fitted passes that add up to those counted, where a row's method "
    "says so (Puhr et al. 2017)",
}
FEW_CLUSTERS = 20
"""Clusters below which cluster-robust errors are said to be uncertain."""


def blanks_note(people: Incomplete) -> str:
    """How many had something blank, and what is taken for granted of them."""
    blank = int(people.n[(people.codes < 0).any(axis=1)].sum())
    return (
        f"All {int(people.n.sum()):,} people are used; {blank:,} left something blank. They are shared out "
        "over the groups they may belong to by what else they stated and how far they got, which is right "
        "where leaving blank depends on these alone (missing at random; Ibrahim 1990)."
    )


def chosen_gates(gates: str | Sequence[str] | None, possible: tuple[str, ...]) -> tuple[str, ...]:
    """The gates asked for."""
    if gates is None:
        return possible
    chosen = names_in(gates, argument="gates")
    check_known(chosen, possible, argument="gates", of="a gate")
    return tuple(dict.fromkeys(chosen))


def method_words(
    fits: Sequence[GateFit],
    interval: IntervalMethod,
    errors: Errors,
    small_sample: bool | None,
    confidence: float,
) -> str:
    """How every gate was fitted, its intervals and its tests."""
    fitted = " or ".join(dict.fromkeys(_FITTED[fit.method.split(" with ")[0]] for fit in fits if fit.method))
    if any(fit.stated is not None for fit in fits):
        fitted += ", one fit for all gates with blanks shared out (EM; Ibrahim 1990; Louis 1982)"
    limits = " or ".join(dict.fromkeys(w for fit in fits if (w := fit.interval_words(interval))))
    kind = "HC0" if small_sample is False else "HC1"
    if errors == "cluster" and small_sample is None:
        kind = "jackknife of clusters, CR3; Bell and McCaffrey 2002"
    robust = "" if errors == "model" else f" Robust errors count people ({kind})."
    return (
        "Logistic regression at each gate among those who entered it (continuation-ratio logit, Mare 1980), "
        f"fitted to counts by {fitted or 'maximum likelihood'}. Limits and p-values at {confidence:.0%}: "
        f"{limits or 'none'}.{robust} Adjusted rates are standardised to all who entered the gate, or "
        "to at least nine in ten where the groups of the others cannot be told apart (Lane and Nelder 1982)."
    )


def notes_of(fits: Sequence[GateFit], errors: Errors, cluster: str | None) -> list[str]:
    """What to know about the fits."""
    notes = []
    data = fits[0].whole.data
    position = [data.gates.index(fit.gate) for fit in fits]
    used, lost = data.at_risk.sum(0)[position], data.left_out.people[0, position]
    if lost.any():
        gates = zip(lost, used + lost, position, strict=True)
        places = [f"{gap:,} of {people:,} {data.places[i]}" for gap, people, i in gates]
        notes.append(
            f"Left out of the regression, since something in it is not stated of them: {', '.join(places)}."
        )
    separated = [data.places[i] for fit, i in zip(fits, position, strict=True) if fit.infinite.any()]
    if separated:
        notes.append(
            f"Separation {', '.join(separated)}: all of some groups fared alike there, so no finite ratio "
            "fits them best; status names them."
        )
    if errors != "model" and any(fit.method in ("FLAC", "Firth") for fit in fits):
        notes.append(
            f"Where {' or '.join(sorted({fit.method for fit in fits} & {'FLAC', 'Firth'}))} was used, the "
            f"errors are the model's, not {errors} ones: nothing is known of the spread of a group in which "
            "all fared alike."
        )
    if cluster is not None and data.cluster is not None and len(data.cluster.groups) < FEW_CLUSTERS:
        notes.append(
            f"Errors allow for {len(data.cluster.groups)} clusters; with fewer than {FEW_CLUSTERS} they are "
            f"uncertain themselves, and with fewer than {FEWEST_CLUSTERS} none are given."
        )
    return notes
