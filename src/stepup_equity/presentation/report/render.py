"""From a page to one HTML file: no network, no clock, every label escaped."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from stepup_equity.presentation.charts.files import data_uri
from stepup_equity.visible import visible

if TYPE_CHECKING:
    from stepup_equity.presentation.report.blocks import Page


def render(page: Page) -> str:
    """The page as one HTML file.

    Styles and scripts are named by their hash in the content security policy, so nothing else in the file
    runs or is loaded.
    """
    environment = _environment()
    style = _source("style.css").replace("BANNER", page.banner.replace("\\", "").replace('"', ""))
    template = environment.get_template("template.html.j2")
    return visible(template.render(page=page, style=style, script=_source("script.js")), keep="\n\t") + "\n"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("stepup_equity.presentation", "report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=False,
    )
    environment.filters |= {"csp_hash": _csp_hash, "data_uri": data_uri, "svg_size": _svg_size}
    return environment


def _source(name: str) -> str:
    environment = _environment()
    assert environment.loader is not None
    return environment.loader.get_source(environment, name)[0].rstrip("\n")


def _csp_hash(text: str) -> Markup:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return Markup("sha256-{}").format(digest)


def _svg_size(svg: str, side: int) -> int:
    """Width (0) or height (1) in CSS pixels."""
    points = re.match(r'<svg [^>]*width="([\d.]+)pt" height="([\d.]+)pt"', svg)
    assert points is not None
    return round(float(points[side + 1]) * 4 / 3)
