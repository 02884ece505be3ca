"""The tree of errors: what was found, what is possible, what to do next."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from stepup_equity.visible import looks_like, not_seen, visible

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import ModuleType

    import pandas as pd


class StepUpError(Exception):
    """Anything this library raises on purpose."""

    def __str__(self) -> str:
        return visible(super().__str__(), keep="\n")


class ArgumentError(StepUpError, ValueError):
    """A call asked for something that does not exist; the sentence lists what does."""


class ProgrammeError(StepUpError, ValueError):
    """A programme file or object contradicts itself."""


class StatisticError(StepUpError, ValueError):
    """An input that no table of people can produce, such as more passed than entered."""


class MissingDependencyError(StepUpError, ImportError):
    """An optional package is needed; the sentence says which extra brings it."""


class OutputError(StepUpError, OSError):
    """A file or folder could not be written; what stood there before still does."""


class DataError(StepUpError, ValueError):
    """The data was refused.

    Attributes
    ----------
    problems : pandas.DataFrame
        Every problem found, one row each: ``code, severity, column, rows, found, possible, remedy``.
    """

    def __init__(self, message: str, problems: pd.DataFrame | None = None) -> None:
        super().__init__(message)
        self._problems = problems

    @property
    def has_problems(self) -> bool:
        """Whether `problems` says more than the sentence does."""
        return self._problems is not None and len(self._problems) > 0

    @property
    def problems(self) -> pd.DataFrame:
        """Every problem found; an empty frame where the sentence says it all."""
        import pandas as pd

        return pd.DataFrame() if self._problems is None else self._problems.copy()


class DisclosureError(StepUpError):
    """A release was refused because a cell cannot be protected.

    Attributes
    ----------
    cells : pandas.DataFrame
        The cells that cannot be protected, and what may be done about each.
    commands : tuple of str
        What would help, as options of the command line.
    """

    def __init__(self, message: str, cells: pd.DataFrame, commands: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self._cells = cells
        self.commands = commands

    @property
    def cells(self) -> pd.DataFrame:
        """The cells that cannot be protected, tidy."""
        return self._cells.copy()


def listed(names: Iterable[object], *, most: int = 20) -> str:
    """Names in quotes, separated by commas; a long list says how many it leaves out.

    >>> listed(["a", "b"])
    "'a', 'b'"
    """
    quoted = [repr(name) for name in names]
    if len(quoted) <= most:
        return ", ".join(quoted)
    return ", ".join(quoted[:most]) + f" and {len(quoted) - most} more"


def did_you_mean(asked: str, possible: Iterable[str]) -> str:
    """A sentence with the nearest name, or an empty string; letters that only look alike are named.

    >>> did_you_mean("White british", ["White British", "Mixed"])
    " Did you mean 'White British'?"
    """
    near = nearest(asked, possible)
    if not near:
        return ""
    unseen = not_seen(near, asked) if looks_like(near) == looks_like(asked) else ""
    more = f" The two look alike, and differ by {unseen}." if unseen else ""
    return f" Did you mean {near!r}?{more}"


def nearest(asked: str, possible: Iterable[str]) -> str:
    """The name that is most like what was asked; empty where none is.

    >>> nearest("White british", ["White British", "Mixed"])
    'White British'
    """
    from difflib import get_close_matches

    lowered: dict[str, str] = {}
    for name in possible:
        lowered.setdefault(name.casefold(), name)
    seen = looks_like(asked)
    twins = [name for name in lowered.values() if looks_like(name) == seen]
    near = get_close_matches(asked.casefold(), lowered, n=1, cutoff=0.7)
    return (twins or [lowered[name] for name in near] or [""])[0]


def unknown_name(asked: object, possible: Iterable[str], *, argument: str, of: str) -> ArgumentError:
    """The error for a name that does not exist: what was asked, what is possible, the nearest.

    >>> print(unknown_name("etnicity", ["ethnicity", "gender"], argument="by", of="counted"))
    by='etnicity' is not counted. Possible: 'ethnicity', 'gender'. Did you mean 'ethnicity'?
    """
    names = list(possible)
    known = f"Possible: {listed(names)}." if names else "There is none."
    return ArgumentError(f"{argument}={asked!r} is not {of}. {known}{did_you_mean(str(asked), names)}")


def require(module: str, extra: str) -> ModuleType:
    """Import `module`, or say which extra brings it."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is not None and error.name.split(".")[0] != module.split(".", maxsplit=1)[0]:
            raise
        raise MissingDependencyError(
            f"This needs the package {module.split('.', maxsplit=1)[0]!r}, which is not installed. "
            f"Install it with: python -m pip install 'stepup-equity[{extra}]'"
        ) from error
