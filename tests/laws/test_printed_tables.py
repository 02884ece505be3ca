"""Printed in any way, true counts come back, or a problem says what cannot be known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.laws.printed_tables import drawn, outcome

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("block", range(2))
def test_no_layout_changes_a_count_in_silence(block: int, tmp_path: Path) -> None:
    for seed in range(30 * block, 30 * block + 30):
        case = drawn(seed)
        assert outcome(case, tmp_path) in {"equal", "equal, with words", "refused"}, (seed, case.text)


@pytest.mark.parametrize("seed", [3355, 8647])
def test_a_hidden_number_proves_no_sum(seed: int, tmp_path: Path) -> None:
    assert outcome(drawn(seed), tmp_path) == "equal, with words"
