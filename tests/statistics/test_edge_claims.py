"""One-sided claims of a run and their step-down, against the paper's formula written out table by table."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import hypergeom

from stepup_equity.errors import StatisticError
from stepup_equity.statistics.edge_claims import edge_claims, last_material

QUIET = settings(max_examples=25, deadline=None)


def written_out(tables: list[tuple[int, int, int, int]]) -> tuple[np.ndarray, np.ndarray]:
    """p and q of both claims of every table: every possible table of every claim, one after another."""
    claims = [claim for x, n, y, m in tables for claim in ((x, n, y, m), (y, m, x, n))]
    null: list[dict[int, tuple[float, float]]] = []
    seen = []
    for x, n, y, m in claims:
        total, below, mine = x + y, 0.0, {}
        for k in range(max(0, total - m), min(n, total) + 1) if n and m else ():
            mass = hypergeom.pmf(k, n + m, total, n)
            below += mass
            mine[k] = (below if Fraction(5 * k * m) < Fraction(4 * (total - k) * n) else 1.0, mass)
        null.append(mine)
        seen.append(mine[x][0] if mine else np.nan)

    def reached(claim: int, p: float) -> float:
        return sum(mass for value, mass in null[claim].values() if value <= p * (1 + 1e-9))

    q = [np.nan if np.isnan(p) else 1.0 for p in seen]
    most = 0.0
    for rank, claim in enumerate(sorted((i for i, p in enumerate(seen) if p < 1), key=seen.__getitem__), 1):
        shares = [reached(other, seen[claim]) for other in range(len(claims))]
        most = max(most, sum(share / (1 - share) for share in shares) / rank)
        q[claim] = min(most, 1.0)
    return np.reshape(seen, (-1, 2)).T, np.reshape(q, (-1, 2)).T


@pytest.mark.parametrize("seed", range(6))
def test_p_and_q_are_the_formula_written_out(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = int(rng.integers(1, 9))
    n, m = rng.integers(0, 60, rows), rng.integers(0, 150, rows)
    rate = rng.random(rows)
    x, y = rng.binomial(n, rate * rng.choice([1, 0.4], rows)), rng.binomial(m, rate)
    found = edge_claims(x, n, y, m)
    p, q = written_out(list(zip(x.tolist(), n.tolist(), y.tolist(), m.tolist(), strict=True)))
    np.testing.assert_allclose(found.p_value, p, rtol=1e-9)
    np.testing.assert_allclose(found.q, q, rtol=1e-8)
    assert found.flags == (q <= 0.05).sum()


@st.composite
def rows(draw: st.DrawFn) -> list[tuple[int, int, int, int]]:
    found = []
    for _ in range(draw(st.integers(1, 6))):
        n, m = draw(st.integers(0, 120)), draw(st.integers(0, 120))
        found.append((draw(st.integers(0, n)), n, draw(st.integers(0, m)), m))
    return found


@QUIET
@given(rows(), st.randoms())
def test_order_and_side_of_the_rows_change_nothing(tables: list, random: object) -> None:
    found = edge_claims(*zip(*tables, strict=True))
    order = list(range(len(tables)))
    random.shuffle(order)  # type: ignore[attr-defined]
    other = edge_claims(*zip(*[tables[i] for i in order], strict=True))
    np.testing.assert_array_equal(other.q, found.q[:, order])
    turned = edge_claims(*zip(*[(y, m, x, n) for x, n, y, m in tables], strict=True))
    np.testing.assert_allclose(turned.p_value, found.p_value[::-1], rtol=1e-12)
    np.testing.assert_allclose(turned.q, found.q[::-1], rtol=1e-9)
    assert turned.threshold == pytest.approx(found.threshold, rel=1e-9)


@QUIET
@given(rows())
def test_a_flag_has_a_ratio_below_four_fifths_in_whole_numbers(tables: list) -> None:
    found = edge_claims(*zip(*tables, strict=True))
    for i, (x, n, y, m) in enumerate(tables):
        flagged = found.q[:, i] <= 0.05
        assert not flagged.all()
        assert not flagged[0] or 5 * x * m < 4 * y * n
        assert not flagged[1] or 5 * y * n < 4 * x * m


@QUIET
@given(rows(), st.integers(1, 50))
def test_what_is_not_seen_makes_nothing_else_evident(tables: list, unseen: int) -> None:
    seen, hidden = (edge_claims(*zip(*tables, strict=True), unseen=n) for n in (0, unseen))
    known = ~np.isnan(seen.q)
    assert (hidden.q[known] >= seen.q[known]).all()
    assert hidden.threshold <= seen.threshold * (1 + 1e-9)


def test_the_material_limit_is_exact() -> None:
    for n, m, total in ((100, 100, 90), (5, 5, 9), (7, 1000, 400), (3, 3, 0), (999_999, 1_000_001, 777_777)):
        last = int(last_material(*(np.array([float(v)]) for v in (n, m, total)), Fraction(4, 5))[0])
        assert last < 0 or 5 * last * m < 4 * (total - last) * n
        assert 5 * (last + 1) * m >= 4 * (total - last - 1) * n


def test_millions_of_people_are_tested_to_the_last_digit() -> None:
    found = edge_claims([399_000, 400_000], [10**6, 10**6], [500_000, 500_000], [10**6, 10**6])
    assert 0 < found.p_value[0, 0] < 1e-300 or found.p_value[0, 0] == 0
    assert found.p_value[0, 1] == 1
    assert found.q[0].tolist() == [pytest.approx(0, abs=1e-100), 1.0]
    assert found.threshold == pytest.approx(0.1 / 1.1)  # so large that whatever is material is evident


def test_a_level_outside_its_range_is_refused() -> None:
    with pytest.raises(StatisticError, match="alpha=2 is not between 0 and 1"):
        edge_claims([1], [2], [1], [2], alpha=2)


def test_the_threshold_of_a_run_is_one_that_would_be_flagged() -> None:
    # everybody passed: the run makes no claim, and one more would need p / (1 - p) of at most 0.05
    assert edge_claims([4], [4], [14], [14]).threshold == pytest.approx(0.05 / 1.05)
    assert edge_claims([], [], [], []).threshold == pytest.approx(0.05 / 1.05)
    # two claims share a p of 28/924: both count, and their sum is more than 0.05
    assert edge_claims([2, 0], [4, 4], [4, 4], [8, 8]).threshold == pytest.approx(1 / 495)
    # claims that are not seen take what the others leave
    assert edge_claims([4], [4], [14], [14], unseen=2).threshold == pytest.approx(0.05 / 4.05)
