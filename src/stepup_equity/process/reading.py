"""How a file says how far someone got: declared, never guessed."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FurthestStage", "Progress", "Reading", "StageColumns"]


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
        Raw values, beside those always understood (1/0, true/false, yes/no, passed/failed).
    exit_words : tuple of (str, str)
        Raw word and exit reason.
    """

    columns: tuple[tuple[str, str], ...] = ()
    exit_column: str = "exit_reason"
    passed: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    exit_words: tuple[tuple[str, str], ...] = ()


Progress = FurthestStage | StageColumns


@dataclass(frozen=True, slots=True)
class Reading:
    """Where a file keeps identity, cohort and progress.

    Attributes
    ----------
    applicant_id, cohort : str
        Column names.
    progress : Progress or None
        None tries a furthest-stage column, then one column for each stage.
    """

    applicant_id: str = "applicant_id"
    cohort: str = "cohort"
    progress: Progress | None = None
