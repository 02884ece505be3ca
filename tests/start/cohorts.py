"""Two cohorts of invented people: an export of an applicant-tracking system, and a file in another layout.

The export has title rows, statuses in free words, several impairments in a cell and dates as texts; the
cohort before it has a column for each stage. Rewritten from an export that a policy team could not load.
"""

from __future__ import annotations

import csv
import datetime as dt
import random
from typing import TYPE_CHECKING

from openpyxl import Workbook

if TYPE_CHECKING:
    from pathlib import Path

ETHNICITY = {
    "English, Welsh, Scottish, Northern Irish or British": (60, "White - British"),
    "Irish": (1, "White - Irish"),
    "Gypsy or Irish Traveller": (0.5, "White - Gypsy or Irish Traveller"),
    "Roma": (0.5, "White - Other"),
    "Any other White background": (5, "White - Other"),
    "White and Black Caribbean": (2, "Mixed - White and Black Caribbean"),
    "Any other Mixed or multiple ethnic background": (1, "Mixed - Other"),
    "Indian": (3, "Asian - Indian"),
    "Pakistani": (3, "Asian - Pakistani"),
    "Caribbean": (4, "Black - Caribbean"),
    "African": (10, "Black - African"),
    "Any other Black, Black British, or Caribbean background": (1, "Black - Other"),
    "Any other ethnic group": (1, "Any other ethnic group"),
}
FAITH = {"No religion": 42, "Christian": 36, "Muslim": 11, "Hindu": 2, "Sikh": 1, "Prefer not to say": 5}
ORIENTATION = {"Straight or Heterosexual": 80, "Gay or Lesbian": 5, "Bisexual": 6, "Prefer not to say": 7}
IMPAIRMENTS = (
    "Specific learning difficulty (e.g. dyslexia)",
    "Mental health condition",
    "Long-standing illness or health condition",
    "Deaf or hearing impairment",
    "Neurodivergent condition (e.g. autism or ADHD)",
)
REGIONS = {
    "North East": "Newcastle",
    "London": "London",
    "South West": "Bristol",
    "West Midlands": "Birmingham",
}
STATUS = {
    "inelig": "Application rejected - not eligible",
    "wd_sift": "Withdrawn by candidate",
    "sift_no": "Sift - unsuccessful",
    "wd_ac": "Withdrawn",
    "dna": "AC - did not attend",
    "invited": "Invited to AC",
    "ac_no": "AC unsuccessful",
    "reserve": "Reserve list",
    "offer_made": "Offer made",
    "offer_declined": "Offer declined",
    "wd_offer": "Withdrawn by candidate",
    "accepted": "Offer accepted",
}
ANSWERS = {
    "inelig": "N",
    "wd_sift": "YN",
    "sift_no": "YN",
    "wd_ac": "YYN",
    "dna": "YYN",
    "invited": "YYN",
    "ac_no": "YYYN",
    "reserve": "YYYYN",
    "offer_made": "YYYYYN",
    "offer_declined": "YYYYYN",
    "wd_offer": "YYYYYN",
    "accepted": "YYYYYY",
}
HEADER = (
    "Applicant Ref",
    "Date of Birth",
    "Ethnic Origin",
    "Sex",
    "Gender identity same as registered at birth",
    "Faith",
    "Do you consider yourself disabled?",
    "Impairment(s)",
    "Sexual Orientation",
    "Preferred region",
    "Status",
    "Sift score",
    "AC score",
    "Assessment centre venue",
    "Last updated",
)


def _pick(random_: random.Random, weights: dict[str, float]) -> str:
    return random_.choices(list(weights), list(weights.values()))[0]


def _journey(random_: random.Random, ethnicity: str, age: int) -> str:
    black = ethnicity in ("Caribbean", "African")
    for chance, end in (
        (0.07 if age < 40 else 0.16, "inelig"),
        (0.05, "wd_sift"),
        (0.64 if black else 0.48, "sift_no"),
        (0.05, "wd_ac"),
        (0.05, "dna"),
        (0.04, "invited"),
        (0.6 if black else 0.45, "ac_no"),
        (0.12, "reserve"),
        (0.1, "offer_made"),
        (0.08, "offer_declined"),
        (0.06, "wd_offer"),
    ):
        if random_.random() < chance:
            return end
    return "accepted"


def _person(random_: random.Random) -> tuple[str, int, str, str]:
    ethnicity = _pick(random_, {label: weight for label, (weight, _) in ETHNICITY.items()})
    age = int(min(63, max(20, random_.gammavariate(3.2, 3.6) + 20)))
    sex = _pick(random_, {"Female": 83, "Male": 15, "Prefer not to say": 2})
    return ethnicity, age, sex, _journey(random_, ethnicity, age)


def write_export(path: Path, people: int = 700) -> Path:
    """The export of cohort 5."""
    random_ = random.Random(20250)
    book = Workbook()
    sheet = book.active
    sheet.append(["Applicant Tracking - Equality monitoring export"])
    sheet.append(["Programme: Step Up, Cohort 5", "", "Run by: R. Officer", "", "OFFICIAL-SENSITIVE"])
    sheet.append(HEADER)
    for number in range(people):
        ethnicity, age, sex, end = _person(random_)
        born = dt.date(2025, 1, 15) - dt.timedelta(days=int(age * 365.25 + random_.random() * 365))
        chance = random_.random()
        said = "" if chance < 0.04 else "Prefer not to disclose" if chance < 0.09 else ethnicity
        said = said.lower() if 0.09 < chance < 0.2 else said
        disabled = _pick(random_, {"No": 79, "Yes": 16, "PNTS": 5})
        impaired = random_.sample(IMPAIRMENTS, random_.choice([1, 1, 1, 2])) if disabled == "Yes" else []
        region = random_.choice(list(REGIONS))
        sat = end not in ("inelig", "wd_sift")
        sift = random_.randint(20, 54) if end == "sift_no" else random_.randint(55, 95)
        through = sat and end != "sift_no"
        assessed = through and end not in ("wd_ac", "dna", "invited")
        mark = random_.randint(25, 59) if end == "ac_no" else random_.randint(60, 96)
        day = dt.date(2025, 2, 1) + dt.timedelta(days=random_.randint(0, 150))
        sheet.append(
            [
                f"SU5-{100000 + number * 7}",
                born.strftime("%d/%m/%Y"),
                said or None,
                sex,
                _pick(random_, {"Yes": 93, "No": 1, "Prefer not to say": 6}),
                _pick(random_, FAITH),
                disabled,
                "; ".join(impaired) or None,
                _pick(random_, ORIENTATION),
                region,
                STATUS[end],
                sift if sat else None,
                mark if assessed else None,
                REGIONS[region] if through else None,
                f"{day:%d/%m/%Y} {random_.randint(8, 17):02d}:30",
            ]
        )
    book.save(path)
    return path


def write_last(path: Path, people: int = 600) -> Path:
    """The file of cohort 4: another layout, Windows-1252."""
    random_ = random.Random(20240)
    stages = ("Eligible", "Passed sift", "Attended AC", "Passed AC", "Offered", "Accepted")
    with path.open("w", newline="", encoding="cp1252") as file:
        rows = csv.writer(file)
        head = ["URN", "Age", "Ethnicity", "Gender", "Religion/Belief", "Disabled", "Orientation", "Region"]
        rows.writerow([*head, *(f"{stage} (Y/N)" for stage in stages)])
        for number in range(people):
            ethnicity, age, sex, end = _person(random_)
            said = "Prefer not to say" if random_.random() < 0.07 else ETHNICITY[ethnicity][1]
            answers = list(ANSWERS[end])
            rows.writerow(
                [
                    f"C4/{number + 1:05d}",
                    age,
                    said,
                    {"Female": "F", "Male": "M"}.get(sex, ""),
                    _pick(random_, FAITH),
                    _pick(random_, {"N": 82, "Y": 13, "Prefer not to say": 5}),
                    _pick(random_, ORIENTATION),
                    random_.choice(list(REGIONS)),
                    *answers,
                    *[""] * (len(stages) - len(answers)),
                ]
            )
    return path


BY_HAND = """
name = "step_up_5"
label = "Step Up, cohort 5"
[[stages]]
key = "applied"
[[stages]]
key = "eligible"
[[stages]]
key = "sifted"
[[stages]]
key = "attended"
[[stages]]
key = "passed_ac"
[[stages]]
key = "offered"
[[stages]]
key = "accepted"
[characteristics.age_band]
codelist = "age_band.csv"
synonyms = ["age_band_synonyms.csv", "not_stated.csv"]
ordered = true
birth_column = "Date of Birth"
reference_date = "2025-09-01"
birth_format = "%d/%m/%Y"
[characteristics.ethnicity]
column = "Ethnic Origin"
codelist = "ethnicity_19.csv"
synonyms = ["ethnicity_19_synonyms.csv", "not_stated.csv"]
[characteristics.sex]
column = "Sex"
codelist = "sex.csv"
synonyms = ["sex_synonyms.csv", "not_stated.csv"]
[characteristics.gender_identity]
column = "Gender identity same as registered at birth"
groups = ["Yes", "No"]
not_stated = ["Prefer not to say"]
[characteristics.religion]
column = "Faith"
codelist = "religion.csv"
synonyms = ["religion_synonyms.csv", "not_stated.csv"]
[characteristics.disability]
column = "Do you consider yourself disabled?"
codelist = "disability.csv"
synonyms = ["disability_synonyms.csv", "not_stated.csv"]
test_level = "broad"
[characteristics.orientation]
column = "Sexual Orientation"
codelist = "orientation.csv"
synonyms = ["orientation_synonyms.csv", "not_stated.csv"]
[reading]
applicant_id = "Applicant Ref"
header_row = 3
[reading.progress]
kind = "status"
column = "Status"
[reading.progress.outcomes.applied]
rejected = ["Application rejected - not eligible"]
withdrew = ["Withdrawn by candidate", "Withdrawn"]
[reading.progress.outcomes.eligible]
rejected = ["Sift - unsuccessful"]
[reading.progress.outcomes.sifted]
pending = ["Invited to AC"]
did_not_attend = ["AC - did not attend"]
[reading.progress.outcomes.attended]
rejected = ["AC unsuccessful"]
[reading.progress.outcomes.passed_ac]
pending = ["Reserve list"]
[reading.progress.outcomes.offered]
pending = ["Offer made"]
declined = ["Offer declined"]
[reading.progress.outcomes.accepted]
reached = ["Offer accepted"]
"""
"""What a patient person typed for the export of cohort 5."""
