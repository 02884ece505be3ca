"""The shipped code lists: what is not stated whatever the question, and which list has a label."""

from __future__ import annotations

import csv
from functools import cache
from typing import TYPE_CHECKING

from stepup_equity.process.labels import normalise
from stepup_equity.shipped import shipped

if TYPE_CHECKING:
    from pathlib import Path


@cache
def common_not_stated() -> frozenset[str]:
    """Normalised spellings that mean *Not stated* whatever the question."""
    return _column(shipped("schema/codelists") / "not_stated.csv", "raw")


def codelists_with(label: str, name: str) -> tuple[str, ...]:
    """Shipped code lists of a question that have a label or spelling.

    Examples
    --------
    >>> codelists_with("Roma", "ethnicity")
    ('ethnicity_19.csv',)
    >>> codelists_with("BME", "ethnicity")
    ('ethnicity_2.csv',)
    """
    known = normalise(label)
    return tuple(file for file, labels in _lists_of(name) if known in labels)


@cache
def _lists_of(name: str) -> tuple[tuple[str, frozenset[str]], ...]:
    """Every shipped list of a question, with what it knows."""
    found = []
    for path in sorted(shipped("schema/codelists").glob(f"{name}*_synonyms.csv")):
        labels = path.with_name(path.name.replace("_synonyms", ""))
        found.append((labels.name, _column(path, "raw") | _column(labels, "label")))
    return tuple(found)


@cache
def _column(path: Path, name: str) -> frozenset[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return frozenset(normalise(row[name]) for row in csv.DictReader(file))
