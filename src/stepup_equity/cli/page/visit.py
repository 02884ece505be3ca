"""What one browser has done so far; kept in memory and in a folder that goes when the page closes."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from stepup_equity.errors import StepUpError
from stepup_equity.start import draft_programme
from stepup_equity.start.steps import Way, funnel_lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from stepup_equity.counts import OpenedCounts
    from stepup_equity.disclosure.designs import Design


_NOT_YET: Final = "not worked out yet"


TEAM_ALONE: Final = "none"
"""In place of a policy: the report for the team, and no publication."""


@dataclass(frozen=True)
class Rung:
    """One design of a publication, and what it would keep, as far as that is worked out."""

    design: Design
    words: str = _NOT_YET

    @property
    def known(self) -> bool:
        """Whether it is worked out."""
        return self.words != _NOT_YET


class Job:
    """Work in the background, and how far it has got."""

    def __init__(
        self, title: str, unit: str, then: str, work: Callable[[Callable[[int], None]], Any]
    ) -> None:
        self.title, self.unit, self.then = title, unit, then
        self.seen, self.error, self.result = 0, "", None
        self.finished = threading.Event()
        self._work = work
        threading.Thread(target=self._run, daemon=True).start()

    def _step(self, seen: int) -> None:
        self.seen = seen

    def _run(self) -> None:
        try:
            self.result = self._work(self._step)
        except StepUpError as error:
            self.error = str(error)
        except Exception as error:  # noqa: BLE001 - the page must say that it did not work
            self.error = f"It did not work: {type(error).__name__}. Try the command line for more."
        finally:
            self.finished.set()


@dataclass
class Visit:
    """One browser's way.

    Attributes
    ----------
    folder : TemporaryDirectory
        Holds the chosen file while the page is open.
    source : Path or None
        The file.
    way : Way or None
    job : Job or None
    opened : OpenedCounts or None
        Counted once everything is decided.
    ladder : tuple of Rung
        Designs of the publication, as `publication_plan` sets them beside each other.
    written : Path or None
    """

    folder: TemporaryDirectory[str] = field(default_factory=TemporaryDirectory)
    source: Path | None = None
    way: Way | None = None
    job: Job | None = None
    opened: OpenedCounts | None = None
    ladder: tuple[Rung, ...] = ()
    written: Path | None = None

    def read(self, source: Path) -> None:
        """Begin to draft from a file."""
        self.source, self.way, self.opened, self.written = source, None, None, None

        def work(step: Callable[[int], None]) -> None:
            self.way = Way(draft_programme(source, progress=step))

        self.job = Job("Reading the file", "rows", "step", work)

    def count(self) -> None:
        """Begin to count, and to see what each policy would hide."""
        way, source = self.way, self.source
        assert way is not None
        assert source is not None

        def work(step: Callable[[int], None]) -> None:
            from stepup_equity.counts import open_counts
            from stepup_equity.disclosure.designs import designs_of

            label = way.draft.cohort or None
            opened = open_counts(source, programme=way.draft.programme, cohort_label=label, progress=step)
            self.ladder = tuple(map(Rung, designs_of(opened.counts)))
            self.opened = opened
            threading.Thread(target=self._look_ahead, args=(opened,), daemon=True).start()

        self.job = Job("Counting", "rows", "preview", work)

    def _look_ahead(self, opened: OpenedCounts) -> None:
        """What each design would keep, one after the other; large tables take a while, and nobody waits."""
        for i, rung in enumerate(self.ladder):
            words = _kept_in_words(rung.design, opened)
            if self.opened is not opened:
                return
            self.ladder = (*self.ladder[:i], replace(rung, words=words), *self.ladder[i + 1 :])

    def write(self, out: str, design: Design | None) -> None:
        """Begin to write the folder; without a design, the report for the team alone."""
        way, source, opened = self.way, self.source, self.opened
        assert way is not None
        assert source is not None
        assert opened is not None

        def work(step: Callable[[int], None]) -> None:
            from stepup_equity.output import check_folder
            from stepup_equity.presentation.next_folder import NextCohort, write_next

            target = check_folder(Path(out).expanduser(), force=False, inputs=[source])
            cohort = NextCohort(
                counts=opened.counts,
                programme=way.draft.to_toml(),
                problems=opened.problems,
                source=source,
                last=None,
                ledgers=(),
                last_label="",
                notes=(),
            )
            policy, choices = (None, {}) if design is None else (design.policy, design.choices)
            self.written = write_next(target, cohort, policy=policy, progress=step, **choices)

        self.job = Job("Writing the folder", "parts", "done", work)

    def funnel(self) -> list[tuple[str, int]]:
        """Stages in words, and how many people reached each."""
        return [] if self.opened is None else funnel_lines(self.opened.counts)

    def close(self) -> None:
        """Forget everything."""
        self.folder.cleanup()


def _kept_in_words(design: Design, opened: OpenedCounts) -> str:
    from stepup_equity.disclosure.designs import kept_by

    try:
        kept = kept_by(design, opened.counts)
    except StepUpError as error:
        return f"cannot be published so: {error}"
    if kept["status"]:
        return f"cannot be published so: {kept['status']}"
    hidden = kept["counts"] - kept["counts_kept"]
    lost = (
        f"hides {hidden:,} of {kept['counts']:,} counts"
        if hidden
        else f"hides none of {kept['counts']:,} counts"
    )
    return f"{lost}, keeps {kept['comparisons']:,} comparisons of groups"


def plain_name(name: str) -> str:
    """A file name with nothing in it that leads elsewhere.

    >>> plain_name("../../my cohort 5.xlsx"), plain_name("/")
    ('my cohort 5.xlsx', 'file')
    """
    last = re.split(r"[\\/]", name)[-1]
    kept = re.sub(r"[^\w .()-]", "_", last).strip(" .")
    return kept or "file"
