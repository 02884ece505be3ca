"""The tables a policy team publishes: everything the release prints, and nothing else."""

import dataclasses
import functools
import re

import odfdo
import openpyxl
import pandas as pd
import pytest

import stepup_equity as su
from stepup_equity.disclosure.protect import protect
from stepup_equity.errors import ArgumentError
from stepup_equity.presentation.workbook.cover import NOT_FOR_PUBLICATION
from stepup_equity.presentation.workbook.tables import workbook_of, write_workbook
from stepup_equity.spreadsheets import lint_workbook

STAGES = ("Applied", "Interviewed", "Offered")


@functools.cache
def counts(cohorts=1):
    """A small table with hostile labels, broad groups and somebody who stated none."""
    rows = []
    for number, cohort in enumerate(("2010", "2012", "2013")[:cohorts], start=1):
        for group, parent, sizes in (
            ("=White British", "White", (500, 250, 100)),
            ("White other", "White", (80, 40, 18)),
            ("Black African", "Black", (120, 60, 24)),
            ("@Black other", "Black", (60, 30, 3)),
            ("Not stated", "", (40, 20, 10)),
        ):
            rows += [
                (cohort, "ethnicity", group, parent, s, n + 5 * number)
                for s, n in zip(STAGES, sizes, strict=True)
            ]
        for group, sizes in (("Women", (600, 300, 120)), ("Men", (225, 125, 60))):
            rows += [(cohort, "gender", group, "", s, n) for s, n in zip(STAGES, sizes, strict=True)]
    columns = ["cohort", "characteristic", "group", "parent", "stage", "reached"]
    return su.StageCounts.from_table(pd.DataFrame(rows, columns=columns))


@functools.cache
def release(policy, cohorts=1):
    return protect(counts(cohorts), policy)


def sheets(path):
    """Table name -> (header, rows), read by other people's code."""
    if path.suffix == ".ods":
        document = odfdo.Document(path)
        found = {}
        for place in document.content.root.get_elements("//table:database-range"):
            area = str(place.get_attribute("table:target-range-address"))
            sheet, top, bottom = re.fullmatch(r"'(.*?)'\.A(\d+):.*?(\d+)", area).groups()
            rows = [row.values for row in document.body.get_table(name=sheet).rows][
                int(top) - 1 : int(bottom)
            ]
            found[str(place.get_attribute("table:name"))] = (rows[0], rows[1:])
        return found
    found = {}
    for sheet in openpyxl.load_workbook(path):
        for name, area in sheet.tables.items():
            rows = [[cell.value for cell in row] for row in sheet[area]]
            found[name] = (rows[0], rows[1:])
    return found


def text(value, decimals):
    return value if isinstance(value, str) else f"{float(value):,.{decimals}f}"


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
@pytest.mark.parametrize("policy", ["internal", "suppress10", "hesa"])
def test_every_number_is_the_one_the_release_prints(policy, kind, tmp_path):
    protected = release(policy)
    found = sheets(write_workbook(tmp_path / f"tables.{kind}", protected))
    printed = {tuple(line[:-2]): line[-2] for line in protected.frame.itertuples(index=False)}
    seen = 0
    for number, characteristic in enumerate(("ethnicity", "gender"), start=1):
        for table, measures, first, decimals in (
            ("reached", ["reached"], 0, 0),
            ("pass_rate", ["pass_rate"], 0, 1),
            ("interval", ["wilson_low", "wilson_high"], 0, 1),
            ("cumulative", ["cum_rate"], 1, 1),
            ("share", ["share"], 0, 1),
        ):
            header, rows = found[f"{table}_{characteristic}_{number}"]
            where = header.index("Part of") + 1 if "Part of" in header else 1
            for row in rows:
                group, parent = row[0], row[1] if where == 2 else ""
                group = "Total" if group == "All applicants" else group
                parent = "" if parent in {"All applicants", "This is the total"} else parent
                for at, value in enumerate(row[where:]):
                    stage = STAGES[first + at // len(measures)]
                    key = ("2010", characteristic, group, parent, stage, measures[at % len(measures)])
                    assert text(value, decimals) == printed[key], key
                    seen += 1
    measured = {"reached", "pass_rate", "wilson_low", "wilson_high", "cum_rate", "share"}
    assert seen == sum(key[5] in measured and key[1] != "All" for key in printed)


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
@pytest.mark.parametrize("policy", ["internal", "suppress10", "hesa", "tre"])
@pytest.mark.parametrize("cohorts", [1, 3])
def test_every_workbook_keeps_the_rules(policy, cohorts, kind, tmp_path):
    path = write_workbook(tmp_path / f"tables.{kind}", release(policy, cohorts), contact="team@example.org")
    assert lint_workbook(path).to_dict("records") == []


def test_both_formats_hold_the_same_values(tmp_path):
    protected = release("suppress10", 3)
    first = sheets(write_workbook(tmp_path / "tables.xlsx", protected))
    second = sheets(write_workbook(tmp_path / "tables.ods", protected))
    assert list(first) == list(second)
    for name in [name for name in first if name != "contents"]:  # links read back differently
        assert first[name][0] == second[name][0]
        assert first[name][1] == [
            [float(v) if not isinstance(v, str) else v for v in row] for row in second[name][1]
        ]


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_same_release_same_bytes(kind, tmp_path):
    one = write_workbook(tmp_path / f"one.{kind}", release("suppress10"))
    two = write_workbook(tmp_path / f"two.{kind}", protect(counts(), "suppress10"))
    assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_what_depends_on_true_counts_is_not_printed(kind, tmp_path):
    one = write_workbook(tmp_path / f"one.{kind}", release("suppress10"))
    two = write_workbook(tmp_path / f"two.{kind}", dataclasses.replace(release("suppress10"), gap=0.07))
    assert one.read_bytes() == two.read_bytes()


def test_several_cohorts_stand_in_a_column_and_side_by_side():
    book = workbook_of(release("internal", 3))
    tables = {sheet.table.name: sheet.table for sheet in book.sheets}
    cohort = next(c for c in tables["reached_ethnicity_1"].columns if c.header == "Cohort")
    assert list(dict.fromkeys(cohort.values)) == ["2010", "2012", "2013", "All cohorts"]
    beside = tables["cohorts_ethnicity_1"]
    assert [column.header for column in beside.columns] == [
        "Ethnicity",
        "Part of",
        "2010: applied",
        "2010: offered, of those (%)",
        "2012: applied",
        "2012: offered, of those (%)",
        "2013: applied",
        "2013: offered, of those (%)",
    ]
    group = beside.columns[0].values.index("=White British")
    assert [column.values[group] for column in beside.columns[2:]] == [505, 20.8, 510, 21.6, 515, 22.3]


def test_one_cohort_stands_in_the_titles():
    titles = [sheet.title for sheet in workbook_of(release("suppress10")).sheets]
    assert titles[0] == "Table 1a: How many applicants reached each stage, by ethnicity, 2010"
    assert not [title for title in titles if not title.endswith(", 2010")]
    assert not [sheet.name for sheet in workbook_of(release("suppress10")).sheets if sheet.name.endswith("f")]


def test_tests_are_bands_and_say_why_there_is_none():
    book = workbook_of(release("suppress10"))
    columns = {column.header: column.values for column in book.sheets[-2].table.columns}
    tests = release("suppress10").tests
    assert list(columns["Band of the adjusted p-value"]) == tests["band"].tolist()
    words = {"p < .001": "[sss]", "p < .01": "[ss]", "p < .05": "[s]", "p ≥ .05": "[ns]"}
    assert list(columns["Significance"]) == [words.get(band, band) for band in tests["band"]]
    assert columns["Gate"][:3] == (
        "From applied to interviewed",
        "From interviewed to offered",
        "The whole way: from applied to offered",
    )
    assert set(columns["Remark"]) <= {"No remark."} | {
        f"{s[:1].upper()}{s[1:]}." for s in tests["status"] if s
    }
    assert not [h for h in columns if "chi" in h.casefold()]


def test_declaration_rates_add_up():
    book = workbook_of(release("internal"))
    columns = {column.header: column.values for column in book.sheets[-1].table.columns}
    assert columns == {
        "Characteristic": ("Ethnicity", "Gender"),
        "Everybody who applied": (825, 825),
        "Stated a group": (780, 825),
        "Did not state a group": (45, 0),
        "Stated a group (%)": (94.5, 100.0),
    }


def test_what_is_hidden_stays_hidden_where_it_is_subtracted():
    for policy in ("suppress10", "tre"):
        book = workbook_of(release(policy))
        for row in range(2):
            applied, stated, missing, _ = (c.values[row] for c in book.sheets[-1].table.columns[1:])
            assert isinstance(stated, str) == (isinstance(applied, str) or isinstance(missing, str))


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_internal_is_marked_on_every_sheet(kind, tmp_path):
    path = write_workbook(tmp_path / f"tables.{kind}", release("internal"))
    if kind == "xlsx":
        third = [sheet["A3"].value for sheet in openpyxl.load_workbook(path)]
    else:
        third = [table.get_value("A3") for table in odfdo.Document(path).body.tables]
    assert set(third) == {NOT_FOR_PUBLICATION}


def test_a_publication_is_not_marked_and_says_how_it_is_protected():
    said = [line.text for line in workbook_of(release("suppress10"), author="Equality team").cover]
    assert said == [
        "How people are protected",
        (
            "Policy “suppress10”. Small numbers are hidden, and so are others that would give them away by "
            "subtraction. Both are shown as [c], since two signs would tell which numbers are small."
        ),
        (
            "What this costs: where [c] stands, or where a group is small, the tables can't say how the "
            "group fared. That a number is missing is no sign that all is well."
        ),
        "How to read the tables",
        (
            "Each table follows applicants from the first stage to the last. A group's pass rate at a gate "
            "is the share of those who reached the stage before it, and do not still wait, that went on."
        ),
        (
            "The tables show how passing is associated with a group. They can't tell why, and they don't say "
            "that anybody was treated unfairly."
        ),
        "Who made this file",
        "Equality team",
    ]
    assert workbook_of(release("suppress10")).banner is None


def test_rounding_is_said():
    said = " ".join(line.text for line in workbook_of(release("hesa")).cover)
    assert (
        "Policy “hesa”. Counts are rounded to multiples of 5. Rates are worked out from the rounded counts."
        in said
    )
    assert "add up" in said


def test_contact_is_a_link():
    book = workbook_of(release("suppress10"), contact="team@example.org")
    assert book.cover[-1].target == "mailto:team@example.org"
    book = workbook_of(release("suppress10"), contact="https://example.org/team")
    assert book.cover[-1].target == "https://example.org/team"


def test_the_legend_is_the_policys():
    explained = {one.symbol: one.meaning for one in workbook_of(release("suppress10")).explained()}
    for symbol, meaning in release("suppress10").legend.items():
        assert explained[symbol].casefold() == f"{meaning}.".casefold()
    assert set(explained) >= {"[c]", "[z]", "[u]", "[x]", "[s]"}


def test_counts_are_refused():
    with pytest.raises(ArgumentError) as caught:
        write_workbook("tables.xlsx", counts())
    assert str(caught.value) == (
        "A StageCounts can't be written as a workbook. Protect it first: su.write_workbook(path, "
        "su.protect(counts, policy)), with policy='internal' to hide nothing."
    )


def test_other_endings_are_refused(tmp_path):
    with pytest.raises(ArgumentError) as caught:
        write_workbook(tmp_path / "tables.csv", release("suppress10"))
    assert str(caught.value) == (
        "path='tables.csv' doesn't say which spreadsheet to write. Possible endings: '.xlsx', '.ods'."
    )
    assert not list(tmp_path.iterdir())
