"""Every mark stands out from its ground by 3 to 1, on white and in the dark."""

from __future__ import annotations

import pytest

from stepup_equity.presentation.charts.style import COLORS, contrast, on_ground

GROUNDS = frozenset({"#FFFFFF", "#E6EDF4", "#E3E5E6", "#E8C9DB", "#CFE9E6", "#CC8DB1", "#86CBC4"})
"""White, grounds of bars and tiles, and rules: what a tile tells stands in it in words, within an outline."""


@pytest.mark.parametrize("ground", ["#FFFFFF", "#000000", "#121517"])
@pytest.mark.parametrize("color", sorted(set(COLORS) - GROUNDS))
def test_a_mark_stands_out(color: str, ground: str) -> None:
    assert contrast(on_ground(color, ground), ground) >= 3.0


@pytest.mark.parametrize("ground", ["#FFFFFF", "#000000"])
@pytest.mark.parametrize("color", ["#0B0C0C", "#4A5257"])
def test_words_stand_out_more(color: str, ground: str) -> None:
    assert contrast(on_ground(color, ground), ground) >= 4.5
