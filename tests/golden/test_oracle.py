"""The library against R, case by case, at each case's own tolerance."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from tests.golden import oracle

HERE = Path(__file__).parent
REFERENCE = json.loads((HERE / "reference.json").read_text(encoding="utf-8"))
OFFERED = [case for case in REFERENCE["cases"] if case["statistic"] in oracle.OFFERED]

NEEDED = [
    "chi2",
    "expected_counts",
    "residuals",
    "g_test",
    "association",
    "fisher",
    "fisher_midp",
    "chi2_monte_carlo",
    "cochran_armitage",
    "linear_by_linear",
    "or_conditional",
    "or_wald",
    "rr_katz",
    "diff_newcombe",
    "diff_miettinen_nurminen",
    "ratio_miettinen_nurminen",
    "ratio_koopman",
    "prop_wilson",
    "prop_clopper_pearson",
    "prop_jeffreys",
    "p_adjust",
    "chi2_gof",
    "power_two_proportions",
    "minimum_detectable_rate",
    "e_value",
    "cmh",
    "cmh_general",
    "mh_odds_ratio",
    "mh_risk_ratio",
    "mh_risk_difference",
    "breslow_day",
    "direct_standardised_rate",
    "stage_decomposition",
    "logit",
    "logit_grouped",
    "lr_tests",
    "logit_profile_ci",
    "logit_or",
    "firth",
    "logit_cluster_se",
    "logit_robust_se",
    "margins",
    "continuation_ratio",
    "continuation_ratio_tests",
    "glmm_logit",
    "maihda",
]


@pytest.mark.parametrize("case", OFFERED, ids=lambda case: case["id"])
def test_agrees_with_r(case):
    verdict, differing = oracle.outcome(case, REFERENCE["tables"])

    assert (verdict, differing) == ("passed", [])


def test_every_needed_statistic_is_offered_and_has_a_case():
    with_a_case = {case["statistic"] for case in OFFERED}

    assert [name for name in NEEDED if name not in with_a_case] == []


def test_the_adapter_computes_nothing_itself():
    tree = ast.parse(Path(oracle.__file__).read_text(encoding="utf-8"))
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            imported.add(str(node.module).split(".")[0])
    required = [
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "require"
    ]

    assert imported <= {"stepup_equity", "json", "csv", "pandas"}
    assert required == ["sys"], "the command line's arguments, nothing else"


def test_a_statistic_without_an_entry_is_not_offered():
    with pytest.raises(NotImplementedError, match=r"^bootstrap is not offered$"):
        oracle.evaluate("bootstrap", None, [], {})


def test_a_wrong_number_fails_a_case():
    case = next(case for case in OFFERED if case["id"] == "gender/chi2")
    wrong = {**case, "expect": {**case["expect"], "statistic": case["expect"]["statistic"] * (1 + 1e-7)}}

    verdict, differing = oracle.outcome(wrong, REFERENCE["tables"])

    assert verdict == "failed"
    assert len(differing) == 1
    assert differing[0].startswith("statistic: 2.13597")


def test_the_command_line_counts_by_statistic(tmp_path, capsys):
    cases = [case for case in REFERENCE["cases"] if case["statistic"] in ("chi2", "diff_mee")]
    wrong = {**cases[0], "id": "wrong", "expect": {"df": 7}}
    refused = {**cases[0], "id": "refused", "expect": {"error": "not a table"}}
    file = tmp_path / "cases.json"
    file.write_text(json.dumps({"tables": REFERENCE["tables"], "cases": [*cases, wrong, refused]}))

    code = oracle.main(str(file))

    printed = capsys.readouterr().out.splitlines()
    assert code == 1
    assert printed[0] == "wrong: df: 1 is not 7"
    assert [line.split() for line in printed if line.startswith(("chi2", "diff_mee"))] == [
        ["chi2", "15", "1", "0"],
        ["diff_mee", "0", "0", "6"],
    ]
    assert printed[-1] == "15 passed, 1 failed, 6 not offered"
