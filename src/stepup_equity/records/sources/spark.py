"""Records that are too many for one machine: a file or table of a Spark cluster, as a lazy frame."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from stepup_equity.errors import require
from stepup_equity.records.problems import unreadable

_AS_TEXT: Final = {
    "header": True,
    "inferSchema": False,  # "None" and "NA" are answers, and so is 01
    "escape": '"',
    "multiLine": True,
}
_READERS: Final = {".parquet": "parquet", ".pq": "parquet", ".orc": "orc", ".csv": "csv", ".csv.gz": "csv"}


def spark_frame(source: str | Path) -> Any:
    """A file, folder, address or table as a PySpark frame; nothing is read yet.

    The session comes from the environment: the active one in a notebook or under ``spark-submit``, a Spark
    Connect server where ``SPARK_REMOTE`` names one, else what ``spark-defaults.conf`` or
    ``PYSPARK_SUBMIT_ARGS`` say, else all cores of this machine.

    Parameters
    ----------
    source : str or Path
        A Parquet, ORC or CSV file or a folder of them, an address such as ``"s3a://bucket/applicants.parquet"``,
        or the name of a table such as ``"recruitment.applicants"``.

    Raises
    ------
    DataError
        Where Spark finds no such file or table.
    MissingDependencyError
        Where PySpark is not installed.
    """
    sql: Any = require("pyspark.sql", "spark")
    analysis: Any = require("pyspark.errors", "spark").AnalysisException
    session = sql.SparkSession.builder.appName("stepup-equity").getOrCreate()
    place = str(source)
    try:
        kind = _kind(place)
        if kind is None:
            return session.table(place)
        reader = session.read.options(**_AS_TEXT) if kind == "csv" else session.read
        return reader.format(kind).load(str(Path(place).resolve()) if "://" not in place else place)
    except analysis:
        raise unreadable(
            Path(place).name,
            "not_in_spark",
            "is no file or table that Spark knows.",
            "Check its path or name, and that the session sees its storage or catalogue.",
        ) from None


def _kind(place: str) -> str | None:
    """Format of a file; None for the name of a table."""
    names = [place.lower()]
    if Path(place).is_dir():
        names += [file.name.lower() for file in sorted(Path(place).rglob("[!._]*")) if file.is_file()]
    found = next((kind for name in names for ending, kind in _READERS.items() if name.endswith(ending)), None)
    return found or ("parquet" if "://" in place or Path(place).exists() else None)
