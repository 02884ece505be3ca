"""A printed chi-squared: its p, its bound, and the groups it can have been computed on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from stepup_equity.findings.claims.judgement import (
    CONSISTENT,
    GRAVITY,
    IMPOSSIBLE,
    INCONSISTENT,
    NOT_CHECKABLE,
    ON_ROUNDING,
    Judgement,
)
from stepup_equity.statistics import chi_squared, chi_squared_p, g_test, group_sets, table_shapes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from stepup_equity.findings.claims.reading import Claim, Printed, Whole

    Groups = Sequence[tuple[str, Whole, Whole]]


_MOST_TABLES: Final = 100_000
"""Tables within printed counts up to which all are tried."""


def judge_chi_squared(claim: Claim) -> Judgement:
    """Every check that the columns of a claim allow; the gravest verdict counts, all sentences are kept."""
    if not claim.printed:
        if claim.parts and claim.p:
            return _p_of_table(claim)
        return Judgement(NOT_CHECKABLE, "Neither the statistic nor its table is printed.")
    table = _table_of_statistic(claim)
    bound = _bound_of_statistic(claim)
    found = [judgement for judgement in (table, _p_of_statistic(claim, table)) if judgement is not None]
    if bound is not None and (bound.verdict != CONSISTENT or not found):
        found.insert(0, bound)
    if not found:
        return Judgement(NOT_CHECKABLE, "Neither its degrees of freedom nor its table is printed.")
    gravest = max(found, key=lambda judgement: GRAVITY.index(judgement.verdict))
    recomputed = np.nan if table is None else table.recomputed
    return Judgement(gravest.verdict, " ".join(j.computation for j in found), recomputed)


def _degrees(claim: Claim) -> int | None:
    df = claim.whole("df")
    if df is not None and (not df.known or df.low < 1):
        raise claim.problem("df", "degrees of freedom, 1 or more")
    return None if df is None else df.low


def _p_of_statistic(claim: Claim, table: Judgement | None) -> Judgement | None:
    """The printed p against the table's, where the table is known, else against the printed statistic's."""
    df = _degrees(claim)
    if df is None or not claim.p:
        return None
    statistic, printed = claim.printed_number(), claim.printed_number("p")
    if table is not None and table.verdict == CONSISTENT:
        at = float(chi_squared_p(table.recomputed, df))
        if printed.holds(at):
            return Judgement(CONSISTENT, f"Its p is {_p_in_words(at)}.")
        return Judgement(INCONSISTENT, f"Its p is {_p_in_words(at)}, printed {printed.text}.")
    at = float(chi_squared_p(statistic.value, df))
    said = f"Chi-squared {statistic.text} with df {df} has p {_p_in_words(at)}"
    if printed.holds(at):
        return Judgement(CONSISTENT, f"{said}.")
    edges = [statistic.value + statistic.half, max(statistic.value - statistic.half, 0.0)]
    low, high = (float(p) for p in chi_squared_p(edges, df))
    if printed.overlaps(low, high):
        return Judgement(
            ON_ROUNDING,
            f"{said}, printed {printed.text}; rounding of the statistic allows "
            f"{_p_in_words(low)} to {_p_in_words(high)}.",
        )
    return Judgement(INCONSISTENT, f"{said}, printed {printed.text}.")


def _p_in_words(p: float) -> str:
    if p >= 0.001:
        return f"{p:.4f}"
    return f"{p:.1e}" if p > 1e-300 else "below 1e-300"


def _bound_of_statistic(claim: Claim) -> Judgement | None:
    """Whether so many people can give it at all, in the table described."""
    df, n, rows = _degrees(claim), claim.whole("n"), claim.whole("rows")
    if df is None or n is None:
        return None
    statistic = claim.printed_number()
    least = statistic.value - statistic.half
    shapes = table_shapes(df, n.high)
    described = shapes if rows is None else [s for s in shapes if rows.low in (s.rows, s.columns)]
    if not described:
        return Judgement(
            IMPOSSIBLE, f"No table with {rows} groups has df {df}: df is (rows - 1) × (columns - 1)."
        )
    most = max(shape.most for shape in described)
    if least <= most:
        return Judgement(CONSISTENT, f"{n} people can give up to {most:,.0f}.")
    size = " or ".join(f"{shape.rows} × {shape.columns}" for shape in described)
    sentence = f"{n} people in a table of {size} give at most {most:,.0f}, printed {statistic.text}."
    for shape in shapes:
        if least <= shape.most:
            v = (statistic.value / shape.most) ** 0.5
            sentence += (
                f" Of the tables with df {df} only {shape.rows} × {shape.columns} allows more "
                f"({shape.most:,.0f}), and it would take a Cramér's V of {v:.2f}."
            )
    if least <= n.high * df:
        sentence += (
            f" A chi-squared of one sample in {df + 1} groups against equal shares may be as large "
            f"({n.high * df:,.0f} at most): it asks whether the groups are equally many, not whether they "
            "pass "
            "alike."
        )
    return Judgement(IMPOSSIBLE, sentence)


def _table_of_statistic(claim: Claim) -> Judgement | None:
    """The printed groups as they stand; then every set of them with the printed degrees of freedom."""
    if not claim.parts:
        return None
    if "/" not in claim.parts:
        return _one_sample(claim)
    groups, printed, df = claim.fractions(), claim.printed_number(), _degrees(claim)
    as_they_stand = df is None or df == len(groups) - 1
    if as_they_stand:
        judged = _whole_table(groups, printed)
        if judged.verdict != INCONSISTENT or len(groups) < 3:
            return judged
    if not all(passed.known and entered.known for _, passed, entered in groups):
        return Judgement(NOT_CHECKABLE, "Not every count is printed.") if not as_they_stand else judged
    assert df is not None
    return _sets_of_groups(groups, printed, df)


def _one_sample(claim: Claim) -> Judgement:
    """Counts of groups against equal shares, which is what a chi-squared of one sample asks."""
    parts, printed, df = claim.labelled(), claim.printed_number(), _degrees(claim)
    counts = np.array([claim.number(part.value, "parts").value for part in parts])
    if len(counts) < 2 or counts.sum() == 0:
        raise claim.problem(
            "parts",
            "groups with passed/entered: Female 141/1413; Male 27/362; or one sample: White 1333; Black 215",
        )
    if df is not None and df != len(counts) - 1:
        return Judgement(
            INCONSISTENT,
            f"{len(counts)} groups against equal shares have df {len(counts) - 1}, printed {df}.",
        )
    expected = counts.sum() / len(counts)
    value = float(((counts - expected) ** 2 / expected).sum())
    said = (
        f"One sample of {int(counts.sum()):,} in {len(counts)} groups against equal shares gives "
        f"{value:.3f}. "
        "That asks whether the groups are equally many, not whether they pass alike"
    )
    if printed.holds(value):
        return Judgement(CONSISTENT, f"{said}.", value)
    return Judgement(INCONSISTENT, f"{said}; printed {printed.text}.", value)


def _whole_table(groups: Groups, printed: Printed) -> Judgement:
    tables = _all_tables(groups)
    if tables is None:
        return Judgement(NOT_CHECKABLE, "Too many tables lie within the printed counts to try them all.")
    for name, statistics in (
        ("", chi_squared(tables).statistic),
        (" with Yates's correction", chi_squared(tables, correction=True).statistic),
        (", a likelihood ratio (G)", g_test(tables).statistic),
    ):
        fits = np.array([printed.holds(float(value)) for value in statistics])
        if fits.any():
            value = float(statistics[fits][0])
            if len(tables) == 1:
                return Judgement(CONSISTENT, f"{_named(groups)} gives {value:.3f}{name}.", value)
            return Judgement(
                ON_ROUNDING,
                f"{int(fits.sum())} of the {len(tables):,} tables that the printed counts of "
                f"{_named(groups)} allow give it{name}.",
            )
    plain = chi_squared(tables).statistic
    if len(tables) == 1:
        return Judgement(
            INCONSISTENT, f"{_named(groups)} gives {plain[0]:.3f}, printed {printed.text}.", float(plain[0])
        )
    return Judgement(
        INCONSISTENT,
        f"None of the {len(tables):,} tables that the printed counts of {_named(groups)} allow gives it "
        f"({np.nanmin(plain):.3f} to {np.nanmax(plain):.3f}).",
    )


def _all_tables(groups: Groups) -> NDArray[np.int64] | None:
    """Every table within the printed counts, shape (n_tables, n_groups, 2)."""
    ranges = [np.arange(w.low, w.high + 1) for _, passed, entered in groups for w in (passed, entered)]
    if np.prod([float(len(r)) for r in ranges]) > _MOST_TABLES:
        return None
    grid = np.stack([axis.ravel() for axis in np.meshgrid(*ranges, indexing="ij")], axis=1)
    passed, entered = grid[:, 0::2], grid[:, 1::2]
    return np.stack([passed, entered - passed], axis=2)[(passed <= entered).all(axis=1)]


def _named(groups: Groups) -> str:
    return ", ".join(f"{label} {passed.text}/{entered.text}".strip() for label, passed, entered in groups)


def _sets_of_groups(groups: Groups, printed: Printed, df: int) -> Judgement:
    passed, entered = [g[1].low for g in groups], [g[2].low for g in groups]
    low, high = printed.value - printed.half, printed.value + printed.half
    found = group_sets(passed, entered, low, high, groups=df + 1)
    if not found.sets:
        return Judgement(
            INCONSISTENT,
            f"None of the {found.tried} sets of {df + 1} of the printed groups gives {printed.text}.",
        )
    named = [
        f"{'; '.join(' with '.join(groups[i][0] for i in members) for members in chosen)} ({value:.3f})"
        for chosen, value in zip(found.sets, found.statistic, strict=True)
    ]
    shown = " or ".join(named[:3]) + (f" or {len(named) - 3} more" if len(named) > 3 else "")
    return Judgement(
        CONSISTENT,
        f"Of the {found.tried} sets of {df + 1} of the printed groups {len(named)} "
        f"{'gives' if len(named) == 1 else 'give'} it: {shown}.",
        float(found.statistic[0]),
    )


def _p_of_table(claim: Claim) -> Judgement:
    """A printed p without its statistic, from the table."""
    groups, printed = claim.fractions(), claim.printed_number("p")
    tables = _all_tables(groups)
    if tables is None:
        return Judgement(NOT_CHECKABLE, "Too many tables lie within the printed counts to try them all.")
    test = chi_squared(tables)
    fits = np.array([printed.holds(float(p)) for p in test.p_value])
    if len(tables) == 1:
        sentence = (
            f"{_named(groups)} gives chi-squared {test.statistic[0]:.3f}, df {int(test.df[0])}, "
            f"p {_p_in_words(float(test.p_value[0]))}"
        )
        if fits[0]:
            return Judgement(CONSISTENT, f"{sentence}.", float(test.p_value[0]))
        return Judgement(INCONSISTENT, f"{sentence}, printed {printed.text}.", float(test.p_value[0]))
    verdict = ON_ROUNDING if fits.any() else INCONSISTENT
    return Judgement(
        verdict,
        f"{int(fits.sum())} of the {len(tables):,} tables that the printed counts of {_named(groups)} allow "
        f"give p {printed.text}.",
    )
