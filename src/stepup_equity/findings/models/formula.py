"""A formula read into terms: what is compared, beside what, and how its columns are coded."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from keyword import iskeyword
from typing import TYPE_CHECKING, Any

import numpy as np

from stepup_equity.errors import ArgumentError, did_you_mean, listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Factor:
    """A variable, or an expression of numeric covariates, in a term.

    Attributes
    ----------
    expression : str
        As written.
    variables : tuple of str
    is_group : bool
        Whether it is a characteristic, stratum or cohort.
    """

    expression: str
    variables: tuple[str, ...]
    is_group: bool


@dataclass(frozen=True, slots=True)
class Product:
    """Factors multiplied: every combination of their columns is a column.

    Attributes
    ----------
    term : str
        Name of the term it belongs to.
    factors : tuple of (Factor, bool)
        True where the reference group has no column.
    """

    term: str
    factors: tuple[tuple[Factor, bool], ...]

    @property
    def variables(self) -> frozenset[str]:
        """Variables of all factors."""
        return frozenset(name for factor, _ in self.factors for name in factor.variables)


@dataclass(frozen=True, slots=True)
class ModelTerm:
    """A term of a formula.

    Attributes
    ----------
    name : str
        ``"ethnicity"``, ``"ethnicity:gender"``, ``"score"``.
    factors : tuple of Factor
    products : tuple of Product
        Whose columns make up the term: one, but for an interaction whose parts are not in the formula.
    """

    name: str
    factors: tuple[Factor, ...]
    products: tuple[Product, ...]


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula's right-hand side.

    Attributes
    ----------
    text : str
    terms : tuple of ModelTerm
        Without the intercept, which is always there.
    """

    text: str
    terms: tuple[ModelTerm, ...]

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of all variables, in order of appearance."""
        return tuple(dict.fromkeys(name for term in self.terms for f in term.factors for name in f.variables))


def read_formula(text: str, groups: Sequence[str], numbers: Sequence[str] = ()) -> Formula:
    """Read the right-hand side of a formula.

    Parameters
    ----------
    text : str
        ``"ethnicity * religion + region"``: the operators of R and Wilkinson notation, by formulaic.
    groups, numbers : sequence of str
        Names that may occur: characteristics, strata and cohort; numeric covariates.

    Raises
    ------
    ArgumentError
        A formula that cannot be read, a name that is not there, or coding that is not offered.

    Examples
    --------
    >>> [term.name for term in read_formula("ethnicity * gender", ["ethnicity", "gender"]).terms]
    ['ethnicity', 'gender', 'ethnicity:gender']
    """
    _refuse_other_dialects(text)
    names = _plain_sum(text, [*groups, *numbers])
    if names:
        return Formula(text, tuple(_main_effect(_factor(name, text, groups, numbers)) for name in names))
    from formulaic import Formula as Parsed
    from formulaic.errors import FormulaicError

    try:
        parsed = Parsed(text)
        if hasattr(parsed, "lhs"):
            raise ArgumentError(
                f"The formula {text!r} has a left-hand side. Leave it out: the outcome is passing each gate, "
                "and gates= chooses gates."
            )
        factors = {
            factor.expr: _factor(factor.expr, text, groups, numbers)
            for term in parsed
            for factor in term.factors
            if factor.expr != "1"
        }
        terms = tuple(_terms(parsed, factors))
    except FormulaicError as error:
        raise ArgumentError(f"The formula {text!r} cannot be read: {plain_words(error)}") from None
    if not any(str(term) == "1" for term in parsed):
        raise ArgumentError(
            f"The formula {text!r} leaves out the intercept. Keep it: without one, nobody is the reference."
        )
    if not terms:
        raise ArgumentError(f"The formula {text!r} names nothing to compare. Possible: {listed(groups)}.")
    return Formula(text, terms)


def _plain_sum(text: str, known: Sequence[str]) -> list[str]:
    """The names of a formula that only adds up names, each once; none where it asks for a parser."""
    names = [part.strip() for part in text.split("+")]
    plain = all(name in known and name.isidentifier() and not iskeyword(name) for name in names)
    return list(dict.fromkeys(names)) if plain else []


def _main_effect(factor: Factor) -> ModelTerm:
    """A term of one factor, its groups coded against the reference."""
    return ModelTerm(
        factor.expression, (factor,), (Product(factor.expression, ((factor, factor.is_group),)),)
    )


_OTHER_DIALECTS = (
    (
        r"\|",
        (
            "a '|'. Terms are added with '+'; centres or partnerships that differ at random are "
            "random_intercept_model(..., cluster='region')"
        ),
    ),
    (
        r"\boffset\s*\(",
        (
            "offset(), a number added with its coefficient held at 1, which is not offered. Write the "
            "covariate alone, and its coefficient is estimated"
        ),
    ),
    (
        r"\b(?:as\.factor|factor)\s*\(",
        "factor(). Characteristics are groups already: write the name alone",
    ),
    (r"\bstrata\s*\(", "strata(). Add the stratum as a term, '+ region', or ask stratified_tests()"),
    (
        r"\bcluster\s*\(",
        "cluster(). Name the cluster beside the formula: errors='cluster', cluster='region'",
    ),
    (
        r"\brelevel\s*\(",
        "relevel(). Name the reference beside the formula: reference={'ethnicity': 'White British'}",
    ),
    (r"(?:^|[+*:\s])\.(?:$|[+*:\s])", "'.', which elsewhere means everything. Name each characteristic"),
    (r"(?<![\w.])(?:s|te|ti)\s*\(", "s(), a smooth term. Write bs(score, df=4) for a spline"),
    (r"\bI\s*\([^()]*\^[^()]*\)", "I() with '^'. A power is written I(score**2)"),
)
"""What other programs write in a formula, and how the same is said here."""


def _refuse_other_dialects(text: str) -> None:
    """Say how to write what another program's formula says in another way."""
    if not isinstance(text, str) or not text.strip():
        raise ArgumentError(f"The formula {text!r} is no text of terms. Write one: 'ethnicity + gender'.")
    unquoted = re.sub(r"`[^`]*`", "x", text)
    for pattern, words in _OTHER_DIALECTS:
        if re.search(pattern, unquoted):
            raise ArgumentError(f"The formula {text!r} holds {words}.")


def plain_words(error: Exception) -> str:
    """The first line of a formulaic error, without its colours."""
    lines = re.sub(r"\x1b\[[0-9;]*m|⧛[^⧚]*⧚", "", str(error)).strip().splitlines()
    return lines[0].replace("insuffient", "insufficient") if lines else "it is empty."


def _factor(expression: str, text: str, groups: Sequence[str], numbers: Sequence[str]) -> Factor:
    """Which variables an expression uses, and whether it is one that is offered."""
    inside = re.fullmatch(r"C\(\s*([^,()]+?)\s*\)", expression)
    name = inside.group(1).strip("`'\"") if inside else expression
    if name in groups:
        return Factor(name, (name,), is_group=True)
    if name in numbers:
        return Factor(name, (name,), is_group=False)
    used = [part for part in _names_in(expression) if part in groups or part in numbers]
    if expression.isidentifier() or not used:
        possible = [*groups, *numbers]
        near = did_you_mean(expression, possible)
        raise ArgumentError(
            f"The formula {text!r} names {expression!r}, which is not among what can be modelled: "
            f"{listed(possible)}.{near or ' A number is declared under [covariates] in the programme first.'}"
        )
    if any(part in groups for part in used):
        raise ArgumentError(
            f"The formula {text!r} holds {expression!r}. Groups are always compared with a reference; "
            f"name it with reference={{{used[0]!r}: ...}} and write {used[0]!r} alone."
        )
    return Factor(expression, tuple(dict.fromkeys(used)), is_group=False)


def _names_in(expression: str) -> list[str]:
    try:
        tree = ast.parse(expression, mode="eval")
    except SyntaxError:
        return []
    return [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)]


def _terms(parsed: Any, factors: Mapping[str, Factor]) -> Iterator[ModelTerm]:
    """Terms with the coding of their columns.

    Main effects are coded against the reference. What an interaction needs beside the terms that stand in the
    formula is formulaic's knowledge; it is asked on a toy frame.
    """
    written = [term for term in parsed if str(term) != "1"]
    if all(len(term.factors) == 1 for term in written):
        for term in written:
            yield _main_effect(factors[term.factors[0].expr])
        return
    for entry in _structure(parsed, factors):
        used = tuple(factors[factor.expr] for factor in entry.term.factors if factor.expr in factors)
        if used:
            name = ":".join(factor.expression for factor in used)
            parts = [
                tuple((factors[scoped.factor.expr], bool(scoped.reduced)) for scoped in part.factors)
                for part in entry.scoped_terms
            ]
            yield ModelTerm(name, used, tuple(Product(name, part) for part in parts))


def _structure(parsed: Any, factors: Mapping[str, Factor]) -> list[Any]:
    """What formulaic makes of the terms: which parts are coded against a reference."""
    import pandas as pd
    from formulaic import model_matrix

    toy: dict[str, Any] = {}
    for factor in factors.values():
        for name in factor.variables:
            toy[name] = pd.Categorical(["a", "b"] * 10) if factor.is_group else np.linspace(1.0, 2.0, 20)
    frame = pd.DataFrame(toy, index=range(20))
    return list(model_matrix(parsed, frame, context={}).model_spec.structure)
