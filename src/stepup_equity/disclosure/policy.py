"""What a publisher has promised: which counts are too small to print, and how they are protected."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Final, Literal, get_args

import tomli_w

from stepup_equity.errors import ArgumentError, did_you_mean, listed
from stepup_equity.given import check_known, path_in
from stepup_equity.output import write_file
from stepup_equity.text_files import text_in

Mode = Literal["suppress", "round", "nearest", "suppress and round", "none"]
Zeros = Literal["print", "protect"]
Totals = Literal["print", "hide"]
Reader = Literal["careful", "informed"]


_WORDS: Final = (("mode", Mode), ("zeros", Zeros), ("totals", Totals), ("reader", Reader))
"""Fields that are one of a few words."""


class _Derived(int):
    """A number that follows from other fields until somebody names one."""


_TAKEN: Final[dict[str, Policy]] = {}
"""Names that mean one policy and no other."""


@dataclass(frozen=True, slots=True)
class Symbols:
    """Shorthand that stands where a number does not.

    Attributes
    ----------
    hidden : str
        Hidden, whether for its own sake or to protect another number; one symbol for both, since two would
        tell a reader which cells are small.
    not_applicable : str
        No number can exist: a rate of nobody.
    unreliable : str
        A percentage of too few people.
    not_available : str
        Could not be computed.
    """

    hidden: str = "[c]"
    not_applicable: str = "[z]"
    unreliable: str = "[u]"
    not_available: str = "[x]"

    def __post_init__(self) -> None:
        shown = [self.hidden, self.not_applicable, self.unreliable, self.not_available]
        if len(set(shown)) != len(shown) or any(not text.strip() or text[:1].isdigit() for text in shown):
            raise ArgumentError(
                f"symbols={shown!r} cannot be told apart from each other or from numbers. "
                "Give four different texts that do not start with a digit."
            )


@dataclass(frozen=True)
class Policy:
    """Which counts are too small to print, and how they are protected.

    A count is *sensitive* when `threshold` − 1 people or fewer reached a stage, or left after it. From
    everything that is printed, a reader must not be able to say that a sensitive count is below `threshold`,
    nor pin it to fewer than `width` + 1 values. This is what `protect` promises and its audit checks.

    Parameters
    ----------
    threshold : int
        The smallest count that may be known to be what it is.
    mode : {"suppress", "round", "nearest", "suppress and round", "none"}
        Hide as few cells as possible; or round everything so that it still adds up; or round each count to
        the nearest multiple, as many bodies do, which may not add up and is refused where it gives counts
        away; or hide, and round to the nearest what is not hidden; or print everything (not for
        publication).
    protect_left : bool
        Whether two people who left a stage are as sensitive as two who reached it. A rejection of two people
        tells on them as much as an acceptance; this also gives the rule "within two of the denominator".
    zeros : {"print", "protect"}
        Whether a true zero is harmless by itself. It may still be hidden to protect its neighbour.
    width : int, optional
        How far apart the ends of what a reader can work out must be; by default `threshold` − 1. Of counts
        rounded to the nearest it is half of `round_base`: those below that are printed as 0.
    min_denominator : float
        No percentage of fewer people.
    round_base : int
        What rounded counts are multiples of. Under ``"round"`` it is at least `threshold`, since it is all
        that hides a count there; by default 5, or the next multiple of 5.
    keep : tuple of (characteristic, group, stage)
        Headline cells that are never hidden; ``"*"`` stands for any.
    drop_stages_of : tuple of (cohort, stage)
        Stages that are left out of one cohort, and of all cohorts together unless what is left there tells
        nothing; in a file ``drop_stages_of = {2012 = ["accepted"]}``.
    totals : {"print", "hide"}
        Whether everybody's own funnel must stay printed. Hiding a total is the last thing to try, and helps
        only where nobody can read it elsewhere, as in a press notice or an answer to a question.
    reader : {"careful", "informed"}
        From whom counts are protected: somebody who does every sum; or somebody who also runs this program on
        every table that fits, and keeps those that would print the same. Counts rounded to the nearest
        withstand the second by themselves; anything else is tried out where few tables fit, and refused
        where many do.
    name : str
        What the policy is called in print.
    symbols : Symbols
        Shorthand in tables.

    Raises
    ------
    ArgumentError
        Where a field is out of its range, or the name of a preset is given to another policy.

    Examples
    --------
    >>> Policy(threshold=5).width
    4
    >>> Policy.preset("hesa").mode
    'nearest'
    """

    threshold: int = _Derived(10)
    mode: Mode = "suppress"
    protect_left: bool = True
    zeros: Zeros = "print"
    width: int = _Derived()
    min_denominator: float = 22.5
    round_base: int = _Derived(5)
    keep: tuple[tuple[str, str, str], ...] = ()
    drop_stages_of: tuple[tuple[str, str], ...] = ()
    totals: Totals = "print"
    reader: Reader = "careful"
    name: str = "custom"
    symbols: Symbols = Symbols()

    def __post_init__(self) -> None:
        for field, possible in _WORDS:
            check_known([getattr(self, field)], get_args(possible), argument=field, of="known")
        for field in ("protect_left",):
            if not isinstance(getattr(self, field), bool):
                raise ArgumentError(f"{field}={getattr(self, field)!r} must be True or False.")
        for field, smallest in (("threshold", 2), ("round_base", 2)):
            _check_whole(field, getattr(self, field), smallest)
        self._follow()
        _check_whole("width", self.width, 1)
        self._check_width()
        numbers = (int, float)
        if not isinstance(self.min_denominator, numbers) or not 0 <= self.min_denominator < math.inf:
            raise ArgumentError(f"min_denominator={self.min_denominator!r} must be zero or more.")
        object.__setattr__(self, "keep", tuple(_headline(cell) for cell in self.keep))
        object.__setattr__(self, "drop_stages_of", stages_of_cohorts(self.drop_stages_of))
        if not isinstance(self.name, str) or not self.name.strip():
            raise ArgumentError(
                f"name={self.name!r} must be a text: it is what the policy is called in print."
            )
        own = _TAKEN.get(self.name.strip().casefold())
        if own is not None and any(
            getattr(self, field.name) != getattr(own, field.name) for field in fields(self)
        ):
            raise ArgumentError(
                f"name={self.name!r} is that of a preset, and this policy does something else. "
                f"Give it a name of its own; preset = {own.name!r} in a file starts from the preset."
            )

    def _follow(self) -> None:
        """Numbers that nobody named follow from those that somebody did."""
        free_threshold, free_base = (
            isinstance(getattr(self, f), _Derived) for f in ("threshold", "round_base")
        )
        if self.mode == "round" and free_threshold:
            base = 5 if free_base else self.round_base
            object.__setattr__(self, "threshold", _Derived(base))
            object.__setattr__(self, "round_base", _Derived(base) if free_base else base)
        elif self.mode == "round" and free_base:
            object.__setattr__(self, "round_base", _Derived(-(-self.threshold // 5) * 5))
        elif free_threshold or free_base:
            for field, default, free in (("threshold", 10, free_threshold), ("round_base", 5, free_base)):
                if free:
                    object.__setattr__(self, field, _Derived(default))
        if self.width is None or isinstance(self.width, _Derived):
            width = self.round_base // 2 if self.mode == "nearest" else self.threshold - 1
            object.__setattr__(self, "width", _Derived(width))

    def _check_width(self) -> None:
        if self.mode == "round" and self.round_base < self.threshold:
            raise ArgumentError(
                f"round_base={self.round_base} tells every count to within {self.round_base - 1}, and "
                f"threshold={self.threshold} promises more. Round to {self.threshold} or more, or lower the "
                "threshold."
            )
        if self.mode == "round" and self.width > self.round_base - 1:
            raise ArgumentError(
                f"width={self.width!r} is more than rounding to {self.round_base} can hide. "
                f"Give {self.round_base - 1} at most, or a larger round_base."
            )
        if self.hides and self.width < self.threshold - 1:
            raise ArgumentError(
                f"width={self.width!r} would let a reader tell small counts apart that "
                f"threshold={self.threshold} promises to keep. Give {self.threshold - 1} or more."
            )
        if self.mode == "nearest" and self.width > self.round_base // 2:
            raise ArgumentError(
                f"width={self.width!r} is more than rounding to the nearest {self.round_base} can hide. "
                f"Give {self.round_base // 2} at most, or a larger round_base."
            )

    @property
    def publishable(self) -> bool:
        """Whether anything made under this policy may leave the house."""
        return self.mode != "none"

    @property
    def hides(self) -> bool:
        """Whether cells are hidden."""
        return self.mode in ("suppress", "suppress and round")

    @property
    def shows_all(self) -> bool:
        """Whether every count is printed, rounded."""
        return self.mode in ("round", "nearest")

    @property
    def rounds(self) -> bool:
        """Whether printed counts are multiples of `round_base`."""
        return self.mode in ("round", "nearest", "suppress and round")

    def but(self, **changes: Any) -> Policy:
        """The same policy with some fields changed, under the name ``"custom"`` unless one is given.

        >>> Policy.preset("suppress10").but(threshold=5).width
        4
        """
        return replace(self, **{"name": "custom", **changes})

    @classmethod
    def preset(cls, name: str) -> Policy:
        """A policy by name: ours, or one that does what a body says it does.

        ``publish``: everything rounded to 5 so that it still adds up; no holes. ``suppress10``: exact counts,
        and those below 10 hidden. ``internal``: nothing hidden, not for publication.

        ``hesa``: each count to the nearest 5, no percentage of fewer than 22.5 people. ``ofs``: numerators of
        2 or fewer, or within 2 of the denominator, hidden; counts to the nearest 10; no percentage of fewer
        than 23. ``ofqual``: counts below 5 hidden, the rest to the nearest 5. ``nhs``: counts below 8 hidden,
        the rest to the nearest 5, rates from rounded counts. ``tre``: counts below 10 hidden, zeros too, as
        secure research rooms ask. All of them are audited here, which the bodies do not ask for, so further
        cells may be hidden; and rates are always of the counts that are printed.

        Raises
        ------
        ArgumentError
            Where there is no preset of this name.
        """
        if name not in PRESETS:
            raise ArgumentError(
                f"policy={name!r} is neither a preset nor a TOML file that exists. "
                f"Presets: {listed(PRESETS)}.{did_you_mean(str(name), PRESETS)}"
            )
        return PRESETS[name]

    def to_toml(self) -> str:
        """The policy as a TOML file; only what differs from the defaults, so that it can be read."""
        table: dict[str, Any] = {"name": self.name}
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name in ("name", "symbols") or (
                isinstance(value, _Derived) and field.name in ("width", "round_base")
            ):
                continue
            if field.name in ("threshold", "mode") or value != field.default:
                table[field.name] = [list(cell) for cell in value] if isinstance(value, tuple) else value
        symbols = {
            field.name: getattr(self.symbols, field.name)
            for field in fields(Symbols)
            if getattr(self.symbols, field.name) != field.default
        }
        if symbols:
            table["symbols"] = symbols
        return tomli_w.dumps(table)

    def write(self, path: str | Path) -> Path:
        """Write the policy to a TOML file."""
        return write_file(path, self.to_toml().encode())

    @classmethod
    def from_toml(cls, text: str) -> Policy:
        """A policy from the text of a TOML file. ``preset = "hesa"`` starts from a preset.

        Raises
        ------
        ArgumentError
            Where the text is not TOML, or names a field that policies do not have.

        Examples
        --------
        >>> Policy.from_toml('preset = "suppress10"' + chr(10) + 'threshold = 5').width
        4
        """
        try:
            table = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise ArgumentError(f"The policy is not valid TOML: {error}.") from None
        start = cls.preset(str(table.pop("preset"))) if "preset" in table else cls()
        symbols = table.pop("symbols", None)
        known = [field.name for field in fields(cls)]
        for name in table:
            if name not in known:
                raise ArgumentError(
                    f"{name!r} is not a field of a policy. Possible: {listed(['preset', *known])}."
                    f"{did_you_mean(name, known)}"
                )
        if symbols is not None:
            table["symbols"] = _symbols(symbols, start.symbols)
        return start.but(**table) if table else start

    @classmethod
    def load(cls, path: str | Path) -> Policy:
        """A policy that `write` wrote, or one typed by hand."""
        path = path_in(path, argument="policy", what="the path of a policy file")
        try:
            text = text_in(path)
        except (OSError, UnicodeDecodeError) as error:
            raise ArgumentError(f"The policy file {path.name!r} cannot be read: {error}.") from None
        return cls.from_toml(text)


def policy_of(policy: Policy | str | Path) -> Policy:
    """A policy as given: an object, the name of a preset, or the path of a TOML file.

    Raises
    ------
    ArgumentError
        Where it is none of these.

    Examples
    --------
    >>> policy_of("tre").zeros
    'protect'
    """
    if isinstance(policy, Policy):
        return policy
    if isinstance(policy, str) and policy in PRESETS:
        return PRESETS[policy]
    path = path_in(policy, argument="policy", what=f"a policy, the path of one, or {listed(PRESETS)}")
    if isinstance(policy, Path) or path.suffix == ".toml" or path.is_file():
        return Policy.load(policy)
    return Policy.preset(policy)


def _headline(cell: object) -> tuple[str, str, str]:
    if (
        not isinstance(cell, (tuple, list))
        or len(cell) != 3
        or not all(isinstance(part, str) for part in cell)
    ):
        raise ArgumentError(
            f"keep holds {cell!r}. A headline cell is (characteristic, group, stage); '*' stands for any."
        )
    return (cell[0], cell[1], cell[2])


def stages_of_cohorts(given: object) -> tuple[tuple[str, str], ...]:
    """Cohorts and the stages left out of each, from a mapping or from pairs.

    >>> stages_of_cohorts({"2012": ["offered", "accepted"]})
    (('2012', 'offered'), ('2012', 'accepted'))
    """
    if isinstance(given, Mapping):
        lists = [(cohort, [own] if isinstance(own, str) else own) for cohort, own in given.items()]
        if all(isinstance(own, (list, tuple)) for _, own in lists):
            given = [(cohort, stage) for cohort, own in lists for stage in own]
    if not isinstance(given, (list, tuple)) or not all(
        isinstance(pair, (list, tuple)) and len(pair) == 2 and all(isinstance(one, str) for one in pair)
        for pair in given
    ):
        raise ArgumentError(
            f"drop_stages_of is {given!r}. Give cohorts, each with a list of its stages that are left out."
        )
    return tuple(dict.fromkeys((cohort, stage) for cohort, stage in given))


def _check_whole(field: str, value: object, smallest: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < smallest:
        raise ArgumentError(f"{field}={value!r} must be a whole number of at least {smallest}.")


def _symbols(table: Mapping[str, Any], start: Symbols) -> Symbols:
    known = [field.name for field in fields(Symbols)]
    check_known(table, known, argument="symbols", of="a symbol of tables")
    return replace(start, **{name: str(text) for name, text in table.items()})


PRESETS: Final[dict[str, Policy]] = {
    policy.name: policy
    for policy in (
        # HESA, "Rounding and suppression to anonymise statistics", as of March 2023: 0, 1 and 2 are printed
        # as 0, all else to the nearest 5; percentages of fewer than 22.5 people are not shown.
        Policy(name="hesa", threshold=5, mode="nearest"),
        # Office for Students, notes of the transparency return 2026: headcounts to the nearest 10, numerators
        # of two or fewer or within two of the denominator hidden, denominators below 23 "[low]".
        Policy(
            name="ofs",
            threshold=3,
            mode="suppress and round",
            zeros="protect",
            round_base=10,
            min_denominator=23,
        ),
        # Ofqual, "Rounding policy for statistical publications", 30 October 2025: 1 to 4 are "fewer than 5",
        # all else to the nearest 5, a true zero is 0.
        Policy(name="ofqual", threshold=5, mode="suppress and round", round_base=5),
        # NHS Digital, "Disclosure control methodology for HES and ECDS", September 2018, below national
        # level: 1 to 7 are hidden, all else to the nearest 5, percentages of rounded counts.
        Policy(name="nhs", threshold=8, mode="suppress and round", round_base=5),
        Policy(name="tre", threshold=10, zeros="protect"),
        Policy(name="internal", mode="none", min_denominator=0),
        Policy(name="publish", threshold=5, mode="round", round_base=5),
        Policy(name="suppress10", threshold=10),
    )
}
"""Policies that bodies say they follow, and those of the command line."""

_TAKEN.update(PRESETS)
