"""Decisions of a draft as they are made: an answer where there is one, else the proposal where it is safe."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stepup_equity.start.proposals import Choice, Proposal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Decisions:
    """Collects the proposals of one draft and says what holds."""

    def __init__(self, answers: Mapping[str, str]) -> None:
        self._answers = answers
        self.made: dict[str, Proposal] = {}

    def answered(self, key: str) -> str | None:
        """The answer to a question, where a person gave one."""
        return self._answers.get(key)

    def settle(self, key: str, value: str, reason: str) -> None:
        """Say better what a safe proposal came to, once the rest is known; an answer stays as it is."""
        one = self.made.get(key)
        if one is not None and not one.answered:
            self.made[key] = replace(one, value=value, proposed=value, reason=reason)

    def doubt(self, key: str, reason: str) -> None:
        """Ask about a proposal that was safe until the rest was known; an answer stays as it is."""
        one = self.made.get(key)
        if one is not None and not one.answered:
            self.made[key] = replace(one, safe=False, reason=reason)

    def decide(
        self,
        key: str,
        kind: str,
        subject: str,
        question: str,
        proposed: str,
        reason: str,
        *,
        rests_on: str = "",
        choices: Sequence[tuple[str, str]] = (),
        safe: bool = True,
        meanwhile: str | None = None,
        rows: int = 0,
    ) -> str:
        """Note a proposal and return what holds: the answer, the safe proposal, or what claims least."""
        answer = self._answers.get(key)
        holds = proposed if safe or meanwhile is None else meanwhile
        if answer is not None:
            holds = answer
        self.made[key] = Proposal(
            key=key,
            kind=kind,
            subject=subject,
            question=question,
            value=holds,
            proposed=proposed,
            reason=reason,
            rests_on=rests_on,
            choices=tuple(Choice(value, label) for value, label in choices),
            safe=safe,
            answered=answer is not None,
            rows=rows,
        )
        return holds
