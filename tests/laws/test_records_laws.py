"""What holds for any programme and any records."""

from __future__ import annotations

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stepup_equity import StageCounts, count_stages
from stepup_equity.process import Programme, programme_from_toml, programme_to_toml
from tests.laws.programmes import programmes, records

QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@QUICK
@given(programmes())
def test_a_programme_written_and_read_is_equal(programme: Programme) -> None:
    assert programme_from_toml(programme_to_toml(programme)) == programme


def as_stage_columns(frame: pd.DataFrame, programme: Programme) -> pd.DataFrame:
    """The same people with 1 passed, 0 stopped here, blank never got there."""
    stages = programme.process.stage_keys
    furthest = frame["furthest_stage"].map(stages.index)
    columns = {
        key: (furthest >= i).astype(int).astype(str).where(furthest >= i - 1, "")
        for i, key in enumerate(stages)
    }
    return frame.drop(columns="furthest_stage").assign(**columns)


@QUICK
@given(st.data())
def test_furthest_stage_and_stage_columns_agree(data: st.DataObject) -> None:
    programme = data.draw(programmes())
    frame = data.draw(records(programme))
    frame.loc[frame["exit_reason"] == "pending", "exit_reason"] = "rejected"
    counts = count_stages(frame, programme=programme)
    assert count_stages(as_stage_columns(frame, programme), programme=programme) == counts


@QUICK
@given(st.data())
def test_order_of_rows_and_columns_changes_nothing(data: st.DataObject) -> None:
    programme = data.draw(programmes())
    frame = data.draw(records(programme))
    order = data.draw(st.permutations(range(len(frame))))
    columns = data.draw(st.permutations(list(frame.columns)))
    shuffled = frame.iloc[order][list(columns)]
    assert count_stages(shuffled, programme=programme) == count_stages(frame, programme=programme)


@QUICK
@given(st.data())
def test_counts_of_parts_add_up(data: st.DataObject) -> None:
    programme = data.draw(programmes())
    frame = data.draw(records(programme))
    cut = data.draw(st.integers(0, len(frame)))
    parts = [part for part in (frame.iloc[:cut], frame.iloc[cut:]) if len(part)]
    counted = [count_stages(part, programme=programme) for part in parts]
    whole = count_stages(frame, programme=programme)
    assert (counted[0] + counted[1] if len(counted) == 2 else counted[0]) == whole
    if len(counted) == 2:
        assert counted[1] + counted[0] == whole


@QUICK
@given(st.data())
def test_people_are_never_lost(data: st.DataObject) -> None:
    programme = data.draw(programmes())
    frame = data.draw(records(programme))
    counts = count_stages(frame, programme=programme)
    everyone = counts.overall()
    assert everyone.reached[0, 0] == len(frame)
    lost = everyone.rejected + everyone.withdrew + everyone.pending + everyone.not_recorded
    assert (everyone.entered - everyone.passed == lost).all()
    for name in counts.characteristics:
        for level in ("detailed", "broad"):
            funnel = counts.funnel(name, level=level, not_stated=True)
            assert (funnel.reached.sum(0) == everyone.reached[0]).all()
        by_cohort = [
            counts.funnel(name, not_stated=True, where={"cohort": c}).reached.sum() for c in counts.cohorts
        ]
        assert sum(by_cohort) == counts.funnel(name, not_stated=True).reached.sum()


@QUICK
@given(st.data())
def test_published_margins_of_records_count_the_same(data: st.DataObject) -> None:
    programme = data.draw(programmes())
    counts = count_stages(data.draw(records(programme)), programme=programme)
    tables = []
    for name in counts.characteristics:
        funnel = counts.funnel(name, not_stated=True)
        table = pd.DataFrame(funnel.reached, columns=list(funnel.stages))
        table.insert(0, "group", list(funnel.groups))
        table.insert(0, "characteristic", name)
        tables.append(table)
    published = StageCounts.from_table(pd.concat(tables), programme)
    for name in counts.characteristics:
        ours, theirs = (c.funnel(name, not_stated=True) for c in (counts, published))
        assert ours.groups == theirs.groups
        assert (ours.reached == theirs.reached).all()
