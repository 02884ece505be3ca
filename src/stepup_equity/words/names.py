"""How keys are called in print: gates, stages, characteristics, and the people of a group."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from stepup_equity.columns import OVERALL
from stepup_equity.words.unit import PEOPLE, Unit, unit_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from stepup_equity.process import Programme


PRODUCT: Final = "product of the gates' rates"
"""What the status of a gap's sum begins with where it is not that of the whole way."""
_NOUNS: Final = frozenset({"women", "men", "girls", "boys"})
_BARE: Final = frozenset(
    {"other", "yes", "no", "unknown", "unsure", "none", "any other", "all other", "rest"}
)


@dataclass(frozen=True, slots=True)
class Names:
    """Names in print of a programme's keys; a key it does not know is put into words.

    Attributes
    ----------
    stages, gates, characteristics, others : mapping of str to str
        Others are strata, and numbers that are known of people.
    owners : mapping of str to str
        Who decides at each gate.
    start : str
        The first stage.
    unit : Unit
        What is counted.
    whole : str
        The way from the first stage to the last, within a sentence.
    """

    stages: Mapping[str, str] = field(default_factory=dict)
    gates: Mapping[str, str] = field(default_factory=dict)
    characteristics: Mapping[str, str] = field(default_factory=dict)
    others: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    owners: Mapping[str, str] = field(default_factory=dict)
    start: str = "Applied"
    unit: Unit = PEOPLE
    whole: str = "the whole way"

    @classmethod
    def of(cls, programme: Programme) -> Names:
        """The names a programme declares."""
        process = programme.process
        return cls(
            {stage.key: stage.label for stage in process.stages},
            {gate.key: gate.label for gate in process.gates},
            {characteristic.name: characteristic.label for characteristic in programme.characteristics},
            {gate.key: gate.owner for gate in process.gates},
            process.stages[0].label,
            unit_of(programme),
            others={
                **{one.name: one.label for one in programme.strata},
                **{one.name: one.label for one in programme.covariates},
            },
        )

    def of_gaps(self, status: Iterable[str]) -> Names:
        """The same for parts of a gap, whose sum is not the whole way where somebody still waits."""
        apart = any(str(one).startswith(PRODUCT) for one in status)
        return replace(self, whole="all gates together") if apart else self

    @property
    def apart(self) -> str:
        """Why the gates of a gap multiply to another ratio than that of the whole way; else nothing."""
        if self.whole == "the whole way":
            return ""
        return " That is not the ratio of the whole way, since some people are in no rate of a gate."

    def stage(self, key: str) -> str:
        """A stage as the head of a column.

        >>> Names().stage("passed_screening")
        'Passed screening'
        """
        return self.stages.get(key) or _in_words(key)

    def gate(self, key: str) -> str:
        """A gate as the head of a column.

        >>> Names(gates={"assessed": "the assessment centre"}).gate("assessed"), Names().gate("overall")
        ('Assessment centre', 'Whole way')
        """
        if key == OVERALL:
            return capital(self.whole.removeprefix("the "))
        label = self.gates.get(key, "")
        return capital(label.removeprefix("the ")) if label else _in_words(key)

    def at(self, key: str) -> str:
        """A gate as the start of a sentence.

        >>> Names(gates={"assessed": "the assessment centre"}).at("assessed"), Names().at("shortlisted")
        ('At the assessment centre', 'At the gate “shortlisted”')
        """
        if key == OVERALL:
            return f"Over {self.whole}"
        words = key.replace("_", " ")
        label = self.gates.get(key, words)
        return f"At the gate “{words}”" if label == words else f"At {label}"

    def gate_in_words(self, key: str) -> str:
        """A gate within a sentence.

        >>> Names(gates={"assessed": "the assessment centre"}).gate_in_words("assessed")
        'the assessment centre'
        >>> Names().gate_in_words("cv_sift"), Names().gate_in_words("overall")
        ('cv sift', 'the whole way')
        """
        return self.whole if key == OVERALL else self.gates.get(key) or key.replace("_", " ")

    def characteristic(self, name: str) -> str:
        """A characteristic, or several crossed.

        >>> Names().characteristic("age_band × gender")
        'Age band × gender'
        """
        parts = name.split(" × ")
        words = [self.characteristics.get(part) or _in_words(part) for part in parts]
        return " × ".join([words[0], *(within(word) for word in words[1:])])

    def other(self, name: str) -> str:
        """A stratum or a number, within a sentence.

        >>> Names(others={"choice_1": "First choice"}).other("choice_1"), Names().other("sift_score")
        ('first choice', 'sift score')
        """
        return within(self.others.get(name) or name).replace("_", " ")

    def asked(self, by: Iterable[str]) -> str:
        """Characteristics in a row, as a headline begins with them.

        >>> Names(characteristics={"age_band": "Age"}).asked(["gender", "age_band"])
        'gender, age'
        """
        return ", ".join(within(self.characteristic(name)) for name in by)


PLAIN: Final = Names()


EVERYONE_ELSE: Final = "all other groups"


def whom(reference: str) -> str:
    """What sentences call a reference: ``"rest"`` is no group, but all others."""
    return EVERYONE_ELSE if reference == "rest" else reference


def people_of(group: str, characteristic: str = "", number: int = 2) -> str:
    """The people of a group, as a sentence calls them.

    Parameters
    ----------
    group : str
        Display label.
    characteristic : str
        Its characteristic's name in print.
    number : int
        How many they are.

    Examples
    --------
    >>> people_of("Black African", "Ethnicity")
    'Black African applicants'
    >>> people_of("50 and over", "Age"), people_of("No religion", "Religion or belief")
    ('applicants aged 50 and over', 'applicants with no religion')
    >>> people_of("Other", "Ethnicity")
    'applicants whose ethnicity is recorded as “Other”'
    >>> people_of(whom("rest")), people_of("Indian", number=1), people_of("Women", "Sex")
    ('applicants in all other groups', 'Indian applicant', 'women')
    >>> people_of("rest", "Region")
    'applicants whose region is recorded as “rest”'
    """
    if number == 1:
        return _one(people_of(group, characteristic))
    if group == EVERYONE_ELSE:
        return f"applicants in {EVERYONE_ELSE}"
    if group.casefold() in _NOUNS:
        return group.lower()
    label = characteristic.casefold()
    if label.startswith("age") and (group[:1].isdigit() or group.casefold().startswith(("under", "over"))):
        return f"applicants aged {group[:1].lower()}{group[1:]}"
    if group.casefold() == label and label:
        return f"applicants with a {label}"
    if group.startswith("No "):
        return f"applicants with {within(group)}"
    if group.casefold() in _BARE:
        return f"applicants whose {label or 'answer'} is recorded as “{group}”"
    return f"{group} applicants"


def _one(people: str) -> str:
    if people in _NOUNS:
        return {"women": "woman", "men": "man"}.get(people, people[:-1])
    start, _, end = people.rpartition(" applicants")
    return f"{start} applicant{end}" if start else people.replace("applicants", "applicant", 1)


def rate_of(group: str, characteristic: str = "") -> str:
    """The pass rate of a group, as a sentence calls it.

    >>> rate_of("White British", "Ethnicity"), rate_of("20-24", "Age")
    ('the White British rate', 'the rate of applicants aged 20-24')
    """
    people = people_of(group, characteristic)
    return f"the {group} rate" if people == f"{group} applicants" else f"the rate of {people}"


def _in_words(key: str) -> str:
    return capital(key.replace("_", " ").strip())


def capital(words: str) -> str:
    """Words with a capital."""
    return words[:1].upper() + words[1:]


def within(words: str) -> str:
    """A label within a sentence: its first letter small, unless the second is large as in an abbreviation.

    >>> within("Religion or belief"), within("IMD quintile"), within("The interview")
    ('religion or belief', 'IMD quintile', 'the interview')
    """
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]
