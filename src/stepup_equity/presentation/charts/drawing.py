"""The one way a result is drawn: a small function for each type, found by the type."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import singledispatch
from typing import TYPE_CHECKING

from stepup_equity.errors import ArgumentError, unknown_name
from stepup_equity.presentation.charts.chosen import chosen, references_of
from stepup_equity.presentation.charts.windows import current_figure, let_go
from stepup_equity.words.names import PLAIN, Names
from stepup_equity.words.unit import speaking

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from matplotlib.axes import Axes

    from stepup_equity.findings.result import Result


@dataclass(frozen=True)
class Look:
    """What a chart is told besides its result.

    Attributes
    ----------
    names : Names
        How gates and characteristics are called.
    references : mapping of str to str
        Reference group of each characteristic, where the result does not say.
    flags : frozenset of (characteristic, group, gate)
        Cliff edges at which the group is behind, to be marked.
    ahead : frozenset of (characteristic, group, gate)
        Cliff edges at which its reference is behind the group.
    title : str
        The finding; by default it is written from the result.
    mark : str
        What stands at the foot in any room: *not for publication*, the programme, the cohort.
    """

    names: Names = PLAIN
    references: Mapping[str, str] = field(default_factory=dict)
    flags: frozenset[tuple[str, str, str]] = frozenset()
    ahead: frozenset[tuple[str, str, str]] = frozenset()
    title: str = ""
    mark: str = ""


BARE = Look()

_ALTERNATIVES: dict[type, dict[str, Callable[..., Axes]]] = {}


def alternative(kind: str, result: type) -> Callable[[Callable[..., Axes]], Callable[..., Axes]]:
    """Another picture of a type of result, called by its kind."""

    def register(draw: Callable[..., Axes]) -> Callable[..., Axes]:
        _ALTERNATIVES.setdefault(result, {})[kind] = draw
        return draw

    return register


def other_kinds(result: type) -> Mapping[str, Callable[..., Axes]]:
    """The other pictures of a type of result, by what ``kind=`` calls them."""
    return _ALTERNATIVES.get(result, {})


def chart(
    result: Result,
    ax: Axes | None = None,
    *,
    kind: str | None = None,
    title: str | None = None,
    groups: Sequence[str] | None = None,
    order: Sequence[str] | None = None,
    level: str | None = None,
    size: str | None = None,
    dpi: float | None = None,
) -> Axes:
    """Draw a result as its method ``plot`` is asked to; the parameters are described there."""
    result = chosen(result, groups=groups, order=order, level=level)
    with speaking(result.names.unit):
        return _drawn(result, ax, _picture_of(result, kind), look_of(result, title or ""), size, dpi)


def _drawn(
    result: Result,
    ax: Axes | None,
    draw: Callable[..., Axes],
    look: Look,
    size: str | None,
    dpi: float | None,
) -> Axes:
    from stepup_equity.presentation.charts.axes import NATURAL, SIZES, new_axes

    if ax is not None:
        if size is not None or dpi is not None:
            raise ArgumentError("size= and dpi= make a new figure; with ax= the figure has them already.")
        return draw(result, ax, look)
    if size is not None and size not in SIZES:
        raise unknown_name(size, SIZES, argument="size", of="a size")
    figure = current_figure(dpi)
    try:
        return draw(result, new_axes(figure, NATURAL if size is None else SIZES[size]), look)
    except BaseException:
        let_go(figure)
        raise


def look_of(result: Result, title: str = "") -> Look:
    """Names and references of a result as far as it knows them; of rates, also the cliff edges among them."""
    references = references_of(result)
    if type(result).__name__ != "SelectionRates" or result.question is None:
        return Look(result.names, references, title=title)
    edges = result.question.edges
    keys = list(zip(edges["characteristic"], edges["group"], edges["gate"], strict=True))
    theirs = edges["behind"].to_numpy() == edges["reference"].to_numpy()
    behind = frozenset(key for key, other in zip(keys, theirs, strict=True) if not other)
    ahead = frozenset(key for key, other in zip(keys, theirs, strict=True) if other)
    return Look(result.names, references, behind, ahead, title=title)


def _picture_of(result: Result, kind: str | None) -> Callable[..., Axes]:
    if kind is None:
        return plot
    known = other_kinds(type(result))
    if kind not in known:
        name = type(result).__name__
        if not known:
            raise ArgumentError(f"kind={kind!r}: there is one picture of a {name}. Leave kind= out.")
        raise unknown_name(kind, known, argument="kind", of=f"a picture of a {name}")
    return known[kind]


@singledispatch
def plot(result: object, ax: Axes | None = None, look: Look = BARE) -> Axes:  # noqa: ARG001 - each type's own
    """Draw a result.

    Parameters
    ----------
    result : Result
        Any finding that has a picture.
    ax : Axes, optional
        Axes to draw on; their room is used for the words too. By default new ones, on a figure of the right
        size. Nothing is shown, and no global style is touched.
    look : Look
        Names, flags and title.

    Returns
    -------
    matplotlib.axes.Axes
        In a notebook they show themselves, with alternative text.

    Raises
    ------
    ArgumentError
        Where there is no picture of such a result.

    Examples
    --------
    >>> import pandas as pd
    >>> import stepup_equity as su
    >>> counts = su.StageCounts.from_table(pd.DataFrame({
    ...     "characteristic": "ethnicity", "group": ["White", "BME"],
    ...     "applied": [920, 43], "shortlisted": [389, 10], "appointed": [117, 2],
    ... }))
    >>> plot(su.impact_ratios(counts, by="ethnicity")).figure.get_figwidth().round(1)
    np.float64(8.4)
    """
    raise ArgumentError(f"There is no chart of a {type(result).__name__}. Read its frame, or its to_html().")
