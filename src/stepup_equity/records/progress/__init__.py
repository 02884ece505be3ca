"""How far each applicant got and why they left, from what a file says."""

from stepup_equity.records.progress.both import AgreeingDecoder
from stepup_equity.records.progress.events import EventCollector
from stepup_equity.records.progress.furthest import FurthestStageDecoder
from stepup_equity.records.progress.people_counts import PeopleCountsDecoder
from stepup_equity.records.progress.stage_columns import StageColumnsDecoder
from stepup_equity.records.progress.status import StatusDecoder
from stepup_equity.records.progress.words import ExitWords, WordMap

__all__ = [
    "AgreeingDecoder",
    "EventCollector",
    "ExitWords",
    "FurthestStageDecoder",
    "PeopleCountsDecoder",
    "StageColumnsDecoder",
    "StatusDecoder",
    "WordMap",
]
