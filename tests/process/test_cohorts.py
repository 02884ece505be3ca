"""Cohorts have an order, a name and a day; blanks are none of them."""

import itertools
import random

import pytest

from stepup_equity.errors import ProgrammeError
from stepup_equity.process import Cohorts, natural_order, programme_from_toml, programme_to_toml
from stepup_equity.process.cohort_order import year_in

ORDERS = {
    "numbers": ["2", "9", "10", "11", "100"],
    "years": ["1999", "2001", "2010"],
    "words": ["Cohort One", "Cohort Two", "Cohort Three", "Cohort Nine", "Cohort Ten", "Cohort Twenty-One"],
    "ordinals": ["First intake", "Second intake", "3rd intake", "Tenth intake"],
    "roman": ["Cohort I", "Cohort IV", "Cohort V", "Cohort IX", "Cohort X"],
    "letters": ["Wave A", "Wave B", "Wave C", "Wave D"],
    "financial years": ["1999/00", "2000/01", "2008-09", "2009/10", "2010/11"],
    "short financial years": ["98/99", "99/00", "00/01", "09/10"],
    "long financial years": ["2009/2010", "2010/2011"],
    "FY": ["FY99", "FY00", "FY09", "FY10"],
    "seasons": ["Spring 2010", "Summer 2010", "Autumn 2010", "Spring 2011", "Autumn 2011"],
    "seasons behind": ["2010 Spring", "2010 Autumn", "2011 Spring"],
    "bare seasons": ["Spring", "Summer", "Autumn", "Winter"],
    "academic terms": ["Autumn 2009/10", "Spring 2009/10", "Summer 2009/10", "Autumn 2010/11"],
    "months": ["Jan 2010", "Sept 2010", "October 2010", "January 2011"],
    "days": ["2010-09-01", "2011-02-01", "2011-10-15"],
    "days first": ["01/09/2010", "15/02/2011", "01/10/2011"],
    "quarters": ["Q4 2009", "Q1 2010", "Q2 2010", "Q1 2011"],
    "mixed": ["Cohort 9 (2009)", "Cohort 10 (2010)", "Cohort 11 (2011)"],
    "numbers within": ["Cohort 5", "Cohort 5a", "Cohort 5b", "Cohort 12"],
}


@pytest.mark.parametrize("name", ORDERS)
def test_natural_order_whatever_comes_first(name):
    expected = ORDERS[name]
    some = random.Random(0)
    orders = [some.sample(expected, len(expected)) for _ in range(6)]
    assert {natural_order(labels) for labels in orders} == {tuple(expected)}


def test_order_of_two_is_that_of_all():
    for expected in ORDERS.values():
        for earlier, later in itertools.combinations(expected, 2):
            if "I" not in earlier:  # whether "I" is a number, the others say
                assert natural_order([later, earlier]) == (earlier, later)


def test_year_in_a_label():
    found = [year_in(label) for label in ("2010", "2009/10", "FY09/10", "Autumn 1999", "Cohort 5", "2,095")]
    assert found == [2010, 2009, 2009, 1999, None, None]


def test_declared_order_comes_first_and_others_follow():
    cohorts = Cohorts(order=("Pilot", "Main"))
    assert cohorts.ordered(["10", "Main", "9", "Pilot"]) == ("Pilot", "Main", "9", "10")


def test_dates_order_where_nothing_else_does():
    cohorts = Cohorts(dates=(("A", "2012-09-01"), ("B", "2010-09-01")))
    assert cohorts.ordered(["A", "B"]) == ("B", "A")
    assert cohorts.year_of("A") == 2012


def test_not_stated_is_last():
    assert Cohorts().ordered(["Not stated", "Zeta", "Alpha"]) == ("Alpha", "Zeta", "Not stated")


TOML = """
name = "p"
stages = [{key = "a"}, {key = "b"}, {key = "c"}]
[cohorts]
order = ["C2", "C1"]
labels = { C1 = "Cohort One", C2 = "Pilot" }
dates = { C1 = 2012-09-01, C2 = "2010-09-01" }
without = { C2 = ["b"] }
changes = { C1 = { c = "one interview, not two" } }
"""


def test_programme_reads_and_writes_cohorts():
    programme = programme_from_toml(TOML)
    assert programme_from_toml(programme_to_toml(programme)) == programme
    cohorts = programme.cohorts
    assert cohorts.ordered(["Cohort One", "Pilot"]) == ("Pilot", "Cohort One")
    assert cohorts.printed(" c1 ") == "Cohort One"
    assert cohorts.year_of("Cohort One") == 2012
    assert cohorts.lacks("Pilot") == ("b",)
    assert cohorts.lacks("Cohort One") == ()
    assert cohorts.changed("Pilot", "Cohort One") == {"c": "one interview, not two"}
    assert cohorts.changed("Cohort One", "Pilot") == {}


def test_labels_may_stand_beside_the_order():
    text = TOML.replace('labels = { C1 = "Cohort One", C2 = "Pilot" }', 'labels = ["Pilot", "Cohort One"]')
    assert programme_from_toml(text).cohorts.labels == (("C2", "Pilot"), ("C1", "Cohort One"))


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ('order = ["A", "a "]', "[cohorts] order names 'a ' more than once"),
        ('order = ["Not stated"]', "stands for people without a cohort"),
        ('dates = { A = "last year" }', "gives 'A' the day 'last year'. Write it as 2010-09-01."),
        ('without = { A = ["d"] }', "names the gate 'd' for 'A'"),
        ('changes = { A = { d = "x" } }', "changes names the gate 'd' for 'A'"),
        ('order = ["A"]\nlabels = ["One", "Two"]', "has 1 in order and 2 in labels"),
        ('ordre = ["A"]', "'ordre' is not understood in [cohorts]"),
    ],
)
def test_refused(settings, said):
    text = TOML.partition("[cohorts]")[0] + "[cohorts]\n" + settings
    with pytest.raises(ProgrammeError) as error:
        programme_from_toml(text)
    assert said in str(error.value)
