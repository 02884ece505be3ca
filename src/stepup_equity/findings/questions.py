"""What a run asks: as the programme declares it, or otherwise, and then it says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stepup_equity.words.names import within
from stepup_equity.words.numbers import enumerated

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from stepup_equity.counts import StageCounts

    By = str | Sequence[str | tuple[str, ...]] | None


@dataclass(frozen=True, slots=True)
class Asked:
    """The questions of one run.

    Attributes
    ----------
    by : str, tuple, list or None
        Characteristics, as in `cliff_edges`.
    level : str or None
        Level of the main family.
    broad : bool
        Whether broad groups are asked about beside it.
    reference : str, mapping or None
        Whom groups are compared with.
    notes : tuple of str
        What was declared, and where this run asks otherwise.
    """

    by: By
    level: str | None
    broad: bool
    reference: str | Mapping[str, str] | None
    notes: tuple[str, ...] = ()


def asked_of(
    counts: StageCounts,
    by: By,
    level: str | None,
    reference: str | Mapping[str, str] | None,
    *,
    groups: Sequence[str] | None = None,
) -> Asked:
    """What a call asks, with what the programme declares in place of what it leaves open."""
    declared = counts.programme.questions
    asked = Asked(by, level, level in (None, "detailed") and groups is None, reference)
    if not declared.declared:
        return asked
    if level is None and len(declared.levels) == 1:
        level = declared.levels[0]
    return Asked(
        by=_declared(counts) if by is None else by,
        level=level,
        broad=level in (None, "detailed") and asked.broad and declared.levels != ("detailed",),
        reference=_references(counts, by, level) if reference is None else reference,
        notes=(_note(counts, asked),),
    )


def _declared(counts: StageCounts) -> list[str | tuple[str, ...]]:
    """Characteristics that are declared to be asked and were counted; all that were where none is named."""
    names = counts.programme.questions.characteristics
    return [name for name in names or counts.characteristics if name in counts.characteristics]


def _references(counts: StageCounts, by: By, level: str | None) -> dict[str, str] | None:
    """Declared references of what is asked; where broad groups are, the broad group of each."""
    names = _names(counts, by)
    found = {}
    for name, group in counts.programme.questions.references:
        asked = counts.programme.characteristic(name)
        broad = (level or asked.test_level) == "broad" and group in asked.labels
        if name in names:
            found[name] = (asked.parent_of(group) or group) if broad else group
    return found or None


def _names(counts: StageCounts, by: By) -> list[str]:
    """What a call is about, crossings by their joined names."""
    asked = _declared(counts) if by is None else by if isinstance(by, list) else [by]
    return [name if isinstance(name, str) else " × ".join(map(str, name)) for name in asked]


def _note(counts: StageCounts, asked: Asked) -> str:
    otherwise = list(_otherwise(counts, asked))
    words = f"The programme declares what is asked: {_in_words(counts)}."
    return f"{words} This run asks otherwise: {enumerated(otherwise)}." if otherwise else words


def _in_words(counts: StageCounts) -> str:
    programme, declared = counts.programme, counts.programme.questions
    labels = [within(programme.characteristic(str(name)).label) for name in _declared(counts)]
    levels = (
        f", {declared.levels[0]} groups" if len(declared.levels) == 1 else ", broad groups and detailed ones"
    )
    against = [
        f"{within(programme.characteristic(name).label)} against {group}"
        for name, group in declared.references
    ]
    return f"{enumerated(labels, 20)}{levels}{'; ' if against else ''}{enumerated(against, 20)}"


def _otherwise(counts: StageCounts, asked: Asked) -> Iterator[str]:
    """In which points a call asks something else than is declared."""
    declared = counts.programme.questions
    names, wanted = _names(counts, asked.by), _names(counts, None)
    left_out = [name for name in wanted if name not in names and len(counts.funnel(name).groups) > 1]
    if left_out or not set(names) <= set(wanted):
        yield f"about {enumerated((within(name.replace('_', ' ')) for name in names), 20)} alone"
    if asked.level is not None and declared.levels not in ((), (asked.level,)):
        yield f"of {asked.level} groups" + ("" if asked.level == "detailed" else " alone")
    references = dict(declared.references)
    if isinstance(asked.reference, str):
        if set(references.values()) != {asked.reference}:
            yield f"against {asked.reference}"
    elif asked.reference is not None:
        for name, group in asked.reference.items():
            if references.get(name) != group:
                yield f"{within(name.replace('_', ' '))} against {group}"
