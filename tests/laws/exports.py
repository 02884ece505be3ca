"""Exports of applicant records drawn at random, with the counts that must come out of them.

One seed, one export: how progress is told, what ids, dates and answers look like, delimiter, encoding, titles
and headers, and now and then a fault. What is counted must be what was drawn, or a problem must say what is
wrong.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from stepup_equity.counts import open_counts
from stepup_equity.errors import StepUpError
from stepup_equity.process import EXIT_REASONS, programme_from_toml

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["Export", "drawn", "outcome"]

GENDERS: Final = ("Female", "Male", "Another, or none of these")
LANDS: Final = ("North", "South, or the islands", "Élan valley", "Several")
BANDS: Final = (("under 30", 0, 29), ("30 to 44", 30, 44), ("45 and over", 45, 120))
REASONS: Final = ("rejected", "withdrew", "did_not_attend", "no_place", "not_recorded", "pending")
WORDS: Final = (
    "Unsuccessful", "Regret sent", "No thanks", "Left us", "Parked", "On hold", "Absent", "Full", "Archived",
    "Zurückgezogen", "Refusé", "Not this time", "Next round", "Closed", "Awaiting panel", "Too late",
)  # fmt: skip
FAULTS: Final = ("", "", "", "", "", "", "status", "label", "id", "date")
DAY: Final = dt.date(2024, 9, 1)
FIRST: Final = dt.datetime(2024, 1, 1, 9, tzinfo=dt.UTC)


@dataclass
class Person:
    """One applicant as drawn."""

    gender: str
    land: frozenset[str]
    born: dt.date
    furthest: int
    exit: str


@dataclass
class Export:
    """A file, its programme, and what must come out."""

    seed: int
    people: list[Person]
    stages: int
    rows: list[list[str]]
    programme: str
    fault: str
    delimiter: str = ","
    encoding: str = "utf-8"
    above: list[list[str]] = field(default_factory=list)


def drawn(seed: int) -> Export:
    """An export."""
    rng = random.Random(seed)
    stages = rng.randint(2, 6)
    people = [_person(rng, stages) for _ in range(rng.randint(5, 60))]
    fault = rng.choice(FAULTS)
    tell = rng.choice((_status, _furthest, _columns, _dated, _log))
    columns, progress, rows = tell(rng, people, stages)
    if fault == "date" and tell not in (_dated, _log):
        fault = "label"
    if fault == "status" and tell is _dated:
        fault = "label"
    above = [["Export of everything"], [""]][: rng.choice((0, 0, 0, 1, 2))]
    below = rng.choice((0, 0, 0, 1, 2))
    names, cells, own = _identity(rng, people)
    answers = [_answers(rng, person) for person in people]
    head = [*names, "Gender", "From", "Born", "Remarks", *columns]
    table = [[*cells[i], *answers[i], rng.choice(("", "x; y", "n/a")), *row] for i, row in rows]
    order = list(range(len(head)))
    rng.shuffle(order)
    if tell is not _log:
        rng.shuffle(table)
    if fault:
        fault = _spoil(rng, table, head, columns, names, fault, log=tell is _log)
    body = [[row[i] for i in order] for row in table]
    extra = [[f"Q{i} of {k}" for i in order] for k in range(below)]
    toml = _programme(stages, own, progress, header=len(above) + 1, skip=below)
    delimiter, encoding = rng.choice(",;\t"), rng.choice(("utf-8", "utf-8-sig", "cp1252", "utf-16"))
    return Export(
        seed,
        people,
        stages,
        [[head[i] for i in order], *extra, *body],
        toml,
        fault,
        delimiter,
        encoding,
        above,
    )


def outcome(one: Export, folder: Path) -> str:
    """``equal``, ``refused``, or what went wrong: ``silent`` where a number differs and nothing is said."""
    path = folder / "export.csv"
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=one.delimiter).writerows([*one.above, *one.rows])
    path.write_bytes(text.getvalue().encode(one.encoding))
    try:
        counts = open_counts(path, programme=programme_from_toml(one.programme)).counts
    except StepUpError:
        return "refused" if one.fault else "refused without a fault"
    if one.fault:
        return "silent"
    for name, of in (("gender", _gender), ("land", _land), ("age", _band)):
        funnel = counts.funnel(name, not_stated=True)
        for group in {of(person) for person in one.people}:
            mine = [person for person in one.people if of(person) == group]
            if group not in funnel.groups:
                return "silent"
            row = funnel.groups.index(group)
            reached = [sum(person.furthest >= stage for person in mine) for stage in range(one.stages)]
            if funnel.reached[row].tolist() != reached:
                return "silent"
            for code, reason in enumerate(EXIT_REASONS):
                for gate in range(one.stages - 1):
                    left = sum(p.furthest == gate and p.exit == reason for p in mine)
                    if int(funnel.exits[row, gate, code]) != left:
                        return "silent"
    return "equal"


def _person(rng: random.Random, stages: int) -> Person:
    furthest = rng.randrange(stages)
    lands = rng.sample(LANDS[:-1], rng.choice((0, 1, 1, 1, 1, 2, 3)))
    born = dt.date(rng.randint(1960, 2005), rng.randint(1, 12), rng.randint(1, 28))
    last = furthest == stages - 1
    return Person(rng.choice((*GENDERS, "Not stated")), frozenset(lands), born, furthest,
                  "" if last else rng.choice(REASONS))  # fmt: skip


def _gender(person: Person) -> str:
    return person.gender


def _land(person: Person) -> str:
    if len(person.land) > 1:
        return "Several"
    return next(iter(person.land), "Not stated")


def _band(person: Person) -> str:
    age = DAY.year - person.born.year - ((DAY.month, DAY.day) < (person.born.month, person.born.day))
    return next(label for label, low, high in BANDS if low <= age <= high)


def _answers(rng: random.Random, person: Person) -> list[str]:
    refused = rng.choice(("", "Prefer not to say", "I do not wish to disclose this", "Not known"))
    gender = _noisy(rng, person.gender) if person.gender != "Not stated" else refused
    lands = sorted(person.land, key=lambda _: rng.random())
    land = rng.choice((",", ", ")).join(lands) if lands else rng.choice(("", "Prefer not to say"))
    born = person.born.isoformat() + rng.choice(("", "T00:00:00", "T00:00+01:00", " 00:00:00"))
    return [gender, land, born]


def _noisy(rng: random.Random, label: str) -> str:
    return rng.choice((label, label.upper(), label.lower(), f" {label} ", label.replace(" ", "  ")))


def _identity(rng: random.Random, people: list[Person]) -> tuple[list[str], list[list[str]], str]:
    """Columns of ids, their cells, and the lines that name them."""
    start = rng.randint(1, 90_000)
    kind = rng.choice(("plain", "number", "composite"))
    if kind == "composite":
        cells = [[f"C{start + i // 2}", f"V{i % 2}"] for i in range(len(people))]
        return (
            ["Candidate", "Vacancy"],
            cells,
            'applicant_id = ["Candidate", "Vacancy"]\nunit = "applications"\n',
        )
    form = rng.choice(("{}", "{}.0", " {}", "00{}")) if kind == "number" else "a-{}"
    return ["Ref"], [[form.format(start + i)] for i in range(len(people))], 'applicant_id = "Ref"\n'


Told = tuple[list[str], str, list[tuple[int, list[str]]]]


def _quoted(words: list[str]) -> str:
    return "[" + ", ".join(f'"{word}"' for word in words) + "]"


def _outcomes(
    rng: random.Random, stages: int, words: list[str]
) -> tuple[dict[tuple[int, str], list[str]], str]:
    """Two words for each way of ending, and the tables that explain them."""
    pool = iter(words)
    said: dict[tuple[int, str], list[str]] = {}
    lines = []
    for stage in range(stages):
        lines.append(f"[reading.progress.outcomes.s{stage}]")
        for reason in ("",) if stage == stages - 1 else REASONS:
            own = said[stage, reason] = [next(pool), f"{next(pool)} - *"]
            lines.append(f"{reason or 'reached'} = {_quoted(own)}")
    return said, "\n".join(lines) + "\n"


def _vocabulary(rng: random.Random, number: int) -> list[str]:
    words = [f"{one} {k}" for k in range(number) for one in WORDS]
    rng.shuffle(words)
    return words


def _word(rng: random.Random, words: list[str]) -> str:
    word = rng.choice(words)
    return _noisy(rng, word.replace("*", rng.choice(("budget", "other (see notes)", "A")))).strip()


def _status(rng: random.Random, people: list[Person], stages: int) -> Told:
    said, lines = _outcomes(rng, stages, _vocabulary(rng, 8))
    rows = [(i, [_word(rng, said[one.furthest, one.exit])]) for i, one in enumerate(people)]
    return ["State"], f'[reading.progress]\nkind = "status"\ncolumn = "State"\n{lines}', rows


def _furthest(rng: random.Random, people: list[Person], stages: int) -> Told:
    words = _vocabulary(rng, 1)
    places, why = words[:stages], dict(zip(REASONS, words[stages:], strict=False))
    rows = [(i, [_noisy(rng, places[one.furthest]), why.get(one.exit, "")]) for i, one in enumerate(people)]
    named = "".join(f'"{word}" = "s{stage}"\n' for stage, word in enumerate(places))
    left = "".join(f'"{word}" = "{reason}"\n' for reason, word in why.items())
    head = '[reading.progress]\nkind = "furthest_stage"\ncolumn = "Got to"\nexit_column = "Why"\n'
    return (
        ["Got to", "Why"],
        f"{head}[reading.progress.words]\n{named}[reading.progress.exit_words]\n{left}",
        rows,
    )


def _columns(rng: random.Random, people: list[Person], stages: int) -> Told:
    yes, no = rng.choice((("1", "0"), ("Yes", "No"), ("TRUE", "false"), ("ja", "nein"), ("1.0", "0.0")))
    own = f"passed = {_quoted([yes])}\nfailed = {_quoted([no])}\n" if yes == "ja" else ""
    rows = []
    for i, one in enumerate(people):
        waits = one.exit == "pending" or rng.random() < 0.3
        cells = [yes] * (one.furthest + 1) + ["" if waits else no] * (stages - 1 - one.furthest)
        blank = [cell if k <= one.furthest + 1 else "" for k, cell in enumerate(cells)]
        rows.append((i, [*blank, one.exit]))
    names = [f"Step {k}" for k in range(stages)]
    named = "".join(f's{k} = "{name}"\n' for k, name in enumerate(names))
    head = f'[reading.progress]\nkind = "stage_columns"\nexit_column = "Why"\n{own}'
    return [*names, "Why"], f"{head}[reading.progress.columns]\n{named}", rows


def _dates(rng: random.Random) -> tuple[str, Callable[[dt.datetime], str]]:
    form, shown = rng.choice(
        (
            ("", "%Y-%m-%d"),
            ("", "%Y-%m-%dT%H:%M:%S"),
            ("%d/%m/%Y", "%d/%m/%Y"),
            ("%d/%m/%Y", "%d/%m/%Y %H:%M"),
        )
    )
    return (f'date_format = "{form}"\n' if form else ""), lambda when: when.strftime(shown)


def _dated(rng: random.Random, people: list[Person], stages: int) -> Told:
    form, shown = _dates(rng)
    rows = []
    for i, one in enumerate(people):
        days = [FIRST + dt.timedelta(days=10 * k) for k in range(one.furthest + 1)]
        rows.append((i, [*map(shown, days), *[""] * (stages - 1 - one.furthest), one.exit]))
    names = [f"Step {k}" for k in range(stages)]
    named = "".join(f's{k} = "{name}"\n' for k, name in enumerate(names))
    head = f'[reading.progress]\nkind = "stage_columns"\ndates = true\nexit_column = "Why"\n{form}'
    return [*names, "Why"], f"{head}[reading.progress.columns]\n{named}", rows


def _log(rng: random.Random, people: list[Person], stages: int) -> Told:
    """One row for each event, in any order; ends that no event tells are not recorded."""
    form, shown = _dates(rng)
    words = _vocabulary(rng, 2)
    places = words[:stages]
    why = dict(zip([one for one in REASONS if one != "not_recorded"], words[stages:], strict=False))
    rows = []
    for i, one in enumerate(people):
        told = [*places[: one.furthest + 1], *([why[one.exit]] if one.exit in why else [])]
        rows += [
            (i, [_noisy(rng, word), shown(FIRST + dt.timedelta(days=7 * k))]) for k, word in enumerate(told)
        ]
    rng.shuffle(rows)
    lines = "".join(
        f'[reading.progress.outcomes.s{k}]\nreached = ["{word}"]\n' for k, word in enumerate(places)
    )
    left = "".join(f'{reason} = ["{word}"]\n' for reason, word in why.items())
    head = f'[reading.progress]\nkind = "events"\nevent = "What"\ntime = "When"\n{form}'
    return ["What", "When"], f"{head}{lines}[reading.progress.outcomes.any]\n{left}", rows


def _spoil(
    rng: random.Random,
    table: list[list[str]],
    head: list[str],
    columns: list[str],
    names: list[str],
    fault: str,
    *,
    log: bool,
) -> str:
    """One thing made wrong; which one, or nothing where it cannot be."""
    row = rng.choice(table)
    if fault == "id":
        if log or len(table) < 2:
            return ""
        other = rng.choice([one for one in table if one is not row])
        for name in names:
            row[head.index(name)] = other[head.index(name)]
    if fault == "label":
        row[head.index("Gender")] = rng.choice(("Femal", "Other word", "Female;Male"))
    if fault == "status":
        at = head.index(columns[0])
        row[at] = "Something else entirely"
    if fault == "date":
        filled = [k for k in range(len(head)) if row[k][:4] == "2024" or row[k][6:10] == "2024"]
        row[rng.choice(filled)] = rng.choice(("soon", "2024-13-45", "31/02/2024"))
    return fault


def _programme(stages: int, own: str, progress: str, *, header: int, skip: int) -> str:
    steps = ", ".join(f'{{ key = "s{k}" }}' for k in range(stages))
    bands = ", ".join(f'{{ label = "{a}", lowest = {b}, highest = {c} }}' for a, b, c in BANDS)
    where = f"header_row = {header}\n" if header > 1 else ""
    below = f"skip_rows = {skip}\n" if skip else ""
    return (
        f'name = "own"\nstages = [{steps}]\n'
        f'[characteristics.gender]\ncolumn = "Gender"\ngroups = {_quoted(list(GENDERS))}\n'
        f'[characteristics.land]\ncolumn = "From"\ngroups = {_quoted(list(LANDS))}\n'
        'separator = ","\nseveral = "Several"\n'
        f'[characteristics.age]\nbirth_column = "Born"\nreference_date = "{DAY.isoformat()}"\n'
        f"groups = [{bands}]\nordered = true\n"
        f"[reading]\n{own}{where}{below}{progress}"
    )
