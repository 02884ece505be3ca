"""From people and a formula to a design: what every model of gates starts with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from stepup_equity.counts import StageCounts, count_stages
from stepup_equity.errors import ArgumentError, listed, unknown_name
from stepup_equity.findings.models.data import Selection, incomplete_data, model_data
from stepup_equity.findings.models.formula import read_formula
from stepup_equity.findings.models.formula_design import formula_design
from stepup_equity.given import check_choice, check_known

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stepup_equity.counts import Denominator
    from stepup_equity.findings.models.data import Incomplete
    from stepup_equity.findings.models.formula_design import FormulaDesign
    from stepup_equity.records.applicants import Applicants


Missing = Literal["complete", "level", "em"]


@dataclass(frozen=True)
class Asked:
    """Whom a model is about and how groups are compared; the arguments of the same names.

    Attributes
    ----------
    level, groups, reference, where, missing, denominator, cluster
        As in `progression_model`.
    """

    level: str | Mapping[str, str] | None = None
    groups: Mapping[str, Sequence[str]] | None = None
    reference: Mapping[str, str] | None = None
    where: Mapping[str, str] | None = None
    missing: Missing = "complete"
    denominator: Denominator = "entered"
    cluster: str | None = None


def set_up(
    people: StageCounts | Applicants, formula: str, asked: Asked
) -> tuple[FormulaDesign, tuple[str, ...], Incomplete | None]:
    """Code a formula on the people asked for.

    Returns
    -------
    design : FormulaDesign
    notes : tuple of str
        Sentences that every output made from these people carries.
    incomplete : Incomplete or None
        With ``missing="em"`` everybody, blanks and all; the design is then one of complete cells.

    Raises
    ------
    ArgumentError
        A formula that cannot be read, names that were not counted, or counts that hold margins only.
    """
    counts = people if isinstance(people, StageCounts) else count_stages(people)
    if asked.where:
        counts = counts.only(asked.where)
    possible = [*counts.characteristics, *counts.strata, *(["cohort"] if counts.cohorts else [])]
    if asked.cluster is not None and asked.cluster not in possible:
        raise unknown_name(asked.cluster, possible, argument="cluster", of="counted")
    read = read_formula(formula, possible, [one.name for one in counts.programme.covariates])
    names = [name for name in read.variables if name in possible]
    numbers = [name for name in read.variables if name not in possible]
    if numbers and isinstance(people, StageCounts):
        raise ArgumentError(
            f"The formula names {listed(numbers)}, and counts hold no numbers of single people. "
            "Give the applicants in place of their counts."
        )
    axes = list(dict.fromkeys([*names, *([] if asked.cluster is None else [asked.cluster])]))
    if len(axes) > 1 and not counts.is_joint:
        raise ArgumentError(
            "These counts hold each characteristic on its own, so they cannot feed a model of "
            f"{listed(axes)}. Count applicant records, or model one characteristic."
        )
    selection = Selection(
        dict.fromkeys(names, asked.level)
        if isinstance(asked.level, str)
        else _by_name(asked.level, names, "level"),
        _by_name(asked.groups, names, "groups"),
        _by_name(asked.reference, names, "reference"),
        asked.missing == "level",
        asked.denominator,
    )
    if asked.missing == "em":
        if numbers:
            raise ArgumentError(
                f"The formula names {listed(numbers)}, and missing='em' shares out blanks of groups only. "
                "Leave the numbers out, or use missing='complete'."
            )
        incomplete = incomplete_data(counts, counts.cells(axes), names, selection)
        return formula_design(read, incomplete.data), counts.notes, incomplete
    if numbers and not isinstance(people, StageCounts):
        where = asked.where or {}
        records = people.with_covariates(numbers, by=[*axes, *(name for name in where if name not in axes)])
        data = model_data(counts, records, names, selection, cluster=asked.cluster, where=where)
    else:
        data = model_data(counts, counts.cells(axes), names, selection, cluster=asked.cluster)
    return formula_design(read, data), counts.notes, None


def _by_name(given: Any, names: Sequence[str], argument: str) -> Mapping[str, Any]:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        example = names[0] if names else "ethnicity"
        raise ArgumentError(
            f"{argument}={given!r} does not say which characteristic it is for. "
            f"Write {argument}={{{example!r}: ...}}."
        )
    check_known(given, names, argument=argument, of="in the formula")
    return given


def check_options(
    method: str, interval: str, errors: str, cluster: str | None, missing: str, confidence: float
) -> None:
    """Refuse options that do not exist, or do not go together."""
    for argument, value, known in (
        ("method", method, ("auto", "ml", "firth", "flac")),
        ("interval", interval, ("auto", "wald", "profile")),
        ("errors", errors, ("model", "robust", "cluster")),
        ("missing", missing, ("complete", "level", "em")),
    ):
        check_choice(value, known, argument=argument)
    if errors == "cluster" and cluster is None:
        raise ArgumentError(
            "errors='cluster' needs cluster=, the stratum within which people resemble each other."
        )
    if cluster is not None and errors != "cluster":
        raise ArgumentError(
            f"cluster={cluster!r} is used with errors='cluster' only. Add that, or leave it out."
        )
    if errors != "model" and interval == "profile":
        raise ArgumentError(
            f"interval='profile' follows the model's likelihood, which errors={errors!r} does not trust. "
            "Use interval='wald'."
        )
    if errors != "model" and method in ("firth", "flac"):
        raise ArgumentError(
            f"errors={errors!r} is for maximum likelihood; method={method!r} has the model's. "
            "Use method='ml'."
        )
    if missing == "em" and (errors != "model" or method == "firth"):
        raise ArgumentError(
            "missing='em' has errors from the observed information and method 'auto', 'ml' or 'flac'. "
            "Leave out errors= and method='firth', or use missing='complete'."
        )
    if not 0 < confidence < 1:
        raise ArgumentError(f"confidence={confidence!r} must lie between 0 and 1, such as 0.95.")
