"""Policies: presets, fields, files, and the sentences of their errors."""

from __future__ import annotations

import dataclasses

import pytest

import stepup_equity as su
from stepup_equity.disclosure import PRESETS, Symbols, policy_of


def test_presets_in_force():
    assert list(PRESETS) == ["hesa", "ofs", "ofqual", "nhs", "tre", "internal", "publish"]
    assert {name: (p.mode, p.threshold, p.zeros, p.min_denominator) for name, p in PRESETS.items()} == {
        "hesa": ("round", 5, "print", 22.5),
        "ofs": ("suppress", 3, "protect", 22.5),
        "ofqual": ("suppress and round", 5, "print", 22.5),
        "nhs": ("suppress and round", 8, "print", 22.5),
        "tre": ("suppress", 10, "protect", 22.5),
        "internal": ("none", 10, "print", 0),
        "publish": ("suppress", 10, "print", 22.5),
    }
    assert all(p.protect_left and p.round_base == 5 and p.name == name for name, p in PRESETS.items())
    assert [name for name, p in PRESETS.items() if not p.publishable] == ["internal"]


def test_the_width_follows_the_threshold_until_somebody_names_one():
    assert su.Policy(threshold=5).width == 4
    assert dataclasses.replace(su.Policy(threshold=5), threshold=10).width == 9
    assert su.Policy(threshold=5, width=3).but(threshold=10).width == 3


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
        width=3,
        min_denominator=30,
        round_base=10,
        keep=(("gender", "*", "accepted"), ("All", "Total", "*")),
        totals="hide",
        name="Ministry",
        symbols=Symbols(hidden="*"),
    )
    assert su.Policy.load(policy.write(tmp_path / "policy.toml")) == policy
    assert su.Policy.from_toml(policy.to_toml()).width == 3


def test_a_file_may_start_from_a_preset():
    policy = su.Policy.from_toml('preset = "hesa"\nround_base = 10\n[symbols]\nunreliable = "[r]"\n')
    assert (policy.mode, policy.round_base, policy.symbols.unreliable, policy.name) == (
        "round",
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
                "'nhs', 'tre', 'internal', 'publish'. Did you mean 'hesa'?"
            ),
        ),
        (
            lambda: su.Policy(mode="supress"),
            (
                "mode='supress' is not known. Possible: 'suppress', 'round', 'suppress and round', 'none'. "
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
                "'zeros', 'width', 'min_denominator', 'round_base', 'keep', 'totals', 'name', 'symbols'. "
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
