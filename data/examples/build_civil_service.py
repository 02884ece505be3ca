"""Build civil_service.csv: the status log of an invented civil-service scheme, one row a change of status.

    python data/examples/build_civil_service.py

Every candidate is invented. The log has what real exports have: rows in no order, a status written twice, an
application withdrawn and opened again, a reserve list, checks after the offer, an offer withdrawn by the
scheme, and candidates still waiting. Planted: candidates whose parents had routine jobs pass the interview
less often.
"""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from math import prod
from pathlib import Path
from random import Random

HERE = Path(__file__).parent
SEED = 1854
CANDIDATES = 420
OPENED = datetime(2024, 9, 2, 9, 0)  # noqa: DTZ001 - a log without time zone, as such exports are

# Status when the gate is passed, status when it is not, chance of passing it.
GATES = (
    ("eligible", "Eligible - invited to online tests", "Not eligible", 0.94),
    ("tested", "Online tests passed", "Online tests - below standard", 0.58),
    ("sifted", "Sift passed - invited to interview", "Sift - unsuccessful", 0.52),
    ("interviewed", "Interview passed", "Interview - unsuccessful", 0.48),
    ("offered", "Provisional offer made", "Reserve list expired", 0.80),
    ("cleared", "Pre-employment checks complete", "Offer withdrawn", 0.93),
    ("appointed", "Appointed", "Offer declined by candidate", 0.94),
)
SHARES = {
    "sex": {"Female": 0.54, "Male": 0.43, "Prefer not to say": 0.03},
    "ethnicity": {
        "White: English, Welsh, Scottish, Northern Irish or British": 0.66,
        "White: Any other White background": 0.06,
        "Asian or Asian British: Indian": 0.07,
        "Asian or Asian British: Pakistani": 0.05,
        "Black, Black British, Caribbean or African: African": 0.06,
        "Mixed or Multiple ethnic groups: White and Asian": 0.03,
        "Information refused": 0.07,
    },
    "disability": {"No": 0.80, "Yes": 0.14, "Prefer not to say": 0.06},
    "parental_occupation": {
        "Senior manager or professional": 0.52,
        "Clerical or intermediate": 0.18,
        "Routine or manual": 0.20,
        "Long-term unemployed": 0.03,
        "I don't know": 0.07,
    },
}
PLANTED = {("Routine or manual", "interviewed"): 0.55}
RESERVE_LIST = "Placed on reserve list"
WITHDRAWN, REOPENED = "Withdrawn by candidate", "Application reopened"

Event = tuple[datetime, str]


def drawn(shares: dict[str, float], rng: Random) -> str:
    """A label at random, in proportion to its share."""
    at = rng.random() * sum(shares.values())
    for label, share in shares.items():
        at -= share
        if at < 0:
            return label
    return label


def history(answers: list[str], rng: Random) -> tuple[list[Event], str, str]:
    """A candidate's changes of status, the furthest stage they come to, and the exit reason."""
    now = OPENED + timedelta(minutes=int(rng.random() * 40_000))
    events: list[Event] = [(now, "Application submitted")]

    def log(status: str, days: float) -> None:
        nonlocal now
        now += timedelta(minutes=int((0.2 + rng.random()) * days * 1440))
        events.append((now, status))
        if rng.random() < 0.05:  # written twice, a little later
            events.append((now + timedelta(minutes=3), status))

    furthest = "applied"
    for gate, passed, failed, chance in GATES:
        if rng.random() < 0.03:
            log(WITHDRAWN, 6)
            if rng.random() < 0.6:
                return events, furthest, "withdrew"
            log(REOPENED, 2)
        if rng.random() < 0.01:
            return events, furthest, "pending"
        planted = prod(PLANTED.get((answer, gate), 1.0) for answer in answers)
        on_reserve = gate == "offered" and rng.random() < 0.4
        if on_reserve:
            log(RESERVE_LIST, 5)
        if rng.random() >= chance * planted:
            if gate == "offered" and not on_reserve:
                log(RESERVE_LIST, 5)
            log(failed, 12)
            reasons = {"offered": "no_place", "cleared": "offer_withdrawn", "appointed": "declined"}
            return events, furthest, reasons.get(gate, "rejected")
        log(passed, 12)
        furthest = gate
    return events, furthest, ""


def build() -> tuple[str, str]:
    """The log's text, and the text of what it comes to: furthest stage and exit reason of each candidate."""
    rng = Random(SEED)
    log, truth = [], []
    for number in range(1, CANDIDATES + 1):
        candidate = f"C{number:04d}"
        answers = {name: drawn(shares, rng) for name, shares in SHARES.items()}
        events, furthest, reason = history(list(answers.values()), rng)
        log += [
            (rng.random(), [candidate, *answers.values(), when.strftime("%Y-%m-%d %H:%M"), status])
            for when, status in events
        ]
        truth.append([candidate, *answers.values(), furthest, reason])
    rows = [row for _, row in sorted(log, key=lambda entry: entry[0])]
    return (
        as_text(["candidate", *SHARES, "changed_at", "status"], rows),
        as_text(["candidate", *SHARES, "furthest_stage", "exit_reason"], truth),
    )


def as_text(head: list[str], rows: list[list[str]]) -> str:
    """Rows as CSV text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue()


if __name__ == "__main__":
    (HERE / "civil_service.csv").write_text(build()[0], encoding="utf-8", newline="")
