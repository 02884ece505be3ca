"""Progress: counted for whoever asks, a line in a notebook, silence elsewhere."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

from stepup_equity.presentation.progress import Steps

if TYPE_CHECKING:
    import pytest


def test_steps_are_counted() -> None:
    seen: list[int] = []
    step = Steps("Work", seen.append)
    step()
    step()
    assert seen == [1, 2]


def test_a_script_and_a_pipe_stay_silent(capsys: pytest.CaptureFixture[str]) -> None:
    Steps("Work")()
    assert capsys.readouterr() == ("", "")


def test_a_notebook_shows_one_line_that_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    handle = SimpleNamespace(update=shown.append)

    def display(html: str, *, display_id: bool) -> SimpleNamespace:
        assert display_id
        shown.append(html)
        return handle

    notebook = SimpleNamespace(
        get_ipython=lambda: SimpleNamespace(kernel=object()),
        display=SimpleNamespace(display=display, HTML=str),
    )
    monkeypatch.setitem(sys.modules, "IPython", notebook)
    step = Steps("Writing <the> report")
    step()
    assert len(shown) == 2
    assert "Writing &lt;the&gt; report: <progress></progress> 1 parts done" in shown[1]
