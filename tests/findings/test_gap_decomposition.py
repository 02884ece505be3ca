"""Where a gap opens, as a finding."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import stepup_equity as su
from tests.findings.funnels import published, row

TABLE = {"White": (900, 700, 400, 200), "Black": (120, 80, 30, 12), "Asian": (60, 50, 20, 0)}


def test_parts_add_up_to_the_whole_and_so_do_variances() -> None:
    frame = su.gap_decomposition(published(TABLE), by="ethnicity").frame
    black = frame[frame["group"] == "Black"]
    gates, whole = black[black["gate"] != "overall"], row(black, gate="overall")
    assert gates["estimate"].sum() == pytest.approx(whole["estimate"], abs=1e-12)
    assert (gates["std_error"] ** 2).sum() == pytest.approx(whole["std_error"] ** 2, abs=1e-12)
    assert gates["share"].sum() == pytest.approx(1.0, abs=1e-12)
    assert whole["ratio"] == pytest.approx((12 / 120) / (200 / 900), abs=1e-12)


def test_a_gate_says_who_is_lost_and_what_if_it_were_equal() -> None:
    frame = su.gap_decomposition(published(TABLE), by="ethnicity").frame
    gate = row(frame, group="Black", gate="interviewed")
    assert gate["people_lost"] == pytest.approx(80 * 400 / 700 - 30)
    assert gate["ratio"] == pytest.approx((30 / 80) / (400 / 700))
    whole = row(frame, group="Black", gate="overall")
    assert gate["ratio_if_equal"] == pytest.approx(whole["ratio"] / gate["ratio"])
    assert whole["people_lost"] == pytest.approx(120 * 200 / 900 - 12)
    assert whole["ratio_if_equal"] == pytest.approx(1.0)
    assert np.log(gate["ratio_low"]) == pytest.approx(gate["conf_low"])


def test_zero_cells_keep_their_rows_and_say_why() -> None:
    frame = su.gap_decomposition(published(TABLE), by="ethnicity").frame
    gate = row(frame, group="Asian", gate="appointed")
    assert np.isnan(gate["estimate"])
    assert gate["status"] == "nobody passed; method='jeffreys' gives an answer"
    assert gate["people_lost"] == pytest.approx(10.0)
    whole = row(frame, group="Asian", gate="overall")
    assert np.isnan(whole["estimate"])
    assert whole["status"] == "undefined: a gate has a zero cell; method='jeffreys' gives an answer"
    assert np.isfinite(row(frame, group="Asian", gate="interviewed")["estimate"])


def test_jeffreys_answers_at_zero_cells_and_says_it_is_a_posterior() -> None:
    frame = su.gap_decomposition(published(TABLE), by="ethnicity", method="jeffreys").frame
    asian = frame[frame["group"] == "Asian"]
    assert asian["estimate"].notna().all()
    assert asian["estimate"].iloc[:-1].sum() == pytest.approx(asian["estimate"].iloc[-1], abs=1e-12)
    assert set(asian["method"]) == {"posterior"}
    assert row(asian, gate="overall")["status"].startswith("posterior")


def test_jeffreys_ends_where_nobody_is_left() -> None:
    counts = published({"White": (900, 700, 400, 200), "Black": (132, 100, 0, 0)})
    frame = su.gap_decomposition(counts, by="ethnicity", method="jeffreys").frame
    last = row(frame, gate="appointed")
    assert np.isnan(last["estimate"])
    assert last["status"] == "nobody reached this gate"
    whole = row(frame, gate="overall")
    assert whole["estimate"] == pytest.approx(frame["estimate"].iloc[:2].sum(), abs=1e-12)
    assert whole["status"] == "posterior up to the last gate that anyone of both groups entered"


def test_no_share_where_there_is_no_gap_to_share() -> None:
    counts = published({"White": (900, 700, 400, 200), "Black": (90, 70, 40, 21)})
    frame = su.gap_decomposition(counts, by="ethnicity").frame
    assert frame["share"].isna().all()
    assert set(frame["status"]) == {"no share: the interval of the whole holds 0"}


def test_people_outside_a_denominator_make_the_whole_a_product_of_rates() -> None:
    furthest = ["submitted"] * 30 + ["eligible"] * 40 + ["screened"] * 30
    frame = pd.DataFrame(
        {
            "applicant_id": range(200),
            "gender": ["Female"] * 100 + ["Male"] * 100,
            "furthest_stage": furthest + furthest,
            "exit_reason": ["rejected"] * 100 + ["rejected"] * 30 + ["pending"] * 20 + ["rejected"] * 50,
        }
    )
    counts = su.count_stages(frame)
    found = su.gap_decomposition(counts, by="gender", groups=["Male"]).frame
    screened, whole = row(found, gate="screened"), row(found, gate="overall")
    assert screened["entered"] == 70
    assert screened["denominator"] == 50
    assert screened["ratio"] == pytest.approx((30 / 50) / (30 / 70))
    assert "undefined" in whole["status"]
    within = su.gap_decomposition(counts, by="gender", method="jeffreys").frame
    status = row(within, gate="overall")["status"]
    assert "product of the gates' rates: some people are outside a denominator" in status


def test_people_who_wait_in_a_third_group_change_nothing_between_two_others() -> None:
    furthest = ["submitted"] * 3 + ["eligible"] * 4 + ["screened"] * 3
    groups = ["White"] * 10 + ["Asian"] * 10 + ["Black"] * 10
    frame = pd.DataFrame(
        {
            "applicant_id": range(30),
            "ethnicity": groups,
            "furthest_stage": furthest * 3,
            "exit_reason": ["rejected"] * 24 + ["pending"] + ["rejected"] * 5,
        }
    )
    found = su.gap_decomposition(
        su.count_stages(frame), by="ethnicity", level="broad", reference="White", method="jeffreys"
    ).frame
    outside = "product of the gates' rates: some people are outside a denominator"
    assert outside not in row(found, group="Asian", gate="overall")["status"]
    assert outside in row(found, group="Black", gate="overall")["status"]
    rest = su.gap_decomposition(
        su.count_stages(frame), by="ethnicity", level="broad", reference="rest", method="jeffreys"
    ).frame
    assert rest[rest["gate"] == "overall"]["status"].str.contains(outside, regex=False).all()


def test_rest_is_everyone_else_stated() -> None:
    found = su.gap_decomposition(published(TABLE), by="ethnicity", reference="rest").frame
    white = row(found, group="White", gate="overall")
    assert white["reference"] == "rest"
    assert white["ratio"] == pytest.approx((200 / 900) / (12 / 180))


def test_highest_cannot_be_split() -> None:
    for reference in ("highest", {"ethnicity": "highest"}):
        with pytest.raises(su.ArgumentError) as refused:
            su.gap_decomposition(published(TABLE), by="ethnicity", reference=reference)
        assert str(refused.value) == (
            "reference='highest' is another group at each gate, so there is no one gap to split. "
            "Name a group, or 'largest' or 'rest'."
        )


def test_an_unknown_method_is_refused() -> None:
    with pytest.raises(su.ArgumentError) as refused:
        su.gap_decomposition(published(TABLE), by="ethnicity", method="shapley")  # type: ignore[arg-type]
    assert str(refused.value) == "method='shapley' is not known. Possible: 'plain', 'jeffreys'."


def test_the_line_it_prints_names_the_widest_gap() -> None:
    assert repr(su.gap_decomposition(published(TABLE), by="ethnicity", groups=["Black"])) == (
        "<GapDecomposition: ethnicity, reference White; Black end at 0.45 times the rate, with 0.66 at "
        "interviewed>"
    )
    nothing = su.gap_decomposition(published(TABLE), by="ethnicity", groups=["Asian"])
    assert repr(nothing) == "<GapDecomposition: ethnicity; no gap can be computed over the whole way>"
