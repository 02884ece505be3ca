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


def glossary_page() -> str:
    """The words of a report and the signs of a publication, as the report itself explains them."""
    from stepup_equity.presentation.report.words import GLOSSARY
    from stepup_equity.spreadsheets.model import STANDARD

    words = "\n\n".join(f"**{term}**\n\n{meaning}" for term, meaning in GLOSSARY)
    signs = "\n".join(f"| `{one.symbol}` | {one.meaning} |" for one in STANDARD)
    return f"# Glossary\n\n{words}\n\n## Signs in tables\n\n| Sign | Meaning |\n| --- | --- |\n{signs}\n"


NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
_LONG = frozenset({"06_a_million_applicants"})
"""Notebooks that take minutes: their code stands on the site, what it gives does not."""


def notebook_pages() -> dict[str, str]:
    """Markdown of every notebook, by path; the code of all but the long ones is run with the page."""
    import nbformat

    pages = {}
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        cells = nbformat.read(path, as_version=4).cells
        parts = [
            f"```python\n{cell.source}\n```"
            if cell.cell_type == "code"
            else cell.source.replace("```python", "```py")  # shown, not run
            for cell in cells
        ]
        title, _, rest = parts[0].partition("\n")
        link = f"`notebooks/{path.name}` is the file to open and change."
        link += " It takes minutes, so only its code is shown." if path.stem in _LONG else ""
        head = "" if path.stem in _LONG else "---\nrun: rich\n---\n"
        pages[f"notebooks/{path.stem}.md"] = (
            "\n\n".join([f"{head}{title}", link, rest.strip(), *parts[1:]]) + "\n"
        )
    return pages


def _command_line() -> str:
    from stepup_equity.cli import SUMMARIES, _parser

    with _as_wide_as("96"):
        return _help_of(_parser([]), {name: _command(_parser([name]), name) for name in SUMMARIES})


def _command(parser: Any, name: str) -> Any:
    """The parser of one command; of the others only the names are loaded."""
    return next(a for a in parser._actions if isinstance(a.choices, dict)).choices[name]  # noqa: SLF001


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
    pages = reference_pages() | notebook_pages() | {"glossary.md": glossary_page()}
    for path, text in pages.items():
        files.append(File.generated(config, path, content=text))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001
    """Run the code of pages that ask for it (``run: true``) and show what each block gives."""
    run = page.meta.get("run")
    return with_outputs(markdown, rich=run == "rich") if run else markdown


_INNER_NAV = re.compile(r'<nav class="md-nav" data-md-level="[1-9]"[^>]*>')


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:  # noqa: ARG001
    """What the theme leaves out for those who hear a page: the search has a name, lists in a list are none of
    the page's parts."""
    named = output.replace(
        'class="md-search" data-md-component="search" role="dialog"',
        'class="md-search" data-md-component="search" role="dialog" aria-label="Search"',
    )
    return _INNER_NAV.sub(_plain_list, named)


def _plain_list(found: re.Match[str]) -> str:
    tag = re.sub(r' aria-(?:labelledby|expanded)="[^"]*"', "", found[0])
    return f'{tag[:-1]} role="none">'


def with_outputs(markdown: str, *, rich: bool = False) -> str:
    """The page with each block's output below it; blocks share one namespace and a folder of their own.

    A page that is ``rich`` shows results as a notebook does.
    """
    namespace: dict[str, Any] = {"__name__": "page"}
    with tempfile.TemporaryDirectory() as folder, _inside(Path(folder)):
        return _FENCE.sub(
            lambda found: found[0] + "\n\n" + _shown(*_run(found[1], namespace), rich=rich), markdown
        )


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


def _shown(printed: str, value: Any, *, rich: bool = False) -> str:
    import pandas as pd
    from matplotlib.axes import Axes

    from stepup_equity.findings import Result

    parts = [f"<pre>{html.escape(printed.rstrip())}</pre>"] if printed.strip() else []
    if isinstance(value, Axes):
        parts.append(value._repr_html_())  # type: ignore[attr-defined]
    elif rich and isinstance(value, Result):
        parts.append(value._repr_html_())
    elif isinstance(value, pd.DataFrame):
        parts.append(value.to_html(index=False, na_rep="–", border=0, escape=True))
    elif value is not None:
        parts.append(f"<pre>{html.escape(repr(value))}</pre>")
    if not parts:
        return ""
    inner = "".join(part.replace("\n\n", "\n") for part in parts)
    return f'<div class="output" tabindex="0" role="group" aria-label="Output" markdown="0">{inner}</div>\n'
