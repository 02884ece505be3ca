"""Where somebody waits, the gates of a gap do not multiply to the whole way, and nothing says so."""

import pandas as pd

import stepup_equity as su
from stepup_equity.presentation.charts import plot
from stepup_equity.presentation.report.tables import gap_table


def counted(waiting: int) -> su.StageCounts:
    rows = [
        (group, stage, "pending" if waits else "rejected")
        for group, ends in (("Female", (100, 100, 50)), ("Male", (40, 60, 30)))
        for stage, n in zip(("submitted", "eligible", "accepted"), ends, strict=True)
        for waits in [False] * n
    ] + [("Male", "eligible", "pending")] * waiting
    frame = pd.DataFrame(rows, columns=["gender", "furthest_stage", "exit_reason"])
    frame.loc[frame["furthest_stage"] == "accepted", "exit_reason"] = ""
    return su.count_stages(su.read_applicants(frame, check_ids=False))


def test_the_sum_of_a_gap_has_a_name_of_its_own_where_people_wait() -> None:
    for waiting, head in ((0, "Whole way"), (40, "All gates together")):
        gaps = su.gap_decomposition(counted(waiting), by="gender")
        table = gap_table(gaps.frame, gaps.names, "Parts of the gap")
        assert table.heads[-1].text == head
        drawn = [text.get_text() for text in plot(gaps).figure.findobj() if hasattr(text, "get_text")]
        assert (head in " ".join(drawn)) is True
        assert ("That is not the ratio of the whole way" in table.note) is bool(waiting)
        assert ("come to" in gaps.headline) is bool(waiting)


def test_a_part_of_a_gap_that_is_nothing_has_no_sign() -> None:
    gaps = su.gap_decomposition(counted(0), by="gender")
    said = {}
    for share in (-0.001, -0.12, 0.5):
        table = gap_table(gaps.frame.assign(share=share), gaps.names, "Parts of the gap")
        words = " ".join(cell.text for _, row in table.rows for cell in row)
        said[share] = [word for word in words.split() if word.endswith("%")]
    assert {share: set(words) for share, words in said.items()} == {
        -0.001: {"0%"},
        -0.12: {"−12%"},
        0.5: {"50%"},
    }
