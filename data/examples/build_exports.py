"""Two invented exports, for the programmes `greenhouse` and `nhs_jobs`: nobody in them exists."""

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


if __name__ == "__main__":
    here = Path(__file__).parent
    (here / "greenhouse.csv").write_text(build(GREENHOUSE, 1), encoding="utf-8")
    (here / "nhs_jobs.csv").write_text(build(NHS_JOBS, 2), encoding="utf-8")
