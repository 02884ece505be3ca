"""Why people left, where a published table hides how many."""

import pandas as pd

import stepup_equity as su


def test_who_passed_is_not_known_where_a_number_is_hidden() -> None:
    """Of 1,244 people 61 were hidden, and the bar of everybody said that the other 95% had passed."""
    table = pd.DataFrame(
        {
            "characteristic": "ethnicity",
            "group": ["White", "Black", "Mixed"],
            "applied": ["920", "143", "61"],
            "shortlisted": ["389", "50", "[c]"],
            "appointed": ["117", "20", "[c]"],
        }
    )
    counts = su.StageCounts.from_table(table)
    found = su.exits(counts)
    unknown = found.frame.query("gate == 'shortlisted' and reason == 'not_recorded'")["people"]
    assert unknown.isna().tolist() == [True]
    assert found.headline == "how many left at each gate is hidden in the published table"
    drawn = [text.get_text() for text in found.plot().texts]
    assert drawn[0] == "How many left at each gate is hidden in the published table"
    assert "hidden of 1,124" in drawn
    assert "Passed" not in drawn
    funnels = [text.get_text() for text in su.selection_rates(counts).plot().texts]
    assert "hidden of 61 got to the" in funnels or "hidden of 61 got to the end" in funnels
