"""How often the 95 % intervals hold the truth, and how wide they are, beside the textbook ones.

    python benchmarks/coverage.py > benchmarks/coverage.md

No simulation: every outcome is weighed with its binomial probability (all but 1e-12 of it), so the figures
carry no Monte Carlo error. Ratios and differences: a group of n against a reference of 1,000, at a true ratio
of 1 and of 0.8. "undefined" is the chance that the interval does not exist; such outcomes count as not
covering. A width is the mean of high - low over outcomes where it is finite. Wald intervals are computed
here: the library has none.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri
from scipy.stats import binom

from stepup_equity import statistics as s

SIZES = (10, 30, 132, 1000)
RATES = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5)
REFERENCE = 1000
Z = -ndtri(0.025)


def wald_rate(passed: np.ndarray, n: int) -> s.Interval:
    rate = passed / n
    reach = Z * np.sqrt(rate * (1 - rate) / n)
    return s.Interval(rate, rate - reach, rate + reach)


def wald_difference(x1: np.ndarray, n1: int, x2: np.ndarray, n2: int) -> s.Interval:
    p1, p2 = x1 / n1, x2 / n2
    reach = Z * np.sqrt(p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2)
    return s.Interval(p1 - p2, p1 - p2 - reach, p1 - p2 + reach)


def outcomes(n: int, rate: float) -> tuple[np.ndarray, np.ndarray]:
    low, high = binom.ppf([5e-13, 1 - 5e-13], n, rate)
    x = np.arange(max(0, int(low) - 1), min(n, int(high) + 1) + 1)
    return x, binom.pmf(x, n, rate)


def figures(interval: s.Interval, weight: np.ndarray, truth: float) -> tuple[float, float, float]:
    """Coverage, mean width of the finite ones, and the chance that there is none."""
    there = ~np.isnan(interval.low)
    with np.errstate(invalid="ignore"):
        holds = there & (interval.low <= truth) & (truth <= interval.high)
        width = interval.high - interval.low
    finite = np.isfinite(width)
    mean = (weight * np.where(finite, width, 0)).sum() / weight[finite].sum() if finite.any() else np.nan
    return float(weight[holds].sum()), float(mean), float(weight[~there].sum())


def of_rates() -> list[tuple[object, ...]]:
    rows = []
    for n in SIZES:
        for rate in RATES:
            x, weight = outcomes(n, rate)
            wilson = figures(s.wilson_interval(x, n), weight, rate)
            wald = figures(wald_rate(x, n), weight, rate)
            rows.append((n, rate, *wilson[:2], *wald[:2]))
    return rows


def of_comparisons(ratio: float) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    ratios, differences = [], []
    for n in SIZES:
        for rate in RATES:
            x1, w1 = outcomes(n, ratio * rate)
            x2, w2 = outcomes(REFERENCE, rate)
            a, b = (grid.ravel() for grid in np.meshgrid(x1, x2, indexing="ij"))
            weight = np.outer(w1, w2).ravel()
            four = (a, n, b, REFERENCE)
            score = figures(s.score_ratio_interval(*four), weight, ratio)
            katz = figures(s.katz_ratio_interval(*four), weight, ratio)
            ratios.append((n, rate, *score[:2], *katz))
            gap = (ratio - 1) * rate
            differences.append(
                (
                    n,
                    rate,
                    *figures(s.score_difference_interval(*four), weight, gap)[:2],
                    *figures(wald_difference(*four), weight, gap)[:2],
                )
            )
    return ratios, differences


def table(title: str, names: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
    print(f"\n## {title}\n")
    print("| n | rate | " + " | ".join(names) + " |")
    print("| " + " | ".join(["---:"] * (len(names) + 2)) + " |")
    for n, rate, *values in rows:
        cells = [
            f"{100 * value:.1f}" if "width" not in name else f"{value:.3f}"
            for name, value in zip(names, values, strict=True)
        ]
        print(f"| {n:,} | {rate:g} | " + " | ".join(cells) + " |")


def main() -> None:
    print("# Coverage of the 95 % intervals\n")
    print(
        "Coverage and undefined in per cent, computed exactly; `python benchmarks/coverage.py` prints this."
    )
    table("Rates", ("Wilson", "width", "Wald", "Wald width"), of_rates())
    for ratio in (1.0, 0.8):
        ratios, differences = of_comparisons(ratio)
        against = f"against a reference of {REFERENCE:,}, true ratio {ratio:g}"
        names = ("Miettinen-Nurminen", "width", "Katz", "Katz width", "Katz undefined")
        table(f"Impact ratios {against}", names, ratios)
        table(
            f"Rate differences {against}", ("Miettinen-Nurminen", "width", "Wald", "Wald width"), differences
        )


if __name__ == "__main__":
    main()
