"""Settings of every test: no time limit on one example, no skips where all is installed, nobody told of."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.told import heard, listen, told

if TYPE_CHECKING:
    from collections.abc import Generator

settings.register_profile("quiet", deadline=None)
settings.load_profile("quiet")

listen()

CI = os.environ.get("CI") == "true"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A skip is a failure in continuous integration: there the tool must be installed."""
    report = yield
    if report.when == "teardown":
        for stream in (report.capstdout, report.capstderr):
            heard("a stream", stream)
        if people := told():
            report.outcome = "failed"
            report.longrepr = "what a test made the product say tells of people:\n" + "\n".join(people)
    if CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which continuous integration does not allow: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a whole file that is skipped."""
    report = yield
    if CI and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"skipped, which continuous integration does not allow: {report.longrepr}"
    return report
