#!/usr/bin/env python3
"""Synthetic applicants for speed and memory: seeded, vectorised, any number, constant memory.

    python benchmarks/generator.py ROWS OUT [--format parquet csv] [--seed 2013] [--missing 0.05]

Shares follow the printed profile of the first cohort (DFE-RR290, 2013, chapter 5) where it has one; the
rest is invented. An age slope is planted at eligibility, and cliffs for some ethnic groups at screening and
at the assessment centre. Rows come in chunks of a million, each with a seed of its own, so a longer file
begins with the shorter one. Stages: true passed, false stopped here, null never got here.
"""

from __future__ import annotations

import argparse

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

CHUNK = 1_000_000
STAGES = ("submitted", "eligible", "screened", "invited", "assessed", "offered", "accepted")
INTERCEPTS = (1.75, 0.05, 1.9, -0.1, 2.2, 1.9)
BANDS = np.array([20, 25, 30, 35, 40, 45, 50, 71])
AGE = (0.30, 0.23, 0.14, 0.11, 0.09, 0.07, 0.06)
ETHNICITY = {
    "White British": 0.690, "White Irish": 0.018, "Gypsy or Irish Traveller": 0.002, "White other": 0.050,
    "Mixed White and Black Caribbean": 0.015, "Mixed White and Black African": 0.006,
    "Mixed White and Asian": 0.007, "Mixed other": 0.009, "Indian": 0.031, "Pakistani": 0.018,
    "Bangladeshi": 0.009, "Chinese": 0.006, "Asian other": 0.010, "Black African": 0.075,
    "Black Caribbean": 0.036, "Black other": 0.006, "Arab": 0.004, "Other": 0.008,
}  # fmt: skip
BROAD = np.repeat(np.arange(5), [4, 4, 5, 3, 2])
RELIGION = ("Christian", "No religion", "Muslim", "Hindu", "Buddhist", "Jewish", "Sikh", "Spiritual", "Other")
RELIGION_BY_BROAD = np.array(
    [
        [0.50, 0.44, 0.003, 0.001, 0.01, 0.012, 0.001, 0.02, 0.013],
        [0.50, 0.38, 0.04, 0.01, 0.02, 0.01, 0.01, 0.02, 0.01],
        [0.12, 0.12, 0.40, 0.20, 0.04, 0.002, 0.10, 0.008, 0.01],
        [0.80, 0.06, 0.11, 0.002, 0.004, 0.002, 0.001, 0.011, 0.01],
        [0.30, 0.20, 0.40, 0.02, 0.03, 0.01, 0.01, 0.02, 0.01],
    ]
)
GENDER = {"Female": 0.795, "Male": 0.198, "Other": 0.007}
DISABILITY = {"No": 0.90, "Yes": 0.08, "Unknown": 0.02}
ORIENTATION = {
    "Heterosexual": 0.962,
    "Gay or lesbian": 0.016,
    "Bisexual": 0.015,
    "Other": 0.005,
    "Unsure": 0.002,
}
REGION = dict(
    zip([f"Region {c}" for c in "ABCDEFGH"], [0.20, 0.17, 0.15, 0.13, 0.12, 0.10, 0.08, 0.05], strict=True)
)
COHORTS = np.array([2010, 2012, 2014, 2016, 2018], np.int16)


def planted_effects(seed: int) -> list[np.ndarray]:
    """Log odds ratios of each characteristic's groups at the six gates; the first group is the reference."""
    rng = np.random.default_rng([seed, 0])
    effects = [rng.normal(0, 0.06, (size, 6)) for size in (7, 18, 3, 9, 3, 5)]
    age, ethnicity, gender, religion, *_ = effects
    age[:, 0] += np.linspace(0.25, -0.9, 7)
    ethnicity[13, [1, 3]], ethnicity[14, [1, 3]] = (-1.35, -1.6), (-0.7, -0.9)
    ethnicity[8, 3], ethnicity[9, 1], ethnicity[10, 1] = -1.3, -0.6, -0.6
    gender[1, 1], religion[1, 3] = -0.25, 0.2
    for effect in effects:
        effect[0] = 0
    return effects


def drawn(rng: np.random.Generator, shares: object, n: int) -> np.ndarray:
    """Codes drawn by share, int8."""
    cumulated = np.cumsum(list(shares))
    return np.searchsorted(cumulated / cumulated[-1], rng.random(n)).astype(np.int8)


def chunk(n: int, start: int, seed: int, number: int, missing: float) -> pa.Table:
    """One chunk of applicants."""
    rng = np.random.default_rng([seed, number + 1])
    band = drawn(rng, AGE, n)
    age = (BANDS[band] + rng.random(n) * (BANDS[band + 1] - BANDS[band])).astype(np.int16)
    ethnicity = drawn(rng, ETHNICITY.values(), n)
    cumulated = np.cumsum(RELIGION_BY_BROAD, axis=1) / RELIGION_BY_BROAD.sum(1, keepdims=True)
    religion = np.minimum((rng.random(n)[:, None] > cumulated[BROAD[ethnicity]]).sum(1), 8).astype(np.int8)
    gender, disability, orientation = (drawn(rng, d.values(), n) for d in (GENDER, DISABILITY, ORIENTATION))
    region = drawn(rng, REGION.values(), n)
    cohort = rng.integers(0, len(COHORTS), n, dtype=np.int8)
    score = rng.standard_normal(n)

    codes = (band, ethnicity, gender, religion, disability, orientation)
    effects, still_in = planted_effects(seed), np.ones(n, bool)
    stages = [pa.array(still_in)]
    for gate, intercept in enumerate(INTERCEPTS):
        log_odds = intercept + 0.04 * cohort + 0.3 * score * (gate in (1, 3))
        for effect, code in zip(effects, codes, strict=True):
            log_odds += effect[:, gate][code]
        passed = rng.random(n) < 1 / (1 + np.exp(-log_odds))
        stages.append(pa.array(passed & still_in, mask=~still_in))
        still_in = still_in & passed

    def labelled(labels: object, code: np.ndarray, *, gaps: bool = True) -> pa.Array:
        blank = rng.random(n) < missing if gaps else None
        return pa.DictionaryArray.from_arrays(pa.array(code, mask=blank), pa.array(list(labels)))

    columns = {
        "applicant_id": pa.array(
            np.char.add("A", np.char.zfill(np.arange(start, start + n).astype("U10"), 10))
        ),
        "cohort": pa.array(COHORTS[cohort]),
        "region": labelled(REGION, region, gaps=False),
        "age": pa.array(age, mask=rng.random(n) < missing),
        "ethnicity": labelled(ETHNICITY, ethnicity),
        "gender": labelled(GENDER, gender),
        "religion": labelled(RELIGION, religion),
        "disability": labelled(DISABILITY, disability),
        "orientation": labelled(ORIENTATION, orientation),
        "score": pa.array(np.round(50 + 12 * score, 1)),
    }
    return pa.table(columns | dict(zip(STAGES, stages, strict=True)))


def generate(
    rows: int, out: str, formats: tuple[str, ...] = ("parquet",), seed: int = 2013, missing: float = 0.05
) -> None:
    """Write ``OUT.parquet`` (one row group for each chunk), ``OUT.csv``, or both."""
    writers: dict[str, pq.ParquetWriter | pacsv.CSVWriter] = {}
    plain = None
    for number, start in enumerate(range(0, rows, CHUNK)):
        table = chunk(min(CHUNK, rows - start), start, seed, number, missing)
        if plain is None:
            plain = pa.schema(
                [(f.name, pa.string() if pa.types.is_dictionary(f.type) else f.type) for f in table.schema]
            )
            if "parquet" in formats:
                writers["parquet"] = pq.ParquetWriter(f"{out}.parquet", table.schema, compression="snappy")
            if "csv" in formats:
                quoting = pacsv.WriteOptions(quoting_style="needed")
                writers["csv"] = pacsv.CSVWriter(f"{out}.csv", plain, write_options=quoting)
        for kind, writer in writers.items():
            writer.write_table(table if kind == "parquet" else table.cast(plain))
    for writer in writers.values():
        writer.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rows", type=lambda text: int(float(text)))
    parser.add_argument("out")
    parser.add_argument("--format", nargs="+", choices=["parquet", "csv"], default=["parquet"])
    parser.add_argument("--seed", type=int, default=2013)
    parser.add_argument("--missing", type=float, default=0.05)
    chosen = parser.parse_args()
    generate(chosen.rows, chosen.out, tuple(chosen.format), chosen.seed, chosen.missing)
