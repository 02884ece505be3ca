"""How a file says how far someone got: declared, never guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from stepup_equity.errors import ProgrammeError, did_you_mean, listed
from stepup_equity.process.exits import RECORDED_REASONS
from stepup_equity.process.labels import normalise

if TYPE_CHECKING:
    from stepup_equity.process.selection import SelectionProcess


_MOST_SKIPPED: Final = 20
"""Headers that may stand below the column names; more would be people."""

_DIRECTIVE: Final = re.compile("%[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What some raw words say: how far someone got, and why no further.

    Attributes
    ----------
    words : tuple of str
        Raw words; ``*`` stands for any text, so ``"Rejected at sift*"`` covers every reason behind it.
    stage : str or None
        Key of the stage that had been reached; None where the words do not tell (event logs only).
    exit : str
        Exit reason; empty where the words only say that the stage was reached.
    """

    words: tuple[str, ...]
    stage: str | None
    exit: str = ""


@dataclass(frozen=True, slots=True)
class FurthestStage:
    """One column names the last stage reached; another, where there is one, the reason for leaving.

    Attributes
    ----------
    column, exit_column : str
        Names in the input.
    words : tuple of (str, str)
        Raw word and stage key, beside the keys and labels that are always understood.
    exit_words : tuple of (str, str)
        Raw word and exit reason, beside the reasons' own names.
    """

    column: str = "furthest_stage"
    exit_column: str = "exit_reason"
    words: tuple[tuple[str, str], ...] = ()
    exit_words: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class StageColumns:
    """One column for each stage: passed, failed, or blank for never got there.

    Attributes
    ----------
    columns : tuple of (str, str)
        Stage key and column name, for the stages whose column has another name than the key.
    exit_column : str
        Column with the reason for leaving, where there is one.
    passed, failed : tuple of str
        Raw values. Each of the two replaces its own defaults (1, true, yes, y, passed, pass; and 0, false,
        no,
        n, failed, fail), so that ``failed = ["1"]`` is never read as passed.
    blank : tuple of str
        Raw values that mean the same as a blank, such as ``"n/a"``.
    dates : bool
        The columns hold the date on which a stage was passed, or nothing.
    date_format : str
        As in `strptime`; by default ``YYYY-MM-DD``, with or without a time.
    exit_words : tuple of (str, str)
        Raw word and exit reason.
    """

    columns: tuple[tuple[str, str], ...] = ()
    exit_column: str = "exit_reason"
    passed: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    blank: tuple[str, ...] = ()
    dates: bool = False
    date_format: str = ""
    exit_words: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class StatusSplit:
    """A status that another column can split: who has something there got further than the word tells.

    Attributes
    ----------
    words : tuple of str
        Raw words, as they stand under the outcomes; only their people are split.
    column : str
        A column that is filled for those who got further, such as a score.
    stage : str
        Key of the stage that they reached at least.
    """

    words: tuple[str, ...]
    column: str
    stage: str


@dataclass(frozen=True, slots=True)
class StatusWords:
    """One column holds a status that tells both how far someone got and why no further.

    Attributes
    ----------
    column : str
        Name in the input.
    outcomes : tuple of Outcome
        What the words mean. Words outside them are a problem.
    split : tuple of StatusSplit
        Words whose people got to different stages, told apart by other columns; the furthest one counts,
        and the exit stays that of the word.
    """

    column: str = "status"
    outcomes: tuple[Outcome, ...] = ()
    split: tuple[StatusSplit, ...] = ()


@dataclass(frozen=True, slots=True)
class EventLog:
    """One row for each event, in any order; a person's rows share the id and the cohort.

    The furthest stage is the furthest that any event tells. The exit is the last one that was not undone
    by a reopening, or by reaching a further stage later. Repeated events change nothing.

    Attributes
    ----------
    event, time : str
        Columns with what happened, and when.
    outcomes : tuple of Outcome
        What the words mean; a bare "Rejected" has no stage, since the other events tell it.
    reopened : tuple of str
        Words that undo an earlier exit.
    ignored : tuple of str
        Words that say nothing about progress, such as ``"Email sent"``.
    unfinished : str
        What people count as who neither left nor arrived: ``"not_recorded"`` or ``"pending"``.
    date_format : str
        As in `strptime`; by default ``YYYY-MM-DD``, with or without a time.
    """

    event: str = "event"
    time: str = "date"
    outcomes: tuple[Outcome, ...] = ()
    reopened: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    unfinished: Literal["not_recorded", "pending"] = "not_recorded"
    date_format: str = ""


@dataclass(frozen=True, slots=True)
class PeopleCounts:
    """Rows are groups of people, not people: columns hold numbers.

    Attributes
    ----------
    reached : tuple of (str, str)
        Stage key and the column with the number who reached it; all stages, where there are no outcomes.
    outcomes : tuple of Outcome
        Columns, as words, with the numbers who ended in each way. Columns under `reached` must agree with
        them.
    """

    reached: tuple[tuple[str, str], ...] = ()
    outcomes: tuple[Outcome, ...] = ()


Progress = FurthestStage | StageColumns | StatusWords | EventLog | PeopleCounts


@dataclass(frozen=True, slots=True)
class Reading:
    """Where a file keeps identity, cohort and progress.

    Attributes
    ----------
    applicant_id, cohort : str
        Column names.
    id_parts : tuple of str
        Columns that are the id together, where it takes several; the first is the person.
    unit : str
        What a row (or an event log's id) is: ``"people"`` or ``"applications"``, of which a person may have
        several.
    progress : Progress or None
        None takes a furthest-stage column, one column for each stage, or both where they agree.
    sheet : str
        Sheet of a workbook; by default the first.
    header_row : int
        Row with the column names, 1 for the first; rows above it are titles.
    skip_rows : int
        Rows below the column names that are headers too, such as the questions of a survey.
    cohort_label : str
        Name of the one cohort of a file that names none.
    """

    applicant_id: str = "applicant_id"
    cohort: str = "cohort"
    progress: Progress | None = None
    sheet: str = ""
    header_row: int = 1
    skip_rows: int = 0
    cohort_label: str = ""
    id_parts: tuple[str, ...] = ()
    unit: Literal["people", "applications"] = "people"

    def check(self, process: SelectionProcess) -> None:
        """Refuse stages, exit reasons and words that contradict the process or each other."""
        _check_header(self.header_row, self.skip_rows)
        if self.unit not in ("people", "applications"):
            raise ProgrammeError(
                f"[reading] has unit = {self.unit!r}. Possible: 'people', 'applications'."
                f"{did_you_mean(self.unit, ('people', 'applications'))}"
            )
        progress = self.progress
        if isinstance(progress, (FurthestStage, StageColumns)):
            for _, reason in progress.exit_words:
                _known_reason(reason)
        if isinstance(progress, FurthestStage):
            for _, key in progress.words:
                _known_stage(key, process, "words")
        if isinstance(progress, StageColumns):
            _check_columns(progress, process)
        if isinstance(progress, (StageColumns, EventLog)):
            check_date_format(progress.date_format, "date_format", "[reading.progress]")
        if isinstance(progress, PeopleCounts):
            _check_people_counts(progress, process)
        if isinstance(progress, (StatusWords, EventLog, PeopleCounts)):
            _check_outcomes(progress, process)
        if isinstance(progress, StatusWords):
            _check_split(progress, process)


def _check_header(header_row: int, skip_rows: int) -> None:
    if header_row < 1:
        raise ProgrammeError(f"header_row is {header_row}. Rows are counted from 1.")
    if not 0 <= skip_rows <= _MOST_SKIPPED:
        raise ProgrammeError(
            f"skip_rows is {skip_rows}. It says how many rows below the column names are headers "
            f"too: 0 to {_MOST_SKIPPED}."
        )


def check_date_format(form: str, setting: str, where: str) -> None:
    """Refuse a way of writing dates that names no part of a date."""
    if form and not _DIRECTIVE.search(form):
        raise ProgrammeError(
            f"{setting} {form!r} in {where} does not say where day, month and year stand. "
            f'Write them as %d, %m and %Y: {setting} = "%d/%m/%Y" for 31/03/2024.'
        )


def _known_stage(key: str, process: SelectionProcess, where: str) -> None:
    if key not in process.stage_keys:
        raise ProgrammeError(
            f"[reading.progress.{where}] names the stage {key!r}, which {process.name!r} does not have. "
            f"Its stages: {listed(process.stage_keys)}.{did_you_mean(key, process.stage_keys)}"
        )


def _known_reason(reason: str) -> None:
    if reason not in RECORDED_REASONS:
        raise ProgrammeError(
            f"[reading.progress] names the exit reason {reason!r}. Possible: {listed(RECORDED_REASONS)}."
            f"{did_you_mean(reason, RECORDED_REASONS)}"
        )


def _check_columns(progress: StageColumns, process: SelectionProcess) -> None:
    for key, _ in progress.columns:
        _known_stage(key, process, "columns")
    both = {normalise(word) for word in progress.passed} & {normalise(word) for word in progress.failed}
    if both:
        raise ProgrammeError(
            f"[reading.progress] has {listed(sorted(both))} under passed and failed. Keep one."
        )


def _check_people_counts(progress: PeopleCounts, process: SelectionProcess) -> None:
    for key, _ in progress.reached:
        _known_stage(key, process, "reached")
    missing = [key for key in process.stage_keys if key not in dict(progress.reached)]
    if missing and not progress.outcomes:
        raise ProgrammeError(
            f"[reading.progress.reached] lacks stages: {listed(missing)}. Name the column of each stage."
        )


def _check_split(progress: StatusWords, process: SelectionProcess) -> None:
    spoken = {normalise(word): outcome for outcome in progress.outcomes for word in outcome.words}
    for split in progress.split:
        _known_stage(split.stage, process, "split")
        if not split.column or not split.words:
            raise ProgrammeError(
                "[[reading.progress.split]] needs words, the column that splits them, and the stage of those "
                "who have something there."
            )
        for word in split.words:
            outcome = spoken.get(normalise(word))
            if outcome is None:
                raise ProgrammeError(
                    f"[[reading.progress.split]] splits {word!r}, which stands under no outcome. "
                    "Give it there too, under the stage of those with nothing in the column."
                )
            if split.stage == process.stage_keys[-1] and outcome.exit:
                raise ProgrammeError(
                    f"[[reading.progress.split]] takes {word!r} to the last stage, but its exit is "
                    f"{outcome.exit!r}: whoever got there has arrived. Name an earlier stage."
                )


def _check_outcomes(progress: StatusWords | EventLog | PeopleCounts, process: SelectionProcess) -> None:
    if not progress.outcomes and not isinstance(progress, PeopleCounts):
        raise ProgrammeError(
            "[reading.progress] explains no words. Give them under [reading.progress.outcomes.STAGE]: "
            "the exit reason (or reached), and the words for it."
        )
    spoken: list[str] = []
    for outcome in progress.outcomes:
        if outcome.stage is not None:
            _known_stage(outcome.stage, process, "outcomes")
        elif not isinstance(progress, EventLog):
            raise ProgrammeError(
                "[reading.progress.outcomes.any] is only for event logs: a single status must tell the stage."
            )
        if outcome.exit:
            _known_reason(outcome.exit)
        elif outcome.stage is None:
            raise ProgrammeError("[reading.progress.outcomes.any] holds exits only; 'reached' needs a stage.")
        if outcome.exit and outcome.stage == process.stage_keys[-1]:
            raise ProgrammeError(
                f"[reading.progress.outcomes.{outcome.stage}] has the exit {outcome.exit!r}, but it is the "
                f"last "
                "stage: whoever got there has arrived. Use 'reached', or add a later stage to the process."
            )
        spoken += map(normalise, outcome.words)
    if isinstance(progress, EventLog):
        spoken += map(normalise, (*progress.reopened, *progress.ignored))
    twice = sorted({word for word in spoken if spoken.count(word) > 1})
    if twice:
        raise ProgrammeError(f"[reading.progress] gives a word two meanings: {listed(twice)}. Keep one.")
