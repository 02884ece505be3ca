"""A programme in which one person would stand in two places is refused when it is read."""

from __future__ import annotations

import pytest

import stepup_equity as su
from stepup_equity.process import programme_from_toml

HEAD = 'name="p"\nlabel="P"\n[[stages]]\nkey="applied"\n[[stages]]\nkey="final"\n'


def of_thing(text: str) -> str:
    return f"{HEAD}[characteristics.thing]\n{text}\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (of_thing('groups=[{label="A",parent="B"},{label="B",parent="A"}]'), "group 'A' has the parent 'B'"),
        (
            of_thing('groups=[{label="A",parent="B"},{label="B",parent="C"},{label="C"}]'),
            "There are two levels, groups and broad groups",
        ),
        (of_thing('groups=[{label="A",parent="White"},{label="WHITE"}]'), "one name spelt in two ways"),
        (
            of_thing('groups=[{label="A",lowest=20,highest=30},{label="B",lowest=30,highest=40}]'),
            "the bands of groups 'A' and 'B' overlap at 30",
        ),
        (
            of_thing('groups=[{label="A",lowest=20},{label="B",lowest=30,highest=40}]'),
            "the bands of groups 'A' and 'B' overlap",
        ),
        (
            of_thing('groups=[{label="A",lowest=30,highest=20},{label="B",lowest=40}]'),
            "begins at 30 and ends at 20",
        ),
        (
            of_thing('groups=["A","B"]\n[characteristics.thing.levels.broad]\ngroups={X=["A"],Y=["B"]}'),
            "a level of that name is there already",
        ),
        (
            of_thing('groups=["A","B"]\n[characteristics.thing.levels.x]\ngroups={X=["A"],Y=["A","B"]}'),
            "'A' stands in 'X' and in 'Y'",
        ),
        (
            (
                'name="p"\nlabel="P"\n[[stages]]\nkey="applied"\n[[stages]]\nkey="offered"\nlabel="Accepted"\n'
                '[[stages]]\nkey="accepted"\nlabel="Started"\n[characteristics.thing]\ngroups=["A","B"]\n'
            ),
            "may be the stage 'offered' or the stage 'accepted'",
        ),
        (
            (
                'name="p"\nlabel="P"\n[[stages]]\nkey="one"\nlabel="Checked"\n[[stages]]\nkey="two"\nlabel="checked"\n'
                '[characteristics.thing]\ngroups=["A","B"]\n'
            ),
            "may be the stage 'one' or the stage 'two'",
        ),
    ],
)
def test_it_says_what_contradicts_what(text: str, words: str) -> None:
    with pytest.raises(su.ProgrammeError) as caught:
        programme_from_toml(text)
    assert words in str(caught.value)


def test_bands_that_meet_and_a_broad_answer_that_is_its_own_parent_are_fine() -> None:
    programme_from_toml(
        of_thing('groups=[{label="A",highest=19},{label="B",lowest=20,highest=30},{label="C",lowest=31}]')
    )
    programme_from_toml(
        of_thing('groups=[{label="A",parent="B"},{label="B",parent="B"},{label="C",parent="B"}]')
    )
