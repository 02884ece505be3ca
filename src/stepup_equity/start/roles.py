"""Which column holds what: by its name, and by its values against the code lists."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from stepup_equity.process.headings import QUESTIONS, Question, heading
from stepup_equity.start.bands import bands_share
from stepup_equity.start.labels import Fit, fit_of
from stepup_equity.start.names import ADVERSE, COHORT, IDENTITY, LISTS, PERSONAL, SCORE, STRATUM

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stepup_equity.start.decisions import Decisions
    from stepup_equity.start.view import Column, FileView


UNUSED: Final = "unused"
_BIRTH: Final = re.compile(
    r"(?<![^\W_])(birth ?(date|day)?|date of birth|dob|d o b|born|naissance|geburtsdatum|nacimiento"
    r"|geni)(?![^\W_])"
)
_NOT_ABOUT: Final = re.compile(
    r"adjustment|guaranteed|scheme|confident|interview|arrangement|support|policy|officer"
)
_MARK: Final = re.compile(r"(?=.*\d)[\w/.#-]+")
_MOST_OWN_GROUPS: Final = 15
_MOST_DIVISIONS: Final = 80
_MOST_COHORTS: Final = 40
_WELL, _HALF = 0.8, 0.3
_BY_VALUES: Final = 0.95
_BY_NAME: Final = {question.name: question for question in QUESTIONS}


def question(name: str) -> Question | None:
    """The characteristic of this name; None where it is no characteristic."""
    return _BY_NAME.get(name)


@dataclass(frozen=True, slots=True)
class Asked:
    """A characteristic as the file asks for it.

    Attributes
    ----------
    question : Question
    column : Column
    how : str
        ``"labels"``, ``"own"`` (groups as the file has them), ``"number"`` or ``"birth"``.
    code_list : str
        Name of the code list; empty for groups of its own.
    detail : Column or None
        A second column that says more.
    """

    question: Question
    column: Column
    how: str
    code_list: str = ""
    detail: Column | None = None


@dataclass
class Roles:
    """What each column is for.

    Attributes
    ----------
    identity, cohort : Column or None
    parts : tuple of Column
        Columns that are the id together, where rows are applications.
    asked : list of Asked
    strata, scores, rest : list of Column
        Divisions, numbers, and what may tell how far people got.
    """

    identity: Column | None = None
    cohort: Column | None = None
    parts: tuple[Column, ...] = ()
    asked: list[Asked] = field(default_factory=list)
    strata: list[Column] = field(default_factory=list)
    scores: list[Column] = field(default_factory=list)
    rest: list[Column] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Guess:
    role: str
    reason: str
    safe: bool = True
    how: str = ""
    code_list: str = ""
    strength: float = 0.0


def assign_roles(view: FileView, decisions: Decisions) -> Roles:
    """Decide what each column is for."""
    guesses = {column.name: _guess(column, view.rows) for column in view.columns}
    _one_each(guesses, view)
    _identity(guesses, view)
    _after_answers(guesses, decisions)
    roles = Roles()
    for column in view.columns:
        guess = guesses[column.name]
        role = _decided(column, guess, decisions)
        _give(roles, column, role, guess)
    _details(roles)
    return roles


def _decided(column: Column, guess: _Guess, decisions: Decisions) -> str:
    """What holds for a column; columns about which nobody needs to decide are no question."""
    names = [(one.name, one.label) for one in QUESTIONS]
    choices = [
        *names,
        ("id", "The applicants' ids"),
        ("cohort", "The cohort"),
        ("stratum", "A division, such as a region"),
        ("score", "A score"),
        ("progress", "How far people got"),
        (UNUSED, "Not needed"),
    ]
    choices.sort(key=lambda choice: choice[0] != guess.role)
    return decisions.decide(
        f"column:{column.name}",
        "column",
        column.name,
        f"What is in the column {column.name!r}?",
        guess.role,
        guess.reason,
        rests_on=_rests_on(column, guess),
        choices=choices,
        safe=guess.safe,
        meanwhile=UNUSED,
        rows=int(column.filled.sum()),
    )


def _rests_on(column: Column, guess: _Guess) -> str:
    words = f"{int(column.filled.sum()):,} of {len(column.codes):,} rows are filled"
    if not guess.code_list:
        return words
    fit = fit_of(column.stated, guess.code_list)
    known = f"{fit.known} of its {fit.labels} answers ({fit.known_rows:,} rows)"
    return f"{words}; {guess.code_list}.csv knows {known}"


def _guess(column: Column, rows: int) -> _Guess:
    name = heading(column.title)
    if not column.values:
        return _Guess(UNUSED, "it is empty")
    if ADVERSE.search(name):
        return _Guess(UNUSED, "it is about somebody else than the applicant")
    if _BIRTH.search(name) and column.date_forms:
        return _Guess("age_band", "its name and its values are dates of birth", how="birth", strength=2)
    if _BIRTH.search(name) and column.birth_forms:
        why = "its name says dates of birth, but some values are no such dates; check says in which rows"
        return _Guess("age_band", why, False, "birth", strength=2)
    named = _named(name, column)
    is_list = LISTS["disability"].search(name) is not None
    if (named or is_list) and not _NOT_ABOUT.search(name):
        found = _of_question(column, named or _BY_NAME["disability"])
        if found is not None:
            return found
    if SCORE.fullmatch(name) and column.is_number and len(column.values) > 2:
        return _Guess("score", "its name, and its values are numbers")
    if PERSONAL.search(name) and not IDENTITY.fullmatch(name) and not STRATUM.fullmatch(name):
        return _Guess(UNUSED, "it names or describes single people")
    found = _by_values(column)
    if found is not None:
        return found
    return _of_other(column, name, rows)


def _named(name: str, column: Column) -> Question | None:
    """The question that a heading asks; of sex and gender in one that whose list knows the answers."""
    asked = [one for one in QUESTIONS if one.headings.search(name)]
    both = [one for one in asked if one.name in ("sex", "gender")]
    if len(both) == 2 and asked[0] in both:
        return max(both, key=lambda one: best_fit(column, one.lists).known_rows)
    return asked[0] if asked else None


def _of_question(column: Column, asked: Question) -> _Guess | None:
    if asked.name == "age_band" and (found := _of_age(column)) is not None:
        return found
    if not asked.lists:
        few = 2 <= len(column.labels) <= _MOST_OWN_GROUPS
        return _Guess(asked.name, "its name", how="own", strength=1) if few else None
    fit = best_fit(column, asked.lists)
    if asked.name == "age_band" and bands_share(column) >= _WELL:
        return _Guess("age_band", "its name, and its answers are ages", True, "labels", fit.name, 1.9)
    if fit.share >= _WELL:
        return _Guess(
            asked.name, "its name, and its answers are known", True, "labels", fit.name, 1 + fit.share
        )
    if fit.share >= _HALF:
        return _Guess(
            asked.name, "its name, and some of its answers are known", True, "labels", fit.name, 1 + fit.share
        )
    if len(column.labels) < 2 or len(column.labels) > _MOST_OWN_GROUPS * 2:
        return None
    return _Guess(
        asked.name,
        "its name, but most of its rows have answers that no list knows",
        False,
        "labels",
        fit.name,
        1 + fit.share,
    )


def _of_age(column: Column) -> _Guess | None:
    if column.is_number:
        numbers = column.numbers[~(column.numbers != column.numbers)]
        if len(numbers) and numbers.min() >= 10 and numbers.max() <= 110:
            return _Guess(
                "age_band", "its name, and its values are ages in years", how="number", strength=1.5
            )
        return None
    if column.date_forms:
        return _Guess("age_band", "its values are dates of birth", False, "birth", strength=1)
    return None


def best_fit(column: Column, lists: Iterable[str]) -> Fit:
    """The list that knows most of a column's answers; the first of those that know as many."""
    fits = [fit_of(column.stated, name) for name in lists]
    return max(fits, key=lambda fit: fit.known_rows)


def _by_values(column: Column) -> _Guess | None:
    """A characteristic that nobody named, from answers that hardly another question has."""
    if not 2 <= len(column.labels) <= 60 or column.is_number:
        return None
    for asked in QUESTIONS:
        if not asked.lists:
            continue
        fit = best_fit(column, asked.lists)
        if fit.share < _HALF or fit.telling < 2:
            continue
        sure = (
            fit.telling >= 3 and fit.share >= _BY_VALUES and asked.name not in ("sex", "gender", "age_band")
        )
        return _Guess(asked.name, "its answers, though not its name", sure, "labels", fit.name, fit.share)
    return None


def _of_other(column: Column, name: str, rows: int) -> _Guess:
    distinct, filled = len(column.values), int(column.filled.sum())
    if COHORT.search(name) and distinct <= _MOST_COHORTS and filled >= 0.9 * rows:
        return _Guess("cohort", "its name, and few different values", strength=filled / max(rows, 1))
    if (
        STRATUM.search(name)
        and 2 <= distinct <= _MOST_DIVISIONS
        and filled >= 0.9 * rows
        and not column.is_number
    ):
        return _Guess("stratum", "its name, and few different values")
    return _Guess("progress", "nothing says what it is")


def _one_each(guesses: dict[str, _Guess], view: FileView) -> None:
    """One column for each characteristic: the best; near ties are asked about."""
    for role in [*_BY_NAME, "cohort"]:
        names = [name for name, guess in guesses.items() if guess.role == role]
        if role == "disability":
            names = [
                name for name in names if not LISTS["disability"].search(heading(view.column(name).title))
            ] or names[:1]
        if len(names) < 2:
            continue
        names.sort(key=lambda name: (-guesses[name].strength, -int(view.column(name).filled.sum())))
        best = guesses[names[0]]
        for name in names[1:]:
            near = best.strength - guesses[name].strength < 0.1 and best.how != "birth"
            guesses[name] = _Guess(UNUSED, f"{names[0]!r} answers the same question", not near)


def _after_answers(guesses: dict[str, _Guess], decisions: Decisions) -> None:
    """Where a person says that a column is a characteristic, another that was taken for it is asked about."""
    said = {decisions.answered(f"column:{name}"): name for name in guesses}
    for name, guess in guesses.items():
        there = said.get(guess.role)
        if guess.role in _BY_NAME and guess.role != "disability" and there not in (None, name):
            guesses[name] = _Guess(UNUSED, f"{there!r} answers the same question", False)


def _identity(guesses: dict[str, _Guess], view: FileView) -> None:
    """The id: named as one, and nearly as many values as rows; or as one that repeats, in a log."""
    free = [name for name, guess in guesses.items() if guess.role in ("progress", "cohort", UNUSED)]
    named = [name for name in free if IDENTITY.search(heading(name)) and view.column(name).values]
    unique = [name for name in named if _unique(view.column(name))]
    best = sorted(unique or named, key=_idness)
    if not best:
        best = [name for name in free if _numbered(view.column(name))]
    if best:
        why = "its name" if named else "every row has a value of its own"
        guesses[best[0]] = _Guess("id", why + (", and no value stands twice" if unique else ""))


def _numbered(column: Column) -> bool:
    """Whether every row has a mark of its own: letters and figures, no words."""
    marks = _unique(column) and not column.is_number and not column.date_forms
    return marks and all(_MARK.fullmatch(value) for value in column.values)


def _unique(column: Column) -> bool:
    return bool(column.filled.all()) and len(column.values) >= 0.995 * len(column.codes)


def _idness(name: str) -> tuple[bool, bool, str]:
    text = heading(name)
    person = re.search(r"applica|candid|person|student|urn|bewerb|aplic", text) is not None
    return not person, re.search(r"vacanc|job|post|requisition|campaign", text) is not None, text


def _give(roles: Roles, column: Column, role: str, guess: _Guess) -> None:
    asked = _BY_NAME.get(role)
    if role == "id":
        roles.identity = column
    elif role == "cohort":
        roles.cohort = column
    elif role == "stratum":
        roles.strata.append(column)
    elif role == "score":
        roles.scores.append(column)
    elif role == "progress":
        roles.rest.append(column)
    elif asked is not None:
        how, name = (guess.how, guess.code_list) if guess.role == role else _how(column, asked)
        roles.asked.append(Asked(asked, column, how, name))


def _how(column: Column, asked: Question) -> tuple[str, str]:
    """How a column is read that a person said to be a characteristic."""
    if asked.name == "age_band":
        if column.birth_forms:
            return "birth", "age_band"
        if column.is_number:
            return "number", "age_band"
    if not asked.lists:
        return "own", ""
    return "labels", best_fit(column, asked.lists).name


def _details(roles: Roles) -> None:
    """Join a list of impairments to the Yes or No beside it."""
    of_kind = [one for one in roles.asked if one.question.name == "disability"]
    lists = [one for one in of_kind if LISTS["disability"].search(heading(one.column.title))]
    plain = [one for one in of_kind if one not in lists]
    if len(plain) == 1 and len(lists) == 1:
        joined = Asked(plain[0].question, plain[0].column, "labels", plain[0].code_list, lists[0].column)
        roles.asked[roles.asked.index(plain[0])] = joined
        roles.asked.remove(lists[0])
