"""What a draft proposes, and why: frozen, and in words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that may be given.

    Attributes
    ----------
    value : str
        What `Draft.answer` takes.
    label : str
        The same in words.
    """

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """One decision of a draft: what is proposed, why, and what else it could be.

    Attributes
    ----------
    key : str
        Name of the decision, for `Draft.answer`: ``"column:Faith"``, ``"status:Reserve list"``.
    kind : str
        ``"reader"``, ``"layout"``, ``"column"``, ``"stages"``, ``"status"``, ``"label"``, ``"date"`` or
        ``"questions"``.
    subject : str
        The column, word or label it is about, as the file spells it.
    question : str
        One short question.
    value : str
        What stands in the programme now: the answer given; else the proposal where it is safe; else what
        claims least.
    proposed : str
        What is taken where nobody chooses otherwise; empty where nothing speaks for one answer.
    reason : str
        Why it is proposed.
    rests_on : str
        What it rests on, with numbers of rows.
    choices : tuple of Choice
        Every answer that may be given, what is proposed among them.
    safe : bool
        Whether the file leaves no doubt.
    answered : bool
        Whether a person has decided.
    rows : int
        Rows that the decision is about.
    """

    key: str
    kind: str
    subject: str
    question: str
    value: str
    proposed: str
    reason: str
    rests_on: str = ""
    choices: tuple[Choice, ...] = ()
    safe: bool = True
    answered: bool = False
    rows: int = 0

    @property
    def open(self) -> bool:
        """Whether a person must still decide."""
        return not (self.safe or self.answered)

    @property
    def in_words(self) -> str:
        """The value in words."""
        return next((choice.label for choice in self.choices if choice.value == self.value), self.value)
