"""A result remembers what it was asked, and of which counts, so that a picture may ask again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, wraps
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from stepup_equity.counts.asked import check_asked
from stepup_equity.counts.funnel import largest_of
from stepup_equity.words.names import Names

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

    from stepup_equity.counts import StageCounts
    from stepup_equity.findings.result import Result


F = TypeVar("F", bound="Callable[..., Result]")
R = TypeVar("R", bound="Result")


@dataclass(frozen=True, eq=False)
class Question:
    """What was asked.

    Attributes
    ----------
    verb : callable
    counts : StageCounts
        Whom it was asked of; they never leave with a pickled result.
    more : tuple
        Positional arguments besides.
    choices : mapping
        All others.
    """

    verb: Callable[..., Result]
    counts: StageCounts
    more: tuple[Any, ...]
    choices: Mapping[str, Any]

    def again(self, **changes: Any) -> Result:
        """The answer with other choices."""
        return self.verb(self.counts, *self.more, **{**self.choices, **changes})

    @cached_property
    def edges(self) -> pd.DataFrame:
        """The cliff edges among the groups asked about, each characteristic's own; none of crossed groups."""
        from stepup_equity.findings.cliff_edges import cliff_edges

        names = [name for name in self.names if name in self.counts.characteristics]
        wanted = {
            name: self.choices[name] for name in ("level", "where", "denominator") if name in self.choices
        }
        found = cliff_edges(self.counts, by=names or None, **wanted).frame
        return found[found["flagged"]] if names else found.iloc[:0]

    @property
    def names(self) -> tuple[str | tuple[str, ...], ...]:
        """The characteristics asked about."""
        by = self.choices.get("by")
        if by is None:
            return self.counts.characteristics
        return tuple(by) if isinstance(by, list) else (by,)

    def references(self) -> dict[str, str]:
        """Whom the groups asked about are compared with where nothing else is said."""
        level, where = self.choices.get("level"), self.choices.get("where")
        found = {}
        for name in self.names:
            own = level_of(level, name) if isinstance(name, str) else level
            funnel = self.counts.funnel(name, not_stated=False, level=own, where=where)
            if funnel.groups:
                largest = funnel.groups[largest_of(funnel.groups, funnel.reached[:, 0])]
                found[funnel.characteristic] = funnel.reference or largest
        return found


def level_of(level: str | Mapping[str, str] | None, name: str) -> str | None:
    """The level of one characteristic, where a verb takes one for all or one for each by name."""
    return level if level is None or isinstance(level, str) else level.get(name)


_GUARDED: Final = (
    "by",
    "groups",
    "level",
    "where",
    "cohort",
    "reference",
    "confidence",
    "denominator",
    "alpha",
)


def with_question(result: R, question: Question) -> R:
    """The result, which knows what was asked and the programme's names."""
    return replace(result, names=Names.of(question.counts.programme), question=question)


def remembered(verb: F) -> F:
    """Guard what a verb is asked with, and let its results know the programme's names and what was asked."""
    of_everybody = (verb.__kwdefaults__ or {}).get("by") == ()

    @wraps(verb)
    def asked(counts: StageCounts, *more: Any, **choices: Any) -> Result:
        guarded = {name: choices[name] for name in _GUARDED if name in choices}
        if of_everybody and isinstance(by := guarded.get("by"), (list, tuple)) and not by:
            guarded.pop("by", None)
        check_asked(counts, **guarded)
        return with_question(verb(counts, *more, **choices), Question(asked, counts, more, choices))

    return cast("F", asked)
