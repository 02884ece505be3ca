"""A real PostgreSQL, started for these tests: the query is counted where the rows are."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stepup_equity import DataError, StageCounts, count_stages, read_applicants

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

pytestmark = pytest.mark.external


def _server_programs() -> Path | None:
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return versions[-1].parent if versions else None


def _as_user(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root; Debian's package brings a user for it."""
    return ["runuser", "-u", "postgres", "--", *command] if os.geteuid() == 0 else command


@pytest.fixture(scope="module")
def address(people: pd.DataFrame) -> Iterator[str]:
    programs = _server_programs()
    if programs is None:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL is not installed; .ci/run should have installed it.")
        pytest.skip("PostgreSQL is not installed.")
    psycopg = pytest.importorskip("psycopg")
    folder = Path(tempfile.mkdtemp(prefix="stepup-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    data = folder / "data"
    run = {"check": True, "capture_output": True, "cwd": folder}
    try:
        subprocess.run(
            _as_user([str(programs / "initdb"), "-D", str(data), "-A", "trust", "-U", "postgres"]), **run
        )
        options = f"-k {folder} -c listen_addresses=''"
        start = [
            str(programs / "pg_ctl"),
            "-D",
            str(data),
            "-o",
            options,
            "-l",
            str(folder / "log"),
            "-w",
            "start",
        ]
        subprocess.run(_as_user(start), **run)
        try:
            url = f"postgresql://postgres@/postgres?host={folder}"
            with psycopg.connect(url) as connection:
                columns = ", ".join(f'"{name}" text' for name in people.columns)
                connection.execute(f"CREATE TABLE applicants ({columns})")
                with connection.cursor().copy("COPY applicants FROM STDIN") as copy:
                    for row in people.replace("", None).itertuples(index=False):
                        copy.write_row([None if value != value else value for value in row])
            yield url
        finally:
            subprocess.run(
                _as_user([str(programs / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop"]), **run
            )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize("query", ["applicants", "SELECT * FROM applicants WHERE cohort = '2010'"])
def test_the_same_people(query: str, address: str, expected: StageCounts) -> None:
    applicants = read_applicants(address, query=query)
    assert applicants.ids_checked
    assert applicants.problems.empty
    assert count_stages(applicants) == expected


def test_an_open_connection_stays_open(address: str, expected: StageCounts) -> None:
    import psycopg

    with psycopg.connect(address) as connection:
        assert count_stages(read_applicants(connection, query="applicants")) == expected
        assert connection.execute("SELECT count(*) FROM applicants").fetchone() == (2095,)


def test_repeated_and_missing_ids_are_counted_there(address: str) -> None:
    twice = "SELECT * FROM applicants UNION ALL SELECT * FROM applicants WHERE applicant_id = 'S00001'"
    with pytest.raises(DataError) as error:
        read_applicants(address, query=twice)
    assert str(error.value) == (
        "The database is refused: rows that stand more than once, alike in everything that is read "
        "(column 'applicant_id', 2 people). Remove the repeated rows: the same export may have been "
        "joined twice."
    )
    same_id = (
        "SELECT applicant_id, cohort, gender, furthest_stage, exit_reason FROM applicants UNION ALL "
        "SELECT applicant_id, cohort, CASE gender WHEN 'Female' THEN 'Male' ELSE 'Female' END, "
        "furthest_stage, exit_reason FROM applicants WHERE applicant_id = 'S00001'"
    )
    with pytest.raises(DataError) as error:
        read_applicants(address, query=same_id)
    assert str(error.value) == (
        "The database is refused: an id that stands in more than one row of its cohort "
        "(column 'applicant_id', 2 people). Keep one row for each applicant and cohort. Where each row is an "
        'application, say so under [reading] in the programme: unit = "applications" and '
        'applicant_id = ["person", "vacancy"].'
    )
    with pytest.raises(DataError) as error:
        read_applicants(
            address,
            query="SELECT NULL AS applicant_id, cohort, gender, furthest_stage, exit_reason FROM applicants",
        )
    assert str(error.value) == (
        "The database is refused: no id (column 'applicant_id', 2,095 people). Give every row the id of "
        "its applicant."
    )


def test_a_refused_query_names_no_address(address: str) -> None:
    with pytest.raises(DataError) as error:
        read_applicants(address, query="SELECT nothing FROM nowhere")
    assert str(error.value) == (
        "The database refuses the query (UndefinedTable). "
        "Try it in the database first: give a SELECT without a semicolon, or the name of a table."
    )


def test_no_server(tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(DataError) as error:
        read_applicants(f"postgresql://user:secret@/none?host={tmp_path}", query="applicants")
    assert str(error.value) == ("The database cannot be opened. Check its address, and that you may read it.")
