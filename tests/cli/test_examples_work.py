"""Every example with a programme of its own comes with it, and can be counted as it is printed."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import pytest

from stepup_equity.cli import main
from stepup_equity.counts import open_counts
from stepup_equity.examples import list_examples

if TYPE_CHECKING:
    from pathlib import Path

WITH_PROGRAMMES = [example.name for example in list_examples() if example.programme is not None]


def test_there_are_examples_with_programmes() -> None:
    assert {"civil_service", "fire_service"} <= set(WITH_PROGRAMMES)


@pytest.mark.parametrize("name", WITH_PROGRAMMES)
def test_the_printed_command_reads_the_example(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["example", name, "-o", str(tmp_path)]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("Next: stepup-equity report ")
    _, command, file, option, programme, *_ = shlex.split(last.removeprefix("Next: "))
    assert (command, option) == ("report", "--programme")
    assert main(["check", file, "--programme", programme]) == 0
    assert open_counts(file, programme=programme).counts.people > 50
