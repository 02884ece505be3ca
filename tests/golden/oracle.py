"""Check the library's statistics against reference values from R.

    python -m tests.golden.oracle tests/golden/reference.json

`evaluate` translates a case into a call of the library and the answer into the case's words. It computes
nothing: this file imports stepup_equity, json, csv and pandas alone, and a test says so. A new statistic is
one small function and one line in OFFERED.
"""

import json

import pandas as pd

import stepup_equity as su
from stepup_equity import StageCounts, gap_decomposition, statistics
from stepup_equity.errors import require
from stepup_equity.process import Stratum

HERE = __file__.removesuffix("oracle.py")


def evaluate(statistic, data, args, tables):
    """What the library says to one case, in the keys of its `expect`; NotImplementedError if not offered."""
    if statistic in MODELS:
        return MODELS[statistic](data, args or {}, tables)
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
    """Enumerated; where that would take longer than a second, only if the case asks for draws."""
    draws = args.get("B", args.get("replicates"))
    drawn = {"replicates": draws, "seed": args.get("seed", 0)} if draws else {}
    result = statistics.exact_test(counts, **drawn)
    if result.replicates and not draws:
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


def staged(data, args, tables):
    """Frame of people with a 1/0 column for each stage; keys of the stages, the first for everybody."""
    outcome, _, right = args.get("formula", "screened ~ 1").partition(" ~ ")
    if data == "applicants.csv":
        frame = applicants()
        return frame, list(frame.columns[frame.columns.get_loc("submitted") :])
    table = tables[data]
    names = [name.strip() for name in right.split("+")]
    by_rows = [name for name in names if args["reference"][name] in table["rows"]]
    by_strata = [name for name in names if name not in by_rows]
    people = [
        {**dict.fromkeys(by_rows, row), **dict.fromkeys(by_strata, stratum), "start": 1, outcome: 1 - column}
        for stratum, counts in zip(table["strata"], table["counts"], strict=True)
        for row, cells in zip(table["rows"], counts, strict=True)
        for column, number in enumerate(cells)
        for _ in range(number)
    ]
    return pd.DataFrame(people), ["start", outcome]


def counted(data, args, tables, names, strata=()):
    """Counts of those people, labels as they stand; references as the case says, else the largest group."""
    frame, stages = staged(data, args, tables)
    reference = args.get("reference", {})
    programme = su.Programme(
        "oracle",
        "Oracle",
        su.SelectionProcess(
            "oracle",
            tuple(su.Stage(key, key) for key in stages),
            tuple(su.Gate(key, key) for key in stages[1:]),
        ),
        tuple(
            su.Characteristic(
                name,
                name,
                tuple(su.Group(label) for label in sorted(frame[name].dropna().unique())),
                reference.get(name),
            )
            for name in names
        ),
        tuple(Stratum(name, name) for name in strata),
    )
    return su.count_stages(su.read_applicants(frame, programme=programme, check_ids=False))


def model(data, args, tables, **options):
    """The model of a case and its coefficients by name."""
    outcome, _, right = args["formula"].partition(" ~ ")
    names = [name.strip() for part in right.split("+") for name in part.replace("*", ":").split(":")]
    cluster = options.get("cluster")
    counts = counted(data, args, tables, dict.fromkeys(names), [cluster] if cluster else [])
    found = su.progression_model(counts, right, gates=outcome, **options)
    used = int(found.diagnostics()["people"].iloc[0])
    if used != args.get("n", used):
        raise ValueError(f"{used} people are modelled, not {args['n']}")
    return found, found.coefficients.set_index("name")


def named(series, *, intercept=True):
    """A column of coefficients as a dict; columns without an estimate are left out."""
    numbers = series.dropna().to_dict()
    return numbers if intercept else {key: value for key, value in numbers.items() if key != "Intercept"}


def by_term(frame, column):
    return dict(zip(frame["term"], frame[column].tolist(), strict=True))


def logit(data, args, tables):
    found, table = model(data, args, tables, method="ml")
    row = found.diagnostics().iloc[0]
    return {
        "coef": named(table["estimate"]),
        "se": named(table["std_error"]),
        "z": named(table["statistic"]),
        "p": named(table["p_value"]),
        "wald_lower": named(table["conf_low"]),
        "wald_upper": named(table["conf_high"]),
        "loglik": row["log_likelihood"],
        "null_loglik": row["null_log_likelihood"],
        "deviance": row["minus_2_log_likelihood"],
        "aic": row["aic"],
        "bic": row["bic"],
        "mcfadden": row["mcfadden"],
        "nobs": int(row["people"]),
    }


def logit_grouped(data, args, tables):
    row = model(data, args, tables, method="ml")[0].diagnostics().iloc[0]
    return {
        "patterns": int(row["patterns"]),
        "loglik": row["grouped_log_likelihood"],
        "aic": row["grouped_aic"],
        "deviance": row["deviance"],
        "df_residual": int(row["df_residual"]),
        "pearson_chi2": row["pearson_chi2"],
    }


def lr_tests(data, args, tables):
    found = model(data, args, tables, method="ml")[0]
    tests = found.tests().frame
    return {
        "lr": by_term(tests, "statistic"),
        "df": by_term(tests, "df"),
        "p": by_term(tests, "p_value"),
        "wald": by_term(found.tests(kind="wald").frame, "statistic"),
    }


def logit_profile_ci(data, args, tables):
    table = model(data, args, tables, method="ml", interval="profile")[1]
    return {"lower": named(table["conf_low"]), "upper": named(table["conf_high"])}


def logit_or(data, args, tables):
    table = model(data, args, tables, method="ml")[1]
    return {
        "or": named(table["odds_ratio"], intercept=False),
        "wald_lower": named(table["odds_ratio_low"], intercept=False),
        "wald_upper": named(table["odds_ratio_high"], intercept=False),
    }


def firth(data, args, tables):
    found, table = model(data, args, tables, method="firth")
    wald = model(data, args, tables, method="firth", interval="wald")[1]
    tests, row = found.tests().frame, found.diagnostics().iloc[0]
    return {
        "coef": named(table["estimate"]),
        "se": named(table["std_error"]),
        "se_augmented": named(table["std_error_augmented"]),
        "profile_lower": named(table["conf_low"]),
        "profile_upper": named(table["conf_high"]),
        "profile_chi2": named(table["statistic"]),
        "profile_p": named(table["p_value"]),
        "wald_p": named(wald["p_value"]),
        "penalised_loglik": row["penalised_log_likelihood"],
        "null_penalised_loglik_full_design": row["null_penalised_log_likelihood"],
        "term_lr": by_term(tests, "statistic"),
        "term_df": by_term(tests, "df"),
        "term_p": by_term(tests, "p_value"),
        "separation": bool(row["separation"]),
    }


def logit_cluster_se(data, args, tables):
    small = "(n-1)/(n-k)" in args["factor"].replace(" ", "")
    options = {"errors": "cluster", "cluster": args["cluster"], "small_sample": small}
    found, table = model(data, args, tables, method="ml", **options)
    return {"se": named(table["std_error"]), "clusters": int(found.diagnostics()["clusters"].iloc[0])}


def logit_robust_se(data, args, tables):
    """HC0 unless the case's source or type says HC1."""
    small = any("HC1" in str(args.get(key, "")) for key in ("source", "type"))
    return {
        "se": named(
            model(data, args, tables, method="ml", errors="robust", small_sample=small)[1]["std_error"]
        )
    }


def margins(data, args, tables):
    found = model(data, args, tables, method="ml")[0].adjusted
    rows = found[found["characteristic"] == args["characteristic"]].set_index("group")
    others = rows[rows.index != args["reference"][args["characteristic"]]]
    return {
        "risk": rows["adjusted_rate"].to_dict(),
        "risk_se": rows["rate_se"].to_dict(),
        "ame": others["effect"].to_dict(),
        "ame_se": others["effect_se"].to_dict(),
        "risk_ratio": others["adjusted_ratio"].to_dict(),
        "log_risk_ratio_se": others["log_ratio_se"].to_dict(),
    }


def stacked(data, args, tables):
    """Gender and ethnicity at all gates; ethnic groups that nobody of whom entered some gate are left out."""
    counts = counted(data, args, tables, ["gender", "ethnicity"])
    entered = su.selection_rates(counts, by="ethnicity").frame
    entered = entered[entered["stated"]].groupby("group")["entered"].min()
    groups = {"ethnicity": list(entered[entered > 0].index)}
    return su.progression_model(counts, "gender + ethnicity", gates=args["stages"], groups=groups).stacked()


def continuation_ratio(data, args, tables):
    """Effects by gate; one for all gates where the case says `parallel`."""
    found = stacked(data, args, tables)
    parallel = args.get("parallel", False)
    table, fit = (found.shared, found.shared_fit) if parallel else (found.by_gate, found.fit)
    table = table[table["status"] != "nobody here, or it repeats other terms"]
    answer = {
        "coef": dict(zip(table["name"], fit.coef.tolist(), strict=True)),
        "loglik": fit.log_likelihood,
    }
    if table["std_error"].notna().all():
        # R prints 134602 for a coefficient that runs away (all of 7 passed): the rounding of its last weights
        answer["se"] = named(table["std_error"])
    return answer


def continuation_ratio_tests(data, args, tables):
    frame = stacked(data, args, tables).frame.set_index(["question", "term"])
    frame = frame.rename(columns={"statistic": "lr", "p_value": "p"})[["lr", "df", "p"]]
    differs = "differs between gates"
    asked = {
        "any_effect": ("matters", "all terms"),
        "cliff_all": (differs, "all terms"),
        "cliff_ethnicity": (differs, "ethnicity"),
        "cliff_gender": (differs, "gender"),
    }
    return {key: frame.loc[row].to_dict() for key, row in asked.items()}


def glmm_logit(data, args, tables):
    """Without `icc`: the reference's is a value per row, since its program divided by fitted rates squared,
    kept under the name pi, where the latent variance needs pi squared."""
    outcome, _, right = args["formula"].partition(" ~ ")
    fixed, _, random = right.partition(" + (1 | ")
    cluster = random.rstrip(")")
    counts = counted(data, args, tables, [name.strip() for name in fixed.split("+")], [cluster])
    found = su.random_intercept_model(counts, fixed, cluster=cluster, gate=outcome)
    table, clusters = found.frame.set_index("name"), found.clusters.set_index("cluster")
    return {
        "coef": named(table["estimate"]),
        "se": named(table["std_error"]),
        "sd": found.sd,
        "loglik": found.fit.log_likelihood,
        "median_or": found.fit.median_odds_ratio,
        "blup": clusters["effect"].to_dict(),
    }


def maihda(data, args, tables):
    """Without `vpc_null` and `vpc_main`, which carry the same slip as `icc` above."""
    by = ["gender", "ethnicity", "age_band"]
    found = su.maihda(counted(data, args, tables, by), by=by, gate=args.get("stage", "screened")).fit
    return {
        "strata": found.strata,
        "intercept": float(found.null.coef[0]),
        "var_null": found.null.variance,
        "var_main": found.main.variance,
        "pcv": found.pcv,
    }


MODELS = {
    "logit": logit,
    "logit_grouped": logit_grouped,
    "lr_tests": lr_tests,
    "logit_profile_ci": logit_profile_ci,
    "logit_or": logit_or,
    "firth": firth,
    "logit_cluster_se": logit_cluster_se,
    "logit_robust_se": logit_robust_se,
    "margins": margins,
    "continuation_ratio": continuation_ratio,
    "continuation_ratio_tests": continuation_ratio_tests,
    "glmm_logit": glmm_logit,
    "maihda": maihda,
}
"""Statistics that need labels beside counts."""

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
    **MODELS,
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
        args = {"source": case.get("source", ""), **(case["args"] or {})}  # which may say HC0 or HC1
        found = evaluate(case["statistic"], case["data"], args, tables)
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
