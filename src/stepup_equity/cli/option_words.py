"""What a library says of its arguments, said of options: a terminal knows no ``pool=True``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable


_QUOTED: Final = re.compile(r"'([^']*)'|\"([^\"]*)\"")


def _names(text: str) -> str:
    """Quoted names as they are typed; one with a space keeps its marks.

    >>> _names("'a', 'b c'")
    'a "b c"'
    """
    found = [one or other for one, other in _QUOTED.findall(text)]
    return " ".join(f'"{name}"' if re.search(r"[\s&|;<>]", name) else name for name in found)


def _option(name: str) -> Callable[[re.Match[str]], str]:
    return lambda match: f"--{name} {_names(match[1])}".strip()


def _merged(match: re.Match[str]) -> str:
    names = [one or other for one, other in re.findall(r"(?:'([^']*)'|\"([^\"]*)\"): 'broad'", match[1])]
    return f"--merge {_names(', '.join(map(repr, names)))}" if names else "--merge"


def _written(match: re.Match[str]) -> str:
    if match[2] == "counts":
        return f"Write {match[1]} with stepup-equity count FILE -o COUNTS"
    return "A publication writes it as ledger.json"


def _stages_of(match: re.Match[str]) -> str:
    pairs = re.findall(r"'([^']*)': \['([^']*)'\]", match[1])
    return " ".join(
        f"--drop-stages-of {_names(repr(cohort))} {_names(repr(stage))}" for cohort, stage in pairs
    )


_IN_A_POLICY: Final = (
    "symbols|min_denominator|name|round_base|threshold|width|mode|rounding|totals|keep|zeros|dominance"
)
"""Settings of a policy file."""
_IN_POLICY: Final[dict[str, str]] = {"keep": "keep = []", "totals": 'totals = "hide"'}
_RULES: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str] | str], ...]] = (
    (re.compile(r"force=True \(on the command line (--force)\)"), r"\1"),
    (re.compile(r"force=True"), "--force"),
    (re.compile(r"merge=\{([^}]*)\}"), _merged),
    (re.compile(r"merge=(?='[^']*'|[ .,:;)]|$)"), "--merge "),
    (re.compile(r"pool=True"), "--pool"),
    (re.compile(r"drop_stages_of=\{([^}]*)\}"), _stages_of),
    (re.compile(r"\bdrop_stages_of(?= names|=| is)"), "--drop-stages-of"),
    (re.compile(r"drop_stages=\[([^\]]*)\]"), _option("drop-stages")),
    (re.compile(r"\bdrop_stages(?= (holds|leaves) |=')"), "--drop-stages"),
    (re.compile(r"--drop-stages=(?=')"), "--drop-stages "),
    (re.compile(r"\bname=(?='[^']*' is not a shipped )"), ""),
    (re.compile(r"\d+ more kind\(s\) of error: see problems\."), "There are more kinds of error."),
    (re.compile(r"\(--cohort-label, cohort_label\)"), "(--cohort-label)"),
    (re.compile(r"check_ids=False"), "--no-ids"),
    (re.compile(r"seconds=(\S+) must be"), r"--seconds \1 must be"),
    (re.compile(r"corrected=True, or (--corrected)"), r"\1"),
    (re.compile(r"ledger\.with_cohort\('NAME'\) or (?=--ledger-label)"), ""),
    (re.compile(r"renamed=\{[^}]*\}, or (--same)"), r"\1"),
    (re.compile(r" \(counts\.only, for protect\)"), ""),
    (re.compile(r"\bcohort=('[^']*')"), _option("cohort")),
    (re.compile(r"\bcohorts=\(?\[?((?:'[^']*'(?:, )?)+)\]?\)?"), _option("cohorts")),
    (re.compile(r"\bby=\[((?:'[^']*'(?:, )?)*)\]"), _option("by")),
    (
        re.compile(
            r"\b(by|cohort|kind|level|reference|policy|query|programme|changes|title|author|contact|date)"
            r"=(?='|\"|[ .,:;)]|$)"
        ),
        r"--\1 ",
    ),
    (re.compile(r"\bon=(?=')"), "--on "),
    (re.compile(r"\bright_on=(?='|$|[ .,:;)])"), "--later-on "),
    (re.compile(r"\bcolumns=(?=')"), "--columns "),
    (re.compile(r"\b(gate|stratum|first|second|offered|award|score)=(?='|\"|[ .,:;)]|$)"), r"--\1 "),
    (re.compile(r"\bledgers=(?=\W|$)"), "--ledger "),
    (re.compile(r"\b(cohorts|groups|gates)=(?=['\[ .,:;)]|$)"), r"--\1 "),
    (re.compile(r"\bbenchmarks=(?=\W|$)"), "--benchmark "),
    (re.compile(r"\btargets=(?=[ .,:;)]|$)"), "--targets "),
    (re.compile(r"\bkey=(?= )"), "the key of --key-file"),
    (re.compile(r"\b(columns)=(?= )"), r"--\1"),
    (re.compile(r"\bpath=(?=')"), "-o "),
    (re.compile(r"The error's \.cells names every cell\."), "All of them stand below."),
    (re.compile(r"leading_zeros='(keep|drop)'"), r"--leading-zeros \1"),
    (re.compile(r"renamed=\{[^}]*\}, or (?=--same-cohort)"), ""),
    (re.compile(r"Write (it|one) with (counts|release\.ledger\(\))\.write\(path\)"), _written),
    (re.compile(r"as second argument"), "as a second file"),
    (re.compile(r"must be True or False"), "must be true or false"),
    (
        re.compile(r"\(a policy with (keep|totals)=(\(\)|'hide')\)"),
        lambda m: f"({_IN_POLICY[m[1]]} in the policy file of --policy)",
    ),
    (
        re.compile(r"a policy with (keep|totals)=(\(\)|'hide')"),
        lambda m: f"{_IN_POLICY[m[1]]} in the policy file of --policy",
    ),
    (re.compile(rf"\b({_IN_A_POLICY})=(?=['\"\d])"), r"\1 = "),
)


def in_option_words(sentence: str) -> str:
    """A sentence of an error as somebody at a terminal can follow it.

    >>> print(in_option_words("merge groups (merge={'ethnicity': 'broad'}); pool cohorts (pool=True)"))
    merge groups (--merge ethnicity); pool cohorts (--pool)
    >>> print(in_option_words("merge or drop a stage: 'sifted' (drop_stages=['passed the sift'])"))
    merge or drop a stage: 'sifted' (--drop-stages "passed the sift")
    >>> print(in_option_words("hide the total (a policy with totals='hide')"))
    hide the total (totals = "hide" in the policy file of --policy)
    >>> print(in_option_words("round_base=5 tells too much"))
    round_base = 5 tells too much
    """
    for pattern, words in _RULES:
        sentence = pattern.sub(words, sentence)
    return re.sub(r" +([.,;)])(?=[\s.,:;)]|$)", r"\1", sentence.replace("  ", " "))
