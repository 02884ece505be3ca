#!/usr/bin/env python3
"""Draw the README's picture: ``python docs/readme_picture.py``."""

from pathlib import Path

import stepup_equity as su
from stepup_equity.examples import list_examples

path = next(example.path for example in list_examples() if example.name == "cohort_one")
cliffs = su.cliff_edges(su.count_stages(su.read_applicants(path)), by="ethnicity")
figure = cliffs.plot().figure
figure.savefig(Path(__file__).parent / "images" / "cliff_map.png", dpi=150, metadata={"Software": None})
