"""A draft beside the truth: what it proposed right, what it asked, what it got wrong."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from stepup_equity.process import normalise
from stepup_equity.start import Draft, draft_programme

if TYPE_CHECKING:
    from pathlib import Path

    from tests.start.generated import Made

__all__ = ["judged"]

_EXITS = {
    "failed": ("rejected", False),
    "dna": ("did_not_attend", False),
    "waiting": ("pending", False),
    "passed": ("pending", True),
    "declined": ("declined", True),
    "taken back": ("offer_withdrawn", True),
}


def judged(made: Made, path: Path) -> tuple[Counter[str], list[str]]:
    """Numbers of columns, labels and statuses right, asked and wrong; and each wrong one in words."""
    draft = draft_programme(made.write(path))
    found: Counter[str] = Counter()
    wrong: list[str] = []
    for kind, subject, verdict in (*_columns(made, draft), *_labels(made, draft), *_statuses(made, draft)):
        found[f"{kind} {verdict}"] += 1
        if verdict == "wrong":
            wrong.append(f"{kind} {subject!r}")
    return found, wrong


def _columns(made: Made, draft: Draft) -> list[tuple[str, str, str]]:
    rows = []
    for one in draft.proposals:
        if one.kind == "column" and one.key.startswith("column:"):
            truth = made.columns.get(one.subject, "unused")
            harmless = {"unused", "stratum", "score"}
            right = one.proposed == truth or {one.proposed, truth} <= harmless
            rows.append(("column", one.subject, "asked" if one.open else "right" if right else "wrong"))
    return rows


def _labels(made: Made, draft: Draft) -> list[tuple[str, str, str]]:
    asked = {one.key: one for one in draft.proposals if one.kind == "label"}
    rows = []
    for (name, label), group in made.labels.items():
        if name not in draft.programme.characteristic_names:
            continue
        characteristic = draft.programme.characteristic(name)
        one = next(
            (o for k, o in asked.items() if k.startswith(f"label:{name}:") and o.subject == label.strip()),
            None,
        )
        if one is not None and one.open:
            rows.append(("label", label, "asked"))
            continue
        read = characteristic.spellings.get(normalise(label), "?")
        right = (read or "Not stated") == group
        rows.append(("label", f"{name}: {label} as {read}", "right" if right else "wrong"))
    return rows


def _statuses(made: Made, draft: Draft) -> list[tuple[str, str, str]]:
    keys = draft.programme.process.stage_keys
    if made.kind == "stage_columns":
        asked = any(one.kind == "stages" and one.open for one in draft.proposals)
        expected = ("applied", *made.gates)
        verdict = "right" if keys == expected else "asked" if asked else "wrong"
        return [("stage", ", ".join(keys), verdict)]
    rows = []
    for word, truth in made.statuses.items():
        one = next((o for o in draft.proposals if o.key == f"status:{word}"), None)
        kind = "status" if truth else "doubtful"
        if one is None or one.open:
            rows.append((kind, word, "asked"))
        elif truth is None:
            rows.append((kind, f"{word} as {one.value}", "wrong"))
        else:
            place = _place(truth, keys)
            rows.append(
                ("status", f"{word} as {one.value}, not {place}", "right" if one.value == place else "wrong")
            )
    return rows


def _place(truth: tuple[str, str], keys: tuple[str, ...]) -> str:
    gate, what = truth
    exit_, passed = _EXITS[what]
    if gate == "applied":
        return f"{keys[0]}/pending"
    at = keys.index(gate)
    if gate == "passed_ac" and "attended" in keys and what in ("dna", "waiting"):
        at = keys.index("attended")
    at = at if passed else at - 1
    return f"{keys[at]}/reached" if at == len(keys) - 1 else f"{keys[at]}/{exit_}"
