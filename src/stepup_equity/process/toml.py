"""Programmes in and out of TOML. Reading what was written gives the same programme."""

from __future__ import annotations

import csv
import tomllib
from dataclasses import asdict, fields
from functools import cache
from pathlib import Path
from typing import Any

from stepup_equity.errors import ProgrammeError, did_you_mean, listed
from stepup_equity.process.characteristic import Characteristic, Group, Level
from stepup_equity.process.labels import normalise
from stepup_equity.process.programme import Programme, Stratum
from stepup_equity.process.reading import FurthestStage, Reading, StageColumns
from stepup_equity.process.selection import Gate, SelectionProcess, Stage
from stepup_equity.shipped import shipped

__all__ = [
    "common_not_stated",
    "load_programme",
    "programme_from_toml",
    "programme_to_toml",
    "step_up_to_social_work",
]

_Table = dict[str, Any]
_PROGRESS: dict[str, type[FurthestStage | StageColumns]] = {
    "furthest_stage": FurthestStage,
    "stage_columns": StageColumns,
}


@cache
def step_up_to_social_work() -> Programme:
    """The built-in programme: seven stages, six characteristics.

    Source: Step Up to Social Work Programme Evaluation 2012, DFE-RR290 (2013), section 5.6.

    Examples
    --------
    >>> step_up_to_social_work().process.stage_keys
    ('submitted', 'eligible', 'screened', 'invited', 'assessed', 'offered', 'accepted')
    """
    return load_programme("step_up_to_social_work")


@cache
def common_not_stated() -> frozenset[str]:
    """Normalised spellings that mean *Not stated* whatever the question."""
    with (shipped("schema/codelists") / "not_stated.csv").open(encoding="utf-8", newline="") as file:
        return frozenset(normalise(row["raw"]) for row in csv.DictReader(file))


def load_programme(source: str | Path) -> Programme:
    """Read a programme: the name of a shipped one, or the path of a TOML file.

    Parameters
    ----------
    source : str or Path
        ``"step_up_to_social_work"``, another shipped name, or a path.

    Raises
    ------
    ProgrammeError
        Where the file does not exist, is not TOML, or contradicts itself.

    Examples
    --------
    >>> load_programme("step_up_to_social_work").label
    'Step Up to Social Work'
    """
    path = Path(source)
    if not path.suffix and not path.exists():
        folder = shipped("schema/programme")
        names = sorted(file.stem for file in folder.glob("*.toml"))
        if str(source) not in names:
            raise ProgrammeError(
                f"There is no programme file {str(source)!r}, and no shipped programme of that name. "
                f"Shipped: {listed(names)}.{did_you_mean(str(source), names)}"
            )
        path = folder / f"{source}.toml"
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ProgrammeError(f"The programme file {path.name!r} cannot be read: {type(error).__name__}.") from error
    return programme_from_toml(text, folder=path.parent, name=path.stem)


def programme_from_toml(text: str, *, folder: Path | None = None, name: str = "programme") -> Programme:
    """A programme from TOML text.

    Parameters
    ----------
    text : str
        The TOML.
    folder : Path, optional
        Where code lists named in the text are looked for first; the shipped ones come second.
    name : str
        Name to use where the text gives none, and in errors.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProgrammeError(f"The programme {name!r} is not valid TOML: {error}.") from error
    return _Reader(folder, name).programme(table)


class _Reader:
    """Turns TOML tables into a programme, naming the table where something is wrong."""

    def __init__(self, folder: Path | None, name: str) -> None:
        self.folder, self.name = folder, name

    def programme(self, table: _Table) -> Programme:
        allowed = ("name", "label", "description", "process", "stages", "characteristics", "strata", "reading")
        self._only(table, allowed, "the top of the file")
        name = str(table.get("name", self.name))
        label = str(table.get("label", name))
        characteristics = tuple(
            self._characteristic(key, entry) for key, entry in self._tables(table, "characteristics")
        )
        strata = tuple(self._stratum(key, entry) for key, entry in self._tables(table, "strata"))
        return Programme(
            name=name,
            label=label,
            process=self._process(str(table.get("process", label)), table.get("stages", [])),
            characteristics=characteristics,
            strata=strata,
            reading=self._reading(table.get("reading", {})),
            description=str(table.get("description", "")),
        )

    def _tables(self, table: _Table, key: str) -> list[tuple[str, _Table]]:
        found = table.get(key, {})
        if not isinstance(found, dict) or not all(isinstance(entry, dict) for entry in found.values()):
            raise ProgrammeError(f"Programme {self.name!r}: [{key}] holds one table for each name.")
        return list(found.items())

    def _only(self, table: _Table, allowed: tuple[str, ...], where: str) -> None:
        for key in table:
            if key not in allowed:
                raise ProgrammeError(
                    f"Programme {self.name!r}: {key!r} is not understood in {where}. "
                    f"Possible: {listed(allowed)}.{did_you_mean(key, allowed)}"
                )

    def _process(self, label: str, entries: list[_Table]) -> SelectionProcess:
        stages, gates = [], []
        for i, entry in enumerate(entries):
            where = f"stage {i + 1} of [[stages]]"
            self._only(entry, ("key", "label", "adjective", "gate", "owner"), where)
            if "key" not in entry:
                raise ProgrammeError(f"Programme {self.name!r}: {where} has no key.")
            key = str(entry["key"])
            stage = Stage(key, str(entry.get("label", key)), str(entry.get("adjective", "")))
            stages.append(stage)
            if i:
                gates.append(Gate(key, str(entry.get("gate", stage.label)), str(entry.get("owner", ""))))
        return SelectionProcess(label, tuple(stages), tuple(gates))

    def _stratum(self, name: str, entry: _Table) -> Stratum:
        self._only(entry, ("label", "column"), f"[strata.{name}]")
        return Stratum(name, str(entry.get("label", name)), str(entry.get("column", "")))

    def _characteristic(self, name: str, entry: _Table) -> Characteristic:
        where = f"[characteristics.{name}]"
        allowed = tuple(f.name for f in fields(Characteristic) if f.name != "name")
        self._only(entry, (*allowed, "codelist", "synonyms"), where)
        synonyms = self._synonyms(entry.get("synonyms", {}), where)
        groups = self._groups(entry, synonyms, where)
        known = {group.label for group in groups}
        for label in synonyms:
            if label is not None and label not in known:
                raise ProgrammeError(
                    f"Programme {self.name!r}: {where} has synonyms of {label!r}, which is not a group."
                    f"{did_you_mean(label, known)}"
                )
        levels = tuple(
            Level(
                level,
                tuple((label, tuple(members)) for label, members in spec["groups"].items()),
                spec.get("reference"),
            )
            for level, spec in entry.get("levels", {}).items()
        )
        return Characteristic(
            name=name,
            label=str(entry.get("label", name)),
            groups=groups,
            reference=entry.get("reference"),
            ordered=bool(entry.get("ordered", False)),
            column=str(entry.get("column", "")),
            number_column=entry.get("number_column"),
            test_level=str(entry.get("test_level", "detailed")),
            levels=levels,
            not_stated=tuple(dict.fromkeys((*entry.get("not_stated", ()), *synonyms.get(None, ())))),
            show_empty=bool(entry.get("show_empty", False)),
            multiple=bool(entry.get("multiple", False)),
        )

    def _groups(
        self, entry: _Table, synonyms: dict[str | None, tuple[str, ...]], where: str
    ) -> tuple[Group, ...]:
        if "codelist" in entry and "groups" in entry:
            raise ProgrammeError(f"Programme {self.name!r}: {where} has both codelist and groups. Keep one.")
        rows = self._csv(entry["codelist"], where) if "codelist" in entry else entry.get("groups", [])
        if not rows:
            raise ProgrammeError(f"Programme {self.name!r}: {where} has no groups. Give codelist or groups.")
        groups = []
        for row in rows:
            row = {"label": row} if isinstance(row, str) else row
            if not row.get("label"):
                raise ProgrammeError(f"Programme {self.name!r}: {where} has a group without a label.")
            label = row["label"]
            spelled = (*row.get("synonyms", ()), *synonyms.get(label, ()))
            lowest, highest = (_whole(row.get(end)) for end in ("lowest", "highest"))
            groups.append(
                Group(label, row.get("parent") or None, tuple(dict.fromkeys(spelled)), lowest, highest)
            )
        return tuple(groups)

    def _synonyms(self, entry: _Table | str | list[str], where: str) -> dict[str | None, tuple[str, ...]]:
        """Display label (None: *Not stated*) -> raw spellings, from code list files or an inline table."""
        pairs: list[tuple[str, str]] = []
        if isinstance(entry, dict):
            pairs = [(raw, label) for label, raws in entry.items() for raw in raws]
        else:
            for file in [entry] if isinstance(entry, str) else entry:
                pairs += [(row["raw"], row.get("label") or "Not stated") for row in self._csv(file, where)]
        found: dict[str | None, list[str]] = {}
        for raw, label in pairs:
            found.setdefault(None if label == "Not stated" else label, []).append(raw)
        return {label: tuple(raws) for label, raws in found.items()}

    def _csv(self, name: str, where: str) -> list[_Table]:
        places = [folder for folder in (self.folder, shipped("schema/codelists")) if folder is not None]
        for folder in places:
            path = folder / name
            if path.is_file():
                with path.open(encoding="utf-8-sig", newline="") as file:
                    return list(csv.DictReader(file))
        names = sorted(path.name for path in shipped("schema/codelists").glob("*.csv"))
        raise ProgrammeError(
            f"Programme {self.name!r}: {where} names the code list {name!r}, which is not beside the programme "
            f"and not shipped. Shipped: {listed(names)}.{did_you_mean(name, names)}"
        )

    def _reading(self, entry: _Table) -> Reading:
        self._only(entry, ("applicant_id", "cohort", "progress"), "[reading]")
        progress = None
        if "progress" in entry:
            spec = dict(entry["progress"])
            kind = str(spec.pop("kind", ""))
            if kind not in _PROGRESS:
                raise ProgrammeError(
                    f"Programme {self.name!r}: [reading.progress] has kind {kind!r}. "
                    f"Possible: {listed(_PROGRESS)}.{did_you_mean(kind, _PROGRESS)}"
                )
            cls = _PROGRESS[kind]
            self._only(spec, tuple(f.name for f in fields(cls)), "[reading.progress]")
            progress = cls(**{key: _frozen(value) for key, value in spec.items()})
        return Reading(
            applicant_id=str(entry.get("applicant_id", "applicant_id")),
            cohort=str(entry.get("cohort", "cohort")),
            progress=progress,
        )


def _whole(value: object) -> int | None:
    return None if value in (None, "") else int(str(value))


def _frozen(value: Any) -> Any:
    """TOML tables as pairs and arrays as tuples, so that the programme is hashable."""
    if isinstance(value, dict):
        return tuple((key, _frozen(item)) for key, item in value.items())
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value


def programme_to_toml(programme: Programme) -> str:
    """A programme as self-contained TOML text; reading it back gives an equal programme.

    Examples
    --------
    >>> programme = step_up_to_social_work()
    >>> programme_from_toml(programme_to_toml(programme)) == programme
    True
    """
    import tomli_w

    gates = {gate.key: gate for gate in programme.process.gates}
    stages = []
    for stage in programme.process.stages:
        entry = {"key": stage.key, "label": stage.label, "adjective": stage.adjective}
        if stage.key in gates:
            entry |= {"gate": gates[stage.key].label, "owner": gates[stage.key].owner}
        stages.append(entry)
    table: _Table = {
        "name": programme.name,
        "label": programme.label,
        "description": programme.description,
        "process": programme.process.name,
        "stages": stages,
        "characteristics": {c.name: _characteristic_table(c) for c in programme.characteristics},
        "strata": {s.name: {"label": s.label, "column": s.column} for s in programme.strata},
        "reading": _reading_table(programme.reading),
    }
    return tomli_w.dumps(table)


def _characteristic_table(characteristic: Characteristic) -> _Table:
    table = _without_none(asdict(characteristic))
    del table["name"]
    table["groups"] = [_without_none(asdict(group)) for group in characteristic.groups]
    table["levels"] = {
        level.name: _without_none({"groups": dict(level.members), "reference": level.reference})
        for level in characteristic.levels
    }
    return table


def _reading_table(reading: Reading) -> _Table:
    table: _Table = {"applicant_id": reading.applicant_id, "cohort": reading.cohort}
    if reading.progress is not None:
        kinds = {cls: kind for kind, cls in _PROGRESS.items()}
        spec = asdict(reading.progress)
        pairs = ("words", "exit_words", "columns")
        table["progress"] = {"kind": kinds[type(reading.progress)]} | {
            key: dict(value) if key in pairs else value for key, value in spec.items()
        }
    return table


def _without_none(table: _Table) -> _Table:
    return {key: value for key, value in table.items() if value is not None}
