"""Broken files without end: nothing crashes with a traceback, nothing half-loads.

    python benchmarks/fuzz.py --seconds 600 --seed 2013

Every file is a good one with something done to it: bytes flipped, cut, doubled, inserted; quotation marks
opened; rows swapped, shortened, lengthened; labels misspelt; encodings mixed; Parquet, Feather, workbooks and
SQLite files damaged; programmes damaged. A file must be refused with an error of this library, in a sentence
that quotes none of its people, or be read to its last row: as many people as an independent reader finds
records. Figures of the last run are in fuzz.md.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import io
import random
import sqlite3
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq

from stepup_equity import read_applicants, step_up_to_social_work
from stepup_equity.errors import StepUpError
from stepup_equity.process import programme_from_toml, programme_template, programme_to_toml

if TYPE_CHECKING:
    from collections.abc import Callable

STAGES = step_up_to_social_work().process.stage_keys
PIECES = (
    b'"', b",", b";", b"\n", b"\r", b"\x00", b"\xff\xfe", b"\xe9", b"\xc3\xa9", b'""', b'","', b"=1+1",
    b"x" * 70_000,
)  # fmt: skip
SWAPS = (
    (b",", b";"), (b",", b"\t"), (b"\n", b"\r\n"), (b"\n", b"\r"), (b'"', b"'"), (b"gender", b"Gender"),
    (b"1", b"2"),
    (b"applicant_id", b"id"), (b"eligible", b"elegible"), (b"Female", b"Femal"), (b"\n", b"\n\n"),
)  # fmt: skip
ENCODINGS = (("cp1252", "utf-8"), ("utf-8", "cp1252"), ("utf-16", "utf-16-le"), ("cp1252", "cp1252"))
SECRET = "Zqx"  # begins every id, so that a sentence that quotes one is found


def people(rng: random.Random, rows: int) -> pd.DataFrame:
    """Good records of a random shape."""
    furthest = [rng.randrange(len(STAGES)) for _ in range(rows)]
    frame = pd.DataFrame(
        {
            "applicant_id": [f"{SECRET}{i:05d}" for i in range(rows)],
            "cohort": [rng.choice(["2010", "2012"]) for _ in range(rows)],
            "region": [rng.choice(["East", "Yorkshire", "Cwmbrân", "A & B"]) for _ in range(rows)],
            "ethnicity": [rng.choice(["White British", "Indian", "Any other", ""]) for _ in range(rows)],
            "gender": [rng.choice(["Female", "male", "M", "prefer not to say"]) for _ in range(rows)],
            "religion": [rng.choice(["None", "Christian", "Sikh", "NA"]) for _ in range(rows)],
            "notes": [rng.choice(["", "x", 'said "yes", twice', "two\nlines", "é"]) for _ in range(rows)],
        }
    )
    if rng.random() < 0.5:
        frame["furthest_stage"] = [STAGES[i] for i in furthest]
        frame["exit_reason"] = ["" if i == len(STAGES) - 1 else "rejected" for i in furthest]
        return frame
    for place, key in enumerate(STAGES):
        frame[key] = ["1" if place <= i else "0" if place == i + 1 else "" for i in furthest]
    return frame


def flip(data: bytes, rng: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(rng.choice([1, 1, 2, 10, 100])):
        out[rng.randrange(len(out))] = rng.randrange(256)
    return bytes(out)


def cut(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data))]


def hole(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + data[at + rng.randrange(1, 200) :]


def doubled(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    piece = data[at : at + rng.randrange(1, 400)]
    return data[:at] + piece + data[at:]


def inserted(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + rng.choice(PIECES) * rng.choice([1, 1, 3]) + data[at:]


def swapped(data: bytes, rng: random.Random) -> bytes:
    old, new = rng.choice(SWAPS)
    return data.replace(old, new, rng.choice([-1, 1, 5]))


def recoded(data: bytes, rng: random.Random) -> bytes:
    text = data.decode("utf-8", errors="ignore")
    half = rng.randrange(len(text) + 1)
    first, second = rng.choice(ENCODINGS)
    return text[:half].encode(first, errors="replace") + text[half:].encode(second, errors="replace")


def rows_moved(data: bytes, rng: random.Random) -> bytes:
    lines = data.split(b"\n")
    for _ in range(rng.choice([1, 3])):
        a, b = rng.randrange(len(lines)), rng.randrange(len(lines))
        lines[a] = rng.choice([lines[b], lines[a] + b",more", lines[a].rpartition(b",")[0], b"", b",,,,"])
    return b"\n".join(lines)


DAMAGE: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    flip,
    cut,
    hole,
    doubled,
    inserted,
    swapped,
    recoded,
    rows_moved,
)


def records_of(data: bytes) -> int | None:
    """Records that an independent reader finds in a text table; None where that is a matter of opinion."""
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        break
    else:
        return None
    header = io.StringIO(text, newline="").readline()
    delimiter = max(",;\t|", key=header.count)
    with contextlib.suppress(csv.Error):
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        return sum(any(field for field in row) for row in rows[1:])
    return None


def write(frame: pd.DataFrame, kind: str, path: Path) -> None:
    if kind == "csv":
        frame.to_csv(path, index=False)
    elif kind == "parquet":
        pq.write_table(pa.Table.from_pandas(frame), path, row_group_size=100)
    elif kind == "feather":
        feather.write_feather(frame, str(path))
    elif kind == "xlsx":
        frame.to_excel(path, index=False, engine="xlsxwriter")
    else:
        with contextlib.closing(sqlite3.connect(path)) as connection:
            frame.to_sql("people", connection, index=False)


def one_file(rng: random.Random, folder: Path) -> tuple[str, str]:
    """Damage one file and read it; what it was, and what came of it."""
    kind = rng.choices(["csv", "parquet", "feather", "xlsx", "db"], [80, 8, 4, 4, 4])[0]
    frame = people(rng, rng.choice([1, 5, 60, 300]))
    path = folder / f"file.{kind}"
    path.unlink(missing_ok=True)
    write(frame, kind, path)
    data, done = path.read_bytes(), []
    for _ in range(rng.choice([0, 1, 1, 1, 2, 4])):
        if data:
            damage = rng.choice(DAMAGE if kind == "csv" else DAMAGE[:5])
            data = damage(data, rng)
            done.append(damage.__name__)
    path.write_bytes(data)
    what = f"{kind}: {', '.join(done) or 'whole'}"
    query = "people" if kind == "db" else None
    try:
        applicants = read_applicants(path, query=query)
    except StepUpError as error:
        if SECRET in str(error) or SECRET in getattr(error, "problems", pd.DataFrame()).to_csv():
            return what, "quotes a person"
        return what, "refused" if done else "refused though whole"
    empty = int(applicants.problems.query("code == 'row_empty'")["count"].sum())
    expected = records_of(data) if kind == "csv" else len(frame)
    if kind == "db" or expected is None or len(applicants) == expected:
        return what, "read"
    # Rows in which only columns that are not read hold something count as empty here, not there.
    return what, "read" if len(applicants) <= expected <= len(applicants) + empty else "half-loaded"


def one_programme(rng: random.Random) -> tuple[str, str]:
    """Damage a programme and read it."""
    good = rng.choice([programme_template(), programme_to_toml(step_up_to_social_work())]).encode()
    damage = rng.choice(DAMAGE[:5])
    try:
        programme_from_toml(damage(good, rng).decode("utf-8", errors="replace"))
    except StepUpError:
        return f"programme: {damage.__name__}", "refused"
    return f"programme: {damage.__name__}", "read"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=2013)
    parser.add_argument("--keep", type=Path, help="folder for files that failed")
    arguments = parser.parse_args()
    outcomes: Counter[str] = Counter()
    bad: list[str] = []
    started, number = time.monotonic(), 0
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        while time.monotonic() - started < arguments.seconds:
            rng = random.Random(f"{arguments.seed}/{number}")
            try:
                what, outcome = one_programme(rng) if number % 20 == 19 else one_file(rng, folder)
            except Exception:  # noqa: BLE001 - this is what is looked for
                what, outcome = traceback.format_exc(limit=-3), "traceback"
            outcomes[outcome] += 1
            if outcome not in ("refused", "read"):
                bad.append(f"{number}: {outcome}: {what}")
                print(bad[-1], flush=True)
                if arguments.keep:
                    for file in folder.iterdir():
                        (arguments.keep / f"{number}-{file.name}").write_bytes(file.read_bytes())
            number += 1
    found = ", ".join(f"{count:,} {outcome}" for outcome, count in outcomes.items())
    print(f"{number:,} files and programmes, seed {arguments.seed}: {found}")
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main())
