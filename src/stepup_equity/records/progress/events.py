"""An event log: one row for each event, in any order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stepup_equity.process.exits import exit_code
from stepup_equity.records.batches import Batch, Coded, coded_values, side_by_side
from stepup_equity.records.cells import outcome_column
from stepup_equity.records.dates import DATE_EXAMPLE, dates_in_words, instant_of, possible_dates
from stepup_equity.records.labels import bad_rows
from stepup_equity.records.progress.exits import fitting_exits, note_silence
from stepup_equity.records.progress.words import NOT_RECORDED, PENDING, WordMap, add_unknown, pending_example

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from numpy.typing import NDArray

    from stepup_equity.process import EventLog, SelectionProcess
    from stepup_equity.records.problems import Problems


_REOPENED, _REACHED, _EXIT = 0, 1, 2
_IGNORED: Final = -2


class EventCollector:
    """Collects events as codes, and tells at the end how far each person got.

    The furthest stage is the furthest that any event tells. The exit is the last one, unless a reopening or
    a further stage came after it. At the same moment, a stage comes before an exit, and a word for people
    who are still waiting before one for people who left; one that names the stage they wait at comes before
    the stages beyond it. A reopening comes first, but after the leaving where nobody had left before.
    """

    def __init__(
        self, spec: EventLog, columns: tuple[str, str, str], process: SelectionProcess, problems: Problems
    ) -> None:
        self._spec, self._problems = spec, problems
        self._id, self._event, self._time = columns
        self._keys = process.stage_keys
        self.columns = columns
        meanings = [
            (
                _EXIT if outcome.exit else _REACHED,
                -1 if outcome.stage is None else self._keys.index(outcome.stage),
                exit_code(outcome.exit),
            )
            for outcome in spec.outcomes
        ]
        reopened = len(meanings)
        self._meanings = np.array([*meanings, (_REOPENED, -1, 0)], np.int64)
        self._words = WordMap(
            [
                *((word, i) for i, outcome in enumerate(spec.outcomes) for word in outcome.words),
                *((word, reopened) for word in spec.reopened),
                *((word, reopened + 1) for word in spec.ignored),
            ]
        )
        self._ids: list[pa.Array] = []
        self._events: list[NDArray[np.int32]] = []
        self._times: list[NDArray[np.int64]] = []
        self._codes: list[NDArray[np.int32]] = []
        self._batches: list[Batch] = []

    def alike(self, column: str, value: object) -> Hashable:  # noqa: ARG002
        """A key that raw values share where they are read alike."""
        return (value,)

    def add(self, batch: Batch, columns: Sequence[Coded]) -> None:
        """Collect the events of one batch, with the codes of everything else in their rows."""
        self._ids.append(_text(batch.column(self._id)))
        self._events.append(self._event_codes(batch))
        self._times.append(self._instants(batch))
        self._codes.append(side_by_side(columns, len(batch)))
        self._batches.append(batch)

    def _event_codes(self, batch: Batch) -> NDArray[np.int32]:
        values, positions = coded_values(batch.column(self._event))
        codes = self._words.codes(values)
        if (bad := bad_rows(codes, positions)).size:
            add_unknown(
                self._problems,
                batch,
                "unknown_event",
                self._event,
                "events that the programme does not explain.",
                (values, positions, bad),
                self._words,
                possible="the words under [reading.progress.outcomes], reopened and ignored",
                remedy="Add them there, under ignored where they say nothing about progress.",
            )
        known: NDArray[np.int32] = np.where(codes == len(self._meanings), np.int32(_IGNORED), codes)
        return known.take(positions)

    def _instants(self, batch: Batch) -> NDArray[np.int64]:
        values, positions = coded_values(batch.column(self._time))
        instants = [None if value is None else instant_of(value, self._spec.date_format) for value in values]
        known = np.array([-1 if when is None else 0 for when in instants], np.int32)
        if (bad := bad_rows(known, positions)).size:
            self._problems.add(
                "error",
                "event_without_time",
                self._time,
                "events without a date, or with one that is none.",
                **batch.place(bad),
                shown=dates_in_words(values[i] for i in np.unique(positions[bad])),
                possible=f"{possible_dates(self._spec.date_format)}, with or without a time",
                remedy="Fill them in: without dates nobody knows which came last. "
                f"Where they are written in another way, say so under [reading.progress]: {DATE_EXAMPLE}.",
            )
        seconds = [0 if when is None else int(np.datetime64(when, "s").astype(np.int64)) for when in instants]
        return np.array(seconds, np.int64).take(positions)

    def people(
        self, names: Sequence[str], kinds: Sequence[str], blanks: Sequence[int]
    ) -> tuple[list[Coded], Coded]:
        """One record for each person: codes and outcomes.

        Parameters
        ----------
        names, kinds : sequence of str
            What the collected codes are of; a person is an id in a cohort.
        blanks : sequence of int
            Code of *Not stated* in each column; a person's other rows may state it.
        """
        ids = pa.chunked_array(self._ids).combine_chunks()
        codes = np.concatenate(self._codes)
        blank = pc.fill_null(pc.equal(ids, ""), True).to_numpy(zero_copy_only=False)
        if blank.any():
            self._blank_ids(blank)
        person = _numbered(ids, [codes[:, i] for i, kind in enumerate(kinds) if kind == "cohort"])
        events = np.concatenate(self._events)
        keep = events >= 0
        first = np.unique(person, return_index=True)[1]
        stated = self._stated(person, codes, names, blanks)
        outcomes = self._outcomes(person[keep], events[keep], np.concatenate(self._times)[keep], len(first))
        return [Coded(*_own(column)) for column in stated.T], outcomes

    def _blank_ids(self, blank: NDArray[np.bool_]) -> None:
        for batch, gaps in zip(
            self._batches, np.split(blank, np.cumsum([len(b) for b in self._batches])[:-1]), strict=True
        ):
            if gaps.any():
                self._problems.add(
                    "error",
                    "id_missing",
                    self._id,
                    "no id.",
                    **batch.place(np.flatnonzero(gaps)),
                    remedy="Give every event the id of its applicant.",
                )

    def _stated(
        self, person: NDArray[np.int64], codes: NDArray[np.int32], names: Sequence[str], blanks: Sequence[int]
    ) -> NDArray[np.int32]:
        """The one answer that a person's rows state, shape (n_people, n_columns)."""
        order = np.argsort(person, kind="stable")
        starts = np.flatnonzero(np.diff(person[order], prepend=-1))
        found = np.empty((len(starts), codes.shape[1]), np.int32)
        for i, blank in enumerate(blanks):
            column = codes[order, i]
            high = np.maximum.reduceat(np.where(column == blank, -1, column), starts)
            low = np.minimum.reduceat(np.where(column == blank, np.iinfo(np.int32).max, column), starts)
            if (differ := (high >= 0) & (low != high)).any():
                self._problems.add(
                    "error",
                    "answers_differ",
                    names[i],
                    "people whose rows give different answers.",
                    count=int(differ.sum()),
                    remedy="Correct them: one person has one answer in all rows of a cohort.",
                )
            found[:, i] = np.where(high < 0, blank, high)
        return found

    def _outcomes(
        self, person: NDArray[np.int64], events: NDArray[np.int32], times: NDArray[np.int64], people: int
    ) -> Coded:
        kind, stage, reason = self._meanings[events].T
        leaving = (kind == _EXIT) & (reason != PENDING)
        # who waits at a stage and reaches a further one at the same moment waits there no more
        waiting_at = (kind == _EXIT) & (reason == PENDING) & (stage >= 0)
        # nobody is taken back who has not left: a reopening at the moment of the first leaving comes after it
        left_first = np.full(people, np.iinfo(np.int64).max)
        np.minimum.at(left_first, person[leaving], times[leaving])
        first = times == left_first[person]
        once, back = (
            np.bincount(person[first & one], minlength=people) for one in (leaving, kind == _REOPENED)
        )
        taken_back = (kind == _REOPENED) & first & (back >= once)[person]  # who left again then has left
        rank = np.select([waiting_at, taken_back], [_REACHED, _EXIT + 1], kind)
        order = np.lexsort((kind, stage, leaving, rank, times, person))
        person, kind, stage, reason, times = (part[order] for part in (person, kind, stage, reason, times))
        furthest = np.zeros(people, np.int64)
        np.maximum.at(furthest, person, stage)
        self._backwards(person, stage, times)
        place = np.arange(len(person))
        left = _last(person, np.where(kind == _EXIT, place, -1), people)
        again = (kind == _REACHED) & (stage == 0) & (place > left[person]) & (left[person] >= 0)
        further = _further(person, stage, kind)
        undone = _last(person, np.where((kind == _REOPENED) | further | again, place, -1), people)
        self._note_again(person[again])
        stands = left > undone
        none = PENDING if self._spec.unfinished == "pending" else NOT_RECORDED
        exits = np.full(people, none)
        exits[stands] = reason[left[stands]]
        self._note_silent(furthest, stands)
        late = (furthest == len(self._keys) - 1) & stands
        exits = np.where((furthest == len(self._keys) - 1) & ~late, 0, exits).astype(np.int8)
        reached = furthest.astype(np.int8)
        batch = Batch(pa.RecordBatch.from_pydict({"": pa.nulls(people)}), None)
        fitting = fitting_exits(reached, exits, len(self._keys) - 1, self._event, batch, self._problems)
        return outcome_column(reached, fitting)

    def _note_again(self, person: NDArray[np.int64]) -> None:
        """Note people who applied again after they had left; how they stand now is what counts."""
        if person.size:
            self._problems.add(
                "note",
                "applied_again",
                self._event,
                "people who applied again after they had left: they are not counted as having left.",
                count=len(np.unique(person)),
                remedy="To count each application, give its columns as the id under [reading]: "
                'applicant_id = ["person", "vacancy"] and unit = "applications".',
            )

    def _note_silent(self, furthest: NDArray[np.int64], stands: NDArray[np.bool_]) -> None:
        """Note people whose last event says that they reached a stage, and nothing of what came after."""
        silent = ~stands & (furthest < len(self._keys) - 1)
        if self._spec.unfinished == "pending" or self._problems.has_errors or not silent.any():
            return  # an event that could not be read may be the one that tells why somebody left
        met = {self._keys[stage] for stage in np.unique(furthest[silent])}
        words = [one.words[0] for one in self._spec.outcomes if one.stage in met and not one.exit]
        example = f", for example {pending_example(words[0])}" if words else ""
        note_silence(
            self._problems,
            self._event,
            'If all of them are still waiting, write unfinished = "pending" under [reading.progress]; else '
            f"name the words of those who are under pending in the programme{example}: pending people leave "
            "the denominators.",
            count=int(silent.sum()),
        )

    def _backwards(
        self, person: NDArray[np.int64], stage: NDArray[np.int64], times: NDArray[np.int64]
    ) -> None:
        """Warn of people who are first at a stage before they are first at the one before."""
        known = stage >= 0
        person, stage, times = person[known], stage[known], times[known]
        order = np.lexsort((times, stage, person))
        person, stage, times = person[order], stage[order], times[order]
        first = np.flatnonzero(np.diff(person * (len(self._keys) + 1) + stage, prepend=-1))
        person, times = person[first], times[first]
        early = (np.diff(times) < 0) & (np.diff(person) == 0)
        if early.any():
            self._problems.add(
                "warning",
                "dates_out_of_order",
                self._time,
                "people whose later stage has an earlier date than the stage before.",
                count=len(np.unique(person[1:][early])),
                remedy="Check the dates; how far people got is counted all the same.",
            )


def _text(ids: pa.Array) -> pa.Array:
    plain = ids.dictionary_decode() if pa.types.is_dictionary(ids.type) else ids
    return pc.utf8_trim_whitespace(plain.cast(pa.string()))


def _numbered(ids: pa.Array, cohorts: list[NDArray[np.int32]]) -> NDArray[np.int64]:
    """A number for each person: an id in a cohort; numbers are 0, 1, 2 ... in order of the sorted keys."""
    key = pc.fill_null(ids, "").dictionary_encode().indices.to_numpy(zero_copy_only=False).astype(np.int64)
    for cohort in cohorts:
        key = key * (int(cohort.max(initial=0)) + 1) + cohort
    return np.unique(key, return_inverse=True)[1].astype(np.int64)


def _further(
    person: NDArray[np.int64], stage: NDArray[np.int64], kind: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Events that reach a stage beyond all earlier ones of the same person; exits never do."""
    if not len(person):
        return np.zeros(0, bool)
    span = int(stage.max()) + 2
    running = np.maximum.accumulate(person * span + stage + 1) - person * span - 1
    before = np.concatenate([[-1], running[:-1]])
    before = np.where(np.diff(person, prepend=-1) != 0, -1, before)
    further: NDArray[np.bool_] = (stage > before) & (kind == _REACHED)
    return further


def _last(person: NDArray[np.int64], places: NDArray[np.int64], people: int) -> NDArray[np.int64]:
    found = np.full(people, -1, np.int64)
    np.maximum.at(found, person, places)
    return found


def _own(column: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[Any]]:
    """A column of codes as itself: every code that occurs, and each row's."""
    codes, positions = np.unique(column, return_inverse=True)
    return codes.astype(np.int32), positions
