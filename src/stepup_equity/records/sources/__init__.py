"""Where applicant records come from: files, databases and frames, handed on in batches of named columns."""

from stepup_equity.records.sources.base import GroupedSource, ReadAgain, Source
from stepup_equity.records.sources.opening import is_database, open_source
from stepup_equity.records.sources.spark import spark_frame

__all__ = ["GroupedSource", "ReadAgain", "Source", "is_database", "open_source", "spark_frame"]
