"""Invented exports, one for each reader that is shipped: nobody in them exists."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np

GREENHOUSE = (
    ["Candidate ID", "Job", "Gender", "Race", "Disability Status", "Veteran Status", "Stage and status"],
    {
        "Gender": ["Female", "Male", "Decline To Self Identify"],
        "Race": [
            "White",
            "Black or African American",
            "Hispanic or Latino",
            "Asian",
            "Decline To Self Identify",
        ],
        "Disability Status": [
            "Yes, I have a disability, or have had one in the past",
            "No, I do not have a disability and have not had one in the past",
            "I do not want to answer",
        ],
        "Veteran Status": ["I am not a protected veteran", "I don't wish to answer"],
        "Stage and status": [
            "Application Review: Rejected - not qualified",
            "Application Review: Active",
            "Phone Interview: Rejected - other",
            "Onsite Interview: Withdrew - another offer",
            "Onsite Interview: Rejected - other",
            "Offer: Declined",
            "Hired",
        ],
    },
)
NHS_JOBS = (
    ["Applicant", "Vacancy", "Gender", "Ethnic Origin", "Disability", "Religion", "Status"],
    {
        "Gender": ["Female", "Male"],
        "Ethnic Origin": [
            "White - British",
            "Asian or Asian British - Indian",
            "Black or Black British - African",
        ],
        "Disability": ["Yes", "No", "I do not wish to disclose whether or not I have a disability"],
        "Religion": ["Christianity", "Islam", "Atheism", "I do not wish to disclose my religion/belief"],
        "Status": [
            "Not Shortlisted",
            "Interviewed - not appointed",
            "Withdrew before interview",
            "Appointed",
        ],
    },
)


def build(export: tuple[list[str], dict[str, list[str]]], seed: int, people: int = 160) -> str:
    """An export as CSV text: some people apply twice, to different jobs."""
    header, answers = export
    rng = np.random.default_rng(seed)
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(header)
    for person in range(people):
        own = [str(rng.choice(answers[name])) for name in header[2:-1]]
        for job in rng.choice(6, int(rng.integers(1, 3)), replace=False):
            status = answers[header[-1]]
            weights = np.linspace(3, 1, len(status))
            end = str(rng.choice(status, p=weights / weights.sum()))
            writer.writerow([f"P{person:04}", f"J{job + 1}", *own, end])
    return file.getvalue()


Weighted = dict[str, float]


def _one(rng: np.random.Generator, answers: Weighted) -> str:
    weights = np.array(list(answers.values()))
    return str(rng.choice(list(answers), p=weights / weights.sum()))


def _several(rng: np.random.Generator, answers: Weighted, separator: str) -> str:
    """One answer, or now and then two in any order."""
    first, second = _one(rng, answers), _one(rng, answers)
    return f"{first}{separator}{second}" if second != first and rng.random() < 0.12 else first


def _text(rows: list[list[str]]) -> str:
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows(rows)
    return file.getvalue()


def build_hesa(seed: int = 3, people: int = 320) -> str:
    """Answers as codes of the student record since 2022/23, a column for each stage."""
    rng = np.random.default_rng(seed)
    header = ["OWNSTU", "COURSEID", "SEXID", "ETHNIC", "DISABLE", "RELBLF", "SEXORT"]
    rows = [[*header, "APPLIED", "OFFER", "FIRM", "ENROLLED"]]
    for person in range(people):
        disability = _one(rng, {"95": 8, "51": 1, "54": 0.5, "55": 0.8, "56": 0.3, "98": 0.4})
        if disability in ("51", "55") and rng.random() < 0.2:
            disability = "51;55"
        answers = [
            _one(rng, {"C1": 1, "C2": 1}),
            _one(rng, {"10": 6, "11": 4, "12": 0.2, "99": 0.2}),
            _one(
                rng, {"160": 6, "166": 0.3, "103": 1, "104": 1, "120": 1, "121": 0.6, "159": 0.5, "998": 0.4}
            ),
            disability,
            _one(rng, {"20": 4, "22": 3, "31": 1.5, "29": 0.5, "33": 0.3, "98": 0.6}),
            _one(rng, {"04": 8, "01": 0.8, "02": 0.3, "03": 0.3, "98": 1}),
        ]
        passed = rng.random(3) < (0.55, 0.7, 0.9)
        results, going = ["1"], True
        for one in passed:
            results.append(("1" if one else "0") if going else "")
            going = going and bool(one)
        rows.append([f"S{person:04}", *answers, *results])
    return _text(rows)


def build_qualtrics(seed: int = 4, people: int = 240) -> str:
    """A survey's export: questions and ids of the import below the names, several answers in a field."""
    rng = np.random.default_rng(seed)
    questions = {
        "StartDate": "Start Date",
        "EndDate": "End Date",
        "Finished": "Finished",
        "ResponseId": "Response ID",
        "ExternalReference": "External Data Reference",
        "Q1": "How would you describe your gender?",
        "Q2": "What is your ethnic group? - Selected Choice",
        "Q3": "Do you consider yourself to be disabled?",
        "Q3a": "Which of these apply to you?\nPlease choose all that do. - Selected Choice",
        "Outcome": "Outcome",
    }
    ids = [f'{{"ImportId":"{name}"}}' for name in questions]
    rows = [list(questions), list(questions.values()), ids]
    impairments = {"Mobility": 1, "Mental health condition": 1.5, "Specific learning difficulty": 1.5}
    ethnic = {
        "White": 6,
        "Asian or Asian British": 2,
        "Black, African, Caribbean or Black British": 1.5,
        "Other (please specify)": 0.4,
        "Prefer not to say": 0.4,
    }
    ends = {
        "Rejected at sift": 5,
        "Withdrew before interview": 0.5,
        "Rejected at interview": 3,
        "Did not attend": 0.4,
        "Interview booked": 0.4,
        "Offered": 2,
    }
    for person in range(people):
        disabled = _one(rng, {"No": 7, "Yes": 2, "Prefer not to say": 0.6})
        rows.append(
            [
                f"2024-03-{1 + person % 28:02} 09:{person % 60:02}:00",
                f"2024-03-{1 + person % 28:02} 10:{person % 60:02}:00",
                "True",
                f"R_{person:06}",
                f"A{person:04}",
                _one(
                    rng, {"Female": 5, "Male": 4, "Non-binary / third gender": 0.2, "Prefer not to say": 0.3}
                ),
                _several(rng, ethnic, ",") if rng.random() < 0.95 else "",
                disabled,
                _several(rng, impairments, ",") if disabled == "Yes" and rng.random() < 0.8 else "",
                _one(rng, ends),
            ]
        )
    return _text(rows)


def build_judicial_appointments(seed: int = 5, people: int = 260) -> str:
    """Values as keys of a web form; the stage in one column, why no further in another."""
    rng = np.random.default_rng(seed)
    header = ["reference", "exercise", "stage", "status", "gender", "ethnic-group", "disability"]
    rows = [[*header, "professional-background", "state-or-fee-school"]]
    ends = {
        "review failed-first-test": 3,
        "review failed-sift": 4,
        "review rejected-as-ineligible": 0.3,
        "review withdrew-application": 0.5,
        "shortlisted failed-selection": 3,
        "shortlisted withdrew-application": 0.3,
        "selected passed-but-not-recommended": 1,
        "selected rejected-by-character": 0.2,
        "recommended ": 2,
    }
    ethnic = {"uk-ethnic": 7, "other-white": 0.8, "indian": 1, "african": 0.8, "white-asian": 0.5}
    professions = {"barrister": 5, "solicitor": 5, "cilex": 0.6, "academic": 0.4}
    schools = {"uk-state-non-selective": 4, "uk-state-selective": 2, "uk-independent-fee": 3}
    for person in range(people):
        stage, status = _one(rng, ends).split(" ")
        rows.append(
            [
                f"JE{person:04}",
                "00123",
                stage,
                status,
                _one(rng, {"female": 5, "male": 5, "gender-neutral": 0.1, "prefer-not-to-say": 0.3}),
                _one(rng, ethnic | {"prefer-not-to-say": 0.5}),
                _one(rng, {"false": 8, "true": 1, "prefer-not-to-say": 0.4}),
                _several(rng, professions, "|"),
                _one(rng, schools | {"non-uk-educated": 0.6, "prefer-not-to-say": 0.4}),
            ]
        )
    return _text(rows)


def build_civil_service_jobs(seed: int = 6, people: int = 200) -> str:
    """Applications by their status; whoever withdrew after an interview was booked has its date."""
    rng = np.random.default_rng(seed)
    header = ["Candidate ID", "Vacancy reference", "Application status", "Interview date"]
    rows = [[*header, "Gender", "Ethnic origin", "Disability", "Sexual orientation"]]
    ends = {
        "Reject - Sift": 6,
        "Sift application": 0.5,
        "Withdrawn by candidate": 0.8,
        "Interview 1 - Scheduled": 0.4,
        "Reject - Interview 1": 4,
        "Reject - Did not attend interview": 0.4,
        "Reserve List": 1,
        "Reject - Reserve list expired": 0.3,
        "Provisional Offer - Online": 0.4,
        "Offer declined by candidate": 0.3,
        "Formal Offer - Accepted": 1.6,
    }
    ethnic = {
        "White - English, Welsh, Scottish, Northern Irish or British": 7,
        "Any other White background": 0.8,
        "Asian or Asian British - Indian": 1,
        "Asian or Asian British - Pakistani": 0.8,
        "Black or Black British - African": 1,
        "Mixed - White and Asian": 0.5,
        "Prefer not to say": 0.6,
    }
    for person in range(people):
        own = [
            _one(rng, {"Female": 5, "Male": 5, "Prefer not to say": 0.4}),
            _one(rng, ethnic),
            _one(
                rng,
                {
                    "I do not have a disability": 8,
                    "I have a disability": 1.5,
                    "I do not wish to disclose": 0.6,
                },
            ),
            _one(
                rng,
                {"Heterosexual/straight": 8, "Gay or lesbian": 0.6, "Bisexual": 0.5, "Prefer not to say": 1},
            ),
        ]
        for vacancy in rng.choice(3, int(rng.integers(1, 3)), replace=False):
            status = _one(rng, ends)
            invited = not status.startswith(("Reject - Sift", "Sift", "Withdrawn"))
            invited = invited or (status.startswith("Withdrawn") and rng.random() < 0.4)
            rows.append(
                [f"{700000 + person}", f"V{3410 + vacancy}", status, "12/06/2024" if invited else "", *own]
            )
    return _text(rows)


BUILT = {
    "greenhouse": lambda: build(GREENHOUSE, 1),
    "nhs_jobs": lambda: build(NHS_JOBS, 2),
    "hesa": build_hesa,
    "qualtrics": build_qualtrics,
    "judicial_appointments": build_judicial_appointments,
    "civil_service_jobs": build_civil_service_jobs,
}


if __name__ == "__main__":
    for name, built in BUILT.items():
        (Path(__file__).parent / f"{name}.csv").write_text(built(), encoding="utf-8")
