"""Settings of a programme as they are read: each key is taken once, and what is left over is refused."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from stepup_equity.errors import did_you_mean, listed

if TYPE_CHECKING:
    from stepup_equity.process.toml_in import Reader, Table


class Settings:
    """One TOML table, read by name and kind; anything else in it is an error."""

    def __init__(self, reader: Reader, table: object, where: str, allowed: tuple[str, ...]) -> None:
        self._reader, self.where = reader, where
        if not isinstance(table, dict):
            raise reader.error(f"{where} is not a table of settings.")
        self.table: Table = table
        for key in table:
            if key not in allowed:
                raise reader.error(
                    f"{key!r} is not understood in {where}. Possible: "
                    f"{listed(allowed)}.{did_you_mean(key, allowed)}"
                )

    def __contains__(self, key: str) -> bool:
        return key in self.table

    def _of(self, key: str, kind: type, default: Any, words: str) -> Any:
        value = self.table.get(key, default)
        if value is not default and (
            not isinstance(value, kind) or (kind is int and isinstance(value, bool))
        ):
            raise self._reader.error(f"{key} in {self.where} is not {words}.")
        return value

    def text(self, key: str, default: str = "") -> str:
        """A text; a bare TOML date is taken as its text."""
        value = self.table.get(key, default)
        if isinstance(value, dt.date):
            return value.isoformat()
        return str(self._of(key, str, default, "a text in quotes"))

    def optional(self, key: str) -> str | None:
        """A text, or None where it is not given."""
        return self.text(key) if key in self.table else None

    def flag(self, key: str) -> bool:
        """True or false."""
        return bool(self._of(key, bool, False, "true or false"))

    def whole(self, key: str, default: int) -> int:
        """A whole number."""
        return int(self._of(key, int, default, "a whole number"))

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; whole numbers in it are taken as their text."""
        value = self._of(key, list, [], "a list of texts in quotes")
        if not all(isinstance(item, (str, int)) and not isinstance(item, bool) for item in value):
            raise self._reader.error(f"{key} in {self.where} is not a list of texts in quotes.")
        return tuple(dict.fromkeys(str(item) for item in value))

    def pairs(self, key: str) -> tuple[tuple[str, str], ...]:
        """A table of texts, as pairs."""
        value = self._of(key, dict, {}, "a table of texts")
        if not all(isinstance(item, str) for item in value.values()):
            raise self._reader.error(f"{key} in {self.where} is not a table of texts in quotes.")
        return tuple(value.items())

    def entries(self, key: str) -> list[tuple[str, object]]:
        """Name and content of each table under a key."""
        return list(self._of(key, dict, {}, "one table for each name").items())
