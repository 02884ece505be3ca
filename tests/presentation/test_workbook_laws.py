"""Whatever a group is called and whatever its count is, both files give it back."""

import io

import odfdo
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stepup_equity.spreadsheets import Column, Sheet, Table, Workbook, render_ods, render_xlsx
from stepup_equity.spreadsheets.model import printable

LABELS = st.one_of(
    st.text(min_size=1, max_size=40),
    st.sampled_from("=+-@\t|'\"").flatmap(lambda sign: st.text(max_size=20).map(lambda rest: sign + rest)),
    st.sampled_from(["_x0041_", "__x000a_", "&lt;", "<a>", "]]>", "\x1b[31m", "﻿x", "a\r\nb", "a\rb"]),
).filter(lambda text: text.strip() and "x005F_" not in text)  # openpyxl drops these six letters on reading
NUMBERS = st.one_of(st.integers(0, 10**12), st.floats(0, 100).map(lambda value: round(value, 6)))


def book(label, number):
    columns = (Column("Group", (label,)), Column("N", (number,), decimals=1))
    sheet = Sheet(
        "Table_1", "Table 1: Groups", "This worksheet contains one table.", Table("groups", columns)
    )
    return Workbook("Title", "Team", "One table.", (sheet,))


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(label=LABELS, number=NUMBERS)
def test_any_label_and_number_come_back(kind, tmp_path, label, number):
    path = tmp_path / f"t.{kind}"
    (render_xlsx if kind == "xlsx" else render_ods)(book(label, number), path)
    if kind == "xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))["Table_1"]
        row = next(r for r in sheet.iter_rows(values_only=True) if r[1] not in (None, "N"))
        kinds = {cell.data_type for cells in sheet.iter_rows() for cell in cells}
        assert "f" not in kinds
    else:
        table = odfdo.Document(path).body.get_table(name="Table_1")
        row = table.rows[-1].values
    assert row[0] == printable(label)
    assert float(row[1]) == float(number)
