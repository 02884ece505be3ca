"""TOML tables to a programme, naming the table where something is wrong."""

from __future__ import annotations

import csv
import datetime as dt
import os
import tomllib
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final

from stepup_equity.columns import NOT_STATED
from stepup_equity.errors import ProgrammeError, did_you_mean, listed
from stepup_equity.process.characteristic import Characteristic, Group, Level
from stepup_equity.process.cohorts import Cohorts
from stepup_equity.process.labels import normalise
from stepup_equity.process.programme import Covariate, Programme, Stratum
from stepup_equity.process.questions import Questions
from stepup_equity.process.reading import (
    EventLog,
    FurthestStage,
    Outcome,
    PeopleCounts,
    Progress,
    Reading,
    StageColumns,
    StatusSplit,
    StatusWords,
)
from stepup_equity.process.selection import Gate, SelectionProcess, Stage
from stepup_equity.process.settings_in import Settings
from stepup_equity.shipped import shipped
from stepup_equity.text_files import encoding_of

if TYPE_CHECKING:
    from pathlib import Path


Table = dict[str, Any]

PROGRESS_KINDS: Final[dict[str, type[Progress]]] = {
    "furthest_stage": FurthestStage,
    "stage_columns": StageColumns,
    "status": StatusWords,
    "events": EventLog,
    "counts": PeopleCounts,
}
"""What ``kind`` under ``[reading.progress]`` may be."""

REACHED: Final = "reached"
ANY: Final = "any"


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

    Raises
    ------
    ProgrammeError
        Where the text is not TOML, a setting is not understood, or the programme contradicts itself.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProgrammeError(f"The programme {name!r} is not valid TOML: {error}.") from None
    return Reader(folder, name).programme(table)


class Reader:
    """Turns TOML tables into a programme, naming the table where something is wrong."""

    def __init__(self, folder: Path | None, name: str) -> None:
        self.folder, self.name = folder, name

    def error(self, sentence: str) -> ProgrammeError:
        """What is wrong with the programme that is read."""
        return ProgrammeError(f"Programme {self.name!r}: {sentence}")

    def programme(self, table: Table) -> Programme:
        """The programme that a file's top table says."""
        top = ("name", "label", "description", "process", "stages", "characteristics", "strata", "covariates")
        settings = Settings(self, table, "the top of the file", (*top, "reading", "cohorts", "questions"))
        label = settings.text("label", settings.text("name", self.name))
        return Programme(
            name=settings.text("name", self.name),
            label=label,
            process=self._process(settings.text("process", label), table.get("stages", [])),
            characteristics=tuple(
                self._characteristic(name, entry) for name, entry in settings.entries("characteristics")
            ),
            strata=tuple(self._stratum(name, entry) for name, entry in settings.entries("strata")),
            reading=self._reading(table.get("reading", {})),
            description=settings.text("description"),
            covariates=tuple(self._covariate(name, entry) for name, entry in settings.entries("covariates")),
            cohorts=self._cohorts(table.get("cohorts", {})),
            questions=self._questions(table.get("questions", {})),
        )

    def _process(self, label: str, entries: object) -> SelectionProcess:
        if not isinstance(entries, list):
            raise self.error("stages is not a list. Write each stage as [[stages]] with a key.")
        stages, gates = [], []
        for i, entry in enumerate(entries):
            where = f"stage {i + 1} of [[stages]]"
            settings = Settings(
                self, entry, where, ("key", "label", "adjective", "fills_place", "gate", "owner")
            )
            if "key" not in settings:
                raise self.error(f"{where} has no key.")
            key = settings.text("key")
            adjective, fills = settings.text("adjective"), settings.flag("fills_place")
            stage = Stage(key, settings.text("label", key), adjective, fills)
            stages.append(stage)
            if i:
                gates.append(Gate(key, settings.text("gate", stage.label), settings.text("owner")))
        return SelectionProcess(label, tuple(stages), tuple(gates))

    def _stratum(self, name: str, entry: object) -> Stratum:
        settings = Settings(self, entry, f"[strata.{name}]", ("label", "column"))
        return Stratum(name, settings.text("label", name), settings.text("column"))

    def _covariate(self, name: str, entry: object) -> Covariate:
        where = f"[covariates.{name}]"
        settings = Settings(self, entry, where, ("label", "column", "missing", "decimal"))
        decimal = settings.text("decimal", ".")
        if decimal not in (".", ","):
            raise self.error(f"decimal is {decimal!r} in {where}. Possible: '.' and ','.")
        label, missing = settings.text("label", name), settings.texts("missing")
        return Covariate(name, label, settings.text("column"), missing, decimal)

    def _characteristic(self, name: str, entry: object) -> Characteristic:
        where = f"[characteristics.{name}]"
        allowed = tuple(field.name for field in fields(Characteristic) if field.name != "name")
        settings = Settings(self, entry, where, (*allowed, "codelist", "synonyms", "spellings"))
        synonyms = self._synonyms(settings, where)
        own = self._labelled(settings.table.get("spellings", {}), "spellings", where)
        groups = self._groups(settings, _joined(synonyms, own), where)
        known = {group.label for group in groups}
        for kind, labels in (("synonyms", synonyms), ("spellings", own)):
            for label in labels:
                if label is not None and label not in known:
                    raise self.error(
                        f"{where} has {kind} of {label!r}, which is not a group.{did_you_mean(label, known)}"
                    )
        self._still_unstated(own.get(None, ()), groups, where)
        return Characteristic(
            name=name,
            label=settings.text("label", name),
            groups=groups,
            reference=settings.optional("reference"),
            ordered=settings.flag("ordered"),
            column=settings.text("column"),
            number_column=settings.optional("number_column"),
            birth_column=settings.optional("birth_column"),
            reference_date=settings.text("reference_date"),
            birth_format=settings.text("birth_format"),
            possible=self._possible(settings, where),
            test_level=settings.text("test_level", "detailed"),
            levels=tuple(self._level(key, level, where) for key, level in settings.entries("levels")),
            not_stated=tuple(
                dict.fromkeys((*settings.texts("not_stated"), *_joined(synonyms, own).get(None, ())))
            ),
            show_empty=settings.flag("show_empty"),
            found=settings.flag("found"),
            multiple=settings.flag("multiple"),
            separator=settings.text("separator"),
            several=settings.optional("several"),
            ticked=settings.pairs("ticked"),
            none_ticked=settings.optional("none_ticked"),
            optional=settings.flag("optional"),
            detail_column=settings.text("detail_column"),
        )

    def _possible(self, settings: Settings, where: str) -> tuple[int, int] | None:
        if "possible" not in settings:
            return None
        ends = settings.table["possible"]
        if not isinstance(ends, list) or len(ends) != 2 or not all(type(end) is int for end in ends):
            raise self.error(f"possible in {where} is not two whole numbers, such as [16, 100].")
        return ends[0], ends[1]

    def _level(self, name: str, entry: object, where: str) -> Level:
        settings = Settings(self, entry, f"{where} levels.{name}", ("groups", "reference"))
        members = []
        for label, names in settings.entries("groups"):
            if not isinstance(names, list) or not all(isinstance(one, str) for one in names):
                raise self.error(f"levels.{name} in {where} does not list the groups of {label!r} in quotes.")
            members.append((label, tuple(names)))
        return Level(name, tuple(members), settings.optional("reference"))

    def _groups(
        self, settings: Settings, synonyms: dict[str | None, tuple[str, ...]], where: str
    ) -> tuple[Group, ...]:
        if "codelist" in settings and "groups" in settings:
            raise self.error(f"{where} has both codelist and groups. Keep one.")
        entries: Any = settings.table.get("groups", [])
        if "codelist" in settings:
            entries = self._csv(settings.text("codelist"), where)
        if not isinstance(entries, list) or not entries:
            raise self.error(f"{where} has no groups. Give codelist or groups.")
        return tuple(self._group(entry, synonyms, where) for entry in entries)

    def _group(self, entry: object, synonyms: dict[str | None, tuple[str, ...]], where: str) -> Group:
        columns = ("label", "parent", "synonyms", "lowest", "highest", "order", "note")
        row = {"label": entry} if isinstance(entry, str) else entry
        settings = Settings(self, row, f"a group of {where}", columns)
        label = settings.text("label")
        if not label:
            raise self.error(f"{where} has a group without a label.")
        return Group(
            label,
            settings.text("parent") or None,
            tuple(dict.fromkeys((*settings.texts("synonyms"), *synonyms.get(label, ())))),
            self._end(settings.table.get("lowest"), where),
            self._end(settings.table.get("highest"), where),
        )

    def _end(self, value: object, where: str) -> int | None:
        if value in (None, ""):
            return None
        try:
            return int(str(value))
        except ValueError:
            raise self.error(f"{where} has a band whose end is not a whole number.") from None

    def _synonyms(self, settings: Settings, where: str) -> dict[str | None, tuple[str, ...]]:
        """Display label (None: *Not stated*) -> raw spellings, from code list files or an inline table."""
        entry = settings.table.get("synonyms", {})
        if isinstance(entry, dict):
            return self._labelled(entry, "synonyms", where)
        files = (entry,) if isinstance(entry, str) else settings.texts("synonyms")
        found: dict[str | None, list[str]] = {}
        for row in (row for file in files for row in self._csv(file, where, "raw")):
            label = row.get("label") or NOT_STATED
            found.setdefault(None if label == NOT_STATED else label, []).append(row["raw"])
        return {label: tuple(raws) for label, raws in found.items()}

    def _labelled(self, entry: object, kind: str, where: str) -> dict[str | None, tuple[str, ...]]:
        """Display label (None: *Not stated*) -> raw spellings, from a table of lists."""
        if not isinstance(entry, dict):
            raise self.error(f"{kind} in {where} are not a table of groups and their spellings.")
        for label, raws in entry.items():
            if not isinstance(raws, list) or not all(isinstance(raw, str) for raw in raws):
                raise self.error(f"{kind} of {label!r} in {where} are not a list of texts in quotes.")
        return {None if label == NOT_STATED else label: tuple(raws) for label, raws in entry.items()}

    def _still_unstated(self, raws: tuple[str, ...], groups: tuple[Group, ...], where: str) -> None:
        """Refuse own spellings of *Not stated* that a group has taken: it would win without a word."""
        taken = {normalise(raw): group.label for group in groups for raw in (group.label, *group.synonyms)}
        for raw in raws:
            if (label := taken.get(normalise(raw))) is not None:
                raise self.error(
                    f"{where} has the spelling {raw!r} of {NOT_STATED!r}, but it already means {label!r}. "
                    "Take it out, or give a synonyms file of your own."
                )

    def _csv(self, name: str, where: str, column: str = "label") -> list[Table]:
        places = [folder for folder in (self.folder, shipped("schema/codelists")) if folder is not None]
        for folder in places:
            path = folder / name
            if os.path.isfile(path):  # noqa: PTH113 - false for a name that no system can hold
                try:
                    with path.open(encoding=encoding_of(path), newline="") as file:
                        rows = list(csv.DictReader(file))
                except (UnicodeError, csv.Error):
                    raise self.error(f"the code list {name!r} of {where} is not CSV in UTF-8.") from None
                if any(row.get(column) is None or None in row for row in rows):
                    raise self.error(
                        f"the code list {name!r} of {where} lacks the column {column!r} in a row."
                    )
                return rows
        names = sorted(path.name for path in shipped("schema/codelists").glob("*.csv"))
        raise self.error(
            f"{where} names the code list {name!r}, which is not beside the programme "
            f"and not shipped. Shipped: {listed(names)}.{did_you_mean(name, names)}"
        )

    def _reading(self, entry: object) -> Reading:
        allowed = tuple(field.name for field in fields(Reading))
        settings = Settings(self, entry, "[reading]", allowed)
        several = isinstance(settings.table.get("applicant_id"), list)
        parts = settings.texts("applicant_id" if several else "id_parts")
        return Reading(
            applicant_id=" + ".join(parts) if parts else settings.text("applicant_id", "applicant_id"),
            id_parts=tuple(parts) if len(parts) > 1 else (),  # a list of one is that column
            unit=settings.text("unit", "people"),  # type: ignore[arg-type]
            cohort=settings.text("cohort", "cohort"),
            progress=self._progress(settings.table["progress"]) if "progress" in settings else None,
            sheet=settings.text("sheet"),
            header_row=settings.whole("header_row", 1),
            skip_rows=settings.whole("skip_rows", 0),
            cohort_label=settings.text("cohort_label"),
        )

    def _questions(self, entry: object) -> Questions:
        settings = Settings(self, entry, "[questions]", ("characteristics", "levels", "references"))
        return Questions(
            settings.texts("characteristics"), settings.texts("levels"), settings.pairs("references")
        )

    def _cohorts(self, entry: object) -> Cohorts:
        where = "[cohorts]"
        settings = Settings(self, entry, where, tuple(field.name for field in fields(Cohorts)))
        order = settings.texts("order")
        labels = settings.table.get("labels", {})
        if isinstance(labels, list):
            labels = settings.texts("labels")
            if len(labels) != len(order):
                raise self.error(
                    f"{where} has {len(order)} in order and {len(labels)} in labels. Give a label for each, "
                    'or write labels = { "label in the file" = "label in print" }.'
                )
            pairs = tuple(zip(order, labels, strict=True))
        else:
            pairs = settings.pairs("labels")
        return Cohorts(
            order=order,
            labels=pairs,
            dates=self._cohort_dates(settings),
            without=tuple(
                (label, Settings(self, {"gates": gates}, where, ("gates",)).texts("gates"))
                for label, gates in settings.entries("without")
            ),
            changes=tuple(
                (label, Settings(self, {"changes": words}, where, ("changes",)).pairs("changes"))
                for label, words in settings.entries("changes")
            ),
        )

    def _cohort_dates(self, settings: Settings) -> tuple[tuple[str, str], ...]:
        dates = settings.entries("dates")
        for label, day in dates:
            if not isinstance(day, (str, dt.date)):
                raise self.error(f"dates in {settings.where} gives {label!r} no day. Write it as 2010-09-01.")
        return tuple(
            (label, day.isoformat()[:10] if isinstance(day, dt.date) else str(day)) for label, day in dates
        )

    def _progress(self, entry: object) -> Progress:
        kind = entry.get("kind") if isinstance(entry, dict) else None
        if kind not in PROGRESS_KINDS:
            raise self.error(
                f"[reading.progress] has kind {kind!r}. Possible: {listed(PROGRESS_KINDS)}."
                f"{did_you_mean(str(kind), PROGRESS_KINDS)}"
            )
        chosen = PROGRESS_KINDS[kind]
        names = tuple(field.name for field in fields(chosen))
        settings = Settings(self, entry, "[reading.progress]", ("kind", *names))
        values: Table = {}
        for field in fields(chosen):
            if field.name not in settings:
                continue
            read = {
                "outcomes": self._outcomes,
                "split": self._splits,
                "dates": Settings.flag,
            }.get(field.name)
            if read is None:
                pairs = field.name in ("words", "exit_words", "columns", "reached")
                lists = field.name in ("passed", "failed", "blank", "reopened", "ignored")
                read = Settings.pairs if pairs else Settings.texts if lists else Settings.text
            values[field.name] = read(settings, field.name)
        if values.get("unfinished", "pending") not in ("pending", "not_recorded"):
            raise self.error("unfinished in [reading.progress] is neither 'not_recorded' nor 'pending'.")
        return chosen(**values)

    def _splits(self, settings: Settings, key: str) -> tuple[StatusSplit, ...]:
        """``[[reading.progress.split]]`` tables: words, the column that splits them, and a stage."""
        where = "[[reading.progress.split]]"
        entries = settings.table[key]
        if not isinstance(entries, list):
            raise self.error(f"split in [reading.progress] is not a list. Write each as {where}.")
        found = [Settings(self, entry, where, ("words", "column", "stage")) for entry in entries]
        return tuple(StatusSplit(one.texts("words"), one.text("column"), one.text("stage")) for one in found)

    def _outcomes(self, settings: Settings, key: str) -> tuple[Outcome, ...]:
        """``[reading.progress.outcomes.STAGE]`` tables: exit reason (or ``reached``) and its raw words."""
        found = []
        for stage, entry in settings.entries(key):
            where = f"[reading.progress.outcomes.{stage}]"
            if not isinstance(entry, dict):
                raise self.error(f"{where} is not a table of exit reasons and words.")
            inner = Settings(self, entry, where, tuple(entry))
            found += [
                Outcome(
                    inner.texts(exit_), None if stage == ANY else stage, "" if exit_ == REACHED else exit_
                )
                for exit_ in entry
            ]
        return tuple(found)


def _joined(
    one: dict[str | None, tuple[str, ...]], other: dict[str | None, tuple[str, ...]]
) -> dict[str | None, tuple[str, ...]]:
    return {label: (*one.get(label, ()), *other.get(label, ())) for label in (*one, *other)}
