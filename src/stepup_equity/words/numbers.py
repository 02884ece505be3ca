"""Numbers as they are printed: rounded at the edge, never to something they are not."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "count",
    "difference",
    "enumerated",
    "interval",
    "people_lost",
    "percent",
    "probability",
    "ratio",
    "rounded",
]


def percent(share: float) -> str:
    """A share as a percentage: whole between 10% and 99%, one decimal outside; halves away from zero.

    >>> percent(0.2), percent(0.0902), percent(0.00004), percent(0.9996), percent(1.0)
    ('20%', '9.0%', '<0.1%', '>99.9%', '100%')

    A half is a half although no binary number says 0.575: 23 of 40 is 58%.

    >>> percent(23 / 40), percent(540 / 541), percent(2 / 541)
    ('58%', '99.8%', '0.4%')
    """
    if np.isnan(share):
        return "–"
    if share in (0.0, 1.0):
        return f"{share:.0%}"
    if 0.0995 <= share <= 0.99:
        return f"{rounded(100 * _decimal(share))}%"
    words = f"{rounded(100 * _decimal(share), 1)}%"
    if words == "0.0%":
        return "<0.1%"
    return ">99.9%" if words == "100.0%" else words


def rounded(value: float | Decimal, decimals: int = 0) -> Decimal:
    """A number rounded to so many decimals, halves away from zero.

    >>> str(rounded(0.125, 2)), str(rounded(-2.5)), str(rounded(12.0, 1))
    ('0.13', '-3', '12.0')
    """
    number = value if isinstance(value, Decimal) else _decimal(value)
    return number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def _decimal(value: float) -> Decimal:
    """The shortest decimal that means this float: a quotient that ends in a half gets its half back."""
    return Decimal(repr(float(value)))


def ratio(value: float) -> str:
    """A ratio with two decimals; with more where two would print it as a threshold that it is not.

    >>> ratio(0.7969), ratio(0.8)
    ('0.797', '0.80')
    >>> ratio(0.4076), ratio(0.0), ratio(0.004), ratio(12.345), ratio(float("nan"))
    ('0.41', '0', '<0.01', '12.3', '–')
    """
    words = _two_decimals(value)
    if words in ("0.80", "1.25") and round(value, 6) not in (0.8, 1.25):
        longer = (f"{value:.{decimals}f}" for decimals in range(3, 8))
        return next(text for text in longer if float(text) not in (0.8, 1.25))
    return words


def _two_decimals(value: float) -> str:
    if np.isnan(value):
        return "–"
    if np.isinf(value):
        return "∞"
    if value == 0:
        return "0"
    if value < 0.005:
        return "<0.01"
    return f"{value:.2f}" if value < 10 else f"{value:,.1f}"


def interval(low: float, high: float) -> str:
    """Two ends of an interval of ratios.

    >>> interval(0.27, 0.59), interval(1.2, float("inf"))
    ('0.27 to 0.59', '1.20 or more')
    """
    if np.isinf(high):
        return f"{_two_decimals(low)} or more"
    return f"{_two_decimals(low)} to {_two_decimals(high)}"


def difference(value: float) -> str:
    """A difference of rates in percentage points.

    >>> difference(-0.194), difference(0.02), difference(0.0), difference(float("nan"))
    ('−19', '+2', '0', '–')
    """
    if np.isnan(value):
        return "–"
    points = round(100 * value)
    return "0" if points == 0 else f"{points:+d}".replace("-", "−")


def people_lost(shortfall: float) -> str:
    """People more or fewer than at the reference's rate, from how many are missing.

    >>> people_lost(30.5), people_lost(-2.2), people_lost(0.3), people_lost(float("nan"))
    ('−30', '+2', '0', '')
    """
    if np.isnan(shortfall):
        return ""
    whole = round(abs(shortfall))
    if whole == 0:
        return "0"
    return f"{'−' if shortfall > 0 else '+'}{whole:,}"


def probability(p: float) -> str:
    """A p-value as it stands in a sentence.

    >>> probability(0.0231), probability(0.00001), probability(0.6), probability(float("nan"))
    ('p = 0.023', 'p < 0.001', 'p = 0.60', 'no p-value')
    """
    if np.isnan(p):
        return "no p-value"
    if p < 0.001:
        return "p < 0.001"
    return f"p = {p:.3f}" if p < 0.1 else f"p = {p:.2f}"


def count(number: int, one: str, many: str = "") -> str:
    """A number with its noun.

    >>> count(1, "cliff edge"), count(0, "cliff edge"), count(1234, "person", "people")
    ('1 cliff edge', 'no cliff edges', '1,234 people')
    """
    noun = one if number == 1 else many or f"{one}s"
    return f"{number:,} {noun}" if number else f"no {noun}"


def enumerated(words: Iterable[str], most: int = 6) -> str:
    """Words in a row, the last after "and"; a long row says how many it leaves out.

    >>> enumerated(["Indian"]), enumerated(["Indian", "Arab", "Chinese"])
    ('Indian', 'Indian, Arab and Chinese')
    >>> enumerated("abcdefgh", most=3)
    'a, b, c and 5 more'
    """
    every = list(words)
    if len(every) > most:
        return f"{', '.join(every[:most])} and {len(every) - most} more"
    if len(every) < 2:
        return "".join(every)
    return f"{', '.join(every[:-1])} and {every[-1]}"
