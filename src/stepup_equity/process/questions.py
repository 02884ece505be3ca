"""What a programme says will be asked, before looking: which characteristics, at which levels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from stepup_equity.errors import ProgrammeError, did_you_mean, listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stepup_equity.process.characteristic import Characteristic


_BOTH: Final = ("broad", "detailed")


@dataclass(frozen=True, slots=True)
class Questions:
    """The questions of a programme. All of it may be left out: then everything that was counted is asked.

    How many comparisons are made at once decides how strong a gap must be to be flagged, so what is asked is
    best written down before the figures are seen.

    Attributes
    ----------
    characteristics : tuple of str
        Names, in the order in which they are told; none for all that were counted.
    levels : tuple of str
        ``"broad"``, ``"detailed"``, or both: each is a family of its own, broad groups first. None for both
        where a characteristic has both.
    references : tuple of (str, str)
        Characteristic, and the group that its others are compared with.
    """

    characteristics: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    references: tuple[tuple[str, str], ...] = ()

    @property
    def declared(self) -> bool:
        """Whether anything is said."""
        return bool(self.characteristics or self.levels or self.references)

    def among(self, names: Sequence[str]) -> Questions:
        """The questions about these characteristics, and about no other."""
        return Questions(
            tuple(name for name in self.characteristics if name in names),
            self.levels,
            tuple(pair for pair in self.references if pair[0] in names),
        )

    def check(self, characteristics: Sequence[Characteristic]) -> None:
        """Refuse a question about what the programme does not have."""
        known = {one.name: one for one in characteristics}
        for where, names in (
            ("characteristics", self.characteristics),
            ("references", [name for name, _ in self.references]),
        ):
            for name in names:
                if name not in known:
                    raise ProgrammeError(
                        f"[questions] {where} names {name!r}, which is no characteristic of the programme. "
                        f"Possible: {listed(known)}.{did_you_mean(name, known)}"
                    )
        for level in self.levels:
            if level not in _BOTH:
                raise ProgrammeError(
                    f"[questions] levels names {level!r}. Possible: "
                    f"{listed(_BOTH)}.{did_you_mean(level, _BOTH)}"
                )
        for name, group in self.references:
            labels = dict.fromkeys((*known[name].labels, *known[name].broad_labels))
            possible = (*labels, "largest", "rest")
            if group not in possible:
                raise ProgrammeError(
                    f"[questions] references compares {name!r} with {group!r}, which is not one of its "
                    f"groups. "
                    f"Possible: {listed(possible)}.{did_you_mean(group, possible)}"
                )
