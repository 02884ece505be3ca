"""How much of an export a draft proposes right, asks about, or gets wrong.

    python benchmarks/start.py --exports 200
    python benchmarks/start.py --page 1000000

The second asks how long another browser waits while the page drafts and counts a file of that many rows.

Invented exports (layouts, headings, languages, statuses in use, labels of the code lists with noise) are
drafted, and every proposal is judged by what a careful person would say. Seeded; the last figures lie beside
this file in start.md.
"""

from __future__ import annotations

import argparse
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import pandas as pd
from tests.start.generated import make
from tests.start.judged import judged
from tests.start.page_client import Browser, serving

KINDS = ("column", "label", "status", "doubtful", "stage")
VERDICTS = ("right", "asked", "wrong")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--exports", type=int, default=200)
    parser.add_argument("--page", type=int, metavar="ROWS", help="time the page with so many rows instead")
    arguments = parser.parse_args()
    if arguments.page:
        time_the_page(arguments.page)
        return
    exports = arguments.exports
    started, found = time.perf_counter(), Counter()
    with TemporaryDirectory() as folder:
        for seed in range(exports):
            some, wrong = judged(make(seed), Path(folder) / "export.csv")
            found += some
            for words in wrong:
                print(f"export {seed}: {words}")
    print(f"{exports} exports in {time.perf_counter() - started:.0f} s\n")
    print("| proposals of | right | asked | wrong |")
    print("| --- | --- | --- | --- |")
    for kind in (*KINDS, "all"):
        numbers = [
            sum(n for key, n in found.items() if key.endswith(verdict) and kind in (key.split()[0], "all"))
            for verdict in VERDICTS
        ]
        total = max(sum(numbers), 1)
        print(f"| {kind} | " + " | ".join(f"{n:,} ({n / total:.1%})" for n in numbers) + " |")


def time_the_page(rows: int) -> None:
    """Draft and count a file while another browser asks for a page ten times a second."""
    random = np.random.default_rng(1)
    frame = pd.DataFrame({"Applicant Ref": [f"r{i}" for i in range(rows)]})
    for name, answers in (
        ("Sex", ["Female", "Male"]),
        ("Ethnic Origin", ["White British", "Indian", "African", "Caribbean", "Prefer not to say"]),
        ("Status", ["Hired", "Sift - unsuccessful", "Interview - unsuccessful"]),
        ("Region", ["North", "South"]),
    ):
        frame[name] = random.choice(answers, rows)
    frame["Age"] = random.integers(20, 60, rows)
    waits: list[float] = []
    done = threading.Event()

    def ask(other: Browser) -> None:
        while not done.wait(0.1):
            started = time.perf_counter()
            other.get("")
            waits.append(time.perf_counter() - started)

    with TemporaryDirectory() as folder:
        file = Path(folder) / "export.csv"
        frame.to_csv(file, index=False)
        with serving(file) as (host, _):
            browser, other = Browser(host), Browser(host)
            thread = threading.Thread(target=ask, args=(other,))
            thread.start()
            started = time.perf_counter()
            browser.post("given")
            drafted = time.perf_counter() - started
            while browser.title != "Ready to count":
                browser.take()
            started = time.perf_counter()
            browser.post("count")
            counted = time.perf_counter() - started
            done.set()
            thread.join()
    some = 1000 * np.quantile(waits, [0.5, 0.99, 1])
    print(
        f"{rows:,} rows drafted in {drafted:.1f} s, counted in {counted:.1f} s; another browser waited "
        f"{some[0]:.0f} ms (median), {some[1]:.0f} ms (99 %), {some[2]:.0f} ms (longest of {len(waits)})"
    )


if __name__ == "__main__":
    main()
