"""Single arguments of a call: what is possible, in a sentence, where something else was given."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from numbers import Integral, Real
from pathlib import Path
from typing import Any

from stepup_equity.errors import ArgumentError, did_you_mean, listed, unknown_name


def check_choice(value: object, possible: Iterable[str], *, argument: str) -> None:
    """Refuse what is none of a few words.

    >>> check_choice("plain", ("plain", "jeffreys"), argument="method")
    """
    known = tuple(possible)
    if not isinstance(value, str):
        raise ArgumentError(f"{argument}= is a {type(value).__name__}. Possible: {listed(known)}.")
    if value not in known:
        raise ArgumentError(
            f"{argument}={value!r} is not known. Possible: {listed(known)}.{did_you_mean(value, known)}"
        )


def check_known(names: Iterable[object], possible: Iterable[str], *, argument: str, of: str) -> None:
    """Refuse a name that does not exist; `of` says what it would have to be.

    >>> check_known(["gender"], ["ethnicity", "gender"], argument="by", of="counted")
    """
    known = list(possible)
    for name in names:
        if name not in known:
            raise unknown_name(name, known, argument=argument, of=of)


def check_between(value: object, low: float, high: float, *, argument: str) -> None:
    """Refuse what is no number between two, both left out.

    >>> check_between(0.05, 0, 1, argument="alpha")
    """
    if isinstance(value, bool) or not isinstance(value, Real):
        raise ArgumentError(
            f"{argument}= is a {type(value).__name__}. Give a number between {low:g} and {high:g}."
        )
    if not low < float(value) < high:
        raise ArgumentError(
            f"{argument}={value!r} is out of range. Give a number between {low:g} and {high:g}."
        )


def check_whole(value: object, *, argument: str, least: int = 1, most: int | None = None) -> None:
    """Refuse what is no whole number, one below the least or beyond what can be done.

    >>> check_whole(2, argument="times")
    """
    if isinstance(value, bool) or not isinstance(value, Integral) or value < least:
        raise ArgumentError(f"{argument}={value!r} is out of range. Give a whole number, {least} or more.")
    if most is not None and int(value) > most:
        raise ArgumentError(f"{argument}={value!r} is out of range. Give a whole number up to {most:,}.")


def check_made(value: object, *kinds: type, argument: str, how: str) -> None:
    """Refuse what is of none of these types; `how` says how one is made."""
    if not isinstance(value, kinds):
        raise ArgumentError(f"{argument}= is a {type(value).__name__}. {how}")


def check_frame(value: object, *, argument: str, what: str) -> None:
    """Refuse what is no pandas frame; `what` says what is wanted."""
    import pandas as pd

    if not isinstance(value, pd.DataFrame):
        raise ArgumentError(f"{argument}= is a {type(value).__name__}. Give a frame: {what}.")


def check_map(value: object, *, argument: str, such_as: str) -> None:
    """Refuse what does not give each of some names something."""
    if value is not None and not (
        isinstance(value, Mapping) and all(isinstance(name, str) for name in value)
    ):
        kind = type(value).__name__
        raise ArgumentError(f"{argument}= is a {kind} that gives no names anything. Give {such_as}.")


def check_labels(value: object, *, argument: str, such_as: str, or_none: bool = False) -> None:
    """Refuse what does not give each of some names a label, or None where that means something."""
    check_map(value, argument=argument, such_as=such_as)
    for name, label in value.items() if isinstance(value, Mapping) else ():
        if not isinstance(label, str) and not (or_none and label is None):
            raise ArgumentError(
                f"{argument}[{name!r}] is a {type(label).__name__}. Give a label, as in {such_as}."
            )


def names_in(value: Any, *, argument: str) -> tuple[str, ...]:
    """One name, or several, as a tuple.

    >>> names_in("gender", argument="by"), names_in(["gender", "age"], argument="by")
    (('gender',), ('gender', 'age'))
    """
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, (list, tuple)):
        raise ArgumentError(f"{argument}= is a {type(value).__name__}. Give a name, or a list of names.")
    for name in value:
        if not isinstance(name, str):
            raise ArgumentError(f"{argument}= holds a {type(name).__name__}. Give names, in quotes.")
    return tuple(value)


def path_in(value: Any, *, argument: str, what: str) -> Path:
    """The path of a file or folder that may or may not be there.

    Raises
    ------
    ArgumentError
        Where it is no path, or one that no system can hold; `what` says what is wanted.
    """
    if not isinstance(value, (str, os.PathLike)) or not isinstance(os.fspath(value), str):
        raise ArgumentError(f"{argument}= is a {type(value).__name__}. Give {what}.")
    path = Path(value)
    try:
        os.stat(path)  # noqa: PTH116 - says what it thinks of the name, where is_file() keeps silent
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return path
    except (OSError, ValueError):
        raise ArgumentError(
            f"{argument}= is a text of {len(str(path))} characters that no file can be called. Give {what}."
        ) from None
    return path
