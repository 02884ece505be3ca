"""A gap that goes with the mix is no cliff edge on the page, in a publication, or at the command line."""

from dataclasses import replace

import pandas as pd
import pytest

import stepup_equity as su
from stepup_equity.counts import of_cohort
from stepup_equity.disclosure import policy_of, protect
from stepup_equity.presentation.answers import Answers
from stepup_equity.presentation.published import Published
from stepup_equity.presentation.report.beside import change_sections, outside_sections, strata_sections
from stepup_equity.presentation.report.blocks import Heading, Paragraph
from stepup_equity.presentation.report.figures import Figures
from stepup_equity.presentation.story import besides, foremost, opening
from stepup_equity.presentation.writing import _published
from stepup_equity.shipped import shipped
from stepup_equity.words.names import Names

SIMPSON = (
    ("A", "Female", 480, 320),
    ("A", "Male", 60, 40),
    ("B", "Female", 80, 320),
    ("B", "Male", 80, 320),
)


ALIKE = tuple((where, group, 400, 400) for where, group, _, _ in SIMPSON)


def counted(along: str, cells: tuple[tuple[str, str, int, int], ...] = SIMPSON) -> su.StageCounts:
    rows = [
        (where, group, stage)
        for where, group, passed, failed in cells
        for stage, n in (("eligible", passed), ("submitted", failed))
        for _ in range(n)
    ]
    frame = pd.DataFrame(rows, columns=[along, "gender", "furthest_stage"])
    return su.count_stages(su.read_applicants(frame, check_ids=False))


def test_the_opening_says_why():
    answers = Answers(counted("region"), ("gender",))
    said = " ".join([*opening(answers), *besides(answers)])
    assert "not a cliff edge" in said or "None of the " in said
    assert "With regional partnership held equal it is 1.00 times the rate" in said
    assert "unlikely to be chance" not in said


def test_a_publication_flags_nothing_that_strata_may_not_bear_out():
    """The gap is printed, and no verdict: tables of regions are not, and nothing else may speak of them."""
    found = _published(counted("region"), policy_of("publish"), None)
    assert not found.comparisons["flagged"].any()
    assert list(found.comparisons["verdict"]).count("not judged") == 1
    said = " ".join([*opening(found), *besides(found)])
    assert "The printed comparison shows a wide gap that is unlikely to be chance." in said
    assert "None is called a cliff edge, since regional partnership is not held equal." in said
    assert "held equal too cannot be told from the numbers printed here" in said
    assert found.whole_way == ()
    alone = Published(replace(found.release, unheld=()), Names())
    assert alone.comparisons["flagged"].any()
    level = counted("region", ALIKE)
    said = " ".join(opening(_published(level, policy_of("publish"), None)))
    assert "does not show a wide gap" in said
    assert "None is called a cliff edge" not in said  # there is none to be called so


def test_the_widest_gap_comes_first_where_none_is_judged(cohort_answers: Answers):
    found = _published(cohort_answers.counts, policy_of("publish"), None)
    assert not found.comparisons["flagged"].any()
    assert foremost(found) == "ethnicity"


@pytest.mark.parametrize("choices", [{}, {"pool": True}])
def test_a_publication_never_compares_cohorts_added_up(choices):
    found = _published(counted("cohort"), policy_of("publish"), None, **choices)
    assert not found.comparisons["flagged"].any()


def test_a_publication_compares_the_last_cohort():
    counts = counted("cohort")
    found = Published(protect(counts, "internal"), Names.of(counts.programme))
    assert {table.cohort for table in found.tables.values()} == {"B"}
    assert "That is B, the last of 2 cohorts" in " ".join(opening(found))


def three_cohorts() -> su.StageCounts:
    rows = [
        {"cohort": cohort, "characteristic": "gender", "group": group, "applied": n, "hired": hired}
        for cohort, men in (("8", 60), ("9", 90), ("10", 120))
        for group, n, hired in (("Female", 400, 200), ("Male", 300, men))
    ]
    return su.StageCounts.from_table(pd.DataFrame(rows))


def test_a_cohort_is_set_beside_those_before_it():
    every = three_cohorts()
    answers = Answers(of_cohort(every), ("gender",), every=every)
    sections = change_sections(answers, Figures([]))
    assert [section.title for section in sections] == ["From 9 to 10", "Over 3 cohorts"]
    middle = Answers(of_cohort(every, "9"), ("gender",), every=every)
    assert [s.title for s in change_sections(middle, Figures([]))] == ["From 8 to 9"]
    first = Answers(of_cohort(every, "8"), ("gender",), every=every)
    assert change_sections(first, Figures([])) == ()


def test_partnerships_have_a_section_with_places():
    answers = Answers(counted("region"), ("gender",))
    (section,) = strata_sections(answers)
    words = " ".join(str(getattr(block, "text", getattr(block, "items", ""))) for block in section.blocks)
    assert "1.00 with regional partnership held equal" in words
    assert "places filled" in words
    assert section.title == "Within each regional partnership"
    notes = " ".join(str(getattr(block, "note", "")) for block in section.blocks)
    assert "Together → held equal (Mantel-Haenszel)." in notes
    assert "1.00 with regional partnership held equal" not in notes  # the list above says it
    assert strata_sections(Answers(counted("cohort"), ("gender",))) == ()


def test_places_are_those_of_the_table_where_it_says_so():
    """184 of 200, and who passed without one; whether gaps differ between partnerships is said."""
    counts = su.count_stages(su.read_applicants(shipped("examples/cohort_one.csv"), by=["gender"]))
    answers = Answers(counts, ("gender",), targets=shipped("examples/places_2010.csv"))
    (section,) = strata_sections(answers)
    said = [block.text for block in section.blocks if isinstance(block, (Paragraph, Heading))]
    assert "The reserve list" in said
    assert any(text.startswith("184 places filled of 200") for text in said)
    gaps = su.stratified_tests(counts, by="gender").frame["homogeneity_p_adjusted"].notna().sum()
    assert said[said.index("The reserve list") - 3] == (
        f"Of {gaps} gaps none evidently differs by regional partnership (adjusted by Holm)."
    )
    places = next(block for block in section.blocks if getattr(block, "caption", "").startswith("Places by"))
    assert [cell.text for cell in places.rows[-1][1]] == ["200", "251", "202", "49", "184"]
    with pytest.raises(su.ArgumentError, match="targets= sets exact counts beside other figures"):
        su.write_report("never", counts, policy="publish", targets={"East": 25})


def test_outside_figures_have_a_section():
    counts = counted("region")
    assert outside_sections(Answers(counts, ("gender",))) == ()
    answers = Answers(counts, ("gender",), benchmarks=("ucas_2010_gender_masters",))
    (section,) = outside_sections(answers)
    assert any("Source:" in getattr(block, "note", "") for block in section.blocks)


@pytest.mark.parametrize("along", ["region", "cohort"])
def test_what_is_not_held_equal_is_part_of_the_release(along):
    """A publication is a function of the release alone: handed over later, it says the same."""
    counts, choices = counted(along), {"pool": True} if along == "cohort" else {}
    release = protect(counts, "publish", **choices)
    stratum = "Cohort" if along == "cohort" else "Regional partnership"
    assert release.unheld == (stratum,)
    assert release.notes[-1].startswith(f"{stratum} is not held equal in these tables")
    made = _published(counts, policy_of("publish"), None, **choices)
    again = Published(release, made.names)
    assert again.comparisons.equals(made.comparisons)


def mixed(passed: dict[tuple[str, str], tuple[int, int]]) -> su.StageCounts:
    rows = [
        (region, group, stage)
        for (region, group), many in passed.items()
        for stage, n in zip(("eligible", "submitted"), many, strict=True)
        for _ in range(n)
    ]
    frame = pd.DataFrame(rows, columns=["region", "gender", "furthest_stage"])
    return su.count_stages(su.read_applicants(frame, check_ids=False))


def test_a_publication_does_not_tell_what_strata_say():
    """Two files with the same tables, a gap within regions in one and none in the other: the same release."""
    women, men = (560, 640), (140, 360)
    one = mixed({(k, g): (p // 2, f // 2) for k in "AB" for g, (p, f) in (("Female", women), ("Male", men))})
    other = mixed(
        {
            ("A", "Female"): (480, 320),
            ("A", "Male"): (60, 40),
            ("B", "Female"): (80, 320),
            ("B", "Male"): (80, 320),
        }
    )
    first, second = (protect(counts, "publish") for counts in (one, other))
    assert first.frame.equals(second.frame)
    for name in ("unheld", "notes", "layout", "labels", "references"):
        assert getattr(first, name) == getattr(second, name)
    within = [su.stratified_tests(counts, by="gender", stratum="region").frame for counts in (one, other)]
    assert within[0]["estimate"].min() < 0.7 < within[1]["estimate"].min()


def test_where_no_stratum_is_declared_gaps_are_judged():
    assert protect(three_cohorts(), "publish").unheld == ()
