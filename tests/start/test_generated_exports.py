"""Invented exports: what a draft proposes without a question is right. All of them: benchmarks/start.py."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from stepup_equity.start.statuses import meaning_of
from tests.start.generated import make
from tests.start.judged import judged
from tests.start.statuses_in_use import STATUSES, UNSURE

if TYPE_CHECKING:
    from pathlib import Path


def test_nothing_is_proposed_wrong_and_little_is_asked(tmp_path: Path) -> None:
    found: Counter[str] = Counter()
    for seed in range(1000, 1008):
        some, wrong = judged(make(seed), tmp_path / "export.csv")
        assert wrong == [], seed
        found += some
    assert found["column right"] > 20 * found["column asked"]
    assert found["label right"] > 20 * found["label asked"]
    assert found["status right"] > 20


_EXITS = {
    "failed": "rejected",
    "dna": "did_not_attend",
    "waiting": "pending",
    "passed": "",
    "declined": "declined",
    "taken back": "offer_withdrawn",
}


@pytest.mark.parametrize("gate", sorted(STATUSES))
def test_statuses_in_use_mean_what_a_person_takes_them_to_mean(gate: str) -> None:
    for word, what in STATUSES[gate]:
        meaning = meaning_of(word)
        if meaning.sure:
            exit_ = "pending" if gate == "applied" else _EXITS[what]
            assert (meaning.gate, meaning.exit) == (gate, exit_), word
    asked = [word for word, _ in STATUSES[gate] if not meaning_of(word).sure]
    assert len(asked) <= 0.25 * len(STATUSES[gate]), asked


def test_statuses_that_leave_a_doubt_are_asked_about() -> None:
    assert [word for word in UNSURE if meaning_of(word).sure] == []
