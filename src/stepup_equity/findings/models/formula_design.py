"""A formula on people: the coded columns of its terms, and what each stands for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from stepup_equity.errors import ArgumentError, listed
from stepup_equity.findings.models.data import GroupVariable, NumberVariable
from stepup_equity.findings.models.fates import alike
from stepup_equity.findings.models.formula import plain_words
from stepup_equity.statistics.regression.design import Block, CodedDesign, intercept
from stepup_equity.statistics.regression.scaling import Scaling, scaling_of
from stepup_equity.statistics.regression.term_tests import Term

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from stepup_equity.arrays import Floats
    from stepup_equity.findings.models.data import ModelData
    from stepup_equity.findings.models.formula import Factor, Formula, Product

    Ints = NDArray[np.intp]
    Variables = Mapping[str, GroupVariable | NumberVariable]


MOST_COLUMNS = 2_000
"""Coefficients of one model; beyond that its matrices are a burden and nobody reads the table."""

INTERCEPT = "Intercept"


@dataclass(frozen=True, slots=True)
class Column:
    """What one coefficient stands for.

    Attributes
    ----------
    name : str
        As R and statsmodels write it: ``"ethnicity[T.Black African]"``.
    term : str
        Name of the term.
    levels : tuple of (str, str)
        Variable and group of every characteristic involved.
    numbers : tuple of str
        Numeric expressions involved.
    """

    name: str
    term: str
    levels: tuple[tuple[str, str], ...]
    numbers: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class FormulaDesign:
    """A formula on data: columns with their meaning, and the design that holds them.

    Attributes
    ----------
    formula : Formula
    data : ModelData
    columns : tuple of Column
        The intercept first.
    block_terms : tuple of str
        Term of each block of the design.
    design : CodedDesign
        A row for each covariate pattern; numbers centred and scaled by `scaling`.
    scaling : Scaling
    """

    formula: Formula
    data: ModelData
    columns: tuple[Column, ...]
    block_terms: tuple[str, ...]
    design: CodedDesign
    scaling: Scaling

    @cached_property
    def way_back(self) -> Floats:
        """The matrix from coefficients of `design` to those of the numbers as given."""
        return self.scaling.way_back(self.design)

    def with_everyone_in_each(self, variable: GroupVariable) -> tuple[list[CodedDesign], Ints]:
        """For every group the design, had everyone belonged to it.

        Patterns that differ in this variable alone are then one row.

        Returns
        -------
        designs : list of CodedDesign
            In the order of the variable's groups.
        row : ndarray of int, shape (n_patterns,)
            The row of these designs that stands for each pattern.
        """
        others = [
            v.codes if isinstance(v, GroupVariable) else v.values
            for v in self.data.variables
            if v.name != variable.name
        ]
        first, row = alike(others, variable.codes.size)
        narrowed = self.design.rows(first)
        designs = []
        for g in range(len(variable.groups)):
            codes = np.full(variable.codes.size, g, np.int64)
            moved = self._changed(GroupVariable(variable.name, variable.groups, codes))
            blocks = [
                kept if changed is held else changed.rows(first)
                for kept, held, changed in zip(narrowed.blocks, self.design.blocks, moved.blocks, strict=True)
            ]
            designs.append(CodedDesign.of(blocks))
        return designs, row

    def with_numbers(self, variable: NumberVariable, values: Floats) -> CodedDesign:
        """The design, had everyone had these numbers."""
        return self._changed(NumberVariable(variable.name, values))

    def _changed(self, variable: GroupVariable | NumberVariable) -> CodedDesign:
        """The design with one variable replaced; blocks that do not hold it stay the ones they are."""
        variables = _by_name(self.data) | {variable.name: variable}
        blocks, place = list(self.design.blocks), 1
        for product, size in zip(_products(self.formula), self._sizes, strict=True):
            if variable.name in product.variables:
                made = _blocks(product, variables, self._expressions)
                blocks[place : place + size] = self.scaling.blocks(made, slice(place, place + size))
            place += size
        return CodedDesign.of(blocks)

    @cached_property
    def _expressions(self) -> _Expressions:
        return _Expressions(self.data)

    @cached_property
    def _sizes(self) -> list[int]:
        """Blocks of each product: one, or one for each column of its numeric expressions."""
        variables = _by_name(self.data)
        return [len(_numbers(product, variables, self._expressions)) for product in _products(self.formula)]

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """Columns of each term of the formula, and of the terms that contain it."""
        of_column = np.array([column.term for column in self.columns], object)
        found = []
        for term in self.formula.terms:
            above = [other.name for other in self.formula.terms if set(term.factors) < set(other.factors)]
            found.append(Term(np.asarray(of_column == term.name, dtype=bool), np.isin(of_column, above)))
        return tuple(found)


def formula_design(formula: Formula, data: ModelData) -> FormulaDesign:
    """Code the columns of a formula on covariate patterns.

    Raises
    ------
    ArgumentError
        More than 2,000 coefficients, or an expression that is not a number for somebody.
    """
    variables, expressions = _by_name(data), _Expressions(data)
    width = 1 + sum(len(_levels(product, variables)) for product in _products(formula))
    if width > MOST_COLUMNS:
        raise ArgumentError(
            f"The formula {formula.text!r} asks for {width:,} coefficients; the limit is {MOST_COLUMNS:,}. "
            "Leave out an interaction, or use a broader level."
        )
    blocks = [intercept(data.at_risk.shape[0])]
    columns, terms = [Column(INTERCEPT, INTERCEPT, (), ())], [INTERCEPT]
    for product in _products(formula):
        made = _blocks(product, variables, expressions)
        blocks += made
        terms += [product.term] * len(made)
        columns += _columns(product, variables, expressions)
    given = CodedDesign.of(blocks)
    scaling = scaling_of(given, data.at_risk[:, -1])
    return FormulaDesign(formula, data, tuple(columns), tuple(terms), scaling.apply(given), scaling)


def _by_name(data: ModelData) -> dict[str, GroupVariable | NumberVariable]:
    return {variable.name: variable for variable in data.variables}


def _products(formula: Formula) -> list[Product]:
    return [product for term in formula.terms for product in term.products]


def _groups(product: Product, variables: Variables) -> list[tuple[Factor, bool, GroupVariable]]:
    held = [(factor, reduced, variables[factor.variables[0]]) for factor, reduced in product.factors]
    return [(factor, reduced, v) for factor, reduced, v in held if isinstance(v, GroupVariable)]


def _levels(product: Product, variables: Variables) -> list[tuple[tuple[str, str], ...]]:
    """Variable and group of each combined column; the last factor runs fastest."""
    levels: list[tuple[tuple[str, str], ...]] = [()]
    for _, reduced, held in _groups(product, variables):
        if len(levels) * len(held.groups) > 100 * MOST_COLUMNS:  # refused later; do not build it first
            levels = levels[:1] * (100 * MOST_COLUMNS)
            continue
        levels = [(*level, (held.name, group)) for level in levels for group in held.groups[int(reduced) :]]
    return levels


def _codes(product: Product, variables: Variables) -> Ints:
    """Combined column of each pattern, 0 where a reference has none."""
    rows = next(v.codes if isinstance(v, GroupVariable) else v.values for v in variables.values()).size
    codes: Ints = np.ones(rows, np.intp)
    for _, reduced, held in _groups(product, variables):
        own = held.codes if reduced else held.codes + 1
        codes = np.where((codes > 0) & (own > 0), (codes - 1) * (len(held.groups) - reduced) + own, 0)
    return codes


def _numbers(
    product: Product, variables: Variables, expressions: _Expressions
) -> list[tuple[tuple[str, ...], Floats | None]]:
    """Names and values of each product of numeric columns; one without values where there are none."""
    found: list[tuple[tuple[str, ...], Floats | None]] = [((), None)]
    for factor, _ in product.factors:
        if not factor.is_group:
            made = expressions.values(factor, variables)
            found = [
                ((*names, name), values if so_far is None else so_far * values)
                for names, so_far in found
                for name, values in made
            ]
    return found


def _blocks(product: Product, variables: Variables, expressions: _Expressions) -> list[Block]:
    codes, size = _codes(product, variables), len(_levels(product, variables))
    return [Block(codes, size, values) for _, values in _numbers(product, variables, expressions)]


def _columns(product: Product, variables: Variables, expressions: _Expressions) -> list[Column]:
    marks = [
        f"{factor.expression}[{'T.' if reduced else ''}" for factor, reduced, _ in _groups(product, variables)
    ]
    columns = []
    for numbers, _ in _numbers(product, variables, expressions):
        for level in _levels(product, variables):
            groups = [f"{mark}{group}]" for mark, (_, group) in zip(marks, level, strict=True)]
            columns.append(Column(":".join([*groups, *numbers]), product.term, level, numbers))
    return columns


class _Expressions:
    """Values of numeric expressions; what they learn from the data (knots, means) is learnt from people."""

    def __init__(self, data: ModelData) -> None:
        self._people = np.maximum(data.at_risk[:, -1], 1)
        self._own = {v.name: v.values for v in data.variables if isinstance(v, NumberVariable)}
        self._specs: dict[str, Any] = {}

    def values(self, factor: Factor, variables: Variables) -> list[tuple[str, Floats]]:
        """Name and values of each column of an expression."""
        held = [variables[name] for name in factor.variables]
        numbers = {v.name: v.values for v in held if isinstance(v, NumberVariable)}
        if factor.expression in numbers:
            return [(factor.expression, numbers[factor.expression])]
        import pandas as pd
        from formulaic.errors import FormulaicError

        try:
            with np.errstate(all="ignore"):
                made = self._spec(factor).get_model_matrix(pd.DataFrame(numbers), context={})
        except FormulaicError as error:
            raise ArgumentError(
                f"The expression {factor.expression!r} cannot be computed: {plain_words(error)}"
            ) from None
        values = [(str(name), np.asarray(made[name], dtype=np.float64)) for name in made.columns]
        wrong = int((~np.isfinite(np.column_stack([v for _, v in values])).all(axis=1)).sum())
        if wrong:
            raise ArgumentError(
                f"The expression {factor.expression!r} is not a finite number for {wrong:,} value(s) of "
                f"{listed(factor.variables)}. Choose another expression, or correct the values."
            )
        return values

    def _spec(self, factor: Factor) -> Any:
        import pandas as pd
        from formulaic import model_matrix

        if factor.expression not in self._specs:
            people = pd.DataFrame(
                {name: np.repeat(self._own[name], self._people) for name in factor.variables}
            )
            with np.errstate(all="ignore"):
                made = model_matrix(f"0 + {factor.expression}", people, context={}, na_action="ignore")
            self._specs[factor.expression] = made.model_spec
        return self._specs[factor.expression]
