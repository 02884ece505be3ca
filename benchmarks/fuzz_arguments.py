"""Arguments and ledgers without end: a verb answers or says in a sentence what is possible.

    python benchmarks/fuzz_arguments.py --seconds 300 --seed 1

Verbs are called with anything under the names of their parameters; ledgers of earlier releases are good ones
with something done to them. What is no answer and no error of this library is printed with its seed, and the
exit code is 1. ``fuzz.py`` does the same to files and programmes.
"""

from __future__ import annotations

import argparse
import faulthandler
import inspect
import json
import random
import tempfile
import time
import traceback
import warnings
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

import stepup_equity as su
from stepup_equity.disclosure import Ledger

if TYPE_CHECKING:
    from collections.abc import Callable

HEAD = "applicant_id,cohort,gender,ethnicity,furthest_stage,exit_reason\n"
BYTES = (
    b"\0",
    b"\xff",
    b'"',
    b",",
    b"\n",
    b"\r",
    b";",
    b"\t",
    b"\x1b[31m",
    b"=1+1",
    b"\xef\xbb\xbf",
    b"\xe4",
)
VALUES = (
    None,
    [],
    (),
    {},
    set(),
    "",
    "nosuch",
    "gender",
    "White British",
    "2010",
    "eligible",
    "all",
    "largest",
    "rest",
    0,
    1,
    5,
    -1,
    2**70,
    0.0,
    0.8,
    1e308,
    float("nan"),
    float("inf"),
    True,
    b"gender",
    object(),
    range(3),
    ["gender"],
    ("gender",),
    [("gender", "ethnicity")],
    ["gender", "gender"],
    ["nosuch"],
    [None],
    [1],
    [[]],
    [()],
    {"gender": "Female"},
    {"gender": ["Female"]},
    {"nosuch": "x"},
    {"gender": None},
    {1: 2},
    {"gender": "nosuch"},
    {"ethnicity": "detailed"},
    {"ethnicity": ["White British", "Indian"]},
    ["Female", "Male"],
    ["Female"],
    "gender + ethnicity",
    "gender * ethnicity",
    "gender ~ 1",
    "gender +",
    "C(gender)",
    "x" * 3000,
    "\x1b[31m",
    "\0",
    pd.DataFrame(),
    pd.DataFrame({"a": [1]}),
    pd.Series([1, 2]),
    np.array([1.0, 2.0]),
    np.float64(0.9),
    np.nan,
)
"""Anything, the right among it: what fits one parameter is wrong for another."""

METHODS = ("cells", "funnel", "overall", "select", "people_by", "table")
FREE = ("lint_workbook", "list_benchmarks", "step_up_to_social_work", "write_charts", "write_report")
"""Verbs that take no question, or take seconds to draw."""


def table(rng: random.Random, rows: int) -> str:
    """Applicant records that are in order."""
    stages = ("submitted", "eligible", "screened", "invited", "assessed", "offered")
    lines = [
        f"p{i},2010,{rng.choice(('Female', 'Male', ''))},{rng.choice(('White British', 'Indian', ''))},"
        f"{rng.choice(stages)},rejected\n"
        for i in range(rows)
    ]
    return HEAD + "".join(lines)


def spoilt(rng: random.Random, content: bytes) -> bytes:
    """Bytes with up to three changes."""
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(content) + 1)
        kind = rng.randrange(4)
        if kind == 0:
            content = content[:at] + rng.choice(BYTES) + content[at:]
        elif kind == 1:
            content = content[:at] + content[at + rng.randint(1, 20) :]
        elif kind == 2:
            content = content[:at] + content[at : at + 30] + content[at:]
        else:
            content = content[:at]
    return content


def verbs() -> list[str]:
    """Every public function that is asked something."""
    found = (name for name in su.__all__ if inspect.isfunction(getattr(su, name)))
    return [name for name in found if name not in FREE]


@cache
def good(place: Path) -> tuple[su.Applicants, su.StageCounts]:
    """Records that are in order, read and counted."""
    people = place / "good.csv"
    people.write_text(table(random.Random(0), 200), encoding="utf-8")
    applicants = su.read_applicants(people)
    return applicants, su.count_stages(applicants)


def an_argument(rng: random.Random, place: Path) -> str:
    """A call with arguments that may be anything."""
    applicants, counts = good(place)
    held = [name for name in METHODS if hasattr(counts, name)]
    name = rng.choice([*verbs(), *held])
    verb = getattr(counts, name) if name in held else getattr(su, name)
    asked, given = {}, []
    for parameter in inspect.signature(verb).parameters.values():
        value = rng.choice(VALUES)
        if parameter.name in ("counts", "people", "applicants", "later", "source") and rng.random() < 0.8:
            value = applicants if parameter.name == "applicants" else counts
        elif parameter.name == "progress" or (
            parameter.default is not parameter.empty and rng.random() < 0.7
        ):
            continue
        if parameter.kind is parameter.POSITIONAL_ONLY or parameter.kind is parameter.VAR_POSITIONAL:
            given.append(value)
        elif parameter.kind is not parameter.VAR_KEYWORD:
            asked[parameter.name] = value
    try:
        found = verb(*given, **asked)
    except Exception as error:
        error.add_note(f"{name}({', '.join(f'{key}={value!r:.60}' for key, value in asked.items())})")
        raise
    repr(found)
    repr(getattr(found, "frame", None))
    return "answered"


def a_ledger(rng: random.Random, place: Path) -> str:
    """A ledger of an earlier release."""
    kept = place / "ledger.json"
    if not kept.exists():
        people = place / "people.csv"
        people.write_text(table(random.Random(0), 400), encoding="utf-8")
        counts = su.count_stages(su.read_applicants(people))
        su.protect(counts, "publish", by=["gender"]).ledger().write(kept)
    whole = json.loads(kept.read_text(encoding="utf-8"))
    if rng.random() < 0.5:
        whole[rng.choice(list(whole))] = rng.choice((None, [], {}, 5, "x", [[1]], [["a", 5]]))
        Ledger.from_json(json.dumps(whole))
    else:
        Ledger.from_json(spoilt(rng, kept.read_bytes()).decode("utf-8", "replace"))
    return "read"


KINDS: dict[str, Callable[[random.Random, Path], str]] = {
    "argument": an_argument,
    "ledger": a_ledger,
}


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=[*KINDS])
    asked = parser.parse_args()
    faulthandler.enable()
    warnings.simplefilter("ignore")
    tally: Counter[tuple[str, str]] = Counter()
    bad, seed, end = 0, asked.seed, time.monotonic() + asked.seconds
    with tempfile.TemporaryDirectory() as folder:
        while time.monotonic() < end:
            faulthandler.dump_traceback_later(120, exit=True)  # an answer that never comes is none
            kind = asked.only or [*KINDS][seed % len(KINDS)]
            try:
                tally[kind, KINDS[kind](random.Random(seed), Path(folder))] += 1
            except su.StepUpError:
                tally[kind, "refused in a sentence"] += 1
            except Exception as error:  # noqa: BLE001 - what is looked for
                bad += 1
                tally[kind, "FAILED"] += 1
                where = traceback.extract_tb(error.__traceback__)[-1]
                at = f"{Path(where.filename).name}:{where.lineno}"
                notes = " ".join(getattr(error, "__notes__", ()))
                print(f"{kind} {seed}: {type(error).__name__}: {error!s:.150} ({at}) {notes}", flush=True)
            seed += 1
    for (kind, what), times in sorted(tally.items()):
        print(f"{kind:10} {what:24} {times:>8,}")
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main())
