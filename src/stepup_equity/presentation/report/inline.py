"""Charts as part of the page: their words are words of the page, their looks are said once."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Final, NamedTuple

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Sequence

_RULE: Final = re.compile(r"\.(s\d+)\{([^}]*)\}")
_HEAD: Final = re.compile(r"<(title|desc)>.*?</\1>", re.DOTALL)
_STYLE: Final = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL)
_COMMON: Final = re.compile(r"(?<![\w.])(\*|text)\{([^}]*)\}")
_TAG: Final = re.compile(r"<[^>]*>")
_CLASS: Final = re.compile(r' class="(s\d+)"')
_NAME: Final = re.compile(r'(\bid="|url\(#|href="#)')
_TEXT: Final = re.compile(r"<text\b[^>]*>([^<]*)</text>")
_Y: Final = re.compile(r' y="(-?[\d.]+)"')
_SIZE: Final = re.compile(r'height="([\d.]+)pt" viewBox="0 0 ([\d.]+) ([\d.]+)"')
_UNDER: Final = 5.0
_OVER: Final = 11.0
"""Points below a line's foot, and above the foot of the next, that belong to it."""


class Inline(NamedTuple):
    """A picture in a page.

    Attributes
    ----------
    svg : Markup
    apart : bool
        Whether its title and notes are left to the page.
    """

    svg: Markup
    apart: bool


class Inlined:
    """The pictures of one page, and the rules of style that they share.

    A page whose policy allows its own style alone cannot hold pictures with styles of theirs. What a rule
    draws with a pattern is said on the element, since the pattern is the picture's own.
    """

    def __init__(self) -> None:
        self._named: dict[str, str] = {}
        self._common: dict[str, None] = {}
        self._number = 0

    @property
    def css(self) -> str:
        """The rules of every picture that was asked for."""
        own = "".join(f".{name}{{{look}}}" for look, name in self._named.items())
        return "".join(self._common) + own

    def picture(self, svg: str, alt: str, above: Sequence[str] = (), below: Sequence[str] = ()) -> Inline:
        """A picture as it stands in the page, with what it says to those who cannot see it.

        Parameters
        ----------
        svg : str
            A whole file, as `figure_to_svg` makes it.
        alt : str
        above, below : sequence of str
            Its title and what else stands above the marks, and its notes. The page says them in words of its
            own, which break where a screen ends; in the picture they are kept out of sight for whoever takes
            it away.

        Returns
        -------
        Inline
        """
        self._number += 1
        svg, apart = _cut(svg, [text for text in above if text], [text for text in below if text])
        style = _STYLE.search(svg)
        rules = dict(_RULE.findall(style[1])) if style else {}
        if style:
            for selector, look in _COMMON.findall(style[1]):
                self._common[f".picture svg {selector}{{{look}}}"] = None
        body = _HEAD.sub("", _STYLE.sub("", svg))
        body = _TAG.sub(lambda tag: self._tag(tag[0], rules), body)
        label = Markup('<svg aria-label="{}" ').format(escape(alt))
        return Inline(label + Markup(body.removeprefix("<svg ")), apart)  # noqa: S704 - made by us, escaped

    def _tag(self, tag: str, rules: dict[str, str]) -> str:
        if ' class="s' in tag:
            tag = _CLASS.sub(lambda found: self._look(rules[found[1]]), tag)
        if "#" in tag or 'id="' in tag:
            tag = _NAME.sub(rf"\g<1>f{self._number}-", tag)
        return tag.replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "").replace("xlink:href", "href")

    def _look(self, look: str) -> str:
        if "url(#" in look:
            said = (part.split(":", 1) for part in look.split(";") if part.strip())
            return "".join(f' {name.strip()}="{value.strip()}"' for name, value in said)
        return f' class="{self._named.setdefault(look, f"k{len(self._named)}")}"'


def _cut(svg: str, above: Sequence[str], below: Sequence[str]) -> tuple[str, bool]:
    """A picture that shows what lies between its title and its notes, and whether they were found."""
    found = list(_TEXT.finditer(svg))
    said = [" ".join(unescape(text[1]).split()) for text in found]
    places: list[range] = []
    for words in (*above, *below):
        place = _place(said, " ".join(words.split()), places[-1].stop if places else 0)
        if place is None:
            return svg, False
        places.append(place)
    if not above or not below:
        return svg, False
    level = [float(_Y.search(text[0])[1]) for text in found]  # type: ignore[index]  # every text has one
    hidden = {at for place in places for at in place}
    top = max(level[at] for place in places[: len(above)] for at in place) + _UNDER
    bottom = min(level[at] for place in places[len(above) :] for at in place) - _OVER
    if any(not top < y < bottom for at, y in enumerate(level) if at not in hidden):
        return svg, False
    for at in sorted(hidden, reverse=True):
        start = found[at].start() + len("<text")
        svg = f'{svg[:start]} data-words=""{svg[start:]}'
    size = _SIZE.search(svg)
    assert size is not None
    seen = f'height="{bottom - top:.1f}pt" viewBox="0 {top:.1f} {size[2]} {bottom - top:.1f}"'
    return _SIZE.sub(f'{seen} data-whole="0 0 {size[2]} {size[3]}"', svg, count=1), True


def _place(said: Sequence[str], words: str, start: int) -> range | None:
    """Which texts that follow each other say these words; None where none do."""
    for first in range(start, len(said)):
        whole = ""
        for last in range(first, len(said)):
            whole = f"{whole} {said[last]}".strip()
            if whole == words:
                return range(first, last + 1)
            if not words.startswith(whole):
                break
    return None
