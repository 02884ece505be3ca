"""Split of a change of shares: exact, fair to every order, and its errors by simulation."""

from __future__ import annotations

from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepup_equity.errors import StatisticError
from stepup_equity.statistics.share_split import share_split


def funnels(data: st.DataObject, groups: int, stages: int) -> np.ndarray:
    return np.array(
        [[sorted(data.draw(st.lists(st.integers(0, 40), min_size=stages, max_size=stages)), reverse=True)
          for _ in range(groups)] for _ in range(2)]
    )  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(st.data(), st.integers(1, 4), st.integers(2, 4))
def test_parts_add_up_to_the_change(data: st.DataObject, groups: int, stages: int) -> None:
    reached = funnels(data, groups, stages)
    split = share_split(reached)
    last = reached[:, :, -1].sum(axis=1)
    if (last == 0).any():
        assert np.isnan(split.change).all()
        return
    share = reached[:, :, -1] / last[:, None]
    assert split.share == pytest.approx(share)
    assert split.change == pytest.approx(share[1] - share[0])
    if not np.isnan(split.parts).any():
        assert split.parts.sum(axis=1) == pytest.approx(split.change, abs=1e-12)
        assert split.rates == pytest.approx(split.parts[:, 1:].sum(axis=1), abs=1e-12)
        assert split.parts.sum(axis=0) == pytest.approx(np.zeros(stages), abs=1e-12)


def test_shapley_by_all_orders() -> None:
    reached = np.array([[[100, 60, 20], [50, 30, 20]], [[140, 90, 40], [30, 12, 9]]], float)
    factors = [[cohort[:, 0], cohort[:, 1] / cohort[:, 0], cohort[:, 2] / cohort[:, 1]] for cohort in reached]

    def share(choice: list[int]) -> np.ndarray:
        weight = np.prod([factors[cohort][factor] for factor, cohort in enumerate(choice)], axis=0)
        return weight / weight.sum()

    parts = np.zeros((2, 3))
    for order in permutations(range(3)):
        path = [[int(factor in order[:k]) for factor in range(3)] for k in range(4)]
        for factor, (before, after) in zip(order, pairwise(path), strict=True):
            parts[:, factor] += (share(after) - share(before)) / 6
    assert share_split(reached).parts == pytest.approx(parts)


def test_only_what_changed_gets_a_part() -> None:
    """Twice as many of one group applied; every rate stayed: composition alone explains the change."""
    split = share_split([[[100, 50, 10], [100, 40, 8]], [[200, 100, 20], [100, 40, 8]]])
    assert split.parts[:, 1:] == pytest.approx(np.zeros((2, 2)), abs=1e-12)
    assert split.parts[:, 0] == pytest.approx(split.change)


def test_size_of_a_cohort_does_not_matter() -> None:
    earlier, later = np.array([[100, 50], [80, 20]]), np.array([[90, 30], [70, 35]])
    assert share_split([earlier, 3 * later]).parts == pytest.approx(share_split([earlier, later]).parts)


def test_rates_of_a_gate_nobody_reached_are_the_other_cohorts() -> None:
    split = share_split([[[10, 0, 0], [100, 50, 25]], [[10, 5, 2], [100, 50, 25]]])
    assert split.borrowed.tolist() == [[False, True], [False, False]]
    assert split.parts[0, 2] == pytest.approx(0, abs=1e-12)
    assert split.parts.sum(axis=1) == pytest.approx(split.change)


def test_standard_errors_by_simulation() -> None:
    rng = np.random.default_rng(8)
    sizes, rates = np.array([[400, 150], [420, 200]]), np.array([[0.5, 0.6], [0.35, 0.6]])

    def draw() -> np.ndarray:
        applied = rng.poisson(sizes)
        first = rng.binomial(applied, rates[:, 0])
        return np.stack([applied, first, rng.binomial(first, rates[:, 1])], axis=2)

    parts = np.array([share_split(draw()).parts for _ in range(800)])
    first = rng.poisson(sizes) * 0 + sizes
    expected = np.stack([first, first * rates[:, 0], first * rates[:, 0] * rates[:, 1]], axis=2)
    error = share_split(np.rint(expected)).std_error
    assert error == pytest.approx(parts.std(axis=0), rel=0.12)


@pytest.mark.parametrize(
    ("reached", "sentence"),
    [
        (
            np.ones((2, 3)),
            "reached has shape (2, 3); it needs two cohorts, groups, and two stages or more.",
        ),
        (
            [[[1, 2]], [[2, 1]]],
            "reached grows from one stage to the next; no more people can pass than entered.",
        ),
        (np.ones((2, 1, 14)), "13 gates are too many to try in every order; the most is 12."),
    ],
)
def test_refusals(reached: object, sentence: str) -> None:
    with pytest.raises(StatisticError) as error:
        share_split(reached)  # type: ignore[arg-type]
    assert str(error.value) == sentence
