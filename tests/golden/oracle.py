"""Check the library's statistics against reference values from R.

    python -m tests.golden.oracle tests/golden/reference.json

`evaluate` translates a case into a call of the library and the answer into the case's words. It computes
nothing: this file imports stepup_equity, json, csv and pandas alone, and a test says so. A new statistic is
one small function and one line in OFFERED.
"""

import json

import pandas as pd

from stepup_equity import StageCounts, gap_decomposition, statistics
from stepup_equity.errors import require

HERE = __file__.removesuffix("oracle.py")


def evaluate(statistic, data, args, tables):
    """What the library says to one case, in the keys of its `expect`; NotImplementedError if not offered."""
    if statistic not in OFFERED:
        raise NotImplementedError(f"{statistic} is not offered")
    return OFFERED[statistic](resolved(data, tables), args or {})


def resolved(data, tables):
    """The counts of a table, the frame of applicants, or None where all inputs are in args."""
    if data is None:
        return None
    if data == "applicants.csv":
        return applicants()
    return tables[data]["counts"]


def applicants():
    """The 4,000 synthetic applicants; "None" and "NA" stay words."""
    return pd.read_csv(HERE + "applicants.csv", keep_default_na=False, na_values=[""])


def groups(counts, args):
    """Passed and entered of group and reference, from args or from a table of two rows."""
    if "x1" in args:
        return args["x1"], args["n1"], args["x2"], args["n2"]
    (a, b), (c, d) = counts
    return a, a + b, c, c + d


def interval(result):
    return {"estimate": result.estimate.tolist(), "ci": [result.low.tolist(), result.high.tolist()]}


def chi_squared_of(result):
    return {
        "statistic": result.statistic.tolist(),
        "df": result.df.tolist(),
        "p": result.p_value.tolist(),
    }


def of_rate(function):
    def call(counts, args):
        return {"ci": interval(function(args["x"], args["n"], confidence=args.get("level", 0.95)))["ci"]}

    return call


def of_two_groups(function):
    def call(counts, args):
        return interval(function(*groups(counts, args), confidence=args.get("level", 0.95)))

    return call


def pooled(function, error):
    def call(counts, args):
        result = function(counts, confidence=args.get("level", 0.95))
        return {**interval(result), error: result.std_error.tolist()}

    return call


def chi2(counts, args):
    return chi_squared_of(statistics.chi_squared(counts, correction=args.get("correction", False)))


def expected_counts(counts, args):
    return {"expected": statistics.expected_counts(counts).tolist()}


def g_test(counts, args):
    return chi_squared_of(statistics.g_test(counts))


def association(counts, args):
    result = statistics.association(counts)
    found = {
        "cramers_v": result.cramers_v.estimate.tolist(),
        "cramers_v_bergsma": result.bias_corrected.tolist(),
    }
    if len(counts) == len(counts[0]) == 2:
        found["phi_signed"] = result.phi.tolist()
    return found


def residuals(counts, args):
    result = statistics.residuals(counts)
    return {"pearson": result.pearson.tolist(), "adjusted": result.adjusted.tolist()}


def fisher(counts, args):
    result = statistics.exact_test(counts)
    if result.replicates:
        raise NotImplementedError("fisher is not enumerated for tables of this size")
    return {"p": result.p_value}


def fisher_midp(counts, args):
    sides = {"two_sided_double": "two-sided", "less": "less", "greater": "greater"}
    return {
        key: statistics.fisher_midp_p(*groups(counts, args), alternative=side).tolist()
        for key, side in sides.items()
    }


def chi2_monte_carlo(counts, args):
    return {"p": statistics.monte_carlo_test(counts, replicates=args["B"], seed=1).p_value}


def cochran_armitage(counts, args):
    passed, entered = [row[0] for row in counts], [sum(row) for row in counts]
    return trend(statistics.cochran_armitage(passed, entered, args.get("scores")))


def linear_by_linear(counts, args):
    return trend(statistics.linear_by_linear(counts, args.get("row_scores"), args.get("col_scores")))


def trend(result):
    return {"z": result.statistic.tolist(), "chi2": result.chi2.tolist(), "p": result.p_value.tolist()}


def trend_departure(counts, args):
    passed, entered = [row[0] for row in counts], [sum(row) for row in counts]
    result = chi_squared_of(statistics.trend_departure(passed, entered, args.get("scores")))
    return {"chi2": result["statistic"], "df": result["df"], "p": result["p"]}


def or_wald(counts, args):
    return interval(
        statistics.wald_odds_ratio_interval(*groups(counts, args), confidence=args.get("level", 0.95))
    )


def or_score(counts, args):
    return {"ci": of_two_groups(statistics.score_odds_ratio_interval)(counts, args)["ci"]}


def p_adjust(counts, args):
    return {"adjusted": statistics.adjust(args["p"], args["method"]).tolist()}


def chi2_gof(counts, args):
    result = statistics.goodness_of_fit(args["counts"], args["shares"])
    return {
        "statistic": result.statistic,
        "df": result.df,
        "p": result.p_value,
        "residuals": result.pearson.tolist(),
        "stdres": result.adjusted.tolist(),
    }


def binom_test(counts, args):
    return {"p": statistics.binomial_p(args["x"], args["n"], args["p0"]).tolist()}


def sizes(args):
    return args.get("n1", args.get("n_per_group")), args.get("n2", args.get("n_per_group"))


def power_two_proportions(counts, args):
    n1, n2 = sizes(args)
    power = statistics.power_normal(args["p1"], n1, args["p2"], n2, alpha=args.get("alpha", 0.05))
    return {"power_strict": power.tolist()}


def minimum_detectable_rate(counts, args):
    found = statistics.minimum_detectable_rates(
        args["p1"], args["n1"], args["n2"], power=args.get("power", 0.8), alpha=args.get("alpha", 0.05)
    )
    return {"below": found.low.tolist(), "above": found.high.tolist()}


def e_value(counts, args):
    result = statistics.e_values(args["rr"], args["lower"], args["upper"])
    return {"point": result.estimate.tolist(), "ci": result.limit.tolist()}


def cmh(counts, args):
    plain, corrected = statistics.cmh(counts), statistics.cmh(counts, correction=True)
    return {
        **chi_squared_of(plain),
        "statistic_corrected": corrected.statistic.tolist(),
        "p_corrected": corrected.p_value.tolist(),
    }


def cmh_general(counts, args):
    return chi_squared_of(statistics.cmh_general(counts))


def breslow_day(counts, args):
    result = statistics.breslow_day(counts)
    return {
        "or_mh": result.odds_ratio.tolist(),
        "breslow_day": result.breslow_day.tolist(),
        "tarone": result.tarone.tolist(),
        "df": result.df.tolist(),
        "p_breslow_day": result.p_breslow_day.tolist(),
        "p_tarone": result.p_tarone.tolist(),
    }


def direct_standardised_rate(counts, args):
    rows = range(len(counts[0]))
    passed = [[stratum[row][0] for stratum in counts] for row in rows]
    entered = [[sum(stratum[row]) for stratum in counts] for row in rows]
    result = statistics.direct_standardised_rate(passed, entered)
    return {"rate": result.rate.tolist(), "crude": result.crude.tolist()}


def stage_decomposition(frame, args):
    name, stages = args["characteristic"], args["stages"]
    people = frame[stages].eq(1).assign(started=frame[stages[0]].notna()).groupby(frame[name]).sum()
    table = people[["started", *stages]].rename_axis("group").reset_index().assign(characteristic=name)
    gap = gap_decomposition(
        StageCounts.from_table(table), by=name, reference=args["reference"], groups=[args["group"]]
    ).frame.set_index("gate")
    at_gates, whole = gap.loc[stages], gap.loc["overall"]
    return {
        "group_success": at_gates["passed"].tolist(),
        "group_at_risk": at_gates["denominator"].tolist(),
        "ref_success": at_gates["reference_passed"].tolist(),
        "ref_at_risk": at_gates["reference_denominator"].tolist(),
        "log_ratio": at_gates["estimate"].tolist(),
        "se": at_gates["std_error"].tolist(),
        "total_log_ratio": {stages[-1]: whole["estimate"]},
        "total_se": {stages[-1]: whole["std_error"]},
    }


OFFERED = {
    "chi2": chi2,
    "expected_counts": expected_counts,
    "g_test": g_test,
    "association": association,
    "residuals": residuals,
    "fisher": fisher,
    "fisher_midp": fisher_midp,
    "chi2_monte_carlo": chi2_monte_carlo,
    "cochran_armitage": cochran_armitage,
    "linear_by_linear": linear_by_linear,
    "trend_departure": trend_departure,
    "or_conditional": of_two_groups(statistics.conditional_odds_ratio_interval),
    "or_wald": or_wald,
    "or_score_mn": or_score,
    "rr_katz": of_two_groups(statistics.katz_ratio_interval),
    "diff_newcombe": of_two_groups(statistics.newcombe_difference_interval),
    "diff_miettinen_nurminen": of_two_groups(statistics.score_difference_interval),
    "ratio_miettinen_nurminen": of_two_groups(statistics.score_ratio_interval),
    "ratio_koopman": of_two_groups(statistics.koopman_ratio_interval),
    "prop_wilson": of_rate(statistics.wilson_interval),
    "prop_clopper_pearson": of_rate(statistics.clopper_pearson_interval),
    "prop_jeffreys": of_rate(statistics.jeffreys_interval),
    "p_adjust": p_adjust,
    "chi2_gof": chi2_gof,
    "binom_test": binom_test,
    "power_two_proportions": power_two_proportions,
    "minimum_detectable_rate": minimum_detectable_rate,
    "e_value": e_value,
    "cmh": cmh,
    "cmh_general": cmh_general,
    "mh_odds_ratio": pooled(statistics.mh_odds_ratio, "log_se"),
    "mh_risk_ratio": pooled(statistics.mh_risk_ratio, "log_se"),
    "mh_risk_difference": pooled(statistics.mh_risk_difference, "se"),
    "breslow_day": breslow_day,
    "direct_standardised_rate": direct_standardised_rate,
    "stage_decomposition": stage_decomposition,
}


def differences(found, expected, case):
    """A sentence for every key that differs by more than the case's own tolerance."""
    keys = [key for key in found if key in expected]
    if not keys:
        return ["no key of the case is answered"]
    return [
        f"{key}: {found[key]} is not {expected[key]}"
        for key in keys
        if not same(found[key], expected[key], case["rtol"], case["atol"])
    ]


def same(found, expected, rtol, atol):
    if isinstance(expected, dict):
        return all(same(found.get(key), value, rtol, atol) for key, value in expected.items())
    if isinstance(expected, list):
        return len(found) == len(expected) and all(
            same(*pair, rtol, atol) for pair in zip(found, expected, strict=True)
        )
    if isinstance(expected, bool) or (isinstance(expected, str) and expected not in ("Inf", "-Inf", "NaN")):
        return found == expected
    value = float("nan") if found is None else float(found)
    target = float("nan") if expected is None else float(expected)
    if value != value or target != target:
        return value != value and target != target
    return value == target or abs(value - target) <= atol + rtol * abs(target)


def outcome(case, tables):
    """One of passed, failed and not offered, with what differs."""
    try:
        found = evaluate(case["statistic"], case["data"], case["args"], tables)
    except NotImplementedError:
        return "not offered", []
    differing = differences(found, case["expect"], case)
    return ("failed" if differing else "passed"), differing


def main(path):
    with open(path, encoding="utf-8") as file:  # noqa: PTH123 - pathlib is not among the imports
        reference = json.load(file)
    rows = []
    for case in reference["cases"]:
        if "error" in case["expect"]:
            continue
        verdict, differing = outcome(case, reference["tables"])
        rows.append({"statistic": case["statistic"], "verdict": verdict})
        for sentence in differing:
            print(f"{case['id']}: {sentence}")
    frame = pd.DataFrame(rows)
    verdicts = ["passed", "failed", "not offered"]
    table = pd.crosstab(frame["statistic"], frame["verdict"]).reindex(columns=verdicts, fill_value=0)
    print(table.to_string())
    print(", ".join(f"{table[verdict].sum()} {verdict}" for verdict in verdicts))
    return int(table["failed"].sum() > 0)


if __name__ == "__main__":
    raise SystemExit(main(require("sys", "test").argv[1]))
