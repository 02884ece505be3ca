"""Exports as systems make them, invented from a seed, with what a careful person would say of each."""

from __future__ import annotations

import csv
import io
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from stepup_equity.columns import NOT_STATED
from stepup_equity.start.labels import code_list
from tests.start.statuses_in_use import STATUSES, UNSURE

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Made", "make"]

HEADINGS: Final = {
    "id": (
        *(
            "Applicant Ref",
            "Candidate ID",
            "Application Number",
            "URN",
            "applicant_id",
            "Ref No",
            "CandidateId",
        ),
        *("Application reference", "Unique ID", "Person ID", "Bewerber Nr", "Candidate", "Numéro candidat"),
    ),
    "sex": ("Sex", "Legal sex", "sex", "SEX", "Sexe", "Geschlecht", "Sexo", "What is your sex?", "Sex (M/F)"),
    "gender": (
        "Gender",
        "gender",
        "Which gender are you?",
        "Genre",
        "Género",
        "EDI: Gender",
        "Gender (self-declared)",
    ),
    "ethnicity": (
        *(
            "Ethnicity",
            "Ethnic Origin",
            "ethnic_group",
            "Ethnic background",
            "What is your ethnic group?",
            "Race",
        ),
        *("EthnicOrigin", "Origine ethnique", "Ethnic category", "Race/Ethnicity"),
    ),
    "religion": ("Religion", "Faith", "Religion or belief", "Religion/Belief", "religion_belief", "Religión"),
    "orientation": (
        "Sexual orientation",
        "Orientation",
        "Sexual Orientation",
        "sexual_orientation",
        "Sexuality",
    ),
    "disability": (
        *("Disability", "Disabled", "Do you consider yourself disabled?", "Disability status", "Disabled?"),
        *(
            "Do you have a disability?",
            "Are you disabled under the Equality Act?",
            "disability_declared",
            "Handicap",
        ),
    ),
    "age_band": ("Age", "Age (years)", "age", "Edad", "Alter", "Age at application"),
    "stratum": (
        "Region",
        "Preferred region",
        "Location",
        "Department",
        "Office",
        "Directorate",
        "Site",
        "Source",
    ),
    "score": ("Sift score", "Test score", "AC score", "Total mark", "Interview score", "Online test score"),
    "progress": (
        "Status",
        "Application status",
        "Current stage",
        "Outcome",
        "Candidate status",
        "Disposition",
        "Stage",
    ),
}
FURTHER: Final = {
    "Email": lambda random_, i: f"p{i}@example.org",
    "Surname": lambda random_, i: f"Name{i}",
    "Interviewer gender": lambda random_, i: random_.choice(("Female", "Male")),
    "Line manager ethnicity": lambda random_, i: random_.choice(
        ("White British", "Indian", "African", "Chinese")
    ),
    "Postcode": lambda random_, i: f"AB{i % 90} {i % 9}CD",
    "Notes": lambda random_, i: f"note {i}" if i % 7 == 0 else "",
    "Guaranteed interview scheme (disability)": lambda random_, i: random_.choice(("Yes", "No")),
    "Last updated": lambda random_, i: f"{i % 28 + 1:02d}/{i % 12 + 1:02d}/2024",
    "Driving licence": lambda random_, i: random_.choice(("Yes", "No")),
    "Vacancy title": lambda random_, i: random_.choice(("Officer", "Adviser")),
}
GATES: Final = (
    ("sifted", "interviewed", "offered", "accepted"),
    ("eligible", "sifted", "passed_ac", "offered", "accepted"),
    ("shortlisted", "interviewed", "started"),
    ("eligible", "shortlisted", "interviewed", "offered", "started"),
    ("sifted", "interviewed", "offered", "cleared", "started"),
    ("screened", "phoned", "interviewed", "offered", "started"),
    ("tested", "sifted", "passed_ac", "offered", "accepted"),
)
REFUSALS: Final = (
    "Prefer not to say",
    "",
    "Not stated",
    "I prefer not to say",
    "Unknown",
    "Declined to answer",
)
STAGE_NAMES: Final = {
    "eligible": ("Eligible", "Passed eligibility", "Eligibility check passed"),
    "sifted": ("Sift", "Passed sift", "Sift passed"),
    "shortlisted": ("Shortlisted", "Short-listed", "Shortlist"),
    "interviewed": ("Interview", "Passed interview", "Interview passed"),
    "passed_ac": ("AC", "Passed AC", "Assessment centre"),
    "offered": ("Offered", "Offer", "Offer made"),
    "accepted": ("Accepted", "Offer accepted"),
    "started": ("Started", "Appointed", "In post"),
}


@dataclass
class Made:
    """An invented export.

    Attributes
    ----------
    text : str
        The file.
    columns : dict of str to str
        Heading -> what it holds; absent where nobody should read it.
    labels : dict of (str, str) to str
        Characteristic and label -> group.
    statuses : dict of str to (gate, what) or None
        None where two people disagree.
    gates : tuple of str
        In order.
    kind : str
        ``"status"`` or ``"stage_columns"``.
    reached : dict of str to int
        Gate -> people who passed it, for stage columns.
    """

    text: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    labels: dict[tuple[str, str], str] = field(default_factory=dict)
    statuses: dict[str, tuple[str, str] | None] = field(default_factory=dict)
    gates: tuple[str, ...] = ()
    kind: str = "status"
    reached: dict[str, int] = field(default_factory=dict)

    def write(self, path: Path) -> Path:
        """The file on disk."""
        path.write_text(self.text, encoding="utf-8")
        return path


def make(seed: int) -> Made:
    """One export."""
    random_ = random.Random(seed)
    made, rows = Made(), random_.randint(150, 400)
    cells: dict[str, list[str]] = {}
    _identity(random_, made, cells, rows)
    for name in random_.sample(
        ("sex", "gender", "ethnicity", "religion", "orientation", "disability", "age_band"), 5
    ):
        _asked(random_, name, made, cells, rows)
    heading = random_.choice(HEADINGS["stratum"])
    made.columns[heading] = "stratum"
    cells[heading] = [random_.choice(("North", "South", "East", "West")) for _ in range(rows)]
    for heading in random_.sample(list(FURTHER), 3):
        cells[heading] = [FURTHER[heading](random_, i) for i in range(rows)]
    made.gates = random_.choice(GATES)
    if random_.random() < 0.25 and set(made.gates) <= STAGE_NAMES.keys():
        _stage_columns(random_, made, cells, rows)
    else:
        _statuses(random_, made, cells, rows)
    names = list(cells)
    random_.shuffle(names)
    made.text = _written(random_, names, cells, rows)
    return made


def _identity(random_: random.Random, made: Made, cells: dict[str, list[str]], rows: int) -> None:
    heading = random_.choice(HEADINGS["id"])
    made.columns[heading] = "id"
    cells[heading] = [f"{seed}-{100000 + i * 7}" for i, seed in enumerate([random_.randint(1, 9)] * rows)]


def _asked(random_: random.Random, name: str, made: Made, cells: dict[str, list[str]], rows: int) -> None:
    free = [heading for heading in HEADINGS[name] if heading not in cells]
    heading = random_.choice(free)
    made.columns[heading] = name
    if name == "age_band":
        cells[heading] = [str(random_.randint(18, 64)) for _ in range(rows)]
        return
    options = _spelt(random_, name, made)
    weights = [1 / (i + 1) for i in range(len(options))]
    cells[heading] = random_.choices(options, weights, k=rows)


def _spelt(random_: random.Random, name: str, made: Made) -> list[str]:
    """Labels as a form has them, one spelling for each group, with noise; and refusals."""
    known = code_list({"ethnicity": "ethnicity_19"}.get(name, name))
    groups = list(known.labels)
    if name == "disability":
        groups = ["No disability", "Disability"]
    elif name in ("sex", "gender"):
        groups = ["Female", "Male"]
    options = []
    by_group: dict[str, list[str]] = {}
    for spelling, group in known.spellings.items():
        if group is not None:
            by_group.setdefault(group, []).append(spelling)
    for group in random_.sample(groups, min(len(groups), 9)):
        label = random_.choice(by_group[group])
        label = _noise(random_, label)
        if (name, label) not in made.labels:
            made.labels[name, label] = group
            options.append(label)
    for refusal in random_.sample(REFUSALS, 2):
        made.labels[name, refusal] = NOT_STATED
        options.append(refusal)
    return options


def _noise(random_: random.Random, label: str) -> str:
    chance = random_.random()
    if chance < 0.25:
        return label.title()
    if chance < 0.35:
        return label.upper()
    if chance < 0.42:
        return f"{label} "
    if chance < 0.5:
        return f"{random_.randint(1, 9)}. {label.capitalize()}"
    if chance < 0.53 and len(label) > 7:
        at = random_.randint(2, len(label) - 3)
        return label[:at] + label[at + 1 :]
    return label.capitalize()


def _statuses(random_: random.Random, made: Made, cells: dict[str, list[str]], rows: int) -> None:
    chosen: dict[str, tuple[str, str] | None] = {}
    for word, what in random_.sample(STATUSES["applied"], 1):
        chosen[word] = ("applied", what)
    for gate in made.gates:
        failed = [one for one in STATUSES[gate] if one[1] != "passed"]
        for word, what in random_.sample(failed, min(len(failed), 2)):
            chosen[word] = (gate, what)
        passed = [one for one in STATUSES[gate] if one[1] == "passed"]
        for word, what in random_.sample(passed, 1):
            chosen[word] = (gate, what)
    for word in random_.sample(UNSURE, random_.randint(1, 3)):
        chosen.setdefault(word, None)
    made.statuses = chosen
    heading = random_.choice(HEADINGS["progress"])
    made.columns[heading] = "progress"
    cells[heading] = random_.choices(list(chosen), k=rows)
    for word in chosen:
        if word not in cells[heading]:
            cells[heading][random_.randrange(rows)] = word
    made.statuses = {word: one for word, one in chosen.items() if word in cells[heading]}


def _stage_columns(random_: random.Random, made: Made, cells: dict[str, list[str]], rows: int) -> None:
    made.kind = "stage_columns"
    yes, no = random_.choice((("Y", "N"), ("Yes", "No"), ("1", "0"), ("Pass", "Fail"), ("TRUE", "FALSE")))
    ending = random_.choice((" (Y/N)", "", " result"))
    going = [True] * rows
    for gate in made.gates:
        heading = random_.choice(STAGE_NAMES[gate]) + ending
        made.columns[heading] = "progress"
        passed = [here and random_.random() < 0.6 for here in going]
        cells[heading] = [yes if p else no if here else "" for here, p in zip(going, passed, strict=True)]
        made.reached[gate] = sum(passed)
        going = passed


def _written(random_: random.Random, names: list[str], cells: dict[str, list[str]], rows: int) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=random_.choice(",;\t"), lineterminator="\n")
    for _ in range(random_.choice((0, 0, 1, 2, 3))):
        writer.writerow(["Recruitment export", *[""] * random_.randint(0, 2)])
    writer.writerow(names)
    writer.writerows([[cells[name][i] for name in names] for i in range(rows)])
    return out.getvalue()
