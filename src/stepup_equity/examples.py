"""The shipped examples: what each is, and a copy of one where it is wanted."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from stepup_equity.errors import ArgumentError
from stepup_equity.given import check_known
from stepup_equity.output import faults_in_words, write_file
from stepup_equity.shipped import shipped

if TYPE_CHECKING:
    from pathlib import Path


_BUILT_IN: Final = "step_up_to_social_work"


@dataclass(frozen=True, slots=True)
class Example:
    """A shipped example file.

    Attributes
    ----------
    name : str
        What it is called by.
    title : str
        What it is, in a line.
    path : Path
        Where it lies.
    programme : Path or None
        The programme it is read with; None where that is the built-in one, or where it is no cohort.
    """

    name: str
    title: str
    path: Path
    programme: Path | None = None


def list_examples() -> list[Example]:
    """The shipped examples, by name.

    >>> "cohort_one" in [example.name for example in list_examples()]
    True
    """
    folder = shipped("examples")
    found = []
    for meta in sorted(folder.glob("*.meta.toml")):
        name = meta.name.removesuffix(".meta.toml")
        told = tomllib.loads(meta.read_text(encoding="utf-8"))
        asked = str(told.get("programme", _BUILT_IN))
        programme = None if asked == _BUILT_IN else shipped("schema/programme") / f"{asked}.toml"
        found.append(Example(name, str(told["title"]), folder / f"{name}.csv", programme))
    return found


def write_example(name: str, folder: Path) -> Path:
    """Copy an example, its notes and its programme into a folder; return the path of the copy.

    Raises
    ------
    ArgumentError
        Where there is no such example, or a different file of that name is there already.
    """
    examples = {example.name: example for example in list_examples()}
    check_known([name], examples, argument="name", of="a shipped example")
    source, programme = examples[name].path, examples[name].programme
    with faults_in_words(folder):
        folder.mkdir(parents=True, exist_ok=True)
    for path in (source, source.with_suffix(".meta.toml"), *([programme] if programme else [])):
        target = folder / path.name
        if target.exists() and target.read_bytes() != path.read_bytes():
            raise ArgumentError(
                f"{target.name} is there already and differs. Move it away, or give another folder with -o."
            )
        write_file(target, path.read_bytes())
    return folder / source.name
