"""The same 2,095 people through every kind of input give identical counts."""

from __future__ import annotations

import gzip
import sqlite3
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pandas as pd
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq
import pytest

from stepup_equity import DataError, MissingDependencyError, StageCounts, count_stages, read_applicants
from stepup_equity.process import Reading, step_up_to_social_work

Write = Callable[[pd.DataFrame, Path], Path]


def text(name: str, **options: Any) -> Write:
    def write(people: pd.DataFrame, folder: Path) -> Path:
        people.to_csv(folder / name, index=False, **options)
        return folder / name

    return write


def windows(people: pd.DataFrame, folder: Path) -> Path:
    """Accents in a region's name, as an older spreadsheet writes them."""
    path = folder / "windows.csv"
    path.write_bytes(
        people.to_csv(index=False)
        .replace("West London Alliance", "West London Allianc\u00e9")
        .encode("cp1252")
    )
    return path


def zipped(people: pd.DataFrame, folder: Path) -> Path:
    path = folder / "people.csv.gz"
    path.write_bytes(gzip.compress(people.to_csv(index=False).encode()))
    return path


def spaced_header(people: pd.DataFrame, folder: Path) -> Path:
    """Column names as people write them, a title above, blank lines below."""
    path = folder / "spaced.csv"
    renamed = people.rename(columns=lambda name: name.replace("_", " ").title())
    path.write_text(renamed.to_csv(index=False) + ",,,,,,,,,,\n\n", encoding="utf-8")
    return path


def quoted_newlines(people: pd.DataFrame, folder: Path) -> Path:
    path = folder / "notes.csv"
    people.assign(notes='two\nlines, "quoted"').to_csv(path, index=False)
    return path


def separator_line(people: pd.DataFrame, folder: Path) -> Path:
    path = folder / "excel.csv"
    path.write_text("sep=;\n" + people.to_csv(index=False, sep=";"), encoding="utf-8-sig")
    return path


def xlsx(people: pd.DataFrame, folder: Path) -> Path:
    people.to_excel(folder / "people.xlsx", index=False, engine="xlsxwriter")
    return folder / "people.xlsx"


def ods(people: pd.DataFrame, folder: Path) -> Path:
    """One sheet of text, of the fewest files a spreadsheet has: odfdo takes seconds for as many cells."""
    rows = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'
            for cell in row
        )
        + "</table:table-row>"
        for row in [list(people.columns), *people.to_numpy().tolist()]
    )
    opendocument = "urn:oasis:names:tc:opendocument:xmlns"
    spaces = " ".join(f'xmlns:{name}="{opendocument}:{name}:1.0"' for name in ("office", "table", "text"))
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    with zipfile.ZipFile(folder / "people.ods", "w") as book:
        book.writestr("mimetype", kind)
        book.writestr(
            "META-INF/manifest.xml",
            f'<manifest:manifest xmlns:manifest="{opendocument}:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
            '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
            "</manifest:manifest>",
        )
        book.writestr(
            "content.xml",
            f'<office:document-content {spaces} office:version="1.3"><office:body><office:spreadsheet>'
            f'<table:table table:name="People">{rows}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return folder / "people.ods"


def parquet(people: pd.DataFrame, folder: Path) -> Path:
    pq.write_table(
        pa.Table.from_pandas(people, preserve_index=False), folder / "plain.parquet", row_group_size=500
    )
    return folder / "plain.parquet"


def dictionaries(people: pd.DataFrame, folder: Path) -> Path:
    columns = {name: pa.array(people[name].replace("", None)).dictionary_encode() for name in people}
    pq.write_table(pa.table(columns), folder / "codes.parquet")
    return folder / "codes.parquet"


def folder_of_parquet(people: pd.DataFrame, folder: Path) -> Path:
    for i, part in enumerate((people[:700], people[700:1500], people[1500:])):
        part.to_parquet(folder / f"part-{i}.parquet", index=False)
    (folder / "_SUCCESS").write_text("")
    return folder


def partitions(people: pd.DataFrame, folder: Path) -> Path:
    (folder / "cohort=2010").mkdir()
    people.drop(columns="cohort").to_csv(folder / "cohort=2010" / "people.csv", index=False)
    return folder


def feather(people: pd.DataFrame, folder: Path) -> Path:
    pyarrow.feather.write_feather(people, str(folder / "people.feather"))
    return folder / "people.feather"


def statistics(ending: str, function: str) -> Write:
    def write(people: pd.DataFrame, folder: Path) -> Path:
        pyreadstat = pytest.importorskip("pyreadstat")
        path = folder / f"people.{ending}"
        short = (
            people.rename(
                columns={
                    "applicant_id": "appid",
                    "furthest_stage": "furthest",
                    "exit_reason": "exitr",
                    "orientation": "orient",
                    "disability": "disab",
                }
            )
            if ending == "xpt"
            else people
        )
        getattr(pyreadstat, function)(short, str(path))
        return path

    return write


def labelled_sav(people: pd.DataFrame, folder: Path) -> Path:
    """SPSS codes with value labels, as survey tools write them."""
    pyreadstat = pytest.importorskip("pyreadstat")
    coded, labels = people.copy(), {}
    for name in ("ethnicity", "gender", "religion", "furthest_stage"):
        answers = sorted(set(people[name]) - {""})
        labels[name] = dict(enumerate(answers, 1))
        coded[name] = people[name].map({answer: code for code, answer in labels[name].items()}).astype(float)
    pyreadstat.write_sav(coded, str(folder / "coded.sav"), variable_value_labels=labels)
    return folder / "coded.sav"


FILES: dict[str, Write] = {
    "csv": text("plain.csv"),
    "csv with BOM": text("bom.csv", encoding="utf-8-sig"),
    "csv, semicolons": text("semicolon.csv", sep=";"),
    "csv, delimiter above": separator_line,
    "csv, tabs": text("tabs.tsv", sep="\t"),
    "csv, bars": text("bars.txt", sep="|"),
    "csv, all quoted": text("quoted.csv", quoting=1),
    "csv, old Mac line ends": text("mac.csv", lineterminator="\r"),
    "csv, Windows line ends": text("crlf.csv", lineterminator="\r\n"),
    "csv, UTF-16": text("unicode.txt", sep="\t", encoding="utf-16"),
    "csv, gzip": zipped,
    "csv, names with spaces": spaced_header,
    "csv, line breaks in fields": quoted_newlines,
    "xlsx": xlsx,
    "ods": ods,
    "parquet": parquet,
    "parquet, dictionaries": dictionaries,
    "folder of parquet": folder_of_parquet,
    "folder by cohort": partitions,
    "feather": feather,
    "SPSS": statistics("sav", "write_sav"),
    "SPSS, coded": labelled_sav,
    "Stata": statistics("dta", "write_dta"),
}


@pytest.mark.parametrize("kind", FILES)
def test_files(kind: str, people: pd.DataFrame, expected: StageCounts, tmp_path: Path) -> None:
    applicants = read_applicants(FILES[kind](people, tmp_path))
    assert len(applicants) == 2095
    assert applicants.ids_checked
    assert set(applicants.problems["code"]) <= {"row_empty"}
    assert count_stages(applicants) == expected


def test_windows_1252_is_read_and_said(people: pd.DataFrame, expected: StageCounts, tmp_path: Path) -> None:
    applicants = read_applicants(windows(people, tmp_path))
    assert len(applicants) == 2095
    assert "West London Alliancé" in applicants.cells.axis("region").labels
    assert applicants.problems[["severity", "code", "problem"]].to_numpy().tolist() == [
        [
            "note",
            "encoding_windows",
            "The file is not UTF-8; it was read as Windows-1252, as older spreadsheets write it.",
        ]
    ]


def test_windows_1252_far_down_the_file(tmp_path: Path) -> None:
    """The first letter beyond ASCII stands behind the part that is looked at first."""
    rows = [f"{i},Female,accepted,{'x' * 60},East" for i in range(20000)]
    header = "applicant_id,gender,furthest_stage,notes,region"
    path = tmp_path / "late.csv"
    path.write_bytes("\n".join([header, *rows, "last,Male,eligible,x,Alliancé"]).encode("cp1252"))
    applicants = read_applicants(path)
    assert len(applicants) == 20001
    assert applicants.cells.axis("region").labels == ("Alliancé", "East")
    assert applicants.problems["code"].tolist() == ["encoding_windows"]


def test_sas_transport(people: pd.DataFrame, expected: StageCounts, tmp_path: Path) -> None:
    """SAS transport files have short names, so the programme names the columns."""
    from stepup_equity.process import programme_from_toml, programme_to_toml, step_up_to_social_work

    text_ = programme_to_toml(step_up_to_social_work())
    for name, short in {"disability": "disab", "orientation": "orient"}.items():
        text_ = text_.replace(f'column = "{name}"', f'column = "{short}"')
    text_ = text_.replace('applicant_id = "applicant_id"', 'applicant_id = "appid"')
    text_ += '[reading.progress]\nkind = "furthest_stage"\ncolumn = "furthest"\nexit_column = "exitr"\n'
    path = statistics("xpt", "write_xport")(people, tmp_path)
    counts = count_stages(path, programme=programme_from_toml(text_))
    assert counts == expected


FRAMES: dict[str, Callable[[pd.DataFrame], Any]] = {
    "pandas": lambda people: people,
    "pandas, missing": lambda people: people.replace("", None),
    "pandas, objects with NaN": lambda people: people.astype(object).where(people != "", float("nan")),
    "pandas, categories": lambda people: people.astype("category"),
    "pyarrow": lambda people: pa.Table.from_pandas(people, preserve_index=False),
    "pyarrow batch": lambda people: pa.RecordBatch.from_pandas(people, preserve_index=False),
    "polars": lambda people: pytest.importorskip("polars").from_pandas(people),
    "polars, categories": lambda people: (
        pytest.importorskip("polars")
        .from_pandas(people)
        .with_columns(
            pytest.importorskip("polars")
            .col("ethnicity", "gender", "region")
            .cast(pytest.importorskip("polars").Categorical)
        )
    ),
    "polars, lazy": lambda people: pytest.importorskip("polars").from_pandas(people).lazy(),
    "duckdb": lambda people: pytest.importorskip("duckdb").from_df(people),
    "dask": lambda people: pytest.importorskip("dask.dataframe").from_pandas(people, npartitions=3),
}


@pytest.mark.parametrize("kind", FRAMES)
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_frames(kind: str, people: pd.DataFrame, expected: StageCounts) -> None:
    applicants = read_applicants(FRAMES[kind](people))
    assert applicants.problems.empty
    assert count_stages(applicants) == expected
    assert applicants.ids_checked


@pytest.fixture(scope="module")
def database(people: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("database") / "applicants.db"
    with sqlite3.connect(path) as connection:
        people.to_sql("applicants", connection, index=False)
    connection.close()
    return path


@pytest.mark.parametrize(
    "query", ["applicants", "SELECT * FROM applicants;", "select * from applicants where 1 = 1"]
)
def test_sqlite(query: str, database: Path, expected: StageCounts) -> None:
    assert count_stages(read_applicants(database, query=query)) == expected
    assert count_stages(read_applicants(f"sqlite:///{database}", query=query)) == expected
    connection = sqlite3.connect(database)
    assert count_stages(read_applicants(connection, query=query)) == expected
    connection.execute("SELECT 1")  # it is still open
    connection.close()


def test_duckdb_connection_and_address(people: pd.DataFrame, expected: StageCounts, tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    path = tmp_path / "people.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE applicants AS SELECT * FROM people")
        assert count_stages(read_applicants(connection, query="applicants")) == expected
    assert count_stages(read_applicants(f"duckdb:///{path}", query="applicants")) == expected
    assert count_stages(read_applicants(path, query="SELECT * FROM applicants")) == expected


def test_an_engine_sends_no_rows(people: pd.DataFrame) -> None:
    """What travels is one row for each distinct record, not one for each person."""
    from stepup_equity.records.sources import GroupedSource, open_source

    duckdb = pytest.importorskip("duckdb")
    source = open_source(duckdb.from_df(people))
    assert isinstance(source, GroupedSource)
    batches = list(source.groups(["gender", "furthest_stage"]))
    assert sum(len(batch) for batch in batches) == len(people[["gender", "furthest_stage"]].drop_duplicates())
    assert sum(int(batch.weights.sum()) for batch in batches if batch.weights is not None) == 2095


def test_several_files(people: pd.DataFrame, expected: StageCounts, tmp_path: Path) -> None:
    paths = []
    for i, part in enumerate((people[:1000], people[1000:])):
        paths.append(tmp_path / f"part{i}.csv")
        part.to_csv(paths[-1], index=False)
    assert count_stages(read_applicants(paths)) == expected
    assert count_stages(paths[0]) + count_stages(paths[1]) == expected


def test_a_sheet_below_a_title(people: pd.DataFrame, expected: StageCounts, tmp_path: Path) -> None:
    from dataclasses import replace

    from stepup_equity import step_up_to_social_work
    from stepup_equity.process import Reading

    path = tmp_path / "book.xlsx"
    with pd.ExcelWriter(path, engine="xlsxwriter") as book:
        pd.DataFrame({"About": ["this book"]}).to_excel(book, sheet_name="Cover", index=False)
        people.to_excel(book, sheet_name="Applicants", index=False, startrow=3)
    programme = replace(step_up_to_social_work(), reading=Reading(sheet="Applicants", header_row=4))
    counts = count_stages(path, programme=programme)
    assert counts == expected


@pytest.mark.parametrize(
    ("package", "extra", "source"),
    [("pyreadstat", "stats-files", "people.sav"), ("psycopg", "databases", "postgresql://localhost/none")],
)
def test_a_missing_extra_is_named(
    package: str, extra: str, source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    (tmp_path / "people.sav").write_bytes(b"$FL2")
    place = source if "://" in source else tmp_path / source
    with pytest.raises(MissingDependencyError) as error:
        read_applicants(place, query="people" if "://" in source else None)
    assert str(error.value) == (
        f"This needs the package {package!r}, which is not installed. "
        f"Install it with: python -m pip install 'stepup-equity[{extra}]'"
    )


def test_ten_thousand_columns_and_a_megabyte_in_one(
    people: pd.DataFrame, expected: StageCounts, tmp_path: Path
) -> None:
    wide = pd.DataFrame("", index=people.index[:20], columns=[f"c{i}" for i in range(10_000)])
    wide.loc[3, "c7"] = "x" * 1_000_000
    pd.concat([people[:20], wide], axis=1).to_csv(tmp_path / "wide.csv", index=False)
    assert count_stages(tmp_path / "wide.csv") == count_stages(people[:20])


SHEETS = {
    "Read me": [["Export of 3 September"], ["Contact: HR"]],
    "Applicants": [["gender", "furthest_stage"], ["Female", "accepted"]],
    'The "other"': [["gender", "furthest_stage"], ["Male", "accepted"], ["Male", "accepted"]],
    "Empty": [],
}


def book(folder: Path, *names: str) -> Path:
    """A workbook with these sheets."""
    with pd.ExcelWriter(folder / "book.xlsx", engine="xlsxwriter") as writer:
        for name in names:
            pd.DataFrame(SHEETS[name]).to_excel(writer, sheet_name=name, index=False, header=False)
    return folder / "book.xlsx"


def test_other_sheets_are_noted_where_none_is_named(tmp_path: Path) -> None:
    path = book(tmp_path, "Applicants", 'The "other"', "Empty")
    problems = read_applicants(path, check_ids=False).problems
    assert problems[["severity", "code", "problem", "remedy"]].to_numpy().tolist() == [
        [
            "note",
            "other_sheets",
            ("Only the sheet 'Applicants' is read. Other sheets of book.xlsx with content: 'The \"other\"'."),
            (
                'To read another, name it under [reading] as sheet = "The \\"other\\"", or give each sheet '
                "its own file."
            ),
        ]
    ]
    for sheet, people in (("Applicants", 1), ('The "other"', 2)):
        named = replace(step_up_to_social_work(), reading=Reading(sheet=sheet))
        applicants = read_applicants(path, programme=named, check_ids=False)
        assert applicants.problems.empty
        assert len(applicants) == people
    assert read_applicants(book(tmp_path, "Applicants", "Empty"), check_ids=False).problems.empty


def test_a_sheet_to_read_first_is_no_header(tmp_path: Path) -> None:
    with pytest.raises(DataError) as error:
        read_applicants(book(tmp_path, "Read me", "Applicants", 'The "other"'))
    assert str(error.value) == (
        "book.xlsx is refused: fewer than two of the columns that the programme knows stand in its first "
        "row. Put the column names there, or name the columns in the programme. If they stand in another "
        "row, write its number under [reading] in the programme, such as "
        "header_row = 3. If they stand on another sheet, "
        "name it there: sheet = \"Applicants\". Other sheets: 'Applicants', 'The \"other\"'."
    )
    with pytest.raises(DataError) as error:
        read_applicants(book(tmp_path, "Empty", "Applicants"))
    assert str(error.value) == (
        "book.xlsx has no header in row 1 of its sheet. Put the column names there. If they stand in "
        "another row, write its number under [reading] in the programme, such as "
        "header_row = 3. If they stand on another "
        "sheet, name it there: sheet = \"Applicants\". Other sheets: 'Applicants'."
    )


@pytest.mark.parametrize("row", [1, 2])
def test_a_title_above_the_header(row: int, tmp_path: Path) -> None:
    path = tmp_path / "titled.csv"
    path.write_text("Recruitment,2010\n,\ngender,furthest_stage\nFemale,accepted\n")
    titled = replace(step_up_to_social_work(), reading=Reading(header_row=row))
    with pytest.raises(DataError) as error:
        read_applicants(path, programme=titled)
    where = "its first row" if row == 1 else "its row 2"
    assert str(error.value) == (
        f"titled.csv is refused: fewer than two of the columns that the programme knows stand in {where}. "
        "Put the column names there, or name the columns in the programme. If they stand in another row, "
        "write its number under [reading] in the programme, such as "
        "header_row = 3."
    )
    third = replace(step_up_to_social_work(), reading=Reading(header_row=3))
    assert len(read_applicants(path, programme=third, check_ids=False)) == 1


@pytest.mark.parametrize("ending", ["csv", "xls", "xlsx", "ods"])
@pytest.mark.parametrize("start", ["<html>", "\n<!DOCTYPE html>", "\ufeff<table>", '<?xml version="1.0"?>'])
def test_a_web_page_under_any_ending(ending: str, start: str, tmp_path: Path) -> None:
    path = tmp_path / f"page.{ending}"
    path.write_text(f"{start}<tr><th>gender</th></tr>", encoding="utf-8")
    with pytest.raises(DataError) as error:
        read_applicants(path)
    assert str(error.value) == (
        f"page.{ending} is a web page with a table in it, whatever its ending. Open it in a spreadsheet and "
        "save it as CSV UTF-8."
    )
    path.write_text(f"{start.replace('table', 'html')}<p>gender</p>", encoding="utf-8")
    with pytest.raises(DataError, match=r"is a web page, not a table\. Open it"):
        read_applicants(path)


def test_a_workbook_that_is_called_csv(tmp_path: Path) -> None:
    path = book(tmp_path, "Applicants").rename(tmp_path / "people.csv")
    problems = read_applicants(path, check_ids=False).problems
    assert problems[["severity", "code", "problem", "remedy"]].to_numpy().tolist() == [
        [
            "note",
            "workbook_renamed",
            "The file is a workbook, whatever its name 'people.csv' says; it was read as one.",
            "Rename it, so that other programs read it too: as .xlsx, .xls or .ods.",
        ]
    ]
