"""Build fire_service.csv: an invented fire service's published table, with exits counted at each gate.

    python data/examples/build_fire_service.py

Every number is invented. The layout is what such services publish: applications, how many went out at each
gate and for which reason, and starters, by group; one characteristic after the other. Planted: women pass the
fitness tests less often, applicants from ethnic minorities the written tests.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from math import prod
from pathlib import Path
from random import Random

HERE = Path(__file__).parent
SEED = 999
APPLICATIONS = 1480

EXITS = (  # column of the table, chance of passing the gate
    ("not_eligible", 0.88),
    ("failed_written_tests", 0.62),
    ("failed_fitness_tests", 0.74),
    ("failed_interview", 0.55),
    ("failed_medical", 0.93),
    ("no_place", 0.70),
    ("declined", 0.95),
)
SHARES = {
    "gender": {"Men": 0.80, "Women": 0.17, "Prefer not to say": 0.03},
    "ethnicity": {"White": 0.84, "Ethnic minority": 0.11, "Not known": 0.05},
    "age_band": {"Under 25": 0.42, "25-34": 0.41, "35 and over": 0.15, "Not known": 0.02},
}
PLANTED = {("Women", "failed_fitness_tests"): 0.60, ("Ethnic minority", "failed_written_tests"): 0.78}


def drawn(shares: dict[str, float], rng: Random) -> str:
    """A label at random, in proportion to its share."""
    at = rng.random() * sum(shares.values())
    for label, share in shares.items():
        at -= share
        if at < 0:
            return label
    return label


def exit_of(answers: list[str], rng: Random) -> str:
    """The column an application is counted in; ``started`` where it passed every gate."""
    for column, chance in EXITS:
        planted = prod(PLANTED.get((answer, column), 1.0) for answer in answers)
        if rng.random() >= chance * planted:
            return column
    return "started"


def build() -> str:
    """The table's text."""
    rng = Random(SEED)
    left: Counter[tuple[str, str, str]] = Counter()
    for _ in range(APPLICATIONS):
        answers = {name: drawn(shares, rng) for name, shares in SHARES.items()}
        column = exit_of(list(answers.values()), rng)
        for name, label in answers.items():
            left[name, label, column] += 1
    columns = [*(column for column, _ in EXITS), "started"]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["characteristic", "group", "applied", *columns])
    for name, shares in SHARES.items():
        for label in shares:
            people = [left[name, label, column] for column in columns]
            writer.writerow([name, label, sum(people), *people])
    return out.getvalue()


if __name__ == "__main__":
    (HERE / "fire_service.csv").write_text(build(), encoding="utf-8", newline="")
