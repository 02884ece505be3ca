"""Records of the same people in two files, joined by an id that names nobody."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from stepup_equity.errors import ArgumentError, DataError, unknown_name
from stepup_equity.given import check_frame, check_made, names_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

_LEAST_KEY: Final = 16
"""Characters: a shorter key could be guessed, and with it every id."""


@dataclass(frozen=True, eq=False, repr=False)
class JoinedRecords:
    """Both files together, and how well they fit.

    Attributes
    ----------
    both, only_left, only_right : int
        People in both files, and in one alone; a row without an id is somebody of their own.
    columns : tuple of str
        What the second file added.
    """

    both: int
    only_left: int
    only_right: int
    columns: tuple[str, ...]
    _frame: pd.DataFrame

    @property
    def frame(self) -> pd.DataFrame:
        """Every row of the first file with the columns of the second; blank where it has no such person."""
        return self._frame.copy()

    @property
    def headline(self) -> str:
        """How many fit."""
        people = "person is" if self.both == 1 else "people are"
        return (
            f"{self.both:,} {people} in both files; {self.only_left:,} only in the first, "
            f"{self.only_right:,} only in the second, which are left out"
        )

    def __repr__(self) -> str:
        return f"<JoinedRecords: {self.headline}>"


def pseudonyms(records: pd.DataFrame, *, on: str, key: str) -> pd.DataFrame:
    """The same records with each id replaced by a code that only the key could have made.

    Two teams that hold the same key get the same code for the same person, so their files can be joined and
    neither learns an id of the other. Whoever has the key and a list of ids can go back: keep it apart from
    the files, and destroy it when they are joined.

    Parameters
    ----------
    records : DataFrame
    on : str
        The column of ids. Spaces around an id and large or small letters make no difference.
    key : str
        16 characters or more, known to both teams and to nobody else.

    Returns
    -------
    DataFrame
        `on` holds 32 hexadecimal digits of HMAC-SHA256; a blank id stays blank.

    Raises
    ------
    ArgumentError
        No such column, or a key that is too short.

    References
    ----------
    Krawczyk, Bellare and Canetti (1997), HMAC, RFC 2104.

    Examples
    --------
    >>> import pandas as pd
    >>> import stepup_equity as su
    >>> records = pd.DataFrame({"applicant_id": ["A1", "a1 ", ""], "mark": [61, 61, 70]})
    >>> coded = su.pseudonyms(records, on="applicant_id", key="a key that two teams share")
    >>> coded["applicant_id"].str.len().tolist(), coded["applicant_id"].nunique()
    ([32, 32, 0], 2)
    """
    check_frame(records, argument="records", what="records with a column of ids")
    check_made(key, str, argument="key", how="Give a text that both teams know.")
    if len(key) < _LEAST_KEY:
        raise ArgumentError(
            f"key= has {len(key)} characters, and one so short can be guessed. Give {_LEAST_KEY} or more."
        )
    _column(records, on, "on")
    secret = key.encode()
    coded = {
        one: hmac.new(secret, one.encode(), hashlib.sha256).hexdigest()[:32] if one else ""
        for one in set(_plain(records[on]))
    }
    return records.assign(**{on: [coded[one] for one in _plain(records[on])]})


def join_by_id(
    left: pd.DataFrame,
    right: pd.DataFrame,
    *,
    on: str,
    right_on: str | None = None,
    columns: Sequence[str] | None = None,
) -> JoinedRecords:
    """Add to records what another file says of the same people, such as an award two years later.

    Parameters
    ----------
    left : DataFrame
        The records of the selection: every row stays, in its order.
    right : DataFrame
        One row for each person.
    on : str
        The column of ids, better pseudonyms (`pseudonyms`). Spaces around and case make no difference.
    right_on : str, optional
        Its name in the second file, where it is another.
    columns : sequence of str, optional
        What to take from the second file; by default all but the ids.

    Returns
    -------
    JoinedRecords
        Whoever is in the second file alone is left out, and counted.

    Raises
    ------
    ArgumentError
        No such column, or one that the first file has already.
    DataError
        An id twice in the second file, or not one that is in both; no id is named.

    Examples
    --------
    >>> import pandas as pd
    >>> import stepup_equity as su
    >>> applied = pd.DataFrame({"id": ["a", "b", "c"], "gender": ["Female", "Male", "Male"]})
    >>> marks = pd.DataFrame({"id": ["C", "a", "z"], "mark": ["58", "64", "71"]})
    >>> joined = su.join_by_id(applied, marks, on="id")
    >>> joined
    <JoinedRecords: 2 people are in both files; 1 only in the first, 1 only in the second, which are left out>
    >>> joined.frame["mark"].tolist()
    ['64', '', '58']
    """
    import pandas as pd

    check_frame(left, argument="left", what="records with a column of ids")
    check_frame(right, argument="right", what="records with a column of ids")
    theirs = on if right_on is None else right_on
    _column(left, on, "on")
    _column(right, theirs, "on" if right_on is None else "right_on")
    wanted = (
        tuple(name for name in right.columns if name != theirs)
        if columns is None
        else names_in(columns, argument="columns")
    )
    for name in wanted:
        _column(right, name, "columns")
        if name in left.columns:
            raise ArgumentError(
                f"columns= takes {name!r}, which the first file has too. Rename it in one of the two, or "
                "leave it out."
            )
    ids, other = _plain(left[on]), _plain(right[theirs])
    place: dict[str, int] = {}
    for i, one in enumerate(other):
        if one and one in place:
            raise DataError(
                f"The second file has somebody twice: rows {place[one] + 1:,} and {i + 1:,} have the same id."
                " Keep one row for each person."
            )
        if one:
            place[one] = i
    rows = [place.get(one, -1) if one else -1 for one in ids]
    found = {ids[i] for i, row in enumerate(rows) if row >= 0}
    if not found:
        raise DataError(
            "Nobody is in both files. If ids were coded, both must have been coded with the same key, and "
            "before that written alike."
        )
    added = {
        name: ["" if row < 0 else value for row, value in zip(rows, _taken(right[name], rows), strict=True)]
        for name in wanted
    }
    return JoinedRecords(
        both=len(found),
        only_left=len(set(filter(None, ids)) - found) + ids.count(""),
        only_right=len(place) - len(found) + other.count(""),
        columns=wanted,
        _frame=pd.concat([left, pd.DataFrame(added, index=left.index, dtype=object)], axis=1),
    )


def _taken(values: pd.Series, rows: Sequence[int]) -> list[object]:
    held = values.astype(object).where(values.notna(), "").tolist()
    return [held[row] for row in rows]


def _plain(ids: pd.Series) -> list[str]:
    """Ids as they are compared: as text, without spaces around, letters small."""
    return [str(one).strip().casefold() for one in ids.astype(object).where(ids.notna(), "")]


def _column(frame: pd.DataFrame, name: object, argument: str) -> None:
    check_made(name, str, argument=argument, how="Give the name of a column in quotes.")
    if name not in frame.columns:
        raise unknown_name(
            str(name), list(map(str, frame.columns)), argument=argument, of="a column of the file"
        )
