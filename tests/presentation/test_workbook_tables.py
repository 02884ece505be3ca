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
from stepup_equity.presentation.workbook.cover import internal_banner
from stepup_equity.presentation.workbook.tables import workbook_of, write_workbook
from stepup_equity.spreadsheets import lint_workbook
from stepup_equity.words.names import capital

MEASURES = {
    "Reached this stage": ("reached", 0, 0),
    "Pass rate (%)": ("pass_rate", 1, 1),
    "Lower end of its interval (%)": ("wilson_low", 1, 1),
    "Upper end of its interval (%)": ("wilson_high", 1, 1),
    "Reached it, of all who applied (%)": ("cum_rate", 0, 1),
    "Share of those at this stage (%)": ("share", 0, 1),
}
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
        header, rows = found[f"stages_{characteristic}_{number}"]
        for row in rows:
            cell = dict(zip(header, row, strict=True))
            group, parent = cell[capital(characteristic)], cell.get("Part of", "")
            group = "Total" if group == "All applicants" else group
            parent = "" if parent in {"All applicants", "This is the total"} else parent
            stage = STAGES.index(cell["Stage"])
            for head, (measure, back, decimals) in MEASURES.items():
                if stage == 0 and head not in {"Reached this stage", "Share of those at this stage (%)"}:
                    assert cell[head] == "[z]"
                    continue
                key = ("2010", characteristic, group, parent, STAGES[stage - back], measure)
                assert text(cell[head], decimals) == printed[key], key
                seen += 1
            if stage:
                assert text(cell["At the stage before"], 0) == decided(printed, *key[:4], STAGES[stage - 1])
    measured = {measure for measure, _, _ in MEASURES.values()}
    assert seen == sum(key[5] in measured and key[1] != "All" for key in printed)


def decided(printed, *key):
    """Of how many a pass rate is, from what is printed."""
    reached, waiting = printed[*key, "reached"], printed.get((*key, "pending"), "0")
    if "[c]" in {reached, waiting}:
        return "[c]"
    return f"{int(reached.replace(',', '')) - int(waiting.replace(',', '')):,}"


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


def test_the_cohorts_of_a_group_stand_under_one_another():
    book = workbook_of(release("internal", 3))
    ethnicity = {column.header: column.values for column in book.sheets[0].table.columns}
    rows = list(zip(*ethnicity.values(), strict=True))
    assert list(ethnicity)[:4] == ["Stage", "Ethnicity", "Part of", "Cohort"]
    named = [row for row in rows if row[:2] == ("Offered", "=White British")]
    assert [row[3] for row in named] == ["2010", "2012", "2013", "All cohorts"]
    assert [row[4:7] for row in named] == [
        (255, 105, 41.2),
        (260, 110, 42.3),
        (265, 115, 43.4),
        (780, 330, 42.3),
    ]
    at = rows.index(named[0])
    assert rows[at : at + 4] == named
    whole = list(ethnicity).index("Reached it, of all who applied (%)")
    assert [row[whole] for row in named] == [20.8, 21.6, 22.3, 21.6]


def test_one_cohort_stands_in_the_titles():
    titles = [sheet.title for sheet in workbook_of(release("suppress10")).sheets]
    assert titles == [
        "Table 1: How far each group got, by ethnicity, 2010",
        "Table 2: How far each group got, by gender, 2010",
        "Table 3: Tests of whether passing is associated with the group, 2010",
        "Table 4: How many applicants stated a group, 2010",
    ]


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
    assert set(third) == {internal_banner(hides=False)}


def test_a_publication_is_not_marked_and_says_how_it_is_protected():
    said = [line.text for line in workbook_of(release("suppress10"), author="Equality team").cover]
    assert said == [
        "Who publishes this file",
        "Equality team",
        "How people are protected",
        (
            "Policy “suppress10”. Small numbers are hidden, and so are others that would give them away by "
            "subtraction. Both are shown as [c], since two signs would tell which numbers are small."
        ),
        (
            "This withstands a reader who adds and subtracts whatever is printed. Whether it withstands "
            "one who also runs the program that made these tables was not asked."
        ),
        (
            "What this costs: where [c] stands, or where a group is small, the tables can't say how the "
            "group fared. That a number is missing is no sign that all is well."
        ),
        "How to read the tables",
        (
            "Each table follows applicants from the first stage to the last. In each row the pass rate "
            "stands beside its two counts: those at the stage before, and those of them who went on."
        ),
        (
            "The tables show how passing is associated with a group. They can't tell why, and they don't say "
            "that anybody was treated unfairly."
        ),
        (
            "No model with the other characteristics held equal stands here: it would need people by all "
            "characteristics together, in 8 combinations of groups, and estimates from the numbers behind "
            "these tables would help to work out what is hidden. So a gap shown here may belong to another "
            "characteristic."
        ),
    ]
    assert workbook_of(release("suppress10")).banner is None


def test_rounding_is_said():
    said = " ".join(line.text for line in workbook_of(release("hesa")).cover)
    assert (
        "Policy “hesa”. Counts are rounded to multiples of 5. Rates are worked out from the rounded counts."
        in said
    )
    assert "add up" in said


def test_publisher_date_and_contact_open_the_cover_and_are_readable_on_paper():
    book = workbook_of(
        release("suppress10"), author="Equality team", contact="team@example.org", date="2026-11-28"
    )
    assert [(line.text, line.target) for line in book.cover[:4]] == [
        ("Who publishes this file", None),
        ("Equality team", None),
        ("Published on 28 November 2026.", None),
        ("Contact: team@example.org", "mailto:team@example.org"),
    ]
    book = workbook_of(release("suppress10"), contact="https://example.org/team")
    assert [(line.text, line.target) for line in book.cover[1:3]] == [
        ("No publisher is named. The file was made with stepup_equity.", None),
        ("Contact: example.org/team", "https://example.org/team"),
    ]


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


@pytest.mark.parametrize(("waiting", "said"), [(20, " and do not wait there"), (0, "")])
def test_a_table_says_that_those_who_wait_are_not_in_its_columns(waiting, said):
    """90 were offered a place and 70 stand before acceptance: the heading alone contradicts the row above."""
    people = pd.DataFrame(
        {
            "gender": ["Female", "Male"] * 100,
            "furthest_stage": ["submitted"] * 110 + ["offered"] * waiting + ["accepted"] * (90 - waiting),
            "exit_reason": ["rejected"] * 110 + ["pending"] * waiting + [""] * (90 - waiting),
        }
    )
    counted = su.count_stages(su.read_applicants(people, check_ids=False))
    sheet = workbook_of(protect(counted, "internal", by=["gender"])).sheets[0]
    assert f"how many were at the stage before{said}, how many of them went on" in sheet.description
    who = "all who applied and do not wait" if waiting else "all who applied"
    assert f"Reached it, of {who} (%)" in [column.header for column in sheet.table.columns]
