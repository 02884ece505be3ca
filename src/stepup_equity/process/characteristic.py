"""A characteristic: its groups in order, its reference, its hierarchy and the spellings it understands."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from stepup_equity.columns import NOT_STATED
from stepup_equity.errors import ProgrammeError, did_you_mean, listed, unknown_name
from stepup_equity.process.contradictions import check_bands, check_hierarchy, check_levels
from stepup_equity.process.labels import normalise
from stepup_equity.process.reading import check_date_format

if TYPE_CHECKING:
    from collections.abc import Mapping


_MOST_BOXES = 39  # so many answers of three kinds fit into one whole number
_REFERENCE_DATE = re.compile(r"(\d{4}-)?(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")


@dataclass(frozen=True, slots=True)
class Group:
    """One answer that can be given.

    Attributes
    ----------
    label : str
        Display label; the one that appears in every output.
    parent : str or None
        Broad group it belongs to; a broad answer in a detailed column is a leaf with its parent's label.
    synonyms : tuple of str
        Raw spellings that mean this group.
    lowest, highest : int or None
        For bands of a number: the whole years (or marks) covered, both ends included.
    """

    label: str
    parent: str | None = None
    synonyms: tuple[str, ...] = ()
    lowest: int | None = None
    highest: int | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """A coarser grouping with a name of its own, such as White against all others.

    Attributes
    ----------
    name : str
        What ``level=`` is called with.
    members : tuple of (str, tuple of str)
        Label of each coarse group and the groups (or broad groups) it holds.
    reference : str or None
        The reference at this level; by default the coarse group that holds the characteristic's reference.
    """

    name: str
    members: tuple[tuple[str, tuple[str, ...]], ...]
    reference: str | None = None


@dataclass(frozen=True)
class Characteristic:
    """A question about applicants, with its declared answers.

    Parameters
    ----------
    name : str
        Column name and ``by=`` name.
    label : str
        Name in print.
    groups : tuple of Group
        In display order.
    reference : str or None
        The group others are compared with; None means the largest stated group.
    ordered : bool
        Whether the order of the groups carries meaning (age bands).
    column : str
        Column of the input that holds it; by default the name.
    number_column : str or None
        Column with a number (age in years) that is put into the groups' bands.
    birth_column : str or None
        Column with a date of birth, from which the age on the reference date follows.
    reference_date : str
        Day on which ages count: ``"2010-09-01"``, or ``"09-01"`` for that day of the cohort's year.
    birth_format : str
        How dates of birth are written, as in `strptime`; by default ``YYYY-MM-DD``.
    possible : tuple of (int, int) or None
        Smallest and largest number that can be true; others are a problem, not a band.
    test_level : str
        Level at which verbs compare by default: ``"detailed"``, ``"broad"`` or a named level.
    levels : tuple of Level
        Further groupings.
    not_stated : tuple of str
        Further spellings of *Not stated*.
    found : bool
        Whether groups and reference were read off a published table, and not declared before the numbers were
        known. A publication then takes neither their order nor the reference from it.
    show_empty : bool
        Whether groups nobody belongs to keep their row: true of a published table, not of a code list.
    multiple : bool
        Whether people may give several answers (impairment types); such answers are never tested as a
        partition.
    separator : str
        What stands between several answers in one field, such as ``";"``.
    several : str or None
        The group of those who give two or more answers of one broad group, so that nobody counts twice.
    ticked : tuple of (str, str)
        Columns that hold yes or no to one answer each, with the group each stands for; in place of `column`.
    optional : bool
        Whether a file may lack it; else a file without its column is refused, since leaving a question out in
        silence changes what is asked together.
    none_ticked : str or None
        The group of those who said no to such columns and yes to none; by default they are *Not stated*.
    detail_column : str
        A second column that says more about an answer, such as a list of impairments beside Yes or No. An
        answer there stands for the person; it must belong to the same broad group.

    Raises
    ------
    ProgrammeError
        Where labels repeat, a spelling means two groups, the reference is not a group, or a setting
        lacks what it needs.
    """

    name: str
    label: str
    groups: tuple[Group, ...]
    reference: str | None = None
    ordered: bool = False
    column: str = ""
    number_column: str | None = None
    birth_column: str | None = None
    reference_date: str = ""
    birth_format: str = ""
    possible: tuple[int, int] | None = None
    test_level: str = "detailed"
    levels: tuple[Level, ...] = ()
    not_stated: tuple[str, ...] = ()
    show_empty: bool = False
    multiple: bool = False
    separator: str = ""
    several: str | None = None
    ticked: tuple[tuple[str, str], ...] = ()
    none_ticked: str | None = None
    optional: bool = False
    detail_column: str = ""
    found: bool = False

    def __post_init__(self) -> None:
        if not self.column:
            object.__setattr__(self, "column", self.name)
        self._check_groups()
        self._check_numbers()
        self._check_several()
        self._check_ticked()
        for level in self.levels:
            self._check_level(level)
        check_hierarchy(self)
        check_bands(self)
        check_levels(self)
        _ = self.spellings

    def _check_groups(self) -> None:
        labels = self.labels
        if len(set(labels)) != len(labels):
            twice = sorted({label for label in labels if labels.count(label) > 1})
            raise ProgrammeError(f"Characteristic {self.name!r} has groups that repeat: {listed(twice)}.")
        if NOT_STATED in labels:
            raise ProgrammeError(
                f"Characteristic {self.name!r} lists {NOT_STATED!r} as a group. It is always there; "
                "give its spellings under not_stated instead."
            )
        if self.reference is not None and self.reference not in labels:
            raise ProgrammeError(
                f"Characteristic {self.name!r}: reference {self.reference!r} is not one of its groups: "
                f"{listed(labels)}.{did_you_mean(self.reference, labels)}"
            )
        if self.test_level not in self.level_names:
            raise ProgrammeError(
                f"Characteristic {self.name!r}: test_level {self.test_level!r} is not one of its levels: "
                f"{listed(self.level_names)}."
            )

    def _check_numbers(self) -> None:
        banded = any(group.lowest is not None or group.highest is not None for group in self.groups)
        for column in (self.number_column, self.birth_column):
            if column is not None and not banded:
                raise ProgrammeError(
                    f"Characteristic {self.name!r} reads numbers from {column!r}, but no group has a band. "
                    "Give its groups lowest and highest."
                )
        if self.birth_column is not None and not self.reference_date:
            raise ProgrammeError(
                f"Characteristic {self.name!r} has birth_column, but no reference_date. Give it too: "
                'reference_date = "09-01" takes ages on 1 September of each cohort\'s year.'
            )
        check_date_format(self.birth_format, "birth_format", f"[characteristics.{self.name}]")
        if self.birth_column is not None and not _REFERENCE_DATE.fullmatch(self.reference_date):
            raise ProgrammeError(
                f"Characteristic {self.name!r}: reference_date {self.reference_date!r} is not a day on "
                f"which ages "
                "count. Write it as '2010-09-01', or '09-01' for that day of each cohort's year."
            )

    def _check_several(self) -> None:
        if self.several is not None and self.several not in self.labels:
            raise ProgrammeError(
                f"Characteristic {self.name!r}: several {self.several!r} is not one of its groups: "
                f"{listed(self.labels)}.{did_you_mean(self.several, self.labels)}"
            )
        if self.separator and self.several is None:
            raise ProgrammeError(
                f"Characteristic {self.name!r} has a separator, so people may give several answers. "
                "Name the group of those who do under several."
            )

    def _check_ticked(self) -> None:
        for column, group in (*self.ticked, *([("none", self.none_ticked)] if self.none_ticked else [])):
            if group not in self.labels:
                raise ProgrammeError(
                    f"Characteristic {self.name!r}: {column!r} stands for {group!r}, which is not one of its "
                    f"groups: {listed(self.labels)}.{did_you_mean(group, self.labels)}"
                )
        if len(self.ticked) > 1 and self.several is None:
            raise ProgrammeError(
                f"Characteristic {self.name!r} has boxes, so people may tick several. "
                "Name the group of those who do under several."
            )
        if len(self.ticked) > _MOST_BOXES:
            raise ProgrammeError(
                f"Characteristic {self.name!r} has {len(self.ticked)} boxes; the most is {_MOST_BOXES}."
            )

    def _check_level(self, level: Level) -> None:
        possible = {*self.labels, *self.broad_labels}
        for _, members in level.members:
            for member in members:
                if member not in possible:
                    raise ProgrammeError(
                        f"Characteristic {self.name!r}: level {level.name!r} holds {member!r}, which is no "
                        f"group."
                        f"{did_you_mean(member, possible)}"
                    )
        if level.reference is not None and level.reference not in dict(level.members):
            raise ProgrammeError(
                f"Characteristic {self.name!r}: level {level.name!r} has the reference {level.reference!r}, "
                f"which is not one of its groups: {listed(dict(level.members))}."
            )

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Display labels of the detailed groups, in order."""
        return tuple(group.label for group in self.groups)

    @cached_property
    def broad_labels(self) -> tuple[str, ...]:
        """Labels of the broad groups in order of first appearance; a group without a parent is its own."""
        return tuple(dict.fromkeys(group.parent or group.label for group in self.groups))

    @cached_property
    def has_hierarchy(self) -> bool:
        """Whether any group has a broad group other than itself."""
        return any(group.parent not in (None, group.label) for group in self.groups)

    @cached_property
    def level_names(self) -> tuple[str, ...]:
        """What ``level=`` may be."""
        return ("detailed", "broad", *(level.name for level in self.levels))

    @cached_property
    def spellings(self) -> Mapping[str, str | None]:
        """Normalised spelling -> display label, or None for *Not stated*."""
        table: dict[str, str | None] = {}
        for raw in (*self.not_stated, NOT_STATED, ""):
            table[normalise(raw)] = None
        for group in self.groups:
            for raw in (group.label, *group.synonyms):
                key = normalise(raw)
                known = table.get(key, group.label)
                if known != group.label and (known is not None or raw == group.label):
                    raise ProgrammeError(
                        f"Characteristic {self.name!r}: the spelling {raw!r} means both "
                        f"{known or NOT_STATED!r} and {group.label!r}. Keep one."
                    )
                table[key] = group.label
        return table

    @cached_property
    def meaning(self) -> Characteristic:
        """The same question and groups without columns, spellings and notations."""
        groups = tuple(replace(group, synonyms=()) for group in self.groups)
        return Characteristic(
            name=self.name,
            label=self.label,
            groups=groups,
            reference=self.reference,
            ordered=self.ordered,
            test_level=self.test_level,
            levels=self.levels,
            show_empty=self.show_empty,
            multiple=self.multiple,
        )

    def at_level(self, level: str | None) -> tuple[tuple[str, ...], tuple[int, ...], str | None]:
        """Groups of a level, the position of each detailed group among them, and the reference there.

        Parameters
        ----------
        level : str or None
            ``"detailed"``, ``"broad"``, a named level, or None for the level that is tested by default.

        Returns
        -------
        labels, positions, reference
            ``positions[i]`` is where detailed group ``i`` goes; -1 leaves it out.
        """
        level = self.test_level if level is None else level
        if level == "detailed":
            return self.labels, tuple(range(len(self.groups))), self.reference
        if level == "broad":
            broad = self.broad_labels
            positions = tuple(broad.index(group.parent or group.label) for group in self.groups)
            reference = (
                None if self.reference is None else broad[positions[self.labels.index(self.reference)]]
            )
            return broad, positions, reference
        for named in self.levels:
            if named.name == level:
                return self._named_level(named)
        raise unknown_name(level, self.level_names, argument="level", of=f"a level of {self.name!r}")

    def _named_level(self, level: Level) -> tuple[tuple[str, ...], tuple[int, ...], str | None]:
        names = tuple(label for label, _ in level.members)
        home = {member: i for i, (_, members) in enumerate(level.members) for member in members}
        positions = tuple(home.get(group.label, home.get(group.parent or "", -1)) for group in self.groups)
        reference = level.reference
        if reference is None and self.reference is not None:
            at = positions[self.labels.index(self.reference)]
            reference = names[at] if at >= 0 else None
        return names, positions, reference

    def parent_of(self, label: str) -> str | None:
        """Broad group of a detailed group; None where it stands alone."""
        for group in self.groups:
            if group.label == label:
                return group.parent
        return None
