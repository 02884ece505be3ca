"""Broken exports and broken published tables without end: no traceback, nothing half-loaded.

    python benchmarks/fuzz_readers.py --seconds 1200 --seed 1128

Each file is one that the property tests draw (any layout of published tables, any way records tell
progress), with bytes flipped, cut, doubled or inserted, quotation marks opened, rows swapped, shortened or
repeated. It must be refused in a sentence of this library, or read to its last row: of records, as many
people as an independent reader finds rows. Figures of the last run are in fuzz_readers.md.
"""

from __future__ import annotations

import argparse
import csv
import io
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.laws import exports, printed_tables

from stepup_equity.counts import open_counts
from stepup_equity.errors import StepUpError
from stepup_equity.process import programme_from_toml

PIECES = (
    b'"',
    b",",
    b";",
    b"\n",
    b"\r",
    b"\t",
    b"\x00",
    b"\xe9",
    b"\xff\xfe",
    b"=1+1",
    b"*",
    b"-",
    b"0",
    b"9" * 30,
)


def spoilt(rng: random.Random, content: bytes) -> bytes:
    """The file with one to three things done to it."""
    for _ in range(rng.randint(1, 3)):
        at, end = sorted(rng.randrange(len(content) + 1) for _ in range(2)) if content else (0, 0)
        what = rng.randrange(7)
        lines = content.split(b"\n")
        if what == 0:
            content = content[:at] + rng.choice(PIECES) + content[at:]
        elif what == 1:
            content = content[:at] + content[min(end, at + rng.randint(1, 40)) :]
        elif what == 2 and at < len(content):
            content = content[:at] + bytes([content[at] ^ (1 << rng.randrange(8))]) + content[at + 1 :]
        elif what == 3:
            content = content[:end]
        elif what == 4:
            rng.shuffle(lines)
            content = b"\n".join(lines)
        elif what == 5:
            content = b"\n".join((*lines, rng.choice(lines)))
        else:
            content = content.replace(rng.choice(PIECES[:6]), rng.choice(PIECES[:6]), rng.randint(1, 5))
    return content


def rows_of(content: bytes, one: exports.Export) -> int | None:
    """How many rows with anything in them an independent reader finds below the headers, if it can."""
    try:
        text = content.decode(one.encoding)
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=one.delimiter, strict=True))
    except (UnicodeError, csv.Error):
        return None
    below = (
        1 + len(one.above) + one.programme.count("skip_rows = 1") + 2 * one.programme.count("skip_rows = 2")
    )
    return sum(any(cell for cell in row) for row in rows[below:])


def tried(rng: random.Random, seed: int, folder: Path) -> str:
    """What became of one spoilt file."""
    if rng.random() < 0.5:
        one = exports.drawn(seed)
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=one.delimiter).writerows([*one.above, *one.rows])
        content = spoilt(rng, text.getvalue().encode(one.encoding))
        path, programme = folder / "export.csv", programme_from_toml(one.programme)
    else:
        path, programme, one = folder / "table.csv", None, None
        content = spoilt(rng, printed_tables.drawn(seed).text.encode())
    path.write_bytes(content)
    try:
        counts = open_counts(path, programme=programme).counts
    except StepUpError as error:
        return "refused" if str(error).strip() else "refused without a word"
    if one is None or 'kind = "events"' in one.programme:
        return "read"
    found = rows_of(content, one)
    return "read" if found is None or found == counts.people else "half-loaded"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1128)
    arguments = parser.parse_args()
    end, found, seed = time.monotonic() + arguments.seconds, Counter[str](), arguments.seed * 1_000_000
    while time.monotonic() < end:
        seed += 1
        with tempfile.TemporaryDirectory() as folder:
            try:
                result = tried(random.Random(seed), seed, Path(folder))
            except Exception:  # noqa: BLE001 - any of them is what is looked for
                result = "traceback"
                traceback.print_exc()
        found[result] += 1
        if result not in ("read", "refused"):
            print(f"seed {seed}: {result}", flush=True)
    for result, number in found.most_common():
        print(f"{result:24} {number:7,}")
    print(f"{found['half-loaded'] + found['traceback']} half-loaded or with a traceback")


if __name__ == "__main__":
    main()
