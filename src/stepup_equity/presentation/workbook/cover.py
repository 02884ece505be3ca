"""What stands on the first sheets of a workbook: who made it, how people are protected, notes, shorthand."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from stepup_equity.presentation.imprint import Imprint
from stepup_equity.presentation.workbook.labels import one_line, sentence
from stepup_equity.spreadsheets.model import STANDARD, Line, Shorthand

if TYPE_CHECKING:
    from stepup_equity.disclosure import Release


_NOT_FOR_PUBLICATION: Final = "Not for publication: nothing in this file is hidden or rounded."
_AS_READ: Final = (
    "Not for publication: nothing in this file is hidden or rounded, but what the published table hides that "
    "was read."
)
SIGNIFICANCE: Final = {"p < .001": "[sss]", "p < .01": "[ss]", "p < .05": "[s]", "p ≥ .05": "[ns]"}
_NO_PUBLISHER: Final = "No publisher is named. The file was made with stepup_equity."
_SIGNIFICANT: Final = tuple(one for one in STANDARD if one.symbol in SIGNIFICANCE.values())
NOTES: Final = (
    (
        "A pass rate is of those at the stage before, less people who still wait there: the column of those "
        "at the stage before leaves them out too. People who left by their own choice count among those who "
        "did not go on. The share of a group is of those at the stage who stated one; of those who stated "
        "none, of everybody. The rate of all who applied leaves out people who wait at an earlier stage."
    ),
    (
        "The interval is the 95% Wilson score interval of the pass rate. It shows how far chance alone could "
        "move the rate; it doesn't cover errors in the records."
    ),
    (
        "A test of whether going on is associated with the group: Pearson's chi-squared, or an exact test "
        "where an expected number is below 5. Bands and stars are of p adjusted for the number of tests "
        "(Holm). Hidden groups are put together into one. Where counts are rounded, p is that of the counts "
        "nearest to equal rates that they may stand for, so that rounding makes nothing evident. The test "
        "can't say why groups differ."
    ),
)


def banner(release: Release) -> str | None:
    """What every sheet says of a file that may not be published; None where it may."""
    return None if release.publishable else internal_banner(hides=bool(release.hides.any()))


def internal_banner(*, hides: bool) -> str:
    """The banner of a workbook that protects nobody; `hides`: the table that was read lacks numbers."""
    return _AS_READ if hides else _NOT_FOR_PUBLICATION


def shorthand(release: Release) -> tuple[Shorthand, ...]:
    """What each symbol of these tables means."""
    own = tuple(Shorthand(symbol, sentence(meaning)) for symbol, meaning in release.legend.items())
    taken = {one.symbol for one in own}
    return own + tuple(one for one in _SIGNIFICANT if one.symbol not in taken)


def of_whom(release: Release) -> str:
    """Whom the tables are about."""
    named = [cohort for cohort in release.alone if cohort]
    if not named:
        return "about everybody who applied"
    if len(named) == 1:
        return f"about everybody who applied in the cohort {one_line(named[0])}"
    return f"about everybody who applied in the cohorts {', '.join(map(one_line, named))}"


def no_model(release: Release) -> str:
    """Why characteristics are not held equal here; empty where there are no two to hold equal.

    A model needs people by all characteristics together. A release holds each on its own, and a model fitted
    to what lies behind it would say more of hidden people than the tables do.
    """
    tables = [release.table(name) for name in release.characteristics]
    sizes = [
        sum(
            told and group not in table.parents
            for group, told in zip(table.groups, table.stated, strict=True)
        )
        for table in tables
    ]
    sizes = [size for size in sizes if size > 1]
    if len(sizes) < 2:
        return ""
    policy = release.policy
    done = " or ".join(
        word
        for word, so in (("hidden", policy.hides), ("rounded", policy.rounds))
        if so and release.publishable
    )
    give_back = (
        f", and estimates from the numbers behind these tables would help to work out what is {done}"
        if done
        else ""
    )
    return (
        "No model with the other characteristics held equal stands here: it would need people by all "
        f"characteristics together, in {math.prod(sizes):,} combinations of groups{give_back}. So a gap "
        "shown here may belong to another characteristic."
    )


def cover(release: Release, imprint: Imprint) -> tuple[Line, ...]:
    """The lines of the cover."""
    lines = _publisher(imprint)
    lines += [Line("How people are protected", "heading"), *map(Line, protection(release))]
    lines += [
        Line("How to read the tables", "heading"),
        Line(
            "Each table follows applicants from the first stage to the last. In each row the pass rate "
            "stands beside its two counts: those at the stage before, and those of them who went on."
        ),
        Line(
            "The tables show how passing is associated with a group. They can't tell why, and they don't say "
            "that anybody was treated unfairly."
        ),
    ]
    if words := no_model(release):
        lines.append(Line(words))
    if release.notes:
        lines += [Line("About these data", "heading"), *map(Line, release.notes)]
    return tuple(lines)


def _publisher(imprint: Imprint) -> list[Line]:
    """Who publishes, when, and where to write: on paper a link alone would say nothing."""
    lines = [Line("Who publishes this file", "heading"), Line(imprint.author or _NO_PUBLISHER)]
    if imprint.date:
        lines.append(Line(Imprint(date=imprint.date).sentence))
    if imprint.contact:
        words = imprint.contact.removeprefix("https://").removeprefix("mailto:")
        lines.append(Line(f"Contact: {words}", target=imprint.link or None))
    return lines


def protection(release: Release) -> tuple[str, ...]:
    """How people are protected, and what that costs a reader, as sentences."""
    policy = release.policy
    name = f"Policy “{policy.name}”."
    if not release.publishable:
        but = ", but what the published table hides that was read" if release.hides.any() else ""
        keep = "This file may tell on people; keep it where the records are kept."
        return (f"{name} Nothing is hidden{but}. {keep}",)
    out = []
    hidden = policy.symbols.hidden
    if policy.hides:
        out.append(
            f"{name} Small numbers are hidden, and so are others that would give them away by subtraction. "
            f"Both are shown as {hidden}, since two signs would tell which numbers are small."
        )
    if policy.rounds:
        out.append(
            f"{'' if policy.hides else name + ' '}Counts are rounded to multiples of {policy.round_base}. "
            "Rates are worked out from the rounded counts."
        )
    if policy.mode == "round":
        out.append("Rounded counts still add up: groups to their total, stages to the stage before.")
    out.append(
        "This withstands a reader who adds and subtracts whatever is printed"
        + (
            ", and one who also runs the program that made these tables on others that fit."
            if policy.reader == "informed"
            else ". Whether it withstands one who also runs the program that made these tables was not asked."
        )
    )
    out.append(
        f"What this costs: where {hidden} stands, or where a group is small, the tables can't say how the "
        "group fared. That a number is missing is no sign that all is well."
        if policy.hides
        else "What this costs: in small groups, rounding may move a rate by many percentage points."
    )
    return tuple(out)
