"""Build cohort_one.csv: 2,095 applicants whose tables are those of cohort_one_tables.csv.

    python data/examples/build_cohort_one.py

Facts are the cells marked ``printed`` or ``derived``. The rest is chosen, and so is everything that ties one
characteristic to another: which applicant of a furthest stage has which pair of answers. The same seed gives
the same bytes: only ``random.Random.random`` is used, whose stream Python guarantees.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from random import Random

from stepup_equity.process import normalise, step_up_to_social_work

HERE = Path(__file__).parent
SEED = 2010
COHORT = "2010"

STAGES = {  # stage of the tables -> stage of the programme; those who joined are among the accepted
    "applied": "submitted",
    "eligible": "eligible",
    "passed_screening": "screened",
    "invited_assessment_centre": "invited",
    "passed_assessment_centre": "assessed",
    "offered": "offered",
    "accepted": "accepted",
}
CHARACTERISTICS = {  # of the tables -> of the programme
    "age": "age_band",
    "ethnicity": "ethnicity",
    "gender": "gender",
    "religion": "religion",
    "disability": "disability",
    "orientation": "orientation",
}

# Chosen: applicants in proportion to the recruitment targets of Table 4.2.
PARTNERSHIPS = {
    "Central Eastern": 6,
    "East": 25,
    "East Midlands": 30,
    "Greater Manchester": 15,
    "Learn Together Partnership": 40,
    "West London Alliance": 35,
    "West Midlands": 12,
    "Yorkshire and Humber": 37,
}

# Chosen: people who left after each stage, by reason; the rest of the stage has the first reason.
EXITS = {
    "submitted": {"rejected": None},
    "eligible": {"rejected": None},
    "screened": {"rejected": None},
    "invited": {"rejected": None, "did_not_attend": 14, "withdrew": 9},
    "assessed": {"no_place": None},
    "offered": {"declined": None, "offer_withdrawn": 4},
    "accepted": {"": None},
}

# Chosen: how much likelier than by numbers alone an ethnic group, or broad group, goes with a religion.
AFFINITY = {
    ("White", "No religion"): 2.0,
    ("White", "Jewish"): 6.0,
    ("Pakistani", "Muslim"): 120.0,
    ("Bangladeshi", "Muslim"): 120.0,
    ("Asian other", "Muslim"): 8.0,
    ("Black African", "Muslim"): 6.0,
    ("Other", "Muslim"): 25.0,
    ("Indian", "Hindu"): 120.0,
    ("Asian other", "Hindu"): 30.0,
    ("Indian", "Sikh"): 120.0,
    ("Chinese", "Buddhist"): 40.0,
    ("Asian other", "Buddhist"): 25.0,
    ("Black", "Christian"): 5.0,
    ("Mixed", "Christian"): 1.5,
}

# Chosen: those who leave one answer blank tend to leave others blank. At 0 they are the same people.
NOISE_IN_RETICENCE = 0.6


def counts_by_furthest_stage(tables: Path) -> dict[str, dict[str, dict[str, int]]]:
    """Characteristic -> furthest stage -> display label ("" for not stated) -> people."""
    programme = step_up_to_social_work()
    reached: dict[tuple[str, str], dict[str, int]] = {}
    with tables.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["characteristic"] == "all" or row["stage"] not in STAGES:
                continue
            name = CHARACTERISTICS[row["characteristic"]]
            label = programme.characteristic(name).spellings[normalise(row["group"])] or ""
            reached.setdefault((name, label), {})[STAGES[row["stage"]]] = int(row["count"])
    stages = list(STAGES.values())
    found: dict[str, dict[str, dict[str, int]]] = {}
    for (name, label), people in reached.items():
        for stage, following in zip(stages, [*stages[1:], None], strict=True):
            left = people[stage] - (people[following] if following else 0)
            found.setdefault(name, {}).setdefault(stage, {})[label] = left
    return found


def shuffled(items: list[str], rng: Random) -> list[str]:
    """The items in random order."""
    return [item for _, _, item in sorted((rng.random(), i, item) for i, item in enumerate(items))]


def spread(people: dict[str, int]) -> list[str]:
    """One entry for each person."""
    return [label for label, n in people.items() for _ in range(n)]


def apportioned(shares: dict[str, int], total: int) -> dict[str, int]:
    """`total` people in proportion to `shares`, by largest remainder."""
    whole = sum(shares.values())
    parts = {name: total * share // whole for name, share in shares.items()}
    by_remainder = sorted(shares, key=lambda name: -(total * shares[name] % whole))
    for name in by_remainder[: total - sum(parts.values())]:
        parts[name] += 1
    return parts


def drawn(weights: dict[str, float], rng: Random) -> str:
    """A key at random, in proportion to its weight."""
    possible = {key: weight for key, weight in weights.items() if weight > 0}
    at = rng.random() * sum(possible.values())
    key = ""
    for key, weight in possible.items():  # noqa: B007 - rounding may leave the last one
        at -= weight
        if at < 0:
            break
    return key


def stated(people: dict[str, int], blank: list[bool], rng: Random) -> list[str]:
    """The stated answers at random among those who answered, blanks elsewhere."""
    answers = iter(shuffled(spread({label: n for label, n in people.items() if label}), rng))
    return ["" if left_blank else next(answers) for left_blank in blank]


def matched(ethnicity: list[str], religion: dict[str, int], blank: list[bool], rng: Random) -> list[str]:
    """Religions drawn by one applicant after the other from those left; totals are exact."""
    parents = {
        group.label: group.parent for group in step_up_to_social_work().characteristic("ethnicity").groups
    }
    left = {label: n for label, n in religion.items() if label}
    found = [""] * len(ethnicity)
    # Whoever draws last finds what the others left: the unstated draw first, then the strongest ties.
    strongest = {
        group: max((a for (g, _), a in AFFINITY.items() if g == group), default=1.0) for group in parents
    }
    strongest[""] = float("inf")
    order = sorted(range(len(ethnicity)), key=lambda i: (-strongest[ethnicity[i]], rng.random()))
    for i in order:
        if blank[i]:
            continue
        group = ethnicity[i]
        weights = {
            label: n * AFFINITY.get((group, label), AFFINITY.get((parents.get(group, ""), label), 1.0))
            for label, n in left.items()
        }
        label = drawn(weights, rng)
        found[i] = label
        left[label] -= 1
    return found


def build(tables: Path) -> str:
    """The file's text."""
    rng = Random(SEED)
    counts = counts_by_furthest_stage(tables)
    people: list[list[str]] = []
    for stage in STAGES.values():
        n = sum(counts["ethnicity"][stage].values())
        reticence = [rng.random() for _ in range(n)]
        blank = {}
        for name, by_stage in counts.items():
            score = [value + NOISE_IN_RETICENCE * rng.random() for value in reticence]
            most = sorted(range(n), key=lambda i: -score[i])[: by_stage[stage][""]]
            blank[name] = [i in set(most) for i in range(n)]
        columns = {
            name: stated(counts[name][stage], blank[name], rng)
            for name in CHARACTERISTICS.values()
            if name != "religion"
        }
        columns["religion"] = matched(columns["ethnicity"], counts["religion"][stage], blank["religion"], rng)
        columns["region"] = shuffled(spread(apportioned(PARTNERSHIPS, n)), rng)
        first, *others = EXITS[stage].items()
        exits = dict(others) | {first[0]: n - sum(k for _, k in others if k)}
        columns["exit_reason"] = shuffled(spread({reason: k or 0 for reason, k in exits.items()}), rng)
        order = ("region", *CHARACTERISTICS.values())
        people += [
            [*(columns[name][i] for name in order), stage, columns["exit_reason"][i]] for i in range(n)
        ]
    mixed = [
        person for _, person in sorted(((rng.random(), person) for person in people), key=lambda p: p[0])
    ]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        ["applicant_id", "cohort", "region", *CHARACTERISTICS.values(), "furthest_stage", "exit_reason"]
    )
    writer.writerows([f"S{i:05d}", COHORT, *person] for i, person in enumerate(mixed, 1))
    return out.getvalue()


if __name__ == "__main__":
    (HERE / "cohort_one.csv").write_text(build(HERE / "cohort_one_tables.csv"), encoding="utf-8", newline="")
