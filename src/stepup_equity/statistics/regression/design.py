"""A model matrix held as codes: every block of columns has at most one entry per row."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from stepup_equity.errors import StatisticError
from stepup_equity.statistics.regression.bundles import bundled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from stepup_equity.arrays import Bools, Floats
    from stepup_equity.statistics.regression.bundles import Bundle

    Ints = NDArray[np.intp]


_SMALL = 40_000
"""Entries of a matrix up to which plain products cost less than scatter-adds."""

_WIDEST = 4_096
"""Codes of a bundle beyond which its own small matrices cost more than a further bundle."""

_KEYS_HELD = 8_000_000
"""Pair keys kept between iterations, in entries (64 MB); beyond that they are computed afresh."""


@dataclass(frozen=True, eq=False)
class Block:
    """Columns of which each row uses at most one.

    The intercept is one column used by every row, a characteristic one column for each group but the
    reference, an interaction one column for each combination, and a numeric covariate one column with a
    value. Held so, a model of six characteristics costs seven numbers a person instead of forty.

    Attributes
    ----------
    codes : ndarray of int, shape (n_rows,)
        0 where the row uses no column of the block, else 1 + the column's position in it.
    n_columns : int
        Columns of the block.
    values : ndarray or None, shape (n_rows,)
        The entry itself; None means 1 wherever a column is used.
    """

    codes: Ints
    n_columns: int
    values: Floats | None = None

    def rows(self, chosen: Bools | Ints) -> Block:
        """The block on some of the rows."""
        return Block(self.codes[chosen], self.n_columns, None if self.values is None else self.values[chosen])

    def above(self, other: Block) -> Block:
        """Its rows and below them those of a block of the same columns."""
        held = [part.values for part in (self, other) if part.values is not None]
        values = np.concatenate(held) if len(held) == 2 else None
        return Block(np.concatenate([self.codes, other.codes]), self.n_columns, values)

    def columns(self, kept: Bools) -> Block:
        """The block without the columns that are not kept."""
        position = np.zeros(self.n_columns + 1, dtype=np.intp)
        position[1:][kept] = np.arange(1, int(kept.sum()) + 1)
        return Block(position[self.codes], int(kept.sum()), self.values)


def intercept(n_rows: int) -> Block:
    """A column of ones."""
    return Block(np.ones(n_rows, dtype=np.intp), 1)


def treatment(levels: ArrayLike, n_levels: int) -> Block:
    """Indicator columns of a factor against its first level (treatment coding).

    Parameters
    ----------
    levels : array_like of int, shape (n_rows,)
        Position of each row's level; level 0 is the reference and has no column.
    n_levels : int
        Levels including the reference.
    """
    codes = np.asarray(levels, dtype=np.intp)
    if codes.size and (codes.min() < 0 or codes.max() >= n_levels):
        raise StatisticError(
            f"A level lies outside 0 to {n_levels - 1}: {codes.min()} to {codes.max()} found."
        )
    return Block(codes, n_levels - 1)


def numeric(values: ArrayLike) -> Block:
    """One column of numbers."""
    x = np.asarray(values, dtype=np.float64)
    if not np.isfinite(x).all():
        raise StatisticError(
            f"A numeric covariate must be finite; {int((~np.isfinite(x)).sum())} values are not."
        )
    return Block(np.ones(x.size, dtype=np.intp), 1, x)


@dataclass(frozen=True, eq=False)
class CodedDesign:
    """A model matrix as blocks of codes, with the products that a fit needs.

    Products are scatter-adds (`numpy.bincount`) over rows, one per bundle of blocks or pair of bundles; the
    full matrix is never formed, so 500 groups or a hundred thousand rows cost memory in proportion to rows,
    not to rows times columns. A matrix so small that calls cost more than work is formed after all.

    Attributes
    ----------
    blocks : tuple of Block
        Column blocks from left to right.
    n_rows, n_columns : int
        Shape of the matrix that the blocks stand for.

    Examples
    --------
    Two genders and a score, three people:

    >>> from stepup_equity.statistics.regression import CodedDesign, intercept, numeric, treatment
    >>> design = CodedDesign.of([intercept(3), treatment([0, 1, 1], 2), numeric([50, 60, 70])])
    >>> design.dense()
    array([[ 1.,  0., 50.],
           [ 1.,  1., 60.],
           [ 1.,  1., 70.]])
    >>> design.gram([1, 1, 1])
    array([[3.0e+00, 2.0e+00, 1.8e+02],
           [2.0e+00, 2.0e+00, 1.3e+02],
           [1.8e+02, 1.3e+02, 1.1e+04]])
    """

    blocks: tuple[Block, ...]
    n_rows: int
    n_columns: int
    _keys: dict[tuple[int, int], Ints] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, blocks: Sequence[Block]) -> CodedDesign:
        """Put blocks side by side."""
        lengths = {block.codes.size for block in blocks}
        if len(lengths) != 1:
            raise StatisticError(
                f"The blocks of a design need the same number of rows; found {sorted(lengths)}."
            )
        return cls(tuple(blocks), lengths.pop(), sum(block.n_columns for block in blocks))

    def forget(self) -> None:
        """Free what was kept between the iterations of a fit; it is worked out afresh when next needed."""
        self._keys.clear()

    @cached_property
    def slices(self) -> tuple[slice, ...]:
        """The columns of each block."""
        ends = np.cumsum([block.n_columns for block in self.blocks]).tolist()
        return tuple(slice(end - block.n_columns, end) for block, end in zip(self.blocks, ends, strict=True))

    @cached_property
    def bundles(self) -> tuple[Bundle, ...]:
        """The blocks, as products of two columns go through them: a pair has at most four codes a row."""
        return bundled(self.blocks, math.isqrt(4 * self.n_rows))

    @cached_property
    def wide(self) -> tuple[Bundle, ...]:
        """The blocks, as products with one vector go through them: fewer, with many codes each."""
        return bundled(self.blocks, min(self.n_rows // 8, _WIDEST))

    @cached_property
    def _small(self) -> Floats | None:
        """The matrix itself where it is small."""
        return self.dense() if self.n_rows * self.n_columns <= _SMALL else None

    def linear_predictor(self, coef: ArrayLike) -> Floats:
        """``X @ coef``, shape (n_rows,)."""
        beta = np.asarray(coef, dtype=np.float64)
        if self._small is not None:
            return np.asarray(self._small @ beta, dtype=np.float64)
        eta = np.zeros(self.n_rows)
        for bundle in self.wide:
            eta += bundle.entries(bundle.by_code(beta[bundle.columns]).take(bundle.codes))
        return eta

    def at_most(self, coef: Floats) -> float:
        """A number that no entry of ``X @ coef`` exceeds, from the coefficients alone."""
        own, further = np.abs(coef[: self.n_columns]) * self._largest, np.abs(coef[self.n_columns :])
        largest = np.maximum.reduceat(own, self._starts).tolist() if own.size else []
        return float(sum(largest) + further.sum())

    @cached_property
    def _starts(self) -> list[int]:
        """Where the columns of each block begin that has any."""
        return [at.start for at in self.slices if at.stop > at.start]

    @cached_property
    def _largest(self) -> Floats:
        """The largest entry of each column, as far as its block tells."""
        entries = [1.0 if b.values is None else float(np.abs(b.values).max(initial=0.0)) for b in self.blocks]
        return np.repeat(entries, [block.n_columns for block in self.blocks])

    def total(self, weights: ArrayLike) -> Floats:
        """``X.T @ weights``, shape (n_columns,)."""
        w = np.asarray(weights, dtype=np.float64)
        if self._small is not None:
            return np.asarray(w @ self._small, dtype=np.float64)
        out = np.empty(self.n_columns)
        for bundle in self.wide:
            out[bundle.columns] = bundle.by_column(_sums(bundle.codes, bundle.entries(w), bundle.size))
        return out

    def members(self, weights: ArrayLike) -> Floats:
        """Weight of the rows that use each column, whatever their entry, shape (n_columns,)."""
        w = np.asarray(weights, dtype=np.float64)
        out = np.empty(self.n_columns)
        for bundle in self.wide:
            out[bundle.columns] = bundle.by_column(_sums(bundle.codes, w, bundle.size))
        return out

    def totals(
        self, weights: ArrayLike, clusters: ArrayLike, n_clusters: int, rows: Ints | None = None
    ) -> Floats:
        """``X.T @ weights`` within each cluster, shape (n_clusters, n_columns).

        With `rows`, weights and clusters are of these rows, one for each time a row is named.
        """
        w = np.asarray(weights, dtype=np.float64)
        cluster = np.asarray(clusters, dtype=np.intp)
        out = np.empty((n_clusters, self.n_columns))
        for whole, columns in zip(self.blocks, self.slices, strict=True):
            block = whole if rows is None else whole.rows(rows)
            width = block.n_columns + 1
            v = w if block.values is None else w * block.values
            sums = np.bincount(cluster * width + block.codes, v, n_clusters * width)
            out[:, columns] = sums.reshape(n_clusters, width)[:, 1:]
        return out

    def gram(self, weights: ArrayLike) -> Floats:
        """``X.T @ diag(weights) @ X``, shape (n_columns, n_columns)."""
        w = np.asarray(weights, dtype=np.float64)
        if self._small is not None:
            return np.asarray((self._small * w[:, None]).T @ self._small, dtype=np.float64)
        out = np.empty((self.n_columns, self.n_columns))
        alone: dict[int, Floats] = {}  # sums by the codes of a bundle, as those by pairs tell them
        for i, a in enumerate(self.bundles):
            w_a = a.entries(w)
            for j, b in enumerate(self.bundles[i + 1 :], i + 1):
                sums = _sums(self._pair(i, j), b.entries(w_a), a.size * b.size).reshape(a.size, b.size)
                part = b.by_column(a.by_column(sums).T)
                out[b.columns, a.columns] = part
                out[a.columns, b.columns] = part.T
                if a.values is None and b.values is None:
                    for k, axis in ((i, 1), (j, 0)):
                        if k not in alone:
                            alone[k] = sums.sum(axis)
            by_code = alone[i] if i in alone else _sums(a.codes, a.entries(w_a), a.size)
            out[a.columns, a.columns] = a.products(by_code)
        return out

    def _pair(self, i: int, j: int) -> Ints:
        """Key of the pair of codes that each row has in two bundles."""
        known = self._keys.get((i, j))
        if known is not None:
            return known
        a, b = self.bundles[i], self.bundles[j]
        key = a.codes * b.size + b.codes
        if (len(self._keys) + 1) * self.n_rows <= _KEYS_HELD:
            self._keys[i, j] = key
        return key

    def quadratic(self, matrix: ArrayLike) -> Floats:
        """``x_i @ matrix @ x_i`` for every row i, shape (n_rows,); `matrix` is symmetric."""
        m = np.asarray(matrix, dtype=np.float64)
        if self._small is not None:
            return np.asarray(((self._small @ m) * self._small).sum(axis=1), dtype=np.float64)
        out = np.zeros(self.n_rows)
        for i, a in enumerate(self.bundles):
            own = a.forms(m[a.columns, a.columns]).take(a.codes)
            out += a.entries(a.entries(own))
            for j, b in enumerate(self.bundles[i + 1 :], i + 1):
                by_codes = b.by_code(a.by_code(m[a.columns, b.columns]).T).T
                out += b.entries(a.entries(2.0 * by_codes.ravel().take(self._pair(i, j))))
        return out

    def rows(self, chosen: Bools | Ints) -> CodedDesign:
        """The design on some of the rows, all columns kept."""
        return CodedDesign.of([block.rows(chosen) for block in self.blocks])

    def above(self, other: CodedDesign) -> CodedDesign:
        """Its rows and below them those of a design with the same blocks."""
        return CodedDesign.of([a.above(b) for a, b in zip(self.blocks, other.blocks, strict=True)])

    def only(self, blocks: Sequence[int]) -> CodedDesign:
        """The design of some of the blocks."""
        return CodedDesign.of([self.blocks[b] for b in blocks])

    def columns(self, kept: ArrayLike) -> CodedDesign:
        """The design without the columns that are not kept; blocks left empty are dropped."""
        keep = np.asarray(kept, dtype=bool)
        if keep.all():
            return self
        blocks = [
            block if keep[at].all() else block.columns(keep[at])
            for block, at in zip(self.blocks, self.slices, strict=True)
            if keep[at].any()
        ]
        if not blocks:
            return CodedDesign((), self.n_rows, 0)
        return CodedDesign.of(blocks)

    def sparse(self) -> sparse.csr_array:
        """The matrix in compressed rows."""
        entries, rows, columns = [np.empty(0)], [np.empty(0, np.intp)], [np.empty(0, np.intp)]
        for block, at in zip(self.blocks, self.slices, strict=True):
            used = np.flatnonzero(block.codes)
            rows.append(used)
            columns.append(block.codes[used] - 1 + at.start)
            entries.append(np.ones(used.size) if block.values is None else block.values[used])
        triples = (np.concatenate(entries), (np.concatenate(rows), np.concatenate(columns)))
        return sparse.csr_array(triples, shape=(self.n_rows, self.n_columns))

    def dense(self) -> Floats:
        """The matrix itself; for small designs and for other packages."""
        matrix = np.zeros((self.n_rows, self.n_columns))
        for block, at in zip(self.blocks, self.slices, strict=True):
            used = np.flatnonzero(block.codes)
            entries = 1.0 if block.values is None else block.values[used]
            matrix[used, block.codes[used] - 1 + at.start] = entries
        return matrix

    @classmethod
    def from_dense(cls, matrix: ArrayLike) -> CodedDesign:
        """Every column a block of its own; indicator columns keep no values."""
        X = np.asarray(matrix, dtype=np.float64)
        blocks = []
        for x in X.T:
            is_indicator = bool(np.isin(x, (0.0, 1.0)).all())
            blocks.append(Block((x != 0).astype(np.intp), 1) if is_indicator else numeric(x))
        return cls.of(blocks)


def _sums(codes: Ints, weights: Floats, size: int) -> Floats:
    return np.asarray(np.bincount(codes, weights, size), dtype=np.float64)
