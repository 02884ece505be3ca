"""A result with fewer groups, or in another order, for a picture of it."""

from __future__ import annotations

from dataclasses import replace
from inspect import signature
from typing import TYPE_CHECKING, Any

import numpy as np

from stepup_equity.columns import CHARACTERISTIC, GROUP
from stepup_equity.errors import ArgumentError, unknown_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from stepup_equity.findings.result import Result


def references_of(result: Result) -> Mapping[str, str]:
    """Whom the groups of a result are compared with; empty where it does not know."""
    own: Mapping[str, str] = getattr(result, "references", None) or {}
    if own or result.question is None or "by" not in signature(result.question.verb).parameters:
        return own
    return result.question.references()


def chosen(
    result: Result,
    *,
    groups: Sequence[str] | None = None,
    order: Sequence[str] | None = None,
    level: str | None = None,
) -> Result:
    """The result as its picture is asked for; nothing in it is computed anew but at another level.

    Raises
    ------
    ArgumentError
        A group that the result does not have, or a result that has none.
    """
    if level is not None:
        result = result.at_level(level)
    if groups is None and order is None:
        return result
    frame = result.frame
    if GROUP not in frame:
        raise ArgumentError(
            f"groups= and order= choose among groups, and a {type(result).__name__} has none. Leave them out."
        )
    for argument, wanted in (("groups", groups), ("order", order)):
        _check(argument, wanted, list(dict.fromkeys(frame[GROUP])))
    changes: dict[str, Any] = {"_frame": _chosen(frame, result, groups, order)}
    if hasattr(result, "_residuals"):
        changes["_residuals"] = _chosen(vars(result)["_residuals"], result, groups, order)
    return replace(result, **changes)


def _check(argument: str, wanted: Sequence[str] | None, known: list[str]) -> None:
    if isinstance(wanted, str):
        raise ArgumentError(f"{argument}={wanted!r} is one text. Give a list: {argument}=[{wanted!r}].")
    for group in wanted or ():
        if group not in known:
            raise unknown_name(group, known, argument=argument, of="a group of this result")


def _chosen(
    frame: pd.DataFrame, result: Result, groups: Sequence[str] | None, order: Sequence[str] | None
) -> pd.DataFrame:
    if groups is not None:
        beside = set(references_of(result).items())
        pairs = zip(frame[CHARACTERISTIC], frame[GROUP], strict=True)
        kept = [pair[1] in groups or pair in beside for pair in pairs]
        frame = frame[np.array(kept, bool)]
    first = order if order is not None else groups
    if first is None:
        return frame
    place = {group: number for number, group in enumerate(first)}
    ranks = np.array([place.get(group, len(place)) for group in frame[GROUP]])
    position = {name: k for k, name in enumerate(dict.fromkeys(frame[CHARACTERISTIC]))}
    parts = np.array([position[name] for name in frame[CHARACTERISTIC]])
    return frame.iloc[np.lexsort((np.arange(len(frame)), ranks, parts))].reset_index(drop=True)
