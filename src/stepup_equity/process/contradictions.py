"""What a characteristic may not say, since one person would then stand in two places."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from stepup_equity.errors import ProgrammeError
from stepup_equity.process.labels import normalise

if TYPE_CHECKING:
    from stepup_equity.process.characteristic import Characteristic, Group


def check_hierarchy(characteristic: Characteristic) -> None:
    """A broad group belongs to no other, and is spelt in one way.

    Raises
    ------
    ProgrammeError
    """
    where = f"[characteristics.{characteristic.name}]"
    parents = {group.label: group.parent for group in characteristic.groups}
    for group in characteristic.groups:
        above = parents.get(group.parent or "")
        if group.parent != group.label and above not in (None, group.parent):
            raise ProgrammeError(
                f"{where}: group {group.label!r} has the parent {group.parent!r}, which has the parent "
                f"{above!r}. There are two levels, groups and broad groups: a broad group has no parent, or "
                "itself. Coarser ones go under levels."
            )
    spelt: dict[str, str] = {}
    for name in (*characteristic.labels, *characteristic.broad_labels):
        known = spelt.setdefault(normalise(name), name)
        if known != name:
            raise ProgrammeError(
                f"{where}: {known!r} and {name!r} are one name spelt in two ways. Write it in one way."
            )


def check_bands(characteristic: Characteristic) -> None:
    """Bands do not overlap, and end where they begin or later.

    Raises
    ------
    ProgrammeError
    """
    where = f"[characteristics.{characteristic.name}]"
    banded = [group for group in characteristic.groups if (group.lowest, group.highest) != (None, None)]
    for group in banded:
        low, high = _ends(group)
        if low > high:
            raise ProgrammeError(
                f"{where}: the band of group {group.label!r} begins at {group.lowest} and ends at "
                f"{group.highest}. Exchange lowest and highest."
            )
    ordered = sorted(banded, key=lambda group: (_ends(group), group.label))
    for one, other in itertools.pairwise(ordered):
        if _ends(one)[1] >= _ends(other)[0]:
            raise ProgrammeError(
                f"{where}: the bands of groups {one.label!r} and {other.label!r} overlap at {other.lowest}: "
                "both ends of a band belong to it. Correct lowest or highest."
            )


def _ends(group: Group) -> tuple[float, float]:
    low = float("-inf") if group.lowest is None else group.lowest
    high = float("inf") if group.highest is None else group.highest
    return low, high


def check_levels(characteristic: Characteristic) -> None:
    """A level has a name of its own, and each group stands in one of its groups at most.

    Raises
    ------
    ProgrammeError
    """
    known = {"detailed", "broad"}
    for level in characteristic.levels:
        where = f"[characteristics.{characteristic.name}.levels.{level.name}]"
        if level.name in known:
            raise ProgrammeError(f"{where}: a level of that name is there already. Give it another.")
        known.add(level.name)
        labels = [label for label, _ in level.members]
        for label in labels:
            if labels.count(label) > 1:
                raise ProgrammeError(f"{where}: the group {label!r} is there twice. Write it once.")
        home: dict[str, str] = {}
        for label, members in level.members:
            for member in members:
                first = home.setdefault(member, label)
                if first != label:
                    raise ProgrammeError(
                        f"{where}: {member!r} stands in {first!r} and in {label!r}. Leave it in one."
                    )
