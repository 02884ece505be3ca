"""What the documentation makes of itself: pages from public names, outputs of the code on a page."""

from __future__ import annotations

import ast
import contextlib
import html
import inspect
import io
import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mkdocs.structure.files import File

import stepup_equity
import stepup_equity.findings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

AREAS = {
    "process": ("Processes and programmes", "What is being studied: stages, gates, characteristics."),
    "records": ("Records", "Applicant records in, checked as they are read."),
    "start": ("Drafts", "A programme drafted from a file, with what a person must decide."),
    "counts": ("Counts", "The one table from which every number follows."),
    "findings": (
        "Findings",
        "Questions an analyst asks. Each answer is a frozen result with a tidy `.frame`.",
    ),
    "presentation": ("Reports, charts and workbooks", "Everything that is written for a reader."),
    "disclosure": ("Disclosure control", "What may be published."),
    "errors": ("Errors", "What was found, what is possible, what to do next."),
}
"""First part of a public name's home -> title of its page, and a sentence."""

_SHARED = {"spreadsheets": "presentation"}
"""Rooms whose public names stand on the page of another."""

_FENCE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def public_names() -> dict[str, list[str]]:
    """Public names by area, each as the path of the module that holds it."""
    found: dict[str, list[str]] = {area: [] for area in AREAS}
    for name, home in stepup_equity._HOMES.items():  # noqa: SLF001 - the table is the source of the pages
        room = home.split(".")[0]
        found[_SHARED.get(room, room)].append(f"stepup_equity.{home}.{name}")
    return {
        area: sorted(paths, key=lambda path: path.rsplit(".", 1)[1].lower()) for area, paths in found.items()
    }


def result_types() -> list[str]:
    """Types that findings return, which a reader meets though nobody calls them."""
    classes = (getattr(stepup_equity.findings, name) for name in stepup_equity.findings.__all__)
    shown = [kind for kind in classes if inspect.isclass(kind) and kind.__name__ not in stepup_equity.__all__]
    return sorted(f"{kind.__module__}.{kind.__name__}" for kind in shown)


def reference_pages() -> dict[str, str]:
    """Markdown of every generated page, by path."""
    names = public_names()
    pages = {}
    for area, (title, sentence) in AREAS.items():
        entries = "\n\n".join(f"::: {path}" for path in names[area])
        pages[f"reference/{area}.md"] = f"# {title}\n\n{sentence}\n\n{entries}\n"
    results = "\n\n".join(f"::: {path}" for path in result_types())
    pages["reference/results.md"] = (
        "# Results\n\nWhat the findings return. All are frozen; `.frame` hands out a copy, `.plot()` "
        "draws, `.method` "
        f"says how the numbers were made, `.notes` must stand beside them.\n\n{results}\n"
    )
    lines = [f"- [`{path.rsplit('.', 1)[1]}`]({area}.md#{path})" for area in AREAS for path in names[area]]
    pages["reference/index.md"] = (
        "# Reference\n\n`import stepup_equity as su` loads nothing heavy; every name loads when "
        "first used.\n\n" + "\n".join(lines) + "\n"
    )
    pages["reference/command-line.md"] = _command_line()
    return pages


def _command_line() -> str:
    from stepup_equity.cli import _parser

    parser = _parser()
    commands = next(a for a in parser._actions if hasattr(a, "choices") and isinstance(a.choices, dict))  # noqa: SLF001
    with _as_wide_as("96"):
        return _help_of(parser, commands.choices)


@contextlib.contextmanager
def _as_wide_as(columns: str) -> Iterator[None]:
    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = columns
    try:
        yield
    finally:
        if before is None:
            del os.environ["COLUMNS"]
        else:
            os.environ["COLUMNS"] = before


def _help_of(parser: Any, commands: dict[str, Any]) -> str:
    parts = [f"# Command line\n\n```text\n{parser.format_help()}```\n"]
    parts += [f"## {name}\n\n```text\n{command.format_help()}```\n" for name, command in commands.items()]
    return "\n".join(parts)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages."""
    for path, text in reference_pages().items():
        files.append(File.generated(config, path, content=text))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001
    """Run the code of pages that ask for it (``run: true``) and show what each block gives."""
    return with_outputs(markdown) if page.meta.get("run") else markdown


def with_outputs(markdown: str) -> str:
    """The page with each block's output below it; blocks share one namespace and a folder of their own."""
    namespace: dict[str, Any] = {"__name__": "page"}
    with tempfile.TemporaryDirectory() as folder, _inside(Path(folder)):
        return _FENCE.sub(lambda found: found[0] + "\n\n" + _shown(*_run(found[1], namespace)), markdown)


@contextlib.contextmanager
def _inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def _run(code: str, namespace: dict[str, Any]) -> tuple[str, Any]:
    """What a block prints, and the value of its last line."""
    tree = ast.parse(code)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    value, printed = None, io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, "<page>", "exec"), namespace)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), "<page>", "eval"), namespace)
    return printed.getvalue(), value


def _shown(printed: str, value: Any) -> str:
    import pandas as pd
    from matplotlib.axes import Axes

    parts = [f"<pre>{html.escape(printed.rstrip())}</pre>"] if printed.strip() else []
    if isinstance(value, Axes):
        parts.append(value._repr_html_())  # type: ignore[attr-defined]
    elif isinstance(value, pd.DataFrame):
        parts.append(value.to_html(index=False, na_rep="–", border=0, escape=True))
    elif value is not None:
        parts.append(f"<pre>{html.escape(repr(value))}</pre>")
    if not parts:
        return ""
    inner = "".join(part.replace("\n\n", "\n") for part in parts)
    return f'<div class="output" markdown="0">{inner}</div>\n'
