"""Sentences about cliff edges, held against the table of comparisons: who, where, how far, how many."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from .reading import Names, number, place_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_EDGE = re.compile(r"(?P<who>[^:;.()]+?) at (?P<at>[^:;.()]+?) \((?P<ratio>[\d.]+)\)")
_COUNT = (
    re.compile(r"^(?P<found>\w+) of the (?P<all>[\d,]+) (?:printed )?comparisons (?:is a|are) cliff edge"),
    re.compile(r"^Cliff edges: (?P<found>\d+) in (?P<all>[\d,]+) comparisons"),
    re.compile(r"^(?P<found>\d+|No) cliff edges? in (?P<all>[\d,]+) comparisons"),
)
_BROAD = (
    re.compile(r"^Between broad groups (?P<found>\w+) of the (?P<all>[\d,]+) comparisons (?:is a|are) cliff"),
    re.compile(r"^Cliff edges between broad groups: (?P<found>\d+) in (?P<all>[\d,]+) comparisons"),
)


def edge_contradictions(folder: Path, sentences: Iterable[tuple[str, str]], names: Names) -> list[str]:
    """What sentences say of cliff edges that the tables beside them do not bear out."""
    found = [_table(folder, name) for name in ("cliff_edges", "comparisons")]
    detailed = next(table for table in found if table is not None)
    broad = _table(folder, "cliff_edges_broad")
    wrong = []
    for sentence, where in sentences:
        said = [*_counted(sentence, detailed, _COUNT)]
        if re.match(r"\d+ cliff edges? in|A cliff edge is a pass rate below", sentence):
            named = sentence.partition(" Map of ")[0]
            said += _named(re.split(r"The (?:one found|\d+)[^:]*: ", named)[-1], detailed, names)
        if broad is not None:
            said += _counted(sentence, broad, _BROAD)
            if sentence.startswith("Between broad groups"):
                said += _named(sentence, broad, names)
        wrong += [f"{where}: {one}" for one in said]
    return wrong


def _table(folder: Path, name: str) -> pd.DataFrame | None:
    path = folder / "data" / f"{name}.csv"
    if not path.exists():
        return None
    table = pd.read_csv(path, keep_default_na=False, na_values=[""])
    return table[
        (table["gate"] != "overall") & table["p_value"].notna() & (table["verdict"] != "not computable")
    ]


def _counted(sentence: str, table: pd.DataFrame, patterns: Iterable[re.Pattern[str]]) -> Iterator[str]:
    flagged = int(table["flagged"].astype(bool).sum())
    for pattern in patterns:
        found = pattern.match(sentence)
        if found:
            said = int(re.sub("(?i)no(ne)?", "0", found["found"])), int(found["all"].replace(",", ""))
            if said != (flagged, len(table)):
                yield f"{found[0]!r}, but {flagged} of {len(table)} rows are flagged"


def _named(sentence: str, table: pd.DataFrame, names: Names) -> Iterator[str]:
    flagged = table[table["flagged"].astype(bool)]
    for found in _EDGE.finditer(sentence):
        limits = number(found["ratio"] if "." in found["ratio"] else f"{found['ratio']}.0")
        assert limits is not None
        here = flagged[[names.gates[key] == place_of(found["at"]) for key in flagged["gate"]]]
        mine = [
            row.estimate if row.behind == row.group else 1 / row.estimate
            for row in here.itertuples()
            if found["who"].endswith(str(row.behind))
        ]
        if not any(limits[0] - 1e-9 <= value <= limits[1] + 1e-9 for value in mine):
            yield f"{found[0]!r} is called a cliff edge, and the table has {mine}"
