"""From a page to one HTML file: no network, no clock, every label escaped."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from stepup_equity.presentation.report.blocks import Figure, Paragraph
from stepup_equity.presentation.report.inline import Inlined
from stepup_equity.visible import visible

if TYPE_CHECKING:
    from stepup_equity.presentation.report.blocks import Page, Section


def render(page: Page) -> str:
    """The page as one HTML file.

    Styles and scripts are named by their hash in the content security policy, so nothing else in the file
    runs or is loaded.
    """
    page = replace(page, sections=tuple(_said_once(section) for section in page.sections))
    inlined = Inlined()
    drawn = [b.files for section in page.sections for b in section.blocks if isinstance(b, Figure)]
    pictures = {
        one.name: inlined.picture(one.svg, one.face.alt, (one.face.title, one.face.subtitle), one.notes)
        for one in drawn
    }
    style = (
        _source("style.css").replace("BANNER", page.banner.replace("\\", "").replace('"', "")) + inlined.css
    )
    template = _environment().get_template("template.html.j2")
    whole = template.render(page=page, pictures=pictures, style=style, script=_source("script.js"))
    return visible(whole, keep="\n\t") + "\n"


def _said_once(section: Section) -> Section:
    """A section without sentences that a chart in it has for its title, or among its notes."""
    charts = [block.files for block in section.blocks if isinstance(block, Figure)]
    said = {f"{one.face.title}." for one in charts} | {note for one in charts for note in one.notes}
    again = [
        isinstance(block, Paragraph) and not block.tone and block.text in said for block in section.blocks
    ]
    return replace(section, blocks=tuple(b for b, no in zip(section.blocks, again, strict=True) if not no))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("stepup_equity.presentation", "report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=False,
    )
    environment.filters |= {"csp_hash": _csp_hash}
    return environment


def _source(name: str) -> str:
    environment = _environment()
    assert environment.loader is not None
    return environment.loader.get_source(environment, name)[0].rstrip("\n")


def _csp_hash(text: str) -> Markup:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return Markup("sha256-{}").format(digest)
