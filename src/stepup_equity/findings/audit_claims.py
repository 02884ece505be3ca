"""Is this printed number right? Each claim recomputed, with a verdict and the computation in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from stepup_equity.errors import DataError, StatisticError
from stepup_equity.findings.claims.chi_squared import judge_chi_squared
from stepup_equity.findings.claims.judgement import IMPOSSIBLE, INCONSISTENT, VERDICTS
from stepup_equity.findings.claims.percentages import judge_percentage, judge_shared_base, judge_shares
from stepup_equity.findings.claims.ratios import judge_ratio
from stepup_equity.findings.claims.reading import read_claims
from stepup_equity.findings.claims.sums import judge_range, judge_same, judge_sum
from stepup_equity.findings.claims.tables import judge_row, judge_table, solved_counts, solved_tables
from stepup_equity.findings.result import Result

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import pandas as pd

    from stepup_equity.findings.claims.judgement import Judgement
    from stepup_equity.findings.claims.reading import Claim
    from stepup_equity.findings.claims.tables import SolvedTable


@dataclass(frozen=True, eq=False, repr=False)
class ClaimAudit(Result):
    """Verdicts on printed numbers, one row for each claim."""

    _tables: pd.DataFrame

    @property
    def tables(self) -> pd.DataFrame:
        """The whole numbers behind the rows of percentages: the solved table, a line for each cell."""
        return self._tables.copy()

    @property
    def headline(self) -> str:
        """How many claims of each verdict."""
        found = self._frame["verdict"].value_counts()
        n = len(self._frame)
        counted = [f"{found[verdict]} {verdict}" for verdict in VERDICTS if verdict in found]
        return ", ".join(["1 claim" if n == 1 else f"{n} claims", *counted])

    @property
    def objections(self) -> pd.DataFrame:
        """The claims that are inconsistent or impossible."""
        return self._frame[self._frame["verdict"].isin([INCONSISTENT, IMPOSSIBLE])].reset_index(drop=True)


def audit_claims(claims: pd.DataFrame | str | Path) -> ClaimAudit:
    """Recompute printed numbers and say which are consistent, inconsistent or impossible.

    A published table can be checked without its data: a percentage of few people has few possible values, a
    chi-squared has a largest value, parts have a sum. A finding says that printed numbers don't go together;
    it cannot say which of them is wrong, nor why.

    Parameters
    ----------
    claims : DataFrame, str or Path
        A row for each claim, as a frame, a CSV file or a TOML file of ``[[claim]]`` tables. ``claim`` names
        it, ``kind`` says what is checked; ``chapter``, ``line`` and ``says`` are carried along.

        - ``percentage``: ``printed`` is ``count`` of ``base``; without a count, whether any count gives it.
        - ``sum``: ``parts`` add up to ``printed``.
        - ``same``: ``count`` is the number ``printed``, printed elsewhere.
        - ``range``: ``parts`` run from the lower to the higher number of ``printed``.
        - ``shares``: percentages in ``parts`` are of everyone, so they add up to 100 (of ``base``, if given).
        - ``shared_base``: percentages in ``parts`` can be of one ``base``; of a range of bases, or of one
        that
          is not printed, of which. Counts printed beside them, ``37.6% (64)``, leave fewer.
        - ``ratio``: the first of ``parts`` over the second is ``printed``; numbers, percentages, fractions,
        or
          ratios themselves (``1 in 4``).
        - ``chi_squared``: ``printed`` has ``p`` at ``df``, is possible for ``n`` people in a table of
          ``rows`` groups, and follows from the groups in ``parts`` (passed/entered) or from some of them;
          plain numbers of people in ``parts`` are one sample against equal shares.
        - ``row``: percentages in ``parts`` are whole numbers of ``base`` that add up to it.
        - ``table``: the rows named in ``parts`` add up to the row named in ``printed``.

        A number of people is ``1787``, ``2095 - 314``, ``99..116`` (between) or ``6% of 1787``. Give numbers
        as text to keep their printed zeros: "2.10" is not "2.1".

    Returns
    -------
    ClaimAudit
        Columns ``claim, chapter, line, kind, says, printed, recomputed, verdict, computation``.
        ``recomputed`` is NaN where there is no one number.

    Raises
    ------
    DataError
        A claim that cannot be read; the sentence names the row and the column.

    References
    ----------
    Brown and Heathers (2017), Social Psychological and Personality Science 8, 363-369 (percentages of few
    people); Nuijten et al. (2016), Behavior Research Methods 48, 1205-1226 (p from a printed statistic);
    Cramér (1946), Mathematical Methods of Statistics, section 21.9 (bound of chi-squared).

    Examples
    --------
    >>> import pandas as pd
    >>> audit = audit_claims(pd.DataFrame([
    ...     {"claim": "Muslim", "kind": "percentage", "printed": "2%", "count": "2", "base": "53"},
    ...     {"claim": "Gender", "kind": "chi_squared", "printed": "2.14", "df": "1", "p": "0.14",
    ...      "parts": "Female 141/1413; Male 27/362"},
    ... ]))
    >>> audit
    <ClaimAudit: 2 claims, 1 consistent, 1 inconsistent>
    >>> for sentence in audit.frame["computation"]:
    ...     print(sentence)
    2 of 53 is 3.8 %, printed 2 %; 1 of 53 would be printed so.
    Female 141/1413, Male 27/362 gives 2.136. Its p is 0.1439.
    """
    import pandas as pd

    found = read_claims(claims)
    tables = solved_tables(found)
    judged = [(claim, _judge(claim, tables)) for claim in found]
    frame = pd.DataFrame(
        {
            "claim": [claim.claim for claim, _ in judged],
            "chapter": [claim.chapter for claim, _ in judged],
            "line": [claim.line for claim, _ in judged],
            "kind": [claim.kind for claim, _ in judged],
            "says": [claim.says for claim, _ in judged],
            "printed": [claim.printed for claim, _ in judged],
            "recomputed": np.array([judgement.recomputed for _, judgement in judged], float),
            "verdict": [judgement.verdict for _, judgement in judged],
            "computation": [judgement.computation for _, judgement in judged],
        }
    )
    method = (
        "Percentages by the whole numbers that round to them (Brown and Heathers 2017), an exact half either "
        "way; chi-squared without continuity correction unless said, its p, and its bound "
        "N × min(rows - 1, columns - 1); tables of percentages by the whole-number tables behind them."
    )
    notes = (
        "A verdict says whether printed numbers go together. It cannot say which of them is wrong, nor why.",
    )
    return ClaimAudit(frame, method, notes, _tables=solved_counts(found, tables))


_CHECKS: Final[dict[str, Callable[[Claim], Judgement]]] = {
    "percentage": judge_percentage,
    "sum": judge_sum,
    "same": judge_same,
    "range": judge_range,
    "ratio": judge_ratio,
    "shares": judge_shares,
    "shared_base": judge_shared_base,
    "chi_squared": judge_chi_squared,
    "row": judge_row,
}


def _judge(claim: Claim, tables: Mapping[str, SolvedTable]) -> Judgement:
    if claim.kind == "table":
        return judge_table(claim, tables[claim.claim])
    try:
        return _CHECKS[claim.kind](claim)
    except StatisticError as error:
        raise DataError(f"Row {claim.row}: {error}") from None
