"""The cells of a refused publication, on as few lines as name them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd


def cell_lines(cells: pd.DataFrame) -> Iterator[str]:
    """A line for the groups of a characteristic that cannot be protected at the same places, under why.

    Parameters
    ----------
    cells : DataFrame
        ``cohort, characteristic, group, parent, stage, measure, why``.
    """
    from stepup_equity.words.numbers import enumerated  # not for --help

    several = len(set(cells["cohort"])) > 1
    for why, alike in cells.groupby("why", sort=False):
        yield f"{str(why)[:1].upper()}{str(why)[1:]}:"
        places: dict[tuple[str, str], list[str]] = {}
        keys = ["cohort", "characteristic", "measure", "stage"]
        for (cohort, name, measure, stage), groups in alike.groupby(keys, sort=False):
            where = f"{measure} {'at' if measure == 'reached' else 'after'} {stage!r}"
            who, which = _who(str(name), list(zip(groups["group"], groups["parent"], strict=True)))
            places.setdefault((f"{cohort!r}, {who}" if several else who, which), []).append(where)
        for (who, which), found in places.items():
            yield f"  {who}, {enumerated(found, len(found))}{which}"


def _who(name: str, pairs: list[tuple[str, str]]) -> tuple[str, str]:
    """A characteristic and its groups; everybody, who are no group."""
    if pairs == [("Total", "")]:
        return "everybody", ""
    detailed, broad = ({group for group, parent in pairs if bool(parent) is is_} for is_ in (True, False))
    said = [
        f"{group} (one of {parent})" if parent and group in detailed & broad else group
        for group, parent in pairs
    ]
    return name, f": {', '.join(said)}"
