"""Charts as part of the page: their words are words of the page, their looks are said once."""

from __future__ import annotations

import re
from typing import Final

from markupsafe import Markup, escape

_RULE: Final = re.compile(r"\.(s\d+)\{([^}]*)\}")
_HEAD: Final = re.compile(r"<(title|desc)>.*?</\1>", re.DOTALL)
_STYLE: Final = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL)
_COMMON: Final = re.compile(r"(?<![\w.])(\*|text)\{([^}]*)\}")
_TAG: Final = re.compile(r"<[^>]*>")


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

    def picture(self, svg: str, alt: str) -> Markup:
        """A picture as it stands in the page, with what it says to those who cannot see it.

        Parameters
        ----------
        svg : str
            A whole file, as `figure_to_svg` makes it.
        alt : str

        Returns
        -------
        Markup
        """
        self._number += 1
        style = _STYLE.search(svg)
        rules = dict(_RULE.findall(style[1])) if style else {}
        if style:
            for selector, look in _COMMON.findall(style[1]):
                self._common[f".picture svg {selector}{{{look}}}"] = None
        body = _HEAD.sub("", _STYLE.sub("", svg))
        body = _TAG.sub(lambda tag: self._tag(tag[0], rules), body)
        label = Markup('<svg aria-label="{}" ').format(escape(alt))
        return label + Markup(body.removeprefix("<svg "))  # noqa: S704 - made by us, its words escaped

    def _tag(self, tag: str, rules: dict[str, str]) -> str:
        own = f"f{self._number}-"
        tag = re.sub(r' class="(s\d+)"', lambda found: self._look(rules[found[1]]), tag)
        tag = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{own}", tag)
        return tag.replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "").replace("xlink:href", "href")

    def _look(self, look: str) -> str:
        if "url(#" in look:
            said = (part.split(":", 1) for part in look.split(";") if part.strip())
            return "".join(f' {name.strip()}="{value.strip()}"' for name, value in said)
        return f' class="{self._named.setdefault(look, f"k{len(self._named)}")}"'
