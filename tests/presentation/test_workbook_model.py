"""A workbook that breaks the rules can't be built, and the error says what to do."""

import numpy as np
import pytest

from stepup_equity.errors import ArgumentError
from stepup_equity.spreadsheets import Column, Line, Link, Sheet, Table, Workbook
from stepup_equity.spreadsheets.model import STANDARD, Shorthand, printable
from stepup_equity.spreadsheets.pages import HEADER_LINES, lines_needed, pages
from tests.presentation.workbook_examples import HOSTILE, example

COLUMN = Column("Group", ("a", "b"))
TABLE = Table("groups", (COLUMN,))
SHEET = Sheet("Table_1", "Table 1: Groups", "This worksheet contains one table.", TABLE)
SYMBOLS = "'[c]', '[z]', '[low]', '[x]', '[s]', '[u]', '[ss]', '[sss]', '[ns]'"


@pytest.mark.parametrize(
    ("build", "sentence"),
    [
        (
            lambda: Column("Applied", (1, float("nan")), 0),
            "Row 2 of column 'Applied' is nan. Give a finite number, or shorthand such as '[x]'.",
        ),
        (
            lambda: Column("Applied", (True,), 0),
            "Row 1 of column 'Applied' is True. Give a finite number, or shorthand such as '[x]'.",
        ),
        (
            lambda: Column("Applied", ("1,234",), 0),
            "Row 1 of column 'Applied' is a number written as text. Give the number itself.",
        ),
        (
            lambda: example(
                sheets=(Sheet("T_1", "Table", "Here.", Table("tab", (Column("N", ("-",), 0),))),)
            ),
            (
                "Row 1 of column 'N' on sheet 'T_1' is text that is no shorthand. Possible: a number, or "
                f"{SYMBOLS}."
            ),
        ),
        (
            lambda: Column("Group", ("a", " ")),
            "Row 2 of column 'Group' is empty. Give a number, or shorthand that says why, such as '[c]'.",
        ),
        (
            lambda: Column("Group", (1,)),
            "Row 1 of column 'Group' is a number in a column of text. Set decimals= on the column.",
        ),
        (
            lambda: Column("Group", ("x" * 32_768,)),
            "Row 1 of column 'Group' has 32,768 characters; a cell holds 32,767. Shorten the text.",
        ),
        (
            lambda: Column("Two\nlines", ("a",)),
            "A header is 'Two\\nlines'. A header is one line of text without spaces around it.",
        ),
        (
            lambda: Table("AB12", (COLUMN,)),
            (
                "The table name 'AB12' is not one a spreadsheet takes. Use a letter, then letters, digits "
                "and underscores, three or more in all, and nothing like a cell, such as 'AB12'."
            ),
        ),
        (
            lambda: Table("groups", (Column("Group", ()),)),
            "The table 'groups' has no rows. Leave its sheet out.",
        ),
        (
            lambda: Table("groups", (COLUMN, Column("N", (1,), 0))),
            "The columns of table 'groups' differ in length: {'Group': 2, 'N': 1}.",
        ),
        (
            lambda: Table("groups", (COLUMN, Column("GROUP", ("a", "b")))),
            (
                "Two columns of table 'groups' have the header 'GROUP'. "
                "A screen reader can't tell them apart; name each."
            ),
        ),
        (
            lambda: Line(" "),
            "A line of text is empty. Space is made by row height, never by a blank row.",
        ),
        (
            lambda: Sheet("a/b", "Title", "What is here.", TABLE),
            (
                "The sheet name 'a/b' is not one a spreadsheet takes. Use 1 to 31 characters, none of them "
                "[ ] : * ? / \\, and no apostrophe or space at either end."
            ),
        ),
        (
            lambda: Sheet("Table_1", "Title", "", TABLE),
            "The sheet 'Table_1' needs a title and a description of what is on it.",
        ),
        (
            lambda: Workbook("Title", "", "What is here.", (SHEET,)),
            "author='' says nothing. A published file needs its author.",
        ),
        (
            lambda: Workbook("Title", "Team", "What is here.", (SHEET,), language="English"),
            "language='English' is not of the form 'en-GB'.",
        ),
        (lambda: Workbook("Title", "Team", "What is here.", ()), "The workbook has no tables."),
        (
            lambda: Workbook("Title", "Team", "What is here.", (SHEET, SHEET)),
            "The sheet name 'Table_1' is taken. Each sheet name occurs once.",
        ),
        (
            lambda: Workbook("Title", "Team", "What.", (Sheet("notes", "Table", "What is here.", TABLE),)),
            "The sheet name 'notes' is taken. Each sheet name occurs once.",
        ),
        (
            lambda: example(notes=()),
            "Sheet 'Table_1' refers to [note 1], but the number of notes is 0.",
        ),
        (
            lambda: Shorthand("5", "Five."),
            "The shorthand '5' needs a symbol that is no number, and a meaning.",
        ),
        (
            lambda: example(cover=(Line("Go", target="http://plain"),)),
            (
                "A link leads to 'http://plain'. Possible: a sheet ('Cover', 'Contents', 'Notes', 'Table_1', "
                "'Table_2'), or an address that starts with 'https://', 'mailto:'."
            ),
        ),
    ],
)
def test_what_breaks_the_rules_is_refused(build, sentence):
    with pytest.raises(ArgumentError) as caught:
        build()
    assert str(caught.value) == sentence


def test_pages_put_title_description_and_banner_first_on_every_sheet():
    book = example()
    for page in pages(book):
        assert page.lines[0].role == "title"
        assert page.lines[1].role == "text"
        assert page.lines[2].text == "Not for publication."
    assert [page.name for page in pages(book)] == ["Cover", "Contents", "Notes", "Table_1", "Table_2"]
    assert len({page.lines[0].text for page in pages(book)}) == 5


def test_without_banner_no_sheet_mentions_it():
    said = [line.text for page in pages(example(banner=None)) for line in page.lines]
    assert not [text for text in said if "publication" in text]


def test_notes_explain_what_is_used_and_where():
    notes = pages(example())[2].table
    assert notes is not None
    marks, meanings, where = (column.values for column in notes.columns)
    assert marks == ("[note 1]", "[c]", "[z]", "[low]", "[x]", "[s]")
    assert meanings[1] == STANDARD[0].meaning
    assert where == (
        "Table_1",
        "Table_1",
        "Table_1",
        "No table in this file",
        "Table_1",
        "Table_1",
    )


def test_no_notes_sheet_without_notes_or_shorthand():
    names = [page.name for page in pages(Workbook("Title", "Team", "What is here.", (SHEET,)))]
    assert names == ["Cover", "Contents", "Table_1"]


def test_sheet_tells_which_shorthand_it_uses():
    lines = [line.text for line in pages(example())[3].lines]
    assert "This table uses the shorthand [c], [z], [x] and [s]. The notes worksheet explains it." in lines
    links = [line.target for line in pages(example())[3].lines if line.target]
    assert links == ["Notes", "Contents"]


def test_contents_link_every_sheet():
    contents = pages(example())[1].table
    assert contents is not None
    assert contents.columns[0].values == (
        Link(example().title, "Cover"),
        Link("Notes and shorthand", "Notes"),
        Link("Table 1: Applicants by ethnicity", "Table_1"),
        Link("Table 2: It's gender", "Table_2"),
    )
    assert contents.columns[1].values == ("Cover", "Notes", "Table_1", "Table_2")


def test_columns_are_wide_enough_for_their_longest_word_and_number():
    page = pages(example())[3]
    assert page.widths[0] >= max(len(text) for text in HOSTILE)
    assert page.widths[1] >= len(f"{10**9:,}")
    assert lines_needed(page.table.columns[2].header, page.widths[2]) <= HEADER_LINES


def test_unprintable_characters_are_shown_not_lost():
    assert printable("\x00\x1b\x7f\ud800￿") == "␀␛␡���" + "�"
    assert printable("tab\tand\r\nline\n") == "tab␉and\nline\n"


def test_numpy_numbers_are_numbers():
    assert Column("N", (np.float64(1.5),), 1).values == (1.5,)


def test_a_policy_may_bring_its_own_shorthand():
    table = Table("groups", (Column("Group", ("a", "b")), Column("N", (":", "[low]"), 0)))
    sheet = Sheet("Table_1", "Table 1: Groups", "This worksheet contains one table.", table)
    own = (Shorthand(":", "Hidden."), Shorthand("[low]", "Too few people."))
    book = Workbook("Title", "Team", "What is here.", (sheet,), shorthand=own)
    assert book.explained() == own
    assert book.used(sheet) == (":", "[low]")
