"""Reads every output of a report folder into facts: what is said of whom, how exactly, and where.

It knows how the files look to a reader and nothing of how they are made. A fact is keyed by cohort,
characteristic, group, gate and measure, all as printed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd
from lxml import etree, html

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

WHOLE = "Whole way"
BANDS = {"p < .001": (0.0, 0.001), "p < .01": (0.001, 0.01), "p < .05": (0.01, 0.05), "p ≥ .05": (0.05, 1.0)}
STARS = {"[sss]": "p < .001", "[ss]": "p < .01", "[s]": "p < .05", "[ns]": "p ≥ .05"}
COUNTS = frozenset({"passed", "base", "reached"})
EVERYBODY = frozenset({"Everybody", "All applicants"})


class Key(NamedTuple):
    """What a fact is about."""

    characteristic: str
    group: str
    place: str
    measure: str


@dataclass(frozen=True)
class Fact:
    """A number or a word, between what limits the printed form leaves it, and where it stands."""

    key: Key
    low: float
    high: float
    where: str
    word: str = ""

    def agrees(self, other: Fact) -> bool:
        if self.word or other.word:
            return self.word == other.word
        return self.low <= other.high + 1e-9 and other.low <= self.high + 1e-9


@dataclass(frozen=True)
class Names:
    """How the programme calls its keys, for the data files."""

    characteristics: dict[str, str]
    gates: dict[str, str]
    stages: dict[str, str]


def number(text: str, scale: float = 1.0) -> tuple[float, float] | None:
    """The limits of a printed number; None where none is printed.

    >>> number("25%"), number("<0.1%", 0.01), number("1,234"), number("[c]")
    ((25.0, 25.0), (0.0, 0.001), (1234.0, 1234.0), None)
    """
    clean = text.strip().replace("−", "-").replace("\u00a0", "")
    found = re.fullmatch(r"([<>]?)(-?[\d,]*\.?\d+)(?:e([-+]\d+))?%?", clean)
    if found is None:
        return None
    sign, digits, power = found.groups()
    scale *= 10.0 ** int(power or 0)
    value = float(digits.replace(",", "")) * scale
    decimals = len(digits.partition(".")[2])
    if sign == "<":
        return 0.0, value
    if sign == ">":
        return value, float("inf")
    whole = "," in digits or (scale == 1.0 and not decimals)
    half = 0.0 if whole else 0.5 * 10.0**-decimals * scale
    return value - half, value + half


def tables_of(folder: Path, names: Names) -> list[Fact]:
    """Every fact of the tables of a folder."""
    return [
        *_data(folder, names),
        *_page(folder, names),
        *_workbook(folder / "tables.xlsx"),
        *_workbook(folder / "tables.ods"),
    ]


def contradictions(facts: Iterable[Fact]) -> list[str]:
    """Pairs of facts of one key that cannot both be true."""
    by_key: dict[Key, list[Fact]] = defaultdict(list)
    for fact in facts:
        by_key[fact.key].append(fact)
    found = []
    for key, same in by_key.items():
        first = min(same, key=lambda fact: fact.high - fact.low)
        found += [f"{key}: {first} but {other}" for other in same if not first.agrees(other)]
    return found


def _exact(key: Key, value: Any, where: str) -> Iterator[Fact]:
    if isinstance(value, str):
        if value:
            yield Fact(key, 0.0, 0.0, where, value)
    elif not pd.isna(value):
        yield Fact(key, float(value), float(value), where)


def _data(folder: Path, names: Names) -> Iterator[Fact]:
    for file, measures in {
        "selection_rates": {"estimate": "pass rate", "passed": "passed", "denominator": "base"},
        "impact_ratios": {"estimate": "ratio", "conf_low": "ratio low", "conf_high": "ratio high"},
        "cliff_edges": {"estimate": "ratio", "verdict": "verdict", "conf_low": "ratio low"},
        "comparisons": {"estimate": "ratio", "verdict": "verdict", "passed": "passed", "denominator": "base"},
        "association_tests": {"p_adjusted": "p adjusted", "statistic": "chi-squared"},
        "composition": {"estimate": "share", "reached": "reached"},
    }.items():  # fmt: skip
        path = folder / "data" / f"{file}.csv"
        if not path.exists():
            continue
        table = pd.read_csv(path, keep_default_na=False, na_values=[""])
        for own, row in _keyed(table.to_dict("records"), names):
            for column, measure in measures.items():
                yield from _exact(Key(*own, measure), row[column], f"data/{file}.csv")
    yield from _released(folder, names)


def _keyed(
    rows: Iterable[dict[str, Any]], names: Names
) -> Iterator[tuple[tuple[str, str, str], dict[str, Any]]]:
    """Rows of a result with what each is about, in print; without those of the reference itself."""
    for row in rows:
        if "stage" in row:
            place = names.stages[row["stage"]]
        else:
            place = WHOLE if row["gate"] == "overall" else names.gates[row["gate"]]
        if row.get("status") != "reference" and row.get("group") != row.get("reference", 0):
            yield (names.characteristics[row["characteristic"]], str(row.get("group", "")), place), row


def printed_rows(
    rows: Iterable[dict[str, Any]], measures: dict[str, str], names: Names, where: str
) -> Iterator[Fact]:
    """Facts of rows of a result as text."""
    for own, row in _keyed(rows, names):
        for column, measure in measures.items():
            key = Key(*own, measure)
            if measure == "verdict":
                yield from _exact(key, row[column], where)
            elif (limits := number(row[column])) is not None:
                half = 0.5 * 10 ** max(0, len(f"{limits[0]:.0f}") - 3) if limits[0] == limits[1] else 0.0
                half = 0.0 if measure in COUNTS else half  # three significant places
                yield Fact(key, limits[0] - half, limits[1] + half, where)


def _released(folder: Path, names: Names) -> Iterator[Fact]:
    path = folder / "data" / "release.csv"
    if not path.exists():
        return
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    last = table["cohort"].iloc[-1] if "All" not in set(table["cohort"]) else "All"
    stages = list(names.stages)
    for row in table[table["cohort"] == last].to_dict("records"):
        if row["characteristic"] not in names.characteristics or row["group"] in {"Total", row["parent"]}:
            continue
        own = names.characteristics[row["characteristic"]], row["group"]
        at = stages.index(row["stage"])
        if row["measure"] == "reached":
            yield from _printed(Key(*own, names.stages[row["stage"]], "reached"), row["value"], "release.csv")
        if row["measure"] == "share":
            key = Key(*own, names.stages[row["stage"]], "share")
            yield from _printed(key, row["value"], "release.csv", 0.01)
        if row["measure"] == "pass_rate":
            key = Key(*own, names.gates[stages[at + 1]], "pass rate")
            yield from _printed(key, row["value"], "release.csv", 0.01)


def _printed(key: Key, text: str, where: str, scale: float = 1.0) -> Iterator[Fact]:
    limits = number(text, scale)
    if limits is not None:
        yield Fact(key, *limits, where)


_CAPTIONS = (
    (r"Pass rates by (?P<by>.+?)(?:, with 95% intervals)?$", "pass rate"),
    (r"Impact ratios by (?P<by>.+)", "ratio"),
    (r"Share of the pool by (?P<by>.+)", "share"),
    (r"People at each stage by (?P<by>.+)", "reached"),
    (r"Association of passing with (?P<by>.+)", "test"),
    (r"(?P<by>)Impact ratio and verdict, by group and gate", "verdict"),
    (r"Of 100 applicants, how many got how far, by (?P<by>.+)", "hundred"),
)


def _page(folder: Path, names: Names) -> Iterator[Fact]:
    page = html.parse(str(folder / "report.html"))
    for table in page.xpath("//table"):
        caption = table.xpath("string(./caption)")
        if ", cohort " in caption:
            continue
        for pattern, measure in _CAPTIONS:
            found = re.match(pattern, caption)
            if found:
                alone = next(iter(names.characteristics.values()))
                yield from _table(table, _capital(found["by"]) or alone, measure, f"page, {caption}")


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _table(table: Any, label: str, measure: str, where: str) -> Iterator[Fact]:
    rows = [[cell.text_content().strip() for cell in row.xpath("./th|./td")] for row in table.xpath(".//tr")]
    heads, own = rows[0], label
    for name, *cells in rows[1:]:
        if not cells:
            own = name
            continue
        if name in EVERYBODY or [f"{name}, all"] in [row[:1] for row in rows]:
            continue  # the row below bears the broad group's name, for those who said no more
        group = name.removesuffix(", all")
        if measure == "test":
            yield from _printed_test(own, name, dict(zip(heads[1:], cells, strict=True)), where)
            continue
        for head, text in zip(heads[1:], cells, strict=True):
            yield from _cell(own, group, head, measure, text, where)


def _printed_test(own: str, gate: str, cells: dict[str, str], where: str) -> Iterator[Fact]:
    text = cells["Adjusted p"]
    key = Key(own, "", gate, "p adjusted")
    if text in BANDS:
        yield Fact(key, *BANDS[text], where)
    else:
        yield from _printed(key, text, where)
    yield from _printed(Key(own, "", gate, "chi-squared"), cells["Chi-squared"], where)


def _cell(own: str, group: str, head: str, measure: str, text: str, where: str) -> Iterator[Fact]:
    if measure == "pass rate":
        found = re.match(r"([<>]?[\d.,]+%)(?: \(([\d,]+) of ([\d,]+)\))?", text)
        if found:
            yield from _printed(Key(own, group, head, "pass rate"), found[1], where, 0.01)
            if found[2]:
                yield from _printed(Key(own, group, head, "passed"), found[2], where)
                yield from _printed(Key(own, group, head, "base"), found[3], where)
    elif measure == "share":
        found = re.match(r"([<>]?[\d.,]+%) \(([\d,]+)\)", text)
        if found:
            yield from _printed(Key(own, group, head, "share"), found[1], where, 0.01)
            yield from _printed(Key(own, group, head, "reached"), found[2], where)
    elif measure == "reached":
        yield from _printed(Key(own, group, head, "reached"), text, where)
    elif measure == "hundred":
        found = re.fullmatch(r"\S+ \(([\d,]+)\)", text)
        if found:
            yield from _printed(Key(own, group, head, "reached"), found[1], where)
    else:
        found = re.match(
            r"([<>]?[\d.,]+)(?: \(([<>]?[\d.,]+) to ([<>]?[\d.,]+|∞)\))?(?: ([a-z][a-z ]+))?", text
        )
        if found:
            yield from _printed(Key(own, group, head, "ratio"), _decimal(found[1]), where)
            if measure == "verdict" and found[4]:
                yield Fact(Key(own, group, head, "verdict"), 0.0, 0.0, where, found[4].strip())


def _decimal(text: str) -> str:
    """A ratio is never a whole number by itself: 0 means none."""
    return text if "." in text or text == "0" else f"{text}.0"


def _workbook(path: Path) -> Iterator[Fact]:
    where = path.name
    sheets = pd.read_excel(path, sheet_name=None, header=None, engine="calamine", dtype=object)
    for name, sheet in sheets.items():
        cells = [[_text(value) for value in row] for row in sheet.to_numpy()]
        title = cells[0][0]
        start = next((i for i, row in enumerate(cells) if sum(bool(text) for text in row) > 1), None)
        if start is None:
            continue
        head, body = cells[start], cells[start + 1 :]
        if "Significance" in head:
            yield from _stars(head, body, where)
        found = re.match(r"Table \d+: How far each group got, by (.+?)(?:, [^,]+)?$", title)
        if found and "Cohort" not in head and "Broad group" not in head:
            yield from _stages(_capital(found[1]), head, body, f"{where}, {name}")


def _text(value: Any) -> str:
    if value is None or (isinstance(value, float) and pd.isna(value)):
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)


def _stages(own: str, head: list[str], body: list[list[str]], where: str) -> Iterator[Fact]:
    for row in body:
        cell = dict(zip(head, row, strict=True))
        stage, group = row[:2]
        if not group or group in EVERYBODY or cell.get("Part of") == group:
            continue  # those who said no more than the broad group bear its name
        gate = f"→ {stage}"
        yield from _printed(Key(own, group, stage, "reached"), cell["Reached this stage"], where)
        yield from _one_decimal(
            Key(own, group, stage, "share"), cell["Share of those at this stage (%)"], where
        )
        if number(cell.get("At the stage before", "")) is None:
            continue  # the first stage, or hidden
        yield from _printed(Key(own, group, gate, "passed"), cell["Reached this stage"], where)
        yield from _printed(Key(own, group, gate, "base"), cell["At the stage before"], where)
        yield from _one_decimal(Key(own, group, gate, "pass rate"), cell["Pass rate (%)"], where)


def _one_decimal(key: Key, text: str, where: str) -> Iterator[Fact]:
    limits = number(text if "." in text else f"{text}.0", 0.01)
    if limits is not None:
        yield Fact(key, *limits, where)


def _stars(head: list[str], body: list[list[str]], where: str) -> Iterator[Fact]:
    for row in body:
        cell = dict(zip(head, row, strict=True))
        band = STARS.get(cell["Significance"])
        if band is None or "Cohort" in cell:
            continue
        key = Key(cell["Characteristic"], "", f"→ {cell['Gate']}", "p adjusted")
        yield Fact(key, *BANDS[band], f"{where}, tests")


_COMPARED = re.compile(
    r"(?P<at>At [^,.;:]+?|Over the whole way) (?P<p>[\d.]+) ?% of (?:the (?P<n>[\d,]+) )?"
    r"(?P<who>[^.;:]+?) passed, (?:against|and) (?P<q>[\d.]+) ?% of (?:the (?P<m>[\d,]+) )?(?P<whom>[^.;:]+)"
)


_ENDED = re.compile(r"(?P<x>[\d,]+) of (?P<n>[\d,]+) (?P<who>[^.;:,()\d]+?) got to the end")


def place_of(words: str) -> str:
    """A gate as tables call it, from "the gate “shortlisted”" or "the offer"."""
    bare = words.removeprefix("At ").removeprefix("the ").removeprefix("gate ").strip("“”")
    return _capital(bare)


def sentences_in(folder: Path, printed: str = "") -> Iterator[tuple[str, str]]:
    """Every sentence of a folder, with where it stands."""
    page = html.parse(str(folder / "report.html"))
    for element in page.xpath("//p|//li|//figcaption|//img|//*[@aria-label]"):
        said = element.get("alt") or element.get("aria-label") or element.text_content()
        yield " ".join(said.split()), "page"
    for path in sorted((folder / "charts").glob("*.svg")):
        for element in etree.parse(str(path)).iter("{*}title", "{*}desc"):
            yield element.text or "", f"charts/{path.name}"
    for line in printed.splitlines():
        yield line.strip(), "terminal"


def sentence_facts(sentences: Iterable[tuple[str, str]]) -> Iterator[Fact]:
    """Facts of sentences; whom they are about is told by the words alone."""
    for sentence, where in sentences:
        for found in _ENDED.finditer(sentence):
            for text, measure in ((found["x"], "passed"), (found["n"], "base")):
                yield from _printed(
                    Key("?", found["who"], WHOLE, measure), text, f"{where}: {sentence[:60]}…"
                )
        for found in _COMPARED.finditer(sentence):
            place = WHOLE if found["at"].startswith("Over") else place_of(found["at"])
            for share, base, who in (("p", "n", "who"), ("q", "m", "whom")):
                limits = number(f"{found[share]}%", 0.01)
                assert limits is not None
                yield Fact(Key("?", found[who], place, "pass rate"), *limits, f"{where}: {sentence[:60]}…")
                if found[base]:
                    yield from _printed(
                        Key("?", found[who], place, "base"), found[base], f"{where}: a sentence"
                    )


def _gates_of(names: Names) -> dict[str, str]:
    """What a workbook calls a gate, and what the page calls it."""
    stages = list(names.stages.values())
    found = {}
    for before, after, gate in zip(stages[:-1], stages[1:], names.gates.values(), strict=True):
        found |= {f"→ {after}": gate, f"→ From {_small(before)} to {_small(after)}": gate}
    return found | {f"→ The whole way: from {_small(stages[0])} to {_small(stages[-1])}": WHOLE}


def _small(words: str) -> str:
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def settled(facts: Iterable[Fact], names: Names) -> list[Fact]:
    """Facts of sentences and of tables of stages, put under the keys of the tables that say it whole.

    A sentence names people ("eligible Black African applicants"); a workbook names the stage a gate leads to.
    """
    every = list(facts)
    called = _gates_of(names)
    groups = {fact.key[:2] for fact in every if fact.key.characteristic != "?" and fact.key.group}
    gates = [
        fact.key.place for fact in every if fact.key.measure == "pass rate" and "→" not in fact.key.place
    ]
    out = []
    for fact in every:
        key = fact.key
        if key.characteristic == "?":
            named = [
                pair
                for pair in groups
                if re.search(rf"\b{re.escape(pair[1].casefold())}\b", key.group.casefold())
            ]
            longest = max(named, key=lambda pair: len(pair[1]), default=None)
            if longest is None or sum(len(pair[1]) == len(longest[1]) for pair in named) > 1:
                continue
            if key.place not in gates:
                continue
            key = Key(*longest, key.place, key.measure)
        if key.place.startswith("→"):
            key = key._replace(place=called[key.place])
        out.append(Fact(key, fact.low, fact.high, fact.where, fact.word))
    return out
