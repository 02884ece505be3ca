"""What a page and its pictures are told from: counts under the internal policy, or a release."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from stepup_equity.columns import OVERALL, UNJUDGED
from stepup_equity.words.rows import records, widest_first

if TYPE_CHECKING:
    import pandas as pd

    from stepup_equity.findings.cliff_rule import CliffRule
    from stepup_equity.words.names import Names


_MOST_ENDS = 3
"""Groups named over the whole way; the table has all."""


def edges_of(frame: pd.DataFrame) -> pd.DataFrame:
    """The cliff edges of a frame of comparisons, the widest first, whichever side is behind."""
    if frame.empty:
        return frame
    return widest_first(frame[frame["flagged"].astype(bool)])


def deepest_of(frame: pd.DataFrame) -> dict[str, Any]:
    """The widest cliff edge of each characteristic that has one."""
    return {row.characteristic: row for row in reversed(records(edges_of(frame)))}


def unjudged(frame: pd.DataFrame) -> pd.DataFrame:
    """Gaps that are evident in print and not judged, the widest first."""
    return widest_first(frame[frame["verdict"] == UNJUDGED]) if len(frame) else frame


def with_ends(source: Source) -> pd.DataFrame:
    """Comparisons at every gate, and over the whole way as one more gate."""
    import pandas as pd

    ends = source.ends.assign(gate=OVERALL)
    kept = [name for name in ends.columns if name in set(source.comparisons.columns)]
    return pd.concat([source.comparisons, ends[kept]], ignore_index=True) if len(ends) else source.comparisons


def ends_in_words(broad: pd.DataFrame, detailed: pd.DataFrame) -> tuple[str, ...]:
    """Who ends behind by more than chance allows, in people.

    First the detailed group that is furthest behind, one of which nobody got through before all others: a
    broad group speaks for many and can hide it. Then broad groups, most people short first.
    """
    wide, fine = evident_ends(broad), evident_ends(detailed)
    if len(fine):
        through = fine["passed"].where(fine["behind"] == fine["group"], fine["reference_passed"])
        fine = fine.iloc[(through > 0).to_numpy().argsort(kind="stable")]
    first, *others = fine["sentence"] if len(fine) else [""]
    said = [first, *(wide["sentence"] if len(wide) else ()), *others]
    return tuple(dict.fromkeys(filter(None, said)))[:_MOST_ENDS]


def evident_ends(frame: pd.DataFrame) -> pd.DataFrame:
    """Whole ways on which somebody is evidently behind, most people short first."""
    evident = frame[frame["behind"].astype(bool) & (frame["sentence"] != "")] if len(frame) else frame
    if evident.empty:
        return evident
    return evident.iloc[(-_short(evident)).argsort(kind="stable")]


def _short(frame: pd.DataFrame) -> pd.Series:
    """People short of the other side's rate on the side that is behind, but for last digits."""
    of_group, of_reference = ("passed", "denominator"), ("reference_passed", "reference_denominator")
    (x, n), (y, m) = ([frame[name].astype(float) for name in side] for side in (of_group, of_reference))
    short = (n * y / m - x).where(frame["behind"] == frame["group"], m * x / n - y)
    return short.round(9)


@dataclass(frozen=True, slots=True)
class Through:
    """How many applied and how many got to the end, as printed.

    Attributes
    ----------
    applied, end, share : str
        Empty where a published table does not tell.
    stage : str
        Name of the last stage.
    about : bool
        Whether the numbers are rounded.
    shown : bool
        False where one of them is hidden.
    waiting : str
        A sentence about those without an outcome; empty where there is nobody.
    cohorts : str
        A sentence on which of several cohorts this is; empty where there is one.
    """

    applied: str
    end: str
    share: str
    stage: str
    about: bool = False
    shown: bool = True
    waiting: str = ""
    cohorts: str = ""


class Source(Protocol):
    """One story, two sources: the same code tells it from `Answers` and from `Published`.

    Every frame says how its numbers are printed, so that whoever tells the story need not know whether a
    number is left out because nobody was there or because it may not be shown.

    Attributes
    ----------
    asked : tuple of str
        The characteristics.
    names : Names
    references : dict of str to str
        Their references, as compared.
    edges : DataFrame
        The cliff edges with all that is known of them, those between broad groups among them.
    rule : CliffRule
        The thresholds behind the verdicts.
    comparisons : DataFrame
        Each group against its reference at each gate, with ``verdict`` and, where it cannot be shown,
        ``word``.
    deepest : dict of str to row
        The widest cliff edge of each characteristic that has one.
    broad : DataFrame
        The same between broad groups, a family of its own; empty where there are none.
    ends : DataFrame
        The same from the first stage to the last.
    broad_ends : DataFrame
        As `ends`, between broad groups.
    process_printed : DataFrame
        Everybody at each gate: ``gate, rate, entered, denominator, passed``, and as printed ``word``,
        ``start_word`` and ``people_word``, the last with those the rate is of where somebody waits.
    notes, cliff_notes : tuple of str
        Sentences that every output must carry; and those beside comparisons.
    mix : tuple of str
        Differences that are no cliff edges, since a stratum held equal does not bear them out.
    unheld : tuple of str
        What should be held equal and is not, by its name in print: then nothing is called a cliff edge.
    through : Through
    whole_way : tuple of str
        What stands out over the whole way, in people.
    change : str
        What became of the ratios since the cohort before; empty where there is none to set beside this one.
    covered : str
        What a comparison says whose numbers are hidden; empty where none can be.
    """

    @property
    def asked(self) -> tuple[str, ...]: ...  # noqa: D102 - in the class docstring
    @property
    def names(self) -> Names: ...  # noqa: D102
    @property
    def references(self) -> dict[str, str]: ...  # noqa: D102
    @property
    def edges(self) -> pd.DataFrame: ...  # noqa: D102
    @property
    def rule(self) -> CliffRule: ...  # noqa: D102
    @property
    def comparisons(self) -> pd.DataFrame: ...  # noqa: D102
    @property
    def deepest(self) -> dict[str, Any]: ...  # noqa: D102
    @property
    def broad(self) -> pd.DataFrame: ...  # noqa: D102
    @property
    def ends(self) -> pd.DataFrame: ...  # noqa: D102
    @property
    def broad_ends(self) -> pd.DataFrame: ...  # noqa: D102
    @property
    def process_printed(self) -> pd.DataFrame: ...  # noqa: D102
    @property
    def notes(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def cliff_notes(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def mix(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def unheld(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def through(self) -> Through: ...  # noqa: D102
    @property
    def whole_way(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def change(self) -> str: ...  # noqa: D102
    @property
    def covered(self) -> str: ...  # noqa: D102

    def rates_printed(self, name: str) -> pd.DataFrame:
        """Pass rates of the groups of a characteristic: ``estimate, word, people_word, start_word``."""
        ...

    def people_printed(self, name: str) -> pd.DataFrame:
        """People of its broadest groups at every gate: ``entered, passed, reference``, NaN where hidden.

        ``through`` and ``through_word`` are the share of those who applied that got so far.
        """
        ...

    def symbols(self, name: str) -> str:
        """What the shorthand among those rates means; empty where there is none."""
        ...

    def label(self, name: str) -> str:
        """A characteristic's name in print."""
        ...
