"""Exports drawn at random are counted as they were drawn, or refused in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.laws.exports import drawn, outcome

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("seed", range(40))
def test_an_export_is_counted_as_it_was_drawn(seed: int, tmp_path: Path) -> None:
    one = drawn(seed)
    assert outcome(one, tmp_path) == ("refused" if one.fault else "equal")
