"""Policies: presets, fields, files, and the sentences of their errors."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

import stepup_equity as su
from stepup_equity.disclosure import PRESETS, Symbols, policy_of


def test_presets_in_force():
    assert list(PRESETS) == ["hesa", "ofs", "ofqual", "nhs", "tre", "internal", "publish", "suppress10"]
    assert {name: (p.mode, p.threshold, p.zeros, p.min_denominator) for name, p in PRESETS.items()} == {
        "hesa": ("nearest", 5, "print", 22.5),
        "ofs": ("suppress and round", 3, "protect", 23),
        "ofqual": ("suppress and round", 5, "print", 22.5),
        "nhs": ("suppress and round", 8, "print", 22.5),
        "tre": ("suppress", 10, "protect", 22.5),
        "internal": ("none", 10, "print", 0),
        "publish": ("round", 5, "print", 22.5),
        "suppress10": ("suppress", 10, "print", 22.5),
    }
    assert all(p.protect_left and p.name == name for name, p in PRESETS.items())
    assert {p.round_base for name, p in PRESETS.items() if name != "ofs"} == {5}
    assert PRESETS["ofs"].round_base == 10
    assert [name for name, p in PRESETS.items() if not p.publishable] == ["internal"]


def test_the_width_follows_the_threshold_until_somebody_names_one():
    assert su.Policy(threshold=5).width == 4
    assert dataclasses.replace(su.Policy(threshold=5), threshold=10).width == 9
    assert su.Policy(threshold=5, width=12).but(threshold=10).width == 12


@pytest.mark.parametrize("name", PRESETS)
def test_presets_come_back_from_a_file(tmp_path, name):
    path = PRESETS[name].write(tmp_path / "policy.toml")
    assert su.Policy.load(path) == PRESETS[name]
    assert policy_of(path) == policy_of(str(path)) == PRESETS[name]


def test_every_field_comes_back_from_a_file(tmp_path):
    policy = su.Policy(
        threshold=7,
        mode="suppress and round",
        protect_left=False,
        zeros="protect",
        width=8,
        min_denominator=30,
        round_base=10,
        keep=(("gender", "*", "accepted"), ("All", "Total", "*")),
        totals="hide",
        name="Ministry",
        symbols=Symbols(hidden="*"),
    )
    assert su.Policy.load(policy.write(tmp_path / "policy.toml")) == policy
    assert su.Policy.from_toml(policy.to_toml()).width == 8


def test_a_file_may_start_from_a_preset():
    policy = su.Policy.from_toml('preset = "hesa"\nround_base = 10\n[symbols]\nunreliable = "[r]"\n')
    assert (policy.mode, policy.round_base, policy.symbols.unreliable, policy.name) == (
        "nearest",
        10,
        "[r]",
        "custom",
    )
    assert su.Policy.from_toml('preset = "tre"') == PRESETS["tre"]


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (
            lambda: policy_of("hesaa"),
            (
                "policy='hesaa' is neither a preset nor a TOML file that exists. Presets: 'hesa', "
                "'ofs', 'ofqual', "
                "'nhs', 'tre', 'internal', 'publish', 'suppress10'. Did you mean 'hesa'?"
            ),
        ),
        (
            lambda: su.Policy(mode="supress"),
            (
                "mode='supress' is not known. Possible: 'suppress', 'round', 'nearest', "
                "'suppress and round', 'none'. "
                "Did you mean 'suppress'?"
            ),
        ),
        (
            lambda: su.Policy(zeros="hide"),
            "zeros='hide' is not known. Possible: 'print', 'protect'.",
        ),
        (lambda: su.Policy(threshold=1), "threshold=1 must be a whole number of at least 2."),
        (lambda: su.Policy(threshold=5.5), "threshold=5.5 must be a whole number of at least 2."),
        (lambda: su.Policy(round_base=1), "round_base=1 must be a whole number of at least 2."),
        (lambda: su.Policy(width=0), "width=0 must be a whole number of at least 1."),
        (
            lambda: su.Policy(width=1),
            (
                "width=1 would let a reader tell small counts apart that threshold=10 promises to keep. Give "
                "9 or more."
            ),
        ),
        (
            lambda: su.Policy(mode="round", threshold=10, round_base=2),
            (
                "round_base=2 tells every count to within 1, and threshold=10 promises more. Round to 10 or "
                "more, or lower the threshold."
            ),
        ),
        (lambda: su.Policy(protect_left="no"), "protect_left='no' must be True or False."),
        (
            lambda: su.Policy(threshold=2, name="TRE"),
            (
                "name='TRE' is that of a preset, and this policy does something else. Give it a name of its "
                "own; preset = 'tre' in a file starts from the preset."
            ),
        ),
        (lambda: su.Policy(min_denominator=-1), "min_denominator=-1 must be zero or more."),
        (lambda: su.Policy(min_denominator=float("nan")), "min_denominator=nan must be zero or more."),
        (
            lambda: su.Policy(keep=("gender",)),
            "keep holds 'gender'. A headline cell is (characteristic, group, stage); '*' stands for any.",
        ),
        (
            lambda: Symbols(hidden="[z]"),
            (
                "symbols=['[z]', '[z]', '[u]', '[x]'] cannot be told apart from each other or from "
                "numbers. "
                "Give four different texts that do not start with a digit."
            ),
        ),
        (
            lambda: su.Policy.from_toml("treshold = 5"),
            (
                "'treshold' is not a field of a policy. Possible: 'preset', 'threshold', 'mode', "
                "'protect_left', "
                "'zeros', 'width', 'min_denominator', 'round_base', 'keep', 'drop_stages_of', 'totals', "
                "'reader', 'name', 'symbols'. "
                "Did you mean 'threshold'?"
            ),
        ),
        (
            lambda: su.Policy.from_toml('[symbols]\nhiden = "x"'),
            (
                "symbols='hiden' is not a symbol of tables. Possible: 'hidden', 'not_applicable', "
                "'unreliable', 'not_available'. Did you mean 'hidden'?"
            ),
        ),
        (
            lambda: su.Policy.from_toml("threshold 5"),
            (
                "The policy is not valid TOML: Expected '=' after a key in a key/value pair (at line 1, "
                "column 11)."
            ),
        ),
    ],
)
def test_sentences(make, sentence):
    with pytest.raises(su.ArgumentError) as error:
        make()
    assert str(error.value) == sentence


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(su.ArgumentError, match=r"^The policy file 'none.toml' cannot be read: "):
        policy_of(tmp_path / "none.toml")


def test_rounding_follows_the_threshold_or_the_threshold_the_rounding():
    for asked, found in (
        ({}, (5, 5)),
        ({"threshold": 10}, (10, 10)),
        ({"threshold": 7}, (7, 10)),
        ({"round_base": 3}, (3, 3)),
        ({"threshold": 5, "round_base": 10}, (5, 10)),
    ):
        policy = su.Policy(mode="round", **asked)
        assert (policy.threshold, policy.round_base) == found
        assert su.Policy.from_toml(policy.to_toml()) == policy


def small_table(*people: tuple[int, int]) -> su.StageCounts:
    rows = [("x", label, *line) for label, line in zip("ABC", people, strict=False)]
    return su.StageCounts.from_table(
        pd.DataFrame(rows, columns=["characteristic", "group", "applied", "appointed"])
    )


def test_a_headline_of_no_group_is_refused():
    counts = small_table((60, 30), (70, 40))
    with pytest.raises(su.ArgumentError, match=r"^keep='C' is not a group of 'x'"):
        su.protect(counts, su.Policy(keep=(("x", "C", "applied"),)))
    assert su.protect(counts, su.Policy(keep=(("x", "A", "*"),))).publishable


def test_hesa_is_the_nearest_five():
    table = su.protect(small_table((92, 47), (41, 23), (58, 12)), "hesa").table("x")
    assert table.measures["reached"].value[:3].tolist() == [[90, 45], [40, 25], [60, 10]]
    assert table.total["reached"].value.tolist() == [[190, 80]]
