"""What a file has and a programme lacks, as lines of TOML that are ready to complete."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from stepup_equity.errors import nearest
from stepup_equity.process import programme_to_toml
from stepup_equity.process.toml_out import toml_key, toml_text

if TYPE_CHECKING:
    from stepup_equity.process import Programme
    from stepup_equity.records.problems import Problems


_HEAD: Final = "# Take the # away from a line once it is right, and check the file again with this programme."
_WORDS: Final = {
    "unknown_status": "Statuses",
    "unknown_event": "Events",
    "unknown_stage": "Stages",
    "unknown_exit_reason": "Reasons for leaving",
    "unknown_result": "Results",
}


def programme_to_complete(programme: Programme, problems: Problems) -> str:
    """The programme as TOML, and behind it a commented line for everything that it does not know.

    Labels stand there whole, with their numbers of rows, since only the owner of the file reads this; what
    looks like an id, a date or an address does not, and no column in which nearly every row differs.
    """
    blocks = [
        *_columns(programme, problems),
        *_spellings(programme, problems),
        *_words(problems),
    ]
    if not blocks:
        return programme_to_toml(programme)
    return "\n".join([programme_to_toml(programme), "", _HEAD, *blocks]) + "\n"


def _columns(programme: Programme, problems: Problems) -> list[str]:
    """A line for each column that the file may call otherwise."""
    lines: list[str] = []
    names = {one.column: one.name for one in programme.characteristics}
    for code, column, possible in problems.columns_missing:
        where = f"[characteristics.{toml_key(names[column])}]" if column in names else "[reading]"
        held = f"the file has: {possible}" if possible else "the file calls it otherwise"
        lines += [
            "",
            f"# {where}  # {code}: no column {column!r}; {_one_line(held)}",
            f"# {'column' if column in names else '...'} = {toml_text(column)}",
        ]
    return lines


def _spellings(programme: Programme, problems: Problems) -> list[str]:
    """Labels that no group has, under the nearest group where there is one."""
    lines: list[str] = []
    for one in programme.characteristics:
        found = problems.labels_of("unknown_label", (one.column, *(column for column, _ in one.ticked)))
        if not found:
            continue
        lines += [
            "",
            f"# [characteristics.{toml_key(one.name)}.spellings]  # groups: {', '.join(one.labels)}",
        ]
        for label, number in found:
            near = nearest(label, one.labels)
            group = toml_text(near) if near else '"which group?"'
            lines.append(f"# {group} = [{toml_text(label)}]  # {number:,} {'row' if number == 1 else 'rows'}")
    return lines


def _words(problems: Problems) -> list[str]:
    """Words of progress that no outcome has; each belongs into one list."""
    lines: list[str] = []
    for code, title in _WORDS.items():
        found = problems.labels_of(code, ())
        if found:
            lines += [
                "",
                (
                    f"# {title} that the programme does not explain: put each into one list under "
                    f"[reading.progress]."
                ),
                *(f"#   {toml_text(word)},  # {n:,} {'row' if n == 1 else 'rows'}" for word, n in found),
            ]
    return lines


def _one_line(text: str) -> str:
    return " ".join(text.split())
