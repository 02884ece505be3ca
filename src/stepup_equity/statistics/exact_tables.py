"""All tables of several groups by several outcomes with given margins, met in the middle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import gammaln

if TYPE_CHECKING:
    from stepup_equity.arrays import Floats, Ints

    Half = tuple[Ints, Floats]


_MOST: Final = 600_000
"""Part-tables of one half up to which all are written out; well within a second."""

_TIE: Final = 1e-7
"""Tables whose probability is within this share of the observed one count as equally likely, as in R."""


def share_of_tables(table: Floats) -> float | None:
    """Probability of all tables no more likely than this one given its margins; None for too many.

    The columns are split in two halves. Each half is written out as what it leaves of the rows and how likely
    it is; what two halves leave must fit, and of those that do, the ones whose product is small enough are
    added up (Freeman and Halton 1951).
    """
    counts = table if table.shape[0] <= table.shape[1] else table.T
    rows, columns = counts.sum(axis=1).astype(np.int64), counts.sum(axis=0).astype(np.int64)
    order = np.argsort(columns)
    first, second = _half(rows, columns[order[0::2]]), _half(rows, columns[order[1::2]])
    if first is None or second is None:
        return None
    radix = np.concatenate([[1], np.cumprod(rows[:-1] + 1)]).astype(np.int64)
    fixed = float(gammaln(rows + 1.0).sum() + gammaln(columns + 1.0).sum() - gammaln(rows.sum() + 1.0))
    limit = float(-gammaln(counts + 1.0).sum()) + np.log1p(_TIE)
    left, right = _by_key(first[0] @ radix, first[1]), _by_key((rows - second[0]) @ radix, second[1])
    total = 0.0
    for key, ours in left.items():
        theirs = right.get(key)
        if theirs is None:
            continue
        short, long = (ours, theirs) if ours.size < theirs.size else (theirs, ours)
        up_to = np.concatenate([[0.0], np.cumsum(np.exp(long - long[-1]))])
        taken = np.searchsorted(long, limit - short, side="right")
        total += float(np.sum(np.exp(short + long[-1] + fixed) * up_to[taken]))
    return min(total, 1.0)


def _half(rows: Ints, columns: Ints) -> Half | None:
    """What some columns can take from the rows, and the log weight of each way."""
    used, weight = np.zeros((1, rows.size), np.int64), np.zeros(1)
    for total in columns.tolist():
        ways = _column(rows, int(total))
        if ways is None or used.shape[0] * ways.shape[0] > _MOST:
            return None
        together = (used[:, None, :] + ways[None, :, :]).reshape(-1, rows.size)
        log_ways = -gammaln(ways + 1.0).sum(axis=1)
        both = (weight[:, None] + log_ways[None, :]).ravel()
        fits = (together <= rows).all(axis=1)
        used, weight = together[fits], both[fits]
    return used, weight


def _column(rows: Ints, total: int) -> Ints | None:
    """All ways to take so many from the rows."""
    sizes = np.minimum(rows[:-1], total) + 1
    if float(np.prod(sizes.astype(float))) > 4 * _MOST:
        return None
    most = np.indices(sizes.tolist()).reshape(rows.size - 1, -1).T
    last = total - most.sum(axis=1)
    fits = (last >= 0) & (last <= rows[-1])
    return np.asarray(np.column_stack([most[fits], last[fits]]), dtype=np.int64)


def _by_key(keys: Ints, weights: Floats) -> dict[int, Floats]:
    """Weights of each key, smallest first."""
    order = np.lexsort((weights, keys))
    found, starts = np.unique(keys[order], return_index=True)
    return dict(zip(found.tolist(), np.split(weights[order], starts[1:]), strict=True))
