"""Made-up cohorts, seeded: sizes, groups and pass rates like those of the first cohort."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd

import stepup_equity as su
from stepup_equity.counts import StageCounts
from stepup_equity.disclosure import Audit, Release, audit
from stepup_equity.disclosure.layout import Row

STAGES = ("submitted", "eligible", "screened", "invited", "assessed", "offered", "accepted")
RATES = np.array([0.83, 0.48, 0.87, 0.46, 0.90, 0.88])

ETHNICITY = {
    "White": {"White British": 0.65, "White Irish": 0.017, "Gypsy or Irish Traveller": 0.002,
              "Roma": 0.002, "White other": 0.047},
    "Mixed": {"White and Black Caribbean": 0.014, "White and Black African": 0.006,
              "White and Asian": 0.007, "Mixed other": 0.008},
    "Asian": {"Indian": 0.029, "Pakistani": 0.017, "Bangladeshi": 0.009,
              "Chinese": 0.006, "Asian other": 0.01},
    "Black": {"Black African": 0.071, "Black Caribbean": 0.034, "Black other": 0.006},
    "Other ethnic group": {"Arab": 0.004, "Any other": 0.008},
}  # fmt: skip
FLAT = {
    "age_band": {"20-24": 0.29, "25-29": 0.22, "30-34": 0.13, "35-39": 0.1, "40-44": 0.09,
                 "45-49": 0.07, "50+": 0.05},
    "gender": {"Female": 0.755, "Male": 0.19, "Other gender": 0.007},
    "religion": {"Christian": 0.48, "No religion": 0.35, "Muslim": 0.05, "Hindu": 0.015, "Buddhist": 0.01,
                 "Jewish": 0.01, "Sikh": 0.008, "Spiritual": 0.015, "Other religion": 0.012},
    "disability": {"No disability": 0.86, "Disability": 0.08},
    "orientation": {"Heterosexual": 0.91, "Gay or lesbian": 0.016, "Bisexual": 0.015,
                    "Other orientation": 0.005},
}  # fmt: skip


def frame(n: int, seed: int, cohorts: int = 1, only: tuple[str, ...] | None = None) -> pd.DataFrame:
    """A published-table frame: ``cohort, characteristic, group, parent, stage, reached``."""
    rng = np.random.default_rng([n, seed])
    rows = []
    for cohort in range(cohorts):
        label = str(2010 + 2 * cohort)
        alive = rng.random((n, 6)) < RATES
        furthest = np.cumprod(alive, axis=1).sum(axis=1)
        tables = {"ethnicity": [(g, p, w) for p, groups in ETHNICITY.items() for g, w in groups.items()]}
        tables |= {name: [(g, "", w) for g, w in groups.items()] for name, groups in FLAT.items()}
        for name, groups in tables.items():
            shares = np.array([*(w for *_, w in groups), 0.0])
            shares[-1] = 1 - shares.sum()
            code = rng.choice(len(shares), size=n, p=shares)
            if only is not None and name not in only:
                continue
            ended = np.zeros((len(shares), 7), int)
            np.add.at(ended, (code, furthest), 1)
            reached = ended[:, ::-1].cumsum(axis=1)[:, ::-1]
            for (group, parent, _), numbers in zip([*groups, ("Not stated", "", 0)], reached, strict=True):
                rows += [
                    (label, name, group, parent, stage, int(k))
                    for stage, k in zip(STAGES, numbers, strict=True)
                ]
    return pd.DataFrame(rows, columns=["cohort", "characteristic", "group", "parent", "stage", "reached"])


@lru_cache(maxsize=32)
def counts(n: int, seed: int, cohorts: int = 1, only: tuple[str, ...] | None = None) -> StageCounts:
    """The same as counts; one cohort carries no label."""
    table = frame(n, seed, cohorts, only)
    return StageCounts.from_table(table if cohorts > 1 else table.drop(columns="cohort"))


def truth(table: StageCounts, **options: object) -> dict[tuple[Row, str, str], int]:
    """The true value of every cell that would be printed."""
    frame = su.protect(table, "internal", **options).frame
    frame = frame[frame["measure"].isin(["reached", "left"])]
    return {
        (Row(r.cohort, r.characteristic, r.group, r.parent), r.stage, r.measure): int(
            r.value.replace(",", "")
        )
        for r in frame.itertuples()
        if r.group != "Total" or r.characteristic == "All"
    }


def audited(release: Release, table: StageCounts, **options: object) -> Audit:
    """What readers can work out about the cells that are small in truth."""
    threshold = release.policy.threshold
    small = [cell for cell, value in truth(table, **options).items() if 0 < value < threshold]
    assert small
    return audit([release.ledger()], release.policy, sensitive=small)
