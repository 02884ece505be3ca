"""Raw words to what they mean, with ``*`` for any text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from stepup_equity.errors import did_you_mean
from stepup_equity.process import RECORDED_REASONS, normalise
from stepup_equity.process.exits import exit_code
from stepup_equity.process.toml_out import toml_text
from stepup_equity.records.batches import Batch, CodesOf, coded_values, text_of, without_point
from stepup_equity.records.labels import bad_rows, labels_found

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from numpy.typing import NDArray

    from stepup_equity.records.problems import Problems


NOT_RECORDED: Final = exit_code("not_recorded")
PENDING: Final = exit_code("pending")


class WordMap:
    """Codes of words; whole words come before those with ``*``, and longer before shorter."""

    def __init__(self, words: Iterable[tuple[str, int]]) -> None:
        pairs = [(normalise(word), code) for word, code in words]
        self._whole = {word: code for word, code in pairs if "*" not in word}
        patterns = sorted((pair for pair in pairs if "*" in pair[0]), key=lambda pair: -len(pair[0]))
        self._patterns = [
            (re.compile(".*".join(map(re.escape, word.split("*"))), re.DOTALL), code)
            for word, code in patterns
        ]
        self._known: dict[object, int] = {}
        self._codes = CodesOf(self.code)
        self.words = [word for word, _ in pairs]

    def code(self, value: object) -> int:
        """Code of a raw value; -1 where no word fits."""
        known = self._known.get(value)
        if known is None:
            known = self._known[value] = self._find(normalise(text_of(value)))
        return known

    def alike(self, value: object) -> Hashable:
        """A key that words share where they mean the same."""
        code = self.code(value)
        return code if code >= 0 else (value,)

    def codes(self, values: list[Any]) -> NDArray[np.int32]:
        """Codes of several raw values, shape (n_values,)."""
        return self._codes(values)

    def _find(self, word: str) -> int:
        for text in dict.fromkeys((word, without_point(word))):
            if text in self._whole:
                return self._whole[text]
        return next((code for pattern, code in self._patterns if pattern.fullmatch(word)), -1)

    def nearest(self, label: str) -> str:
        """A hint at the word that may have been meant."""
        return did_you_mean(normalise(label), self.words).strip()


def exit_words(words: Iterable[tuple[str, str]]) -> WordMap:
    """Exit reasons by their own names, by declared words, and blank for none."""
    own = [(reason, exit_code(reason)) for reason in ("", *RECORDED_REASONS)]
    spaced = [(reason.replace("_", " "), code) for reason, code in own]
    return WordMap([*own, *spaced, *((raw, exit_code(reason)) for raw, reason in words)])


def pending_example(word: str) -> str:
    """The line of a programme by which whoever has this word is still waiting.

    >>> pending_example("Interview booked")
    'pending = ["Interview booked"]'
    """
    return f"pending = [{toml_text(word)}]"


class ExitWords:
    """The column of exit reasons."""

    def __init__(self, column: str, words: Iterable[tuple[str, str]], problems: Problems) -> None:
        self.column, self._problems = column, problems
        self._map = exit_words(words)

    def alike(self, value: object) -> Hashable:
        """A key that words share where they mean the same."""
        return self._map.alike(value)

    def encode(self, batch: Batch) -> NDArray[np.int8]:
        """Exit code of each row; 0 where the column is blank."""
        values, positions = coded_values(batch.column(self.column))
        codes = self._map.codes(values)
        if (bad := bad_rows(codes, positions)).size:
            add_unknown(
                self._problems,
                batch,
                "unknown_exit_reason",
                self.column,
                "words that are not exit reasons.",
                (values, positions, bad),
                self._map,
                possible=", ".join(RECORDED_REASONS),
                remedy="Correct them, or map them under [reading.progress.exit_words] in the programme.",
            )
        return np.maximum(codes, 0).astype(np.int8).take(positions)


def add_unknown(
    problems: Problems,
    batch: Batch,
    code: str,
    column: str,
    sentence: str,
    where: tuple[list[Any], NDArray[Any], NDArray[np.intp]],
    words: WordMap,
    *,
    possible: str,
    remedy: str,
) -> None:
    """A problem of words that mean nothing here, with how often each was found."""
    values, positions, bad = where
    found = labels_found(batch, values, positions, bad)
    hints = (words.nearest(label) for label, _ in found.most_common(20))
    problems.add(
        "error",
        code,
        column,
        sentence,
        **batch.place(bad),
        found=found,
        possible=possible,
        remedy=remedy,
        hint=next((hint for hint in hints if hint), ""),
    )
