"""Numbers as they are printed: rounded at the edge, never to something they are not."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable


HIDDEN_NUMBER: Final = "hidden"
"""What stands for a number of people that a published table hides."""


def people_number(people: float) -> str:
    """A number of people as printed; a word for one that is hidden, which is NaN.

    >>> people_number(1234), people_number(1234.0), people_number(float("nan"))
    ('1,234', '1,234', 'hidden')
    """
    return HIDDEN_NUMBER if people != people else f"{int(people):,}"


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
        return "100%" if share else "0%"
    if 0.0995 <= share <= 0.99:
        return f"{rounded(100 * _decimal(share))}%"
    words = f"{rounded(100 * _decimal(share), 1)}%"
    if words == "0.0%":
        return "<0.1%"
    return ">99.9%" if words == "100.0%" else words


def percent_of(part: int, whole: int, decimals: int | None = None) -> str:
    """A share as a percentage from the whole numbers themselves: only everybody is 100%, nobody 0%.

    >>> percent_of(540, 541), percent_of(2, 541), percent_of(23, 40), percent_of(9, 9), percent_of(1, 8, 1)
    ('99.8%', '0.4%', '58%', '100%', '12.5%')
    >>> percent_of(99999, 100000), percent_of(1, 100000), percent_of(0, 0)
    ('>99.9%', '<0.1%', '–')
    """
    if not whole:
        return "–"
    if part in (0, whole):
        return "0%" if part == 0 else "100%"
    places = decimals if decimals is not None else int(not 995 * whole <= 10000 * part <= 9900 * whole)
    unit = 10**places
    hundredths = (200 * unit * int(part) + int(whole)) // (2 * int(whole))  # halves away from zero
    if hundredths == 0:
        return f"<{Decimal(1) / unit}%"
    if hundredths == 100 * unit:
        return f">{Decimal(100) - Decimal(1) / unit}%"
    return f"{Decimal(hundredths) / unit:.{places}f}%"


def percents_of(part: int, whole: int, other_part: int, other_whole: int) -> tuple[str, str]:
    """Two shares side by side, as exactly as it takes for two that differ to be printed differently.

    >>> percents_of(21, 105, 526, 1072), percents_of(430, 1000, 431, 1000)
    (('20%', '49%'), ('43.0%', '43.1%'))
    """
    pair = percent_of(part, whole), percent_of(other_part, other_whole)
    decimals = 1
    while pair[0] == pair[1] and part * other_whole != other_part * whole and decimals < 6:
        pair = percent_of(part, whole, decimals), percent_of(other_part, other_whole, decimals)
        decimals += 1
    return pair


def rounded(value: float | Decimal, decimals: int = 0) -> Decimal:
    """A number rounded to so many decimals, halves away from zero; a zero has no sign.

    >>> str(rounded(0.125, 2)), str(rounded(-2.5)), str(rounded(12.0, 1)), str(rounded(-0.04, 1))
    ('0.13', '-3', '12.0', '0.0')
    """
    number = value if isinstance(value, Decimal) else _decimal(value)
    return number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP) + 0


def would_pass(at_risk: float, ref_passed: float, ref_at_risk: float) -> int:
    """How many of a group would have passed at the rate of their reference, in whole people.

    >>> would_pass(132, 154, 1333), would_pass(5, 1, 2)
    (15, 3)
    """
    return int(Fraction(at_risk) * Fraction(ref_passed) / Fraction(ref_at_risk) + Fraction(1, 2))


def signed(value: float, decimals: int = 1, *, plus: bool = True) -> str:
    """A number with its sign; one that is rounded to zero has none, and what is no number is a dash.

    >>> signed(0.5, 2, plus=False), signed(-0.5, 2, plus=False)
    ('0.50', '−0.50')
    >>> signed(1.25), signed(-0.4), signed(-0.04), signed(0.0, 2), signed(float("nan")), signed(-1234.5, 0)
    ('+1.3', '−0.4', '0.0', '0.00', '–', '−1,235')
    """
    if np.isnan(value):
        return "–"
    if np.isinf(value):
        return "∞" if value > 0 else "−∞"
    number = rounded(value, decimals)
    return f"{number:+,}".replace("-", "−") if number and plus else f"{number:,}".replace("-", "−")


def signed_interval(low: float, high: float, decimals: int = 1, *, plus: bool = True) -> str:
    """Two ends of an interval of differences, each on its side of zero.

    >>> signed_interval(-18.24, 0.0275), signed_interval(-0.0035, 1.2), signed_interval(-1.25, 0.0)
    ('−18.2 to +0.03', '−0.004 to +1.2', '−1.3 to 0.0')
    >>> signed_interval(-0.18, 0.00027, 2, plus=False), signed_interval(float("nan"), float("nan"))
    ('−0.18 to 0.0003', 'no limits')
    """
    if np.isnan(low) and np.isnan(high):
        return "no limits"
    ends = (signed(end, _decimals_on_side(end, decimals), plus=plus) for end in (low, high))
    return " to ".join(ends)


def _decimals_on_side(value: float, decimals: int) -> int:
    """As many decimals as asked for, or as it takes for what is not zero not to be printed as it."""
    if not np.isfinite(value):
        return decimals
    return next((more for more in range(decimals, 10) if rounded(value, more)), decimals)


def decimals_for(spread: float) -> int:
    """Decimals that tell apart what is a twentieth of a spread apart: none for hundreds, two for shares.

    >>> decimals_for(120.0), decimals_for(9.5), decimals_for(0.2), decimals_for(0.0)
    (0, 1, 2, 1)
    """
    if not np.isfinite(spread) or spread <= 0:
        return 1
    return int(max(0, -np.floor(np.log10(spread / 20))))


def _decimal(value: float) -> Decimal:
    """The decimal that this float stands for: a quotient that ends in a half gets its half back.

    Twelve digits of what is no whole number, since the last ones of a sum depend on the order of what was
    added.

    >>> str(_decimal(23 / 40)), str(_decimal(0.8749999999999999)), str(_decimal(12345678901234.0))
    ('0.575', '0.875', '12345678901234')
    """
    return Decimal(int(value)) if float(value).is_integer() else Decimal(f"{value:.12g}")


_THRESHOLDS = ("0.8", "1.", "1.25")
"""As they are printed, without the zeros they end in."""


def ratio(value: float) -> str:
    """A ratio with two decimals; with more where two would print it as a threshold that it is not.

    >>> ratio(0.7969), ratio(0.8), ratio(0.9989)
    ('0.797', '0.80', '0.999')
    >>> ratio(0.4076), ratio(0.0), ratio(0.004), ratio(12.345), ratio(float("nan"))
    ('0.41', '0', '<0.01', '12.3', '–')
    """
    if not np.isfinite(value) or round(value, 9) in (0.8, 1.0, 1.25):
        return _two_decimals(value)
    return _on_its_side(float(value), float(value))


def ratio_of(passed: int, n: int, ref_passed: int, ref_n: int) -> str:
    """The ratio of two shares from the whole numbers, never on another side of 0.8, 1 or 1.25 than it lies.

    >>> ratio_of(40, 100, 50, 100), ratio_of(39999, 100000, 50000, 100000), ratio_of(5, 9, 0, 9)
    ('0.80', '0.79998', '∞')
    """
    if not n or not ref_n or not (passed or ref_passed):
        return "–"
    if not ref_passed:
        return "∞"
    exact = Fraction(int(passed) * int(ref_n), int(n) * int(ref_passed))
    return _on_its_side(float(exact), exact)


def _on_its_side(value: float, exact: Fraction | float) -> str:
    words = _two_decimals(value)
    for decimals in range(3, 16):
        if not 0.5 < value < 2 or words.rstrip("0") not in _THRESHOLDS or Fraction(words) == exact:
            break
        words = f"{value:.{decimals}f}"
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
    return f"{rounded(value, 2)}" if value < 10 else f"{value:,.1f}"


def interval(low: float, high: float) -> str:
    """Two ends of an interval of ratios, each on its side of 0.8, 1 and 1.25.

    >>> interval(0.27, 0.59), interval(1.2, float("inf")), interval(0.799, 0.998)
    ('0.27 to 0.59', '1.20 or more', '0.799 to 0.998')
    >>> interval(float("nan"), float("nan"))
    'no limits'
    """
    if np.isnan(low) and np.isnan(high):
        return "no limits"
    if np.isinf(high):
        return f"{ratio(low)} or more"
    return f"{ratio(low)} to {ratio(high)}"


def difference(value: float) -> str:
    """A difference of rates in percentage points.

    >>> difference(-0.194), difference(0.02), difference(0.125), difference(0.0), difference(float("nan"))
    ('−19', '+2', '+13', '0', '–')
    """
    if np.isnan(value):
        return "–"
    points = int(rounded(100 * _decimal(value)))
    return f"{points:+d}".replace("-", "−") if points else "0"


def points_apart(value: float) -> str:
    """How far two rates are apart, in percentage points; less than one point with a decimal.

    >>> points_apart(-0.194), points_apart(0.01), points_apart(0.004), points_apart(0.0001), points_apart(0.0)
    ('19 percentage points', '1 percentage point', '0.4 percentage points', 'less than 0.1 percentage points',
    'no percentage points')
    """
    points = 100 * _decimal(abs(value))
    if points and not rounded(points, 1):
        return "less than 0.1 percentage points"
    if 0 < points < Decimal("0.95"):
        return f"{rounded(points, 1)} percentage points"
    return count(int(rounded(points)), "percentage point")


def people_lost(shortfall: float) -> str:
    """People more or fewer than at the reference's rate, from how many are missing.

    >>> people_lost(30.5), people_lost(-2.2), people_lost(0.3), people_lost(float("nan"))
    ('−31', '+2', '0', '')
    """
    if np.isnan(shortfall):
        return ""
    whole = rounded(abs(shortfall))
    if whole == 0:
        return "0"
    return f"{'−' if shortfall > 0 else '+'}{whole:,}"


def probability(p: float) -> str:
    """A p-value as it stands in a sentence.

    >>> probability(0.0231), probability(0.00001), probability(0.6), probability(float("nan"))
    ('p = 0.023', 'p < 0.001', 'p = 0.60', 'no p-value')

    One that misses 0.05 by little is not printed as if it met it:

    >>> probability(0.05003)
    'p = 0.05003'
    """
    if np.isnan(p):
        return "no p-value"
    if p < 0.001:
        return "p < 0.001"
    return f"p = {p:.2f}" if p >= 0.1 else f"p = {p_figure(p)}"


def p_figure(p: float) -> str:
    """A p-value in a table: three decimals, more where three would put it on the other side of 0.05.

    >>> p_figure(0.0231), p_figure(0.05003), p_figure(0.9999), p_figure(0.00001), p_figure(float("nan"))
    ('0.023', '0.05003', '1.000', '<0.001', '–')
    """
    if np.isnan(p):
        return "–"
    if p < 0.001:
        return "<0.001"
    exactly = (f"{p:.{decimals}f}" for decimals in range(3, 18))
    return next(text for text in exactly if (float(text) > 0.05) == (p > 0.05))


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


def chance(share: float) -> str:
    """A chance as it is spoken of; nothing short of certainty is 100%.

    >>> chance(0.486), chance(0.997), chance(0.0), chance(0.002)
    ('49%', 'more than 99%', '0%', 'less than 1%')
    """
    if 0.995 <= share < 1:
        return "more than 99%"
    if 0 < share < 0.005:
        return "less than 1%"
    return f"{rounded(100 * _decimal(share))}%"


def an(words: str) -> str:
    """A number with its article: a 49% chance, but an 8%, 11%, 18% or 80% one.

    >>> an("49% chance"), an("11% chance"), an("80% chance"), an("less than 1% chance")
    ('a 49% chance', 'an 11% chance', 'an 80% chance', 'less than a 1% chance')
    """
    than = next((than for than in ("less than ", "more than ") if words.startswith(than)), "")
    number = words.removeprefix(than)
    return f"{than}{'an' if number.startswith(('8', '11%', '18%')) else 'a'} {number}"
