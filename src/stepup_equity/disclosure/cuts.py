"""Bands of a number that are cut otherwise than before: which of them add up to which."""

from __future__ import annotations

from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING

from stepup_equity.records.bands import band_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from stepup_equity.process import Programme


Bounds = tuple[float, float]
"""Lowest and highest whole number of a band, both ends included."""


def declared_bounds(programme: Programme) -> dict[str, dict[str, Bounds]]:
    """Characteristic -> group -> bounds, as declared or else as the label says; the outer ones are open."""
    found = {}
    for characteristic in programme.characteristics:
        bounds = {
            group.label: (
                -inf if group.lowest is None else group.lowest,
                inf if group.highest is None else group.highest,
            )
            for group in characteristic.groups
            if group.lowest is not None or group.highest is not None
        }
        found[characteristic.name] = (
            _opened(bounds) if bounds else bounds_of_labels(group.label for group in characteristic.groups)
        )
    return found


def bounds_of_labels(labels: Iterable[str]) -> dict[str, Bounds]:
    """What the labels of a published table say of their bounds; the outer ones are open.

    >>> bounds_of_labels(["16-24", "25 to 44", "45 and over", "Not stated"])
    {'16-24': (-inf, 24), '25 to 44': (25, 44), '45 and over': (45, inf)}
    """
    read = ((label, band_of(label)) for label in labels)
    return _opened(
        {
            label: (-inf if band[0] is None else band[0], inf if band[1] is None else band[1])
            for label, band in read
            if band is not None
        }
    )


def _opened(bounds: dict[str, Bounds]) -> dict[str, Bounds]:
    """Whether the youngest are "16 to 24" or "under 25" is a matter of words."""
    if len(bounds) < 2:
        return bounds
    first, last = min(low for low, _ in bounds.values()), max(high for _, high in bounds.values())
    return {
        label: (-inf if low == first else low, inf if high == last else high)
        for label, (low, high) in bounds.items()
    }


def tiles(whole: Bounds, bands: Mapping[str, Bounds]) -> tuple[str, ...]:
    """Bands that make up another one without gap or overlap; none where there are no such bands.

    >>> tiles((25, 44), {"25-34": (25, 34), "35-44": (35, 44), "45+": (45, inf)})
    ('25-34', '35-44')
    >>> tiles((25, 40), {"25-34": (25, 34), "35-44": (35, 44)})
    ()
    """
    inside = sorted(
        (label for label, (low, high) in bands.items() if whole[0] <= low and high <= whole[1]),
        key=lambda label: bands[label],
    )
    if not inside or (bands[inside[0]][0], bands[inside[-1]][1]) != whole:
        return ()
    joined = all(bands[one][1] + 1 == bands[other][0] for one, other in pairwise(inside))
    return tuple(inside) if joined else ()
