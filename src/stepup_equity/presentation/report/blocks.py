"""What a page is made of, free of HTML: sections of sentences, lists, tables and figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from stepup_equity.presentation.charts.press import Drawn


_TALLEST: Final = 11.0
"""Inches; a higher chart would not fit on a page of A4, which shows its table in its place."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; `tone` sets it apart: a lead sentence, a warning."""

    text: str
    tone: Literal["", "lead", "warning"] = ""


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list; numbered where the order matters."""

    items: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Definitions:
    """Terms and what they mean."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Links:
    """Where sections of the page stand: keys and titles."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading within a section."""

    text: str


@dataclass(frozen=True, slots=True)
class Head:
    """Head of a column.

    Attributes
    ----------
    text : str
    number : bool
        Whether the column holds numbers: set to the right.
    """

    text: str
    number: bool = True


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as printed.

    Attributes
    ----------
    text : str
    order : float or None
        What the column is sorted by; None sorts by the text.
    kind : str
        How it is set apart, such as a verdict; a name the style sheet knows.
    """

    text: str
    order: float | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a name for each row.

    Attributes
    ----------
    caption : str
    corner : str
        Head of the column of names.
    heads : tuple of Head
    rows : tuple of (str, tuple of Cell)
        A row without cells is a heading within the table.
    note : str
        A sentence below.
    """

    caption: str
    corner: str
    heads: tuple[Head, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    note: str = ""

    @property
    def sortable(self) -> bool:
        """Whether rows may change places: more than one, and no headings among them."""
        return len(self.rows) > 2 and all(cells for _, cells in self.rows)

    @property
    def even(self) -> bool:
        """Whether its columns are alike, and may have the same width on paper."""
        return len(self.heads) > 1 and all(head.number for head in self.heads)


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart with its numbers.

    Attributes
    ----------
    files : Drawn
        The picture and its words; it may be in the making while the page is put together.
    caption : str
    table : Table or None
        Its numbers.
    beside : bool
        Whether its numbers are read with it, and so stay open.
    """

    files: Drawn
    caption: str
    table: Table | None
    beside: bool = False

    @property
    def name(self) -> str:
        """Stem of its files."""
        return self.files.name

    @property
    def tall(self) -> bool:
        """Whether it is higher than a page of paper, which then shows the table alone."""
        return self.files.height > _TALLEST


Block = Paragraph | Bullets | Definitions | Links | Heading | Table | Figure


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page that can be jumped to.

    Attributes
    ----------
    key : str
        Where links lead: letters, digits and hyphens.
    title : str
    blocks : tuple of Block
    new_page : bool
        Whether it begins a page on paper.
    folded : bool
        Whether a script may close it until it is asked for; on paper and without scripts it is open.
    """

    key: str
    title: str
    blocks: tuple[Block, ...]
    new_page: bool = False
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A whole report.

    Attributes
    ----------
    title : str
    subtitle : str
    banner : str
        What stands on every page, such as "not for publication".
    notes : tuple of str
        Sentences that every output must carry.
    sections : tuple of Section
    made_by : str
        Name and version of the program.
    imprint : str
        Who publishes, when, and where to write.
    """

    title: str
    subtitle: str
    banner: str
    notes: tuple[str, ...]
    sections: tuple[Section, ...]
    made_by: str
    description: str = ""
    imprint: str = ""
