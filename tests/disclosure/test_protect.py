"""What is printed, merged, pooled, dropped or refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.disclosure.cubes import audited, counts

import stepup_equity as su
from stepup_equity.process import programme_from_toml
from stepup_equity.shipped import shipped

FIVE = su.Policy(threshold=5)


@pytest.fixture(scope="module")
def cohort_one():
    return su.count_stages(su.read_applicants(shipped("examples/cohort_one.csv")))


def hidden_of(release: su.Release) -> set[tuple[str, str, str]]:
    frame = release.frame.query("measure == 'reached' and value == '[c]'")
    return set(zip(frame["characteristic"], frame["group"], frame["stage"], strict=True))


def test_cohort_one_under_threshold_five_is_a_proven_optimum(cohort_one):
    release = su.protect(cohort_one, FIVE)
    assert release.gap == 0
    assert release.hidden == (142, 371)
    assert repr(release) == (
        "<Release: policy custom; age_band, ethnicity, gender, religion, disability, orientation; "
        "142 of 371 counts hidden, proven optimal>"
    )
    assert audited(release, cohort_one).holds


@pytest.mark.parametrize("name", ["hesa", "ofs", "ofqual", "nhs", "tre", "suppress10"])
def test_every_preset_publishes_a_table_it_can_protect(cohort_one, name):
    release = su.protect(cohort_one, name, by=["gender", "disability"], merge={"disability": "broad"})
    assert release.policy.name == name
    assert release.publishable
    assert release.characteristics == ("gender", "disability")


def test_internal_prints_everything_and_says_so(cohort_one):
    release = su.protect(cohort_one, "internal", by=["gender"])
    assert not release.publishable
    assert release.notes[-1] == "Not for publication."
    assert not release.frame["value"].str.contains(r"\[c\]|\[low\]").any()
    assert repr(release) == "<Release: policy internal; gender; nothing hidden, not for publication>"


def test_broad_groups_only(cohort_one):
    release = su.protect(cohort_one, FIVE, by=["ethnicity"], merge={"ethnicity": "broad"})
    table = release.table("ethnicity")
    assert table.groups == ("White", "Mixed", "Asian", "Black", "Other", "Not stated")
    assert set(table.parents) == {""}
    assert table.reference is None


def test_groups_merged_by_name(cohort_one):
    label = "Buddhist, Jewish or Sikh"
    merge = {"religion": {label: ["Buddhist", "Jewish", "Sikh"]}}
    release = su.protect(cohort_one, FIVE, by=["religion"], merge=merge)
    table = release.table("religion")
    assert table.groups == (
        "Christian", "No religion", "Muslim", "Hindu", label, "Other religion", "Not stated",
    )  # fmt: skip
    assert table.measures["reached"].text[4, 0] == "55"
    ledger = release.ledger()
    assert [row.group for row in ledger.rows[-3:]] == ["Buddhist", "Jewish", "Sikh"]


def test_detailed_groups_merge_under_their_broad_group(cohort_one):
    both = ["Mixed White/Black Caribbean", "Mixed White/Black African"]
    release = su.protect(cohort_one, FIVE, by=["ethnicity"], merge={"ethnicity": {"Mixed White/Black": both}})
    table = release.table("ethnicity")
    assert table.parents[table.groups.index("Mixed White/Black")] == "Mixed"
    broad = su.protect(
        cohort_one, FIVE, by=["ethnicity"], merge={"ethnicity": {"Mixed or other": ["Mixed", "Other"]}}
    )
    assert broad.table("ethnicity").groups.count("Mixed or other") == 1
    assert "Mixed White/Asian" not in broad.table("ethnicity").groups


def test_a_stage_left_out_makes_one_gate_of_two(cohort_one):
    release = su.protect(cohort_one, FIVE, by=["gender"], drop_stages=["offered"])
    assert release.layout.stages == ("submitted", "eligible", "screened", "invited", "assessed", "accepted")
    assert release.table("gender").measures["left"].text[0, 4] == "47"
    assert hidden_of(release) == set()


def test_pooled_cohorts_print_all_of_them_only():
    table = counts(600, 2, 3, only=("gender",))
    release = su.protect(table, FIVE, pool=True)
    assert release.cohorts == ("All",)
    assert release.table("gender").measures["reached"].value[:, 0].sum() == 1800
    named = {row.cohort for row in release.ledger().rows}
    assert named == {"All (2010, 2012, 2014)", "2010", "2012", "2014"}


def test_cohorts_and_all_of_them():
    table = counts(1787, 2, 3, only=("gender",))
    release = su.protect(table, FIVE)
    assert release.cohorts == ("2010", "2012", "2014", "All")
    assert release.gap == 0
    assert audited(release, table).holds


def test_a_crossing_adds_up_to_both_margins(cohort_one):
    inside = su.protect(cohort_one, "internal", by=["ethnicity", "gender", ("ethnicity", "gender")])
    crossing = inside.table("ethnicity × gender")
    broad = inside.table("ethnicity")
    women = [i for i, group in enumerate(crossing.groups) if group.endswith("× Female")]
    reached = crossing.measures["reached"].value
    assert reached[women].sum(axis=0).tolist() == inside.table("gender").measures["reached"].value[0].tolist()
    white = [i for i, group in enumerate(crossing.groups) if group.startswith("White ×")]
    assert reached[white].sum(axis=0).tolist() == broad.measures["reached"].value[0].tolist()


@pytest.mark.parametrize("other", ["disability", pytest.param("ethnicity", marks=pytest.mark.docs)])
def test_a_crossing_is_protected_together_with_its_margin(other, cohort_one):
    release = su.protect(cohort_one, FIVE, by=["gender", (other, "gender")])
    assert release.gap <= 0.01
    assert release.tests["characteristic"].isin(release.characteristics).all()


def test_headline_cells_are_never_hidden():
    table = counts(1787, 5, only=("religion",))
    free = hidden_of(su.protect(table, FIVE))
    true = su.protect(table, "internal").frame.query("measure == 'reached'")
    big = {
        (r.characteristic, r.group, r.stage)
        for r in true.itertuples()
        if int(r.value.replace(",", "")) >= 5 and (r.characteristic, r.group, r.stage) in free
    }
    chosen = min(big)
    kept = su.protect(table, FIVE.but(keep=(chosen,)))
    assert chosen not in hidden_of(kept)
    assert kept.gap == 0


def test_a_total_may_be_hidden_as_a_last_resort(cohort_one):
    with pytest.raises(su.DisclosureError):
        su.protect(cohort_one, su.Policy(threshold=20), by=["gender"])
    release = su.protect(cohort_one, su.Policy(threshold=20, totals="hide"), by=["gender"])
    assert any(characteristic == "All" for characteristic, _, _ in hidden_of(release))
    assert audited(release, cohort_one, by=["gender"]).holds


def test_zeros_are_protected_where_the_policy_says_so():
    frame = pd.DataFrame(
        [
            ("origin", group, stage, count)
            for group, reached in {
                "A": (90, 60, 30),
                "B": (60, 40, 25),
                "C": (20, 9, 0),
                "D": (40, 22, 11),
            }.items()
            for stage, count in zip(("applied", "interviewed", "appointed"), reached, strict=True)
        ],
        columns=["characteristic", "group", "stage", "reached"],
    )
    table = su.StageCounts.from_table(frame)
    assert ("origin", "C", "appointed") not in hidden_of(su.protect(table, FIVE))
    protected = su.protect(table, FIVE.but(zeros="protect"))
    assert ("origin", "C", "appointed") in hidden_of(protected)
    cells = protected.audit(exact=True).cells.query("group == 'C' and stage == 'appointed'")
    assert cells["high"].item() >= 5


def test_a_declared_group_nobody_belongs_to_is_a_zero_too(cohort_one):
    declared = {group.label for group in cohort_one.programme.characteristic("religion").groups}
    (absent,) = declared - set(cohort_one.funnel("religion").groups)
    assert absent not in su.protect(cohort_one, FIVE, by=["religion"]).table("religion").groups
    table = su.protect(cohort_one, "ofs", by=["religion"]).table("religion")
    assert table.measures["reached"].text[table.groups.index(absent), 0] == "[c]"


def test_rejections_may_be_left_unprotected():
    table = counts(1787, 1, only=("age_band",))
    every, reached_only = (su.protect(table, FIVE.but(protect_left=flag)) for flag in (True, False))
    assert len(hidden_of(reached_only)) < len(hidden_of(every))


def test_hidden_then_rounded_to_the_nearest():
    table = counts(1787, 3, only=("religion",))
    exact, rounded = su.protect(table, FIVE), su.protect(table, FIVE.but(mode="suppress and round"))
    assert hidden_of(exact) == hidden_of(rounded)
    for before, after in zip(
        exact.frame.query("measure == 'reached'")["value"],
        rounded.frame.query("measure == 'reached'")["value"],
        strict=True,
    ):
        if before != "[c]":
            assert int(after.replace(",", "")) == (int(before.replace(",", "")) + 2) // 5 * 5
    assert rounded.notes[-1] == (
        "Counts are rounded to the nearest 5, and rates are of rounded counts, so numbers may not add up."
    )


def test_rounding_says_what_a_zero_means():
    release = su.protect(counts(250, 0, only=("religion",)), FIVE.but(mode="round"))
    assert release.notes[-1] == (
        "Counts are rounded to multiples of 5 so that they still add up, and rates are of rounded counts. "
        "A count printed as 0 may be anything from 0 to 4, one printed as 5 anything from 1 to 9."
    )
    assert repr(release) == "<Release: policy custom; religion; rounded to 5>"


def test_a_percentage_that_ends_in_half_is_rounded_away_from_zero():
    """45 of 80 is 56.25%: a float would have rounded it to the even digit."""
    table = pd.DataFrame(
        {"characteristic": "sex", "group": ["Female", "Male"], "applied": [80, 160], "hired": [45, 10]}
    )
    release = su.protect(su.StageCounts.from_table(table), "publish")
    assert release.table("sex").measures["pass_rate"].text[:2, 0].tolist() == ["56.3", "6.3"]


def test_a_seed_breaks_ties_in_rounding():
    table = counts(600, 4, only=("religion",))
    texts = {
        tuple(su.protect(table, FIVE.but(mode="round"), seed=seed).frame["value"]) for seed in (1, 1, 2, 3, 4)
    }
    assert 1 < len(texts) <= 4


# Refusals


def refused(*args, **options) -> su.DisclosureError:
    with pytest.raises(su.DisclosureError) as error:
        su.protect(*args, **options)
    return error.value


def tiny(*groups: tuple[str, str, tuple[int, ...]], cohort: str | None = None) -> pd.DataFrame:
    rows = [
        (group, parent, stage, count)
        for group, parent, reached in groups
        for stage, count in zip(("applied", "interviewed", "appointed"), reached, strict=True)
    ]
    frame = pd.DataFrame(rows, columns=["group", "parent", "stage", "reached"]).assign(
        characteristic="origin"
    )
    return frame if cohort is None else frame.assign(cohort=cohort)


ROUNDED = " Or print everything, rounded to 5 so that it still adds up (policy 'publish')."


def test_a_refusal_names_the_cells_and_offers_to_drop_a_stage():
    table = su.StageCounts.from_table(tiny(("A", "", (40, 20, 18)), ("B", "", (30, 20, 18))))
    error = refused(table, FIVE)
    assert str(error) == (
        "3 cells cannot be protected under the policy 'custom': everybody, left after 'interviewed'; "
        "origin 'A', left after 'interviewed'; origin 'B', left after 'interviewed'. "
        "What would help, what costs a reader least first: merge or drop a stage: 'appointed' or "
        "'interviewed' "
        "(drop_stages=['appointed']); hide the total, where nobody can read it elsewhere (a policy with "
        f"totals='hide').{ROUNDED} The error's .cells names every cell."
    )
    assert error.commands == ("--drop-stages appointed", "--policy publish")
    assert error.cells.to_dict("list") == {
        "cohort": ["", "", ""],
        "characteristic": ["All", "origin", "origin"],
        "group": ["Total", "A", "B"],
        "parent": ["", "", ""],
        "stage": ["interviewed"] * 3,
        "measure": ["left"] * 3,
        "why": ["what stays printed pins it down"] * 3,
    }
    assert su.protect(table, FIVE, drop_stages=["appointed"]).publishable
    assert su.protect(table, FIVE.but(totals="hide")).publishable


def test_pooling_is_offered_before_dropping():
    frame = pd.concat(
        [
            tiny(("A", "", (40, 20, 10)), ("B", "", (30, 20, 9)), cohort="2010"),
            tiny(("A", "", (41, 22, 20)), ("B", "", (30, 19, 17)), cohort="2012"),
        ]
    )
    error = refused(su.StageCounts.from_table(frame), FIVE)
    offers = str(error).split("least first: ")[1]
    assert offers.index("pool cohorts (pool=True)") < offers.index("merge or drop a stage")
    assert su.protect(su.StageCounts.from_table(frame), FIVE, pool=True).cohorts == ("All",)


def test_merging_is_offered_first():
    """A headline count of one detailed group keeps its neighbour from being hidden."""
    frame = tiny(("A1", "A", (40, 20, 10)), ("A2", "A", (30, 20, 3)), ("B", "", (40, 30, 20)))
    policy = FIVE.but(keep=(("origin", "A1", "*"), ("origin", "A", "*")))
    error = refused(su.StageCounts.from_table(frame), policy)
    assert str(error) == (
        "1 cell cannot be protected under the policy 'custom': origin 'A2', reached at 'appointed'. "
        "What would help, what costs a reader least first: keep fewer headline cells (a policy with "
        "keep=()); "
        "merge groups (merge={'origin': 'broad'}); merge or drop a stage: 'appointed' "
        f"(drop_stages=['appointed']).{ROUNDED} The error's .cells names every cell."
    )
    assert su.protect(su.StageCounts.from_table(frame), policy, merge={"origin": "broad"}).publishable


def test_several_steps_together_where_no_single_one_would_do():
    frame = pd.concat(
        [
            tiny(("A1", "A", (40, 20, 17)), ("A2", "A", (30, 20, 19)), cohort="2010"),
            tiny(("A1", "A", (41, 22, 19)), ("A2", "A", (30, 19, 16)), cohort="2012"),
        ]
    )
    policy = su.Policy(threshold=20, keep=(("origin", "*", "*"),))
    error = refused(su.StageCounts.from_table(frame), policy)
    offers = str(error).split("these do together: ")[1]
    assert offers == (
        "merge groups (merge={'origin': 'broad'}); pool cohorts (pool=True); "
        f"merge or drop a stage: 'appointed' or 'interviewed' (drop_stages=['appointed']).{ROUNDED} "
        "The error's .cells names every cell."
    )
    assert error.commands[0] == "--merge origin --pool --drop-stages appointed"


def test_where_next_to_nobody_applied_everything_is_hidden():
    table = su.StageCounts.from_table(tiny(("A", "", (3, 2, 1)), ("B", "", (1, 1, 1))))
    release = su.protect(table, su.Policy(threshold=10, totals="hide"))
    assert release.hidden == (9, 9)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            {"by": ["gendr"]},
            (
                "by='gendr' is not a characteristic of these counts. Possible: 'age_band', 'ethnicity', "
                "'gender', "
                "'religion', 'disability', 'orientation'. Did you mean 'gender'?"
            ),
        ),
        (
            {"by": []},
            (
                "by=[] names no characteristic. Possible: 'age_band', 'ethnicity', 'gender', 'religion', "
                "'disability', 'orientation'."
            ),
        ),
        (
            {"by": [("gender", "religion", "disability")]},
            (
                "by=('gender', 'religion', 'disability') crosses 3 characteristics. A published crossing "
                "has two."
            ),
        ),
        (
            {"by": ["gender"], "merge": {"religion": "broad"}},
            "merge='religion' is not a characteristic that is printed. Possible: 'gender'.",
        ),
        (
            {"by": ["gender"], "merge": {"gender": "broader"}},
            "merge='broader' is not known for 'gender'. Give 'broad', or a new label and its groups.",
        ),
        (
            {"by": ["gender"], "merge": {"gender": {"All": ["Female", "Mail"]}}},
            "merge='Mail' is not a group of 'gender'. Possible: 'Female', 'Male'. Did you mean 'Male'?",
        ),
        (
            {"by": ["gender"], "merge": {"gender": {"All": ["Female"]}}},
            "merge makes 'All' of 'Female'. Name two groups or more.",
        ),
        (
            {"by": ["ethnicity"], "merge": {"ethnicity": {"Some": ["Indian", "Black African"]}}},
            (
                "merge makes 'Some' of 'Indian', 'Black African', which belong to different broad groups of "
                "'ethnicity'. Merge groups of one broad group, or the broad groups themselves."
            ),
        ),
        (
            {"by": ["religion"], "merge": {"religion": {"Muslim": ["Jewish", "Sikh"]}}},
            "merge gives the label 'Muslim', which 'religion' has already. Choose another.",
        ),
        (
            {"by": ["gender"], "drop_stages": ["offred"]},
            (
                "drop_stages='offred' is not a stage of the process. Possible: 'submitted', 'eligible', "
                "'screened', "
                "'invited', 'assessed', 'offered', 'accepted'. Did you mean 'offered'?"
            ),
        ),
        (
            {"by": ["gender"], "drop_stages": ["submitted"]},
            "drop_stages holds 'submitted', the first stage: everything is counted from it.",
        ),
        (
            {
                "by": ["gender"],
                "drop_stages": ["eligible", "screened", "invited", "assessed", "offered", "accepted"],
            },
            "drop_stages leaves fewer than two stages. Keep the first and one more.",
        ),
        (
            {"by": ["ethnicity", ("ethnicity", "gender")], "merge": {"ethnicity × gender": "broad"}},
            "merge names the crossing 'ethnicity × gender'. Merge groups of its characteristics instead.",
        ),
    ],
)
def test_sentences(cohort_one, options, sentence):
    with pytest.raises(su.ArgumentError) as error:
        su.protect(cohort_one, FIVE, **options)
    assert str(error.value) == sentence


@pytest.mark.parametrize(
    ("headline", "sentence"),
    [
        (
            ("gendr", "*", "*"),
            (
                "keep='gendr' is not a characteristic. Possible: '*', 'All', 'age_band', 'ethnicity', "
                "'gender', 'religion', 'disability', 'orientation'. Did you mean 'gender'?"
            ),
        ),
        (
            ("gender", "*", "offred"),
            (
                "keep='offred' is not a stage of the process. Possible: '*', 'submitted', 'eligible', "
                "'screened', "
                "'invited', 'assessed', 'offered', 'accepted'. Did you mean 'offered'?"
            ),
        ),
    ],
)
def test_headlines_that_do_not_exist(cohort_one, headline, sentence):
    with pytest.raises(su.ArgumentError) as error:
        su.protect(cohort_one, FIVE.but(keep=(headline,)), by=["gender"])
    assert str(error.value) == sentence


def test_a_cohort_called_all_is_refused():
    rows = [(f"{cohort}{i}", cohort, "Female", "accepted") for cohort in ("2010", "All") for i in range(9)]
    frame = pd.DataFrame(rows, columns=["applicant_id", "cohort", "gender", "furthest_stage"])
    with pytest.raises(su.ArgumentError) as error:
        su.protect(su.count_stages(su.read_applicants(frame)), FIVE)
    assert str(error.value) == (
        "A cohort is called 'All', which is what all cohorts together are called. Give it another label."
    )


@pytest.mark.parametrize(
    ("name", "groups", "merge", "said"),
    [
        ("colour", ["Total", "B"], None, "A group of 'colour' is called 'Total', which is what everybody is"),
        ("colour", ["A", "B"], {"colour": {"Total": ["A", "B"]}}, "A group of 'colour' is called 'Total'"),
        ("All", ["A", "B"], None, "A characteristic is called 'All', which is what stands before everybody"),
    ],
)
def test_what_everybody_is_called_is_nobody_elses_name(name, groups, merge, said):
    programme = programme_from_toml(
        "name = 'x'\nlabel = 'X'\n[[stages]]\nkey = 'applied'\nlabel = 'Applied'\n[[stages]]\n"
        f"key = 'passed'\nlabel = 'Passed'\n[characteristics.{name}]\nlabel = 'Colour'\ngroups = {groups}\n"
    )
    frame = pd.DataFrame(
        {name: groups * 40, "furthest_stage": ["applied", "applied", "passed", "passed"] * 20}
    )
    counts = su.count_stages(su.read_applicants(frame, programme=programme, check_ids=False))
    with pytest.raises(su.ArgumentError) as error:
        su.protect(counts, FIVE, merge=merge)
    assert said in str(error.value)


def test_one_group_alone_is_the_total():
    table = su.StageCounts.from_table(tiny(("A", "", (40, 20, 10))))
    assert hidden_of(su.protect(table, FIVE)) == set()


def test_nobody_at_all():
    table = su.StageCounts.from_table(tiny(("A", "", (0, 0, 0)), ("B", "", (0, 0, 0))))
    release = su.protect(table, FIVE)
    assert np.isnan(release.table("origin").measures["pass_rate"].value).all()
    assert release.table("origin").measures["pass_rate"].text[0].tolist() == ["[z]", "[z]", ""]


def test_counts_in_the_billions():
    rows = [
        ("origin", group, stage, count)
        for group, reached in {
            "A": (2_000_000_000, 900_000_000, 400_000_003),
            "B": (1_000_000_007, 500_000_000, 300_000_000),
            "C": (400, 3, 1),
        }.items()
        for stage, count in zip(("applied", "interviewed", "appointed"), reached, strict=True)
    ]
    table = su.StageCounts.from_table(
        pd.DataFrame(rows, columns=["characteristic", "group", "stage", "reached"])
    )
    release = su.protect(table, FIVE)
    assert {(group, stage) for _, group, stage in hidden_of(release)} >= {
        ("C", "interviewed"),
        ("C", "appointed"),
    }
    assert release.gap == 0
    assert audited(release, table).holds


def test_nothing_is_said_on_the_way(capfd):
    su.protect(counts(600, 2, only=("gender",)), FIVE)
    su.protect(counts(600, 2, only=("gender",)), FIVE.but(mode="round"))
    assert capfd.readouterr() == ("", "")


def test_a_time_limit_gives_a_safe_pattern_and_its_gap():
    table = counts(1787, 3, only=("ethnicity",))
    quick = su.protect(table, FIVE, seconds=0.01)
    assert audited(quick, table).holds
    assert quick.hidden[0] >= su.protect(table, FIVE).hidden[0]
    with pytest.raises(su.ArgumentError, match=r"^seconds=0 must be more than 0"):
        su.protect(table, FIVE, seconds=0)


def test_large_tables_of_several_cohorts_are_searched_cohort_by_cohort():
    table = counts(1787, 1, 2, only=("religion",))
    release = su.protect(table, FIVE)
    assert 0 < release.gap < 0.4
    assert audited(release, table).holds
    again = su.protect(table, FIVE)
    assert again.frame.equals(release.frame)
