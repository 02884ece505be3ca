"""Which columns of a source hold what, found once from its header."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from stepup_equity.errors import did_you_mean, listed, unknown_name
from stepup_equity.process import FurthestStage, Programme, StageColumns
from stepup_equity.records.labels import BandEncoder, GroupEncoder, StratumEncoder
from stepup_equity.records.progress import FurthestStageDecoder, StageColumnsDecoder

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from stepup_equity.records.problems import Problems

__all__ = ["Layout", "resolve_layout"]


class Encoder(Protocol):
    """Turns one raw column into codes."""

    column: str

    @property
    def labels(self) -> tuple[str, ...]:
        """Label of each code."""

    def encode(self, column: pa.Array, row: int) -> NDArray[np.int32]:
        """Codes of one batch."""


class Decoder(Protocol):
    """Turns the progress columns into furthest stage and exit."""

    columns: tuple[str, ...]

    def decode(
        self, batch: pa.RecordBatch, row: int
    ) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
        """Furthest stage and exit code of one batch."""


@dataclass(frozen=True)
class Layout:
    """Encoders by axis name and kind, the progress decoder, and the column of ids.

    Attributes
    ----------
    encoders : tuple of (str, str, Encoder)
        Axis name, kind, and what encodes it.
    progress : Decoder
    id_column : str or None
        None where ids are not to be read, or there are none.
    """

    encoders: tuple[tuple[str, str, Encoder], ...]
    progress: Decoder
    id_column: str | None

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that must be read, once."""
        ids = (self.id_column,) if self.id_column else ()
        raw = (*ids, *(encoder.column for _, _, encoder in self.encoders), *self.progress.columns)
        return tuple(dict.fromkeys(raw))


def resolve_layout(
    columns: tuple[str, ...],
    programme: Programme,
    problems: Problems,
    *,
    by: Sequence[str] | None,
    strata: Sequence[str] | None,
    check_ids: bool,
) -> Layout | None:
    """Match a header with a programme; None (and problems) where it cannot be matched.

    Parameters
    ----------
    columns : tuple of str
        The header.
    by, strata : sequence of str or None
        Names wanted; None takes all that the source has.
    check_ids : bool
        Whether the id column is wanted.
    """
    doubled = sorted({name for name in columns if columns.count(name) > 1})
    for name in doubled:
        problems.add(
            "error",
            "column_doubled",
            name,
            "the header has this column more than once.",
            remedy="Rename or leave out one of them.",
        )
    encoders = [
        *_characteristics(columns, programme, problems, by),
        *_strata(columns, programme, problems, strata),
    ]
    progress = _progress(columns, programme, problems)
    id_column: str | None = programme.reading.applicant_id
    if check_ids and id_column not in columns:
        _missing(problems, str(id_column), columns, "Name the id column under [reading], or read with check_ids=False.")
    if not any(kind == "characteristic" for _, kind, _ in encoders):
        names = ", ".join(c.column for c in programme.characteristics)
        problems.add(
            "error",
            "column_missing",
            names,
            "the header has none of the columns with characteristics.",
            possible=names,
            remedy="Rename a column, or name it under [characteristics] in the programme.",
        )
    if progress is None or doubled or problems.has_errors:
        return None
    return Layout(tuple(encoders), progress, id_column if check_ids else None)


def _missing(problems: Problems, column: str, columns: tuple[str, ...], remedy: str) -> None:
    hint = did_you_mean(column, columns).replace("Did you mean", "Is it")
    problems.add(
        "error",
        "column_missing",
        column,
        "the header does not have this column.",
        possible=", ".join(columns[:30]),
        remedy=f"{remedy}{hint}",
    )


def _characteristics(
    columns: tuple[str, ...], programme: Programme, problems: Problems, by: Sequence[str] | None
) -> list[tuple[str, str, Encoder]]:
    for name in by or ():
        programme.characteristic(name)
    found: list[tuple[str, str, Encoder]] = []
    for characteristic in programme.characteristics:
        if by is not None and characteristic.name not in by:
            continue
        number = characteristic.number_column
        if characteristic.column in columns:
            found.append((characteristic.name, "characteristic", GroupEncoder(characteristic, problems)))
        elif number is not None and number in columns:
            found.append((characteristic.name, "characteristic", BandEncoder(characteristic, problems)))
        elif by is not None:
            _missing(problems, characteristic.column, columns, "Add it, or leave it out of by=.")
    return found


def _strata(
    columns: tuple[str, ...], programme: Programme, problems: Problems, strata: Sequence[str] | None
) -> list[tuple[str, str, Encoder]]:
    cohort = programme.reading.cohort
    known = {"cohort": cohort, **{stratum.name: stratum.column for stratum in programme.strata}}
    found: list[tuple[str, str, Encoder]] = []
    for name in known if strata is None else strata:
        if name not in known:
            raise unknown_name(name, known, argument="strata", of=f"declared by {programme.name!r}")
        kind = "cohort" if name == "cohort" else "stratum"
        if known[name] in columns:
            found.append((name, kind, StratumEncoder(name, known[name], kind)))
        elif strata is not None:
            _missing(problems, known[name], columns, "Add it, or leave it out of strata=.")
    return found


def _progress(columns: tuple[str, ...], programme: Programme, problems: Problems) -> Decoder | None:
    spec = programme.reading.progress
    process = programme.process
    if spec is None:
        spec = FurthestStage() if "furthest_stage" in columns else StageColumns()
    if isinstance(spec, FurthestStage):
        if spec.column in columns:
            return FurthestStageDecoder(spec, process, columns, problems)
        _missing(problems, spec.column, columns, "Add it, or name another under [reading.progress].")
        return None
    names = dict(spec.columns)
    wanted = [names.get(key, key) for key in process.stage_keys[1:]]
    missing = [name for name in wanted if name not in columns]
    if len(missing) == len(wanted):
        problems.add(
            "error",
            "column_missing",
            "furthest_stage",
            f"the header has neither a furthest_stage column nor one column for each stage ({listed(wanted)}).",
            possible=", ".join(columns[:30]),
            remedy="Add one of them, or describe the file under [reading.progress] in the programme.",
        )
        return None
    for name in missing:
        _missing(problems, name, columns, "Add it, or name another under [reading.progress].")
    return None if missing else StageColumnsDecoder(spec, process, columns, problems)
