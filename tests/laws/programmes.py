"""Programmes and records for laws: any labels, any number of stages."""

from __future__ import annotations

import pandas as pd
from hypothesis import strategies as st

from stepup_equity.columns import NOT_STATED
from stepup_equity.errors import ProgrammeError
from stepup_equity.process import Characteristic, Group, Programme, SelectionProcess, Stratum, normalise

HOSTILE = [
    "=cmd|'/c calc'!A0",
    "<script>",
    "a,b;c\t|",
    'quo"te',
    "line\nbreak",
    "𝔾𝔯𝔬𝔲𝔭",
    "é",
    "0",
    "1.0",
    "#N/A",
]
LABEL = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=12),
)


def distinct(labels: list[str]) -> list[str]:
    """Labels whose normalised forms differ from each other and from *Not stated*."""
    seen = {normalise(NOT_STATED), ""}
    kept = []
    for label in labels:
        if (key := normalise(label)) not in seen:
            seen.add(key)
            kept.append(label)
    return kept


def unlike_a_parent(label: str) -> bool:
    """Whether a label is no other spelling of a broad group, which a programme refuses."""
    return label in ("P", "Q") or normalise(label) not in ("p", "q")


@st.composite
def characteristics(draw: st.DrawFn, name: str) -> Characteristic:
    """A characteristic with one to five groups, perhaps with broad groups."""
    labels = draw(st.lists(LABEL.filter(unlike_a_parent), min_size=1, max_size=5).map(distinct).filter(bool))
    parents = draw(st.sampled_from([[None], ["P"], ["P", "Q"], [None, "P"]]))
    groups = tuple(Group(label, parents[i % len(parents)]) for i, label in enumerate(labels))
    return Characteristic(
        name=name,
        label=draw(LABEL),
        groups=groups,
        reference=draw(st.sampled_from([None, *labels])),
        ordered=draw(st.booleans()),
        show_empty=draw(st.booleans()),
    )


@st.composite
def programmes(draw: st.DrawFn) -> Programme:
    """A programme of two to eight stages and one to three characteristics."""
    keys = [f"stage_{i}" for i in range(draw(st.integers(2, 8)))]
    names = ["first", "second", "third"][: draw(st.integers(1, 3))]
    try:
        return Programme(
            name="drawn",
            label=draw(LABEL),
            process=SelectionProcess.from_keys(keys, name=draw(LABEL)),
            characteristics=tuple(draw(characteristics(name)) for name in names),
            strata=(Stratum("region", "Region"),),
            description=draw(st.text(st.characters(blacklist_categories=["Cs"]), max_size=20)),
        )
    except ProgrammeError as error:  # a drawn parent may be a drawn label
        raise AssertionError(str(error)) from error


@st.composite
def records(draw: st.DrawFn, programme: Programme, most: int = 30) -> pd.DataFrame:
    """Applicants of a programme: furthest stage, exit reason, labels, cohort and region."""
    stages = programme.process.stage_keys
    rows = draw(
        st.lists(
            st.tuples(
                st.sampled_from(["2010", "2012"]),
                st.sampled_from(["East", "West"]),
                st.integers(0, len(stages) - 1),
                st.sampled_from(["rejected", "withdrew", "pending", "not_recorded", "no_place"]),
                *(st.sampled_from([*c.labels, None]) for c in programme.characteristics),
            ),
            min_size=1,
            max_size=most,
        )
    )
    frame = pd.DataFrame(
        rows, columns=["cohort", "region", "furthest_stage", "exit_reason", *programme.characteristic_names]
    )
    arrived = frame["furthest_stage"] == len(stages) - 1
    frame["exit_reason"] = frame["exit_reason"].where(~arrived, "")
    frame["furthest_stage"] = [stages[i] for i in frame["furthest_stage"]]
    frame.insert(0, "applicant_id", [f"id{i}" for i in range(len(frame))])
    return frame
