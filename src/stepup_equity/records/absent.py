"""What is said where a file lacks the column of a characteristic that its programme declares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from stepup_equity.process.toml_out import toml_key

if TYPE_CHECKING:
    from stepup_equity.process import Characteristic
    from stepup_equity.records.header import Header
    from stepup_equity.records.problems import Problems


_TWINS: Final = {"gender": "sex", "sex": "gender"}


def required(header: Header, characteristic: Characteristic, problems: Problems) -> None:
    """Stop where a question that was declared before looking could not be asked.

    Leaving it out in silence would change what is tested together, and with it what is flagged.
    """
    column, key = characteristic.column, toml_key(characteristic.name)
    problems.add(
        "error",
        "characteristic_missing",
        column,
        f"the file has no column {column!r}, and the programme asks about {characteristic.label}.",
        possible=header.in_words,
        remedy=(
            f"Name its column under [characteristics.{key}], or write optional = true there where files may "
            f"lack it.{header.hint(column)}"
        ),
    )


def near_miss(header: Header, characteristic: Characteristic, problems: Problems) -> None:
    """Warn where a column may be the missing optional characteristic under another name."""
    name, column = characteristic.name, characteristic.column
    near, twin = header.hint(column), _TWINS.get(name)
    if near:
        remedy = f"Rename the column, or name it under [characteristics.{name}].{near}"
    elif twin is not None and header.holds_unclaimed(twin):
        remedy = (
            f"The column {twin!r} answers another question; declare it as [characteristics.{twin}] "
            f'with codelist = "{twin}.csv".'
        )
    else:
        return
    problems.add(
        "warning",
        "characteristic_missing",
        column,
        f"the header does not have this column, so {name!r} is not read.",
        remedy=remedy,
    )
