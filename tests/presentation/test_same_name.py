"""A detailed group that bears its broad group's name is not taken for it."""

import numpy as np
import pandas as pd

import stepup_equity as su
from stepup_equity.presentation.published import Published
from stepup_equity.words.names import Names


def test_people_of_a_publication_are_those_of_the_broad_group() -> None:
    rows = [
        ("disability", "Disability", "Disability", 40, 20),
        ("disability", "Mobility", "Disability", 60, 30),
        ("disability", "No disability", "", 500, 250),
    ]
    columns = ["characteristic", "group", "parent", "applied", "hired"]
    counts = su.StageCounts.from_table(pd.DataFrame(rows, columns=columns))
    people = Published(su.protect(counts, "internal"), Names()).people_printed("disability")
    assert list(people["group"]) == ["Disability", "No disability"]
    assert np.array_equal(people["entered"], [100, 500])
