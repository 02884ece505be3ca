"""What is being studied: stages, gates, characteristics, programmes. Declared data, read from TOML."""

from stepup_equity.process.characteristic import Characteristic, Group, Level
from stepup_equity.process.codelists import codelists_with, common_not_stated
from stepup_equity.process.cohort_order import natural_order
from stepup_equity.process.cohorts import Cohorts
from stepup_equity.process.exits import EXIT_REASONS, EXIT_WORDS, RECORDED_REASONS, ExitKind
from stepup_equity.process.labels import normalise
from stepup_equity.process.phrases import is_hidden, is_refusal, is_total, looks_like_refusal, no_stage
from stepup_equity.process.programme import Covariate, Programme, Stratum
from stepup_equity.process.reading import (
    EventLog,
    FurthestStage,
    Outcome,
    PeopleCounts,
    Reading,
    StageColumns,
    StatusSplit,
    StatusWords,
)
from stepup_equity.process.selection import Gate, SelectionProcess, Stage
from stepup_equity.process.toml import (
    load_programme,
    programme_template,
    shipped_programmes,
    step_up_to_social_work,
)
from stepup_equity.process.toml_in import programme_from_toml
from stepup_equity.process.toml_out import programme_to_toml

__all__ = [
    "EXIT_REASONS",
    "EXIT_WORDS",
    "RECORDED_REASONS",
    "Characteristic",
    "Cohorts",
    "Covariate",
    "EventLog",
    "ExitKind",
    "FurthestStage",
    "Gate",
    "Group",
    "Level",
    "Outcome",
    "PeopleCounts",
    "Programme",
    "Reading",
    "SelectionProcess",
    "Stage",
    "StageColumns",
    "StatusSplit",
    "StatusWords",
    "Stratum",
    "codelists_with",
    "common_not_stated",
    "is_hidden",
    "is_refusal",
    "is_total",
    "load_programme",
    "looks_like_refusal",
    "natural_order",
    "no_stage",
    "normalise",
    "programme_from_toml",
    "programme_template",
    "programme_to_toml",
    "shipped_programmes",
    "step_up_to_social_work",
]
