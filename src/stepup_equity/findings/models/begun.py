"""A model that is begun now and finished when it is asked for, its fits meanwhile made elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepup_equity.findings.models.em_gates import begin_gates_with_blanks
from stepup_equity.findings.models.model_words import blanks_note
from stepup_equity.findings.models.progression_model import model_of_fits
from stepup_equity.findings.models.setup import Asked, set_up

if TYPE_CHECKING:
    from collections.abc import Callable

    from stepup_equity.counts import Denominator, StageCounts
    from stepup_equity.findings.models.em_gates import Begin
    from stepup_equity.findings.models.progression_model import ProgressionModel


def begin_with_blanks(
    counts: StageCounts, formula: str, *, denominator: Denominator, begin: Begin
) -> Callable[[], ProgressionModel]:
    """`progression_model` with ``missing="em"``, whose fits are begun now.

    Parameters
    ----------
    counts, formula, denominator
        As in `progression_model`.
    begin : callable
        Where to fit.

    Returns
    -------
    callable
        The model, when it is called.

    Raises
    ------
    ArgumentError
        As in `progression_model`.
    """
    whole, notes, incomplete = set_up(counts, formula, Asked(missing="em", denominator=denominator))
    assert incomplete is not None
    coming = begin_gates_with_blanks(whole, incomplete, whole.data.gates, "auto", begin)
    said = (*notes, blanks_note(incomplete))
    return lambda: model_of_fits(counts, formula, coming(), said)
