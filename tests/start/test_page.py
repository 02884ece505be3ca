"""The page on this machine: the whole way by forms, who is let in, and what is kept."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest

from stepup_equity.cli import main
from stepup_equity.counts import open_counts
from stepup_equity.disclosure.designs import publication_plan
from stepup_equity.start import draft_programme
from tests.start.page_client import TOKEN, Browser, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from stepup_equity.cli.page.app import Page


@pytest.fixture(scope="module")
def served(export: Path) -> Iterator[tuple[str, Page]]:
    with serving(export) as found:
        yield found


def test_the_whole_way_says_what_the_terminal_says(served: tuple[str, Page], export: Path) -> None:
    browser = Browser(served[0])
    assert browser.get("") == 200
    assert "The terminal named <strong>cohort5_export.xlsx" in browser.text
    assert browser.post("given") == 200
    titles = []
    for _ in range(7):
        titles.append(browser.title)
        assert browser.take() == 200
    assert titles[0] == "What the columns hold"
    assert titles[1:3] == ["On which day do ages count?", "What the words mean"]
    assert browser.title == "Ready to count"
    assert browser.get("my.toml") == 200
    assert browser.text == draft_programme(export).take().to_toml()


def test_a_chosen_file_is_read_and_told_of(served: tuple[str, Page], last: Path) -> None:
    browser = Browser(served[0])
    browser.get("")
    assert browser.send("..\\..\\cohort4.csv", last.read_bytes()) == 200
    assert browser.title == "What the columns hold"
    assert "cohort4.csv: 600 rows" in browser.text
    assert "C4/00001" not in browser.text
    assert "White - British" in browser.text


def test_an_answer_that_is_none_and_a_file_that_is_none_are_said_at_the_top(
    served: tuple[str, Page],
) -> None:
    browser = Browser(served[0])
    assert browser.send("", b"") == 422
    assert "There is a problem" in browser.text
    assert '<a href="#file">Select a file.</a>' in browser.text
    browser.post("given")
    browser.take()
    assert browser.post("step", typed="tomorrow") == 422
    assert "<title>Error: On which day" in browser.text
    assert "is not a day. Write it as 2025-09-01" in browser.text
    assert browser.send("people.txt", b"hello") == 422
    assert browser.title == "That did not work"


def test_back_goes_back(served: tuple[str, Page]) -> None:
    browser = Browser(served[0])
    browser.post("given")
    browser.take()
    assert browser.title == "On which day do ages count?"
    assert browser.post("back") == 200
    assert browser.title == "What the columns hold"


def test_two_browsers_do_not_mix(served: tuple[str, Page], last: Path) -> None:
    one, two = Browser(served[0]), Browser(served[0])
    one.post("given")
    two.send("cohort4.csv", last.read_bytes())
    one.get("step")
    two.get("step")
    assert "cohort5_export.xlsx: 700 rows" in one.text
    assert "cohort4.csv: 600 rows" in two.text
    assert one.cookie != two.cookie


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "localhost:80"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site"},
    ],
)
def test_another_host_or_origin_is_refused(served: tuple[str, Page], headers: dict[str, str]) -> None:
    browser = Browser(served[0])
    assert browser.ask("GET", f"/{TOKEN}/", **headers) == 403
    assert "Refused" in browser.text
    assert "cohort5" not in browser.text


def test_another_token_is_refused_and_nothing_else_is_served(served: tuple[str, Page]) -> None:
    browser = Browser(served[0])
    for path in ("/", "/another/", f"/{TOKEN}", f"/{TOKEN}x/", "/etc/passwd", "//"):
        assert browser.ask("GET", path) == 403, path
    for path in ("../../etc/passwd", "%2e%2e/app.py", "app.py", "base.html.j2", "static/"):
        assert browser.get(path) == 404, path
    browser.get("")
    assert browser.headers["content-security-policy"].startswith("default-src 'none'")
    assert browser.headers["cache-control"] == "no-store"


def test_a_post_without_an_origin_is_refused(served: tuple[str, Page]) -> None:
    browser = Browser(served[0])
    assert browser.ask("POST", f"/{TOKEN}/given", Origin="") == 403


def test_nothing_is_kept_when_it_closes(last: Path) -> None:
    with serving() as (host, known):
        browser = Browser(host)
        browser.send("cohort4.csv", last.read_bytes())
        folders = [visit.folder.name for visit in known.visits.values()]
    assert folders
    from pathlib import Path as Place

    assert not any(Place(folder).exists() for folder in folders)
    assert known.visits == {}


def test_labels_cannot_become_markup(tmp_path: Path) -> None:
    path = tmp_path / "hostile.csv"
    rows = "".join(
        f"r{i},{('Female', 'Male')[i % 2]},{('Hired', 'Rejected at sift')[i % 2]},Z\n" for i in range(8)
    )
    path.write_text("Ref,sex,Status,<script>alert(1)</script>\n" + rows, encoding="utf-8")
    with serving(path) as (host, _):
        browser = Browser(host)
        browser.post("given")
        assert "&lt;script&gt;" in browser.text
        assert "<script>" not in browser.text


def test_a_file_that_is_not_there_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["open", "nowhere.csv"]) == 1
    assert "There is no file 'nowhere.csv'. Check the path." in capsys.readouterr().err


def test_what_publishing_would_hide_is_said_of_each_design_before_one_is_chosen(tmp_path: Path) -> None:
    path = tmp_path / "five.csv"
    ends = ("Hired", "Rejected at interview", "Rejected at sift")
    rows = "".join(f"r{i},{('Female', 'Male')[i % 2]},{ends[i % 7 % 3]}\n" for i in range(90))
    path.write_text("Ref,Sex,Status\n" + rows, encoding="utf-8")
    with serving(path) as (host, _):
        browser = Browser(host)
        browser.post("given")
        while browser.title != "Ready to count":
            browser.take()
        browser.post("count")
        deadline = time.monotonic() + 60
        while "Look again" in browser.text and time.monotonic() < deadline:
            time.sleep(0.05)
            browser.get("preview")
    said = re.findall(r"<label for=\"policy[^>]*>(.*?) <span class=\"hint\">(.*?)</span>", browser.text)
    plan = publication_plan(open_counts(path, programme=draft_programme(path).programme).counts)
    assert [design.lower() for design, _ in said] == [*plan["design"].str.lower(), "nothing"]
    for (_, words), row in zip(said, plan.itertuples(), strict=False):
        hidden = row.counts - row.counts_kept
        assert f"hides {hidden or 'none'} of {row.counts} counts, keeps {row.comparisons} comp" in words


@pytest.mark.external
def test_a_team_may_write_its_report_and_publish_nothing(tmp_path: Path) -> None:
    path, out = tmp_path / "five.csv", tmp_path / "out"
    ends = ("Hired", "Rejected at interview", "Rejected at sift")
    rows = "".join(f"r{i},{('Female', 'Male')[i % 2]},{ends[i % 7 % 3]}\n" for i in range(90))
    path.write_text("Ref,Sex,Status\n" + rows, encoding="utf-8")
    with serving(path) as (host, _):
        browser = Browser(host)
        browser.post("given")
        while browser.title != "Ready to count":
            assert browser.take() == 200
        assert browser.post("count") == 200
        assert '<td class="n">90</td>' in browser.text
        assert browser.post("write", folder=str(out), policy="all of it") == 422
        assert browser.post("write", folder="", policy="none") == 422
        assert browser.post("write", folder=str(out), policy="none") == 200
        assert browser.title == "Written"
        assert f'next NEXT_FILE --programme "{out}/programme.toml" --last "{out}"' in browser.text
    assert {each.name for each in out.iterdir()} == {"internal", "programme.toml", "manifest.json"}
