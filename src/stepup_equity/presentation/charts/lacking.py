"""Letters that the font of the charts does not have: pictures in dots show boxes in their place."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from stepup_equity.presentation.charts.style import BODY, letters, stands_alone
from stepup_equity.words.numbers import count

if TYPE_CHECKING:
    from stepup_equity.counts import StageCounts


def boxed(counts: StageCounts) -> str:
    """What is said of PNG files where labels have letters that they cannot show; empty where none has.

    Names of groups, characteristics, stages and gates are looked at.
    """
    programme = counts.programme
    words = {programme.label, *(stage.label for stage in programme.process.stages)}
    words |= {gate.label for gate in programme.process.gates}
    for name in counts.characteristics:
        one = programme.characteristic(name)
        words |= {one.label, *one.labels, *one.broad_labels}
    if not (n := sum(1 for one in words if lacks(one))):
        return ""
    return (
        f"The PNG files show boxes in {count(n, 'label')}, whose letters their font does not have. The SVG "
        "files show them, and so does the page of a report."
    )


def lacks(text: str) -> bool:
    """Whether the font of the charts lacks a letter of a text.

    >>> lacks("Señor Łódź العربية"), lacks("中文")
    (False, True)
    """
    if stands_alone(text) and all(letter < "\u0530" for letter in text):
        return False
    known = _known()
    return any(ord(letter) not in known for letter in text if letter.isprintable() and not letter.isspace())


@lru_cache(maxsize=1)
def _known() -> frozenset[int]:
    """Code points of the letters that the font has, in both weights."""
    from matplotlib.font_manager import findfont, get_font

    fonts = (get_font(findfont(letters(BODY, bold=bold))) for bold in (False, True))
    regular, bold = (frozenset(font.get_charmap()) for font in fonts)
    return regular & bold
