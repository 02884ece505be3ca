"""Records of the same people in two files, joined by an id that names nobody."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from stepup_equity.errors import ArgumentError, DataError, unknown_name
from stepup_equity.given import check_choice, check_frame, check_made, names_in
from stepup_equity.records.batches import text_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

Zeros = Literal["keep", "drop"]
"""Whether zeros before a number tell people apart: 001 and 1 are two people, or one."""

_ZEROS: Final[tuple[Zeros, ...]] = ("keep", "drop")
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


def pseudonyms(records: pd.DataFrame, *, on: str, key: str, leading_zeros: Zeros = "keep") -> pd.DataFrame:
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
    leading_zeros : {"keep", "drop"}
        With ``"drop"``, 001 and 1 have the same code. Both teams must choose alike: once ids are codes,
        nobody can see that a spreadsheet took zeros away.

    Returns
    -------
    DataFrame
        `on` holds 32 hexadecimal digits of HMAC-SHA256; a blank id stays blank.

    Raises
    ------
    ArgumentError
        No such column, or a key that is too short.
    DataError
        Ids that are two only by their zeros, where zeros are dropped; no id is named.

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
    check_choice(leading_zeros, _ZEROS, argument="leading_zeros")
    secret, ids = key.encode(), _plain(records[on])
    if leading_zeros == "drop":
        ids = _dropped(ids, "The file")
    coded = {
        one: hmac.new(secret, one.encode(), hashlib.sha256).hexdigest()[:32] if one else ""
        for one in set(ids)
    }
    return records.assign(**{on: [coded[one] for one in ids]})


def join_by_id(
    left: pd.DataFrame,
    right: pd.DataFrame,
    *,
    on: str,
    right_on: str | None = None,
    columns: Sequence[str] | None = None,
    leading_zeros: Zeros | None = None,
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
    leading_zeros : {"keep", "drop"}, optional
        Whether 001 and 1 are two people (``"keep"``) or one whose zeros a spreadsheet took away (``"drop"``).
        By default neither is assumed: where it makes a difference, the files are refused.

    Returns
    -------
    JoinedRecords
        Whoever is in the second file alone is left out, and counted.

    Raises
    ------
    ArgumentError
        No such column, or one that the first file has already.
    DataError
        An id twice in the second file, not one that is in both, ids that fit only without their leading zeros
        where nobody said what these mean, or two of a file that are the same without them; no id is named.

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
    _column(left, on, "on", "the first file")
    _column(right, theirs, "right_on", "the second file")
    wanted = (
        tuple(name for name in right.columns if name != theirs)
        if columns is None
        else names_in(columns, argument="columns")
    )
    for name in wanted:
        _column(right, name, "columns", "the second file")
        if name in left.columns:
            raise ArgumentError(
                f"columns= takes {name!r}, which the first file has too. Rename it in one of the two, or "
                "leave it out."
            )
    ids, other = _plain(left[on]), _plain(right[theirs])
    if leading_zeros is not None:
        check_choice(leading_zeros, _ZEROS, argument="leading_zeros")
    if leading_zeros == "drop":
        ids, other = _dropped(ids, "The first file"), _dropped(other, "The second file")
    elif leading_zeros is None:
        _refuse_lost_zeros(ids, other)
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
    """Ids as they are compared: as text, without spaces around, letters small; whole numbers as digits.

    Beside a blank a number is kept with a point that nobody wrote.
    """
    return [text_of(one).strip().casefold() for one in ids.astype(object).where(ids.notna(), "")]


def _bare(one: str) -> str:
    """An id without the zeros that a spreadsheet would take away: those before a number."""
    return (one.lstrip("0") or "0") if one.isdecimal() else one


def _dropped(ids: Sequence[str], which: str) -> list[str]:
    """Ids without leading zeros, where no two of them become one."""
    written: dict[str, set[str]] = {}
    for one in set(ids):
        written.setdefault(_bare(one), set()).add(one)
    alike = sum(len(forms) for forms in written.values() if len(forms) > 1)
    if alike:
        raise DataError(
            f"{which} has {alike:,} different ids that are no longer different without their leading zeros, "
            "as 001 and 1 are. Keep the zeros (leading_zeros='keep'), or write each person's id in one way."
        )
    return [_bare(one) for one in ids]


def _refuse_lost_zeros(ids: Sequence[str], other: Sequence[str]) -> None:
    """Where ids fit only without their zeros, somebody must know whether these are the same people."""
    mine, theirs = {*ids} - {""}, {*other} - {""}
    alone = mine - theirs, theirs - mine
    bare = [{_bare(one) for one in side} for side in (mine, theirs)]
    fit = [
        {one for one in side if _bare(one) in among} for side, among in zip(alone, bare[::-1], strict=True)
    ]
    if not any(fit):
        return
    raise DataError(
        f"{len(fit[0]):,} {'id' if len(fit[0]) == 1 else 'ids'} of the first file and {len(fit[1]):,} of the "
        "second fit only without leading zeros, as 001 and 1 do: a spreadsheet may have taken them away. "
        f"{len(mine & theirs):,} fit as they stand. If they are the same people, leave the zeros out of the "
        "comparison (leading_zeros='drop'); if 001 and 1 are two people, say so (leading_zeros='keep')."
    )


def _column(frame: pd.DataFrame, name: object, argument: str, where: str = "the file") -> None:
    check_made(name, str, argument=argument, how="Give the name of a column in quotes.")
    if name not in frame.columns:
        raise unknown_name(
            str(name), list(map(str, frame.columns)), argument=argument, of=f"a column of {where}"
        )
