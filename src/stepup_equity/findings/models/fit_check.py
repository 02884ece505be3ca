"""Whether a model fits: residuals and influence, by gate, group and crossed groups."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.special import ndtr

from stepup_equity.columns import OVERALL
from stepup_equity.findings.adjusted import adjusted_by_family
from stepup_equity.findings.models.checks import calibration_frame, diagnostics_frame
from stepup_equity.findings.models.data import GroupVariable, NumberVariable
from stepup_equity.statistics.regression.diagnostics import carried

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from stepup_equity.findings.models.gate_fits import GateFit

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]
    Ints = NDArray[np.intp]

FEWEST_SHOWN: Final = 10
"""People below which nothing is said of a group, a crossed group or a cell: it could be one person's fate."""

BANDS: Final = 5
"""Bands of fitted rate, each of about a fifth of the people."""

MOST_CHECKED: Final = 5_000_000
"""Entries of a gate's model matrix up to which it is checked: tests of crossed groups may need as many."""

_FEWEST_EXPECTED: Final = 5.0
"""Expected passes and failures below which a crossed group's residual is not tested."""

_DETERMINED: Final = 1e-6
"""Share of a crossed group's variance that the model must leave it; else the model fits it by itself."""

_BY_ITSELF: Final = 0.95
"""Leverage above which the model fits a cell by itself: taking it away would change nothing else."""

_MOST_CELLS: Final = 10


@dataclass(frozen=True, eq=False)
class FitCheck:
    """What residuals and influence say of a model; nothing is said of fewer than ten people.

    Attributes
    ----------
    gates : DataFrame
        A row for each gate: ``people``, ``patterns``, ``dispersion`` (Pearson; about 1 where people of one
        cell fare as chance has it), ``hosmer_lemeshow_p``, ``c_statistic``, ``status``.
    bands : DataFrame
        Passes ``observed`` and ``expected`` in five bands of fitted rate.
    groups : DataFrame
        A row for each gate and group: ``dispersion`` and ``deviance_dispersion`` of its cells (sums of
        squared residuals, each over what leverage leaves), and its ``influence``: the share of all Cook's
        distances that lies in its cells.
    crossed : DataFrame
        Two characteristics crossed: ``passed`` beside ``expected``, with ``residual``, the square root of
        the score test that the crossed group would need a term of its own, and its p-values (Holm).
    cells : DataFrame
        The most influential cells, by Cook's distance, with their standardised deviance residual; cells
        that the model fits by themselves (leverage above 0.95) are none of them.
    unseen : float
        Share of all Cook's distances in cells of fewer than ten people, of which none is shown; NaN where no
        gate has any.
    """

    gates: pd.DataFrame
    bands: pd.DataFrame
    groups: pd.DataFrame
    crossed: pd.DataFrame
    cells: pd.DataFrame
    unseen: float

    @property
    def headline(self) -> str:
        """Whether people fare as the model says."""
        tested = self.crossed[self.crossed["p_value"].notna() & (self.crossed["gate"] != OVERALL)]
        amiss = tested[tested["p_adjusted"] <= 0.05]
        single = self.gates[(self.gates["gate"] != OVERALL) & (self.gates["status"] == "")]
        if single.empty:
            return "no gate has a fit that residuals could check"
        if single["dispersion"].isna().all():
            return "the model fits every cell by itself, so nothing is left that residuals could check"
        low, high = single["dispersion"].min(), single["dispersion"].max()
        return (
            f"dispersion {low:.2f} to {high:.2f} at single gates, about 1 where chance alone is left; "
            f"{len(amiss)} of {len(tested)} crossed groups fare otherwise than the terms of the model say"
        )


def fit_check(gates: Sequence[GateFit]) -> FitCheck:
    """Check every gate's fit by residuals, leverage and Cook's distances, as statsmodels has them.

    Parameters
    ----------
    gates : sequence of GateFit
        Without blanks shared out.
    """
    import pandas as pd

    found = [_Carried.of(gate) for gate in gates]
    about = diagnostics_frame(gates).reindex(
        columns=[
            *("gate", "people", "patterns", "dispersion", "hosmer_lemeshow_p", "c_statistic"),
            *("method", "status"),
        ]
    )
    about["status"] = [one if isinstance(one, str) else one.gate.reason for one in found]
    told = [one for one in found if isinstance(one, _Carried)]
    bands = [frame for one in told if (frame := _bands(one)) is not None]
    crossed = pd.DataFrame([row for one in told for row in _crossed(one)], columns=_CROSSED)
    crossed["p_adjusted"] = adjusted_by_family(crossed["p_value"], crossed["gate"])
    cells = pd.DataFrame([row for one in told for row in _cells(one)], columns=_CELLS)
    cells = cells.sort_values("cooks_distance", ascending=False, kind="stable", ignore_index=True)
    every = sum(float(one.cooks.sum()) for one in told)
    small = sum(float(one.cooks[one.entered < FEWEST_SHOWN].sum()) for one in told)
    return FitCheck(
        about,
        pd.concat(bands, ignore_index=True) if bands else pd.DataFrame(columns=_BANDS),
        pd.DataFrame([row for one in told for row in _groups(one)], columns=_GROUPS),
        crossed,
        cells.head(_MOST_CELLS),
        small / every if every > 0 else float("nan"),
    )


_BANDS = ["gate", "people", "observed", "expected", "observed_rate", "expected_rate"]
_GROUPS = [
    *("gate", "characteristic", "group", "entered", "passed", "dispersion", "deviance_dispersion"),
    *("influence", "status"),
]
_CROSSED = [
    *("gate", "characteristic", "group", "other_characteristic", "other_group", "entered", "passed"),
    *("expected", "residual", "p_value", "p_adjusted", "status"),
]
_CELLS = ["gate", "cell", "entered", "passed", "expected", "deviance_residual", "cooks_distance"]


@dataclass(frozen=True, eq=False)
class _Carried:
    """What residuals and influence say of one gate, a number for each cell with people at risk."""

    gate: GateFit
    entered: Floats
    passed: Floats
    expected: Floats
    pearson: Floats
    deviance: Floats
    leverage: Floats
    cooks: Floats
    studentized: Floats
    weights: Floats

    @classmethod
    def of(cls, gate: GateFit) -> _Carried | str:
        """The numbers; in their place the reason why there are none."""
        if gate.fit is None or not gate.reliable:
            return gate.reason or "separation: no finite estimate to check"
        entries = gate.rows.size * gate.fit.coef.size
        if entries > MOST_CHECKED:
            return f"not checked: a matrix of {entries:,} entries, more than {MOST_CHECKED:,}"
        entered, found = gate.at_risk[gate.rows], carried(gate.fit)
        own = found.leverage > _BY_ITSELF
        with np.errstate(divide="ignore", invalid="ignore"):
            studentized = np.where(own, np.nan, found.deviance / np.sqrt(1.0 - found.leverage))
        return cls(
            gate,
            entered,
            gate.passed[gate.rows],
            entered * gate.fit.fitted,
            found.pearson,
            found.deviance,
            found.leverage,
            np.where(own, 0.0, found.cooks_distance),
            studentized,
            found.weights,
        )

    @property
    def variables(self) -> list[GroupVariable]:
        return [v for v in self.gate.whole.data.variables if isinstance(v, GroupVariable)]

    def codes(self, variable: GroupVariable) -> Ints:
        return np.asarray(variable.codes[self.gate.rows], np.intp)


def _bands(one: _Carried) -> pd.DataFrame | None:
    """Bands of at least ten people each, as many as there can be up to five; None where there are no two."""
    assert one.gate.fit is not None
    for bands in range(BANDS, 1, -1):
        frame = calibration_frame(one.gate.gate, one.gate.fit, bands)
        if len(frame) > 1 and frame["people"].min() >= FEWEST_SHOWN:
            return frame
    return None


def _groups(one: _Carried) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    total = float(one.cooks.sum())
    for variable in one.variables:
        code = one.codes(variable)
        for g, group in enumerate(variable.groups):
            inside = code == g
            entered, passed = int(one.entered[inside].sum()), int(one.passed[inside].sum())
            left = float((1.0 - one.leverage[inside]).sum())
            status = ""
            if entered < FEWEST_SHOWN:
                status = f"fewer than {FEWEST_SHOWN} people"
            elif left < 1.0:
                status = "the model fits its cells by themselves"
            numbers = [
                float((residual[inside] ** 2).sum()) / left if not status else float("nan")
                for residual in (one.pearson, one.deviance)
            ]
            share = float(one.cooks[inside].sum()) / total if total > 0 else float("nan")
            influence = share if entered >= FEWEST_SHOWN else float("nan")
            rows.append((one.gate.gate, variable.name, group, entered, passed, *numbers, influence, status))
    return rows


def _crossed(one: _Carried) -> list[tuple[Any, ...]]:
    """Each crossed group's passes beside those expected, with the score test of a term of its own."""
    rows: list[tuple[Any, ...]] = []
    for first, second in combinations(one.variables, 2):
        size = len(second.groups)
        code = one.codes(first) * size + one.codes(second)
        most = len(first.groups) * size
        entered, passed, expected = (
            np.bincount(code, values, most) for values in (one.entered, one.passed, one.expected)
        )
        shown = np.flatnonzero(entered >= FEWEST_SHOWN)
        residual = _residuals(one, code, shown)
        few = np.minimum(expected, entered - expected)[shown] < _FEWEST_EXPECTED
        for k, cell in enumerate(shown.tolist()):
            a, b = divmod(cell, size)
            status = ""
            if np.isnan(residual[k]):
                status = "the model fits it by itself"
            elif few[k]:
                status = f"not tested: fewer than {_FEWEST_EXPECTED:.0f} expected to pass, or not to"
            tested = residual[k] if not status else float("nan")
            rows.append(
                (
                    *(one.gate.gate, first.name, first.groups[a], second.name, second.groups[b]),
                    *(int(entered[cell]), int(passed[cell]), float(expected[cell]), tested),
                    *(float(2.0 * ndtr(-abs(tested))), float("nan"), status),
                )
            )
    return rows


def _residuals(one: _Carried, code: Ints, shown: Ints) -> Floats:
    """Square roots of score tests, signed; NaN where the model leaves a crossed group nothing of its own."""
    assert one.gate.fit is not None
    place = np.full(int(code.max(initial=0)) + 1, shown.size)
    place[shown] = np.arange(shown.size)
    group, size = place[code], shown.size + 1  # the last holds whoever is in none that is shown
    amiss = np.bincount(group, one.passed - one.expected, size)[:-1]
    own = np.bincount(group, one.weights, size)[:-1]
    shared = one.gate.fit.design.totals(one.weights, group, size)[:-1]
    left = own - ((shared @ one.gate.fit.covariance_augmented) * shared).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = amiss / np.sqrt(left)
    return np.where(left > _DETERMINED * own, found, np.nan)


def _cells(one: _Carried) -> list[tuple[Any, ...]]:
    """Cells of at least ten people, with how far the fit would move without each."""
    names = [_labels(one, variable) for variable in one.gate.whole.data.variables]
    return [
        (
            one.gate.gate,
            ", ".join(labels[i] for labels in names),
            *(int(one.entered[i]), int(one.passed[i]), float(one.expected[i])),
            *(float(one.studentized[i]), float(one.cooks[i])),
        )
        for i in np.flatnonzero((one.entered >= FEWEST_SHOWN) & ~np.isnan(one.studentized)).tolist()
        if one.gate.gate != OVERALL
    ]


def _labels(one: _Carried, variable: GroupVariable | NumberVariable) -> list[str]:
    """What each cell has of a variable."""
    if isinstance(variable, GroupVariable):
        return [variable.groups[code] for code in one.codes(variable)]
    return [f"{variable.name} {value:g}" for value in variable.values[one.gate.rows]]
