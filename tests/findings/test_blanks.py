"""missing="em": everybody is used, blanks shared out; against complete cases, and against the truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.stats import chi2

import stepup_equity as su
from stepup_equity.statistics.regression.blanks import Blanks
from stepup_equity.statistics.regression.design import CodedDesign, intercept, treatment
from stepup_equity.statistics.regression.fits import fit_logistic
from stepup_equity.statistics.regression.missing_em import fit_em
from stepup_equity.statistics.regression.observed_limits import ObservedFit


def people(seed, n=3000, *, blank=lambda u, x, y: np.zeros(len(u), bool)):
    rng = np.random.default_rng(seed)
    ethnicity = rng.choice(["White British", "Indian", "Black African"], n, p=[0.6, 0.25, 0.15])
    gender = rng.choice(["Female", "Male"], n)
    eta = 0.6 - 1.0 * (ethnicity == "Black African") + 0.3 * (gender == "Male")
    passed = rng.random(n) < 1 / (1 + np.exp(-eta))
    hidden = blank(rng.random(n), ethnicity, passed)
    return pd.DataFrame(
        {
            "applicant_id": range(n),
            "ethnicity": np.where(hidden, "", ethnicity),
            "gender": np.where(rng.random(n) < 0.1, "", gender),
            "furthest_stage": np.where(passed, "eligible", "submitted"),
        }
    )


def of(model, group, gate="eligible"):
    frame = model.frame
    return frame[(frame["gate"] == gate) & (frame["group"] == group)].iloc[0]


def test_with_nothing_blank_it_is_maximum_likelihood():
    frame = people(1).replace({"gender": {"": "Female"}})
    counts = su.count_stages(frame)
    plain = su.progression_model(counts, "ethnicity + gender", gates="eligible").frame
    em = su.progression_model(counts, "ethnicity + gender", gates="eligible", missing="em").frame
    for column in ("estimate", "std_error", "conf_low", "p_value", "adjusted_ratio"):
        np.testing.assert_allclose(em[column], plain[column], rtol=2e-4, atol=2e-5)
    # limits of a ratio are those of its coefficient carried over, not its own profile
    np.testing.assert_allclose(em["ratio_low"], plain["ratio_low"], rtol=5e-3)


def test_blanks_that_depend_on_the_outcome_no_longer_bias():
    """Half of those who passed leave their group blank, nobody else: complete cases see far lower rates."""
    rates = {"complete": [], "em": []}
    for seed in range(4):
        counts = su.count_stages(people(seed, blank=lambda u, x, y: (u < 0.5) & y))
        for missing, found in rates.items():
            model = su.progression_model(counts, "ethnicity + gender", gates="eligible", missing=missing)
            found.append(of(model, "White British")["adjusted_rate"])
    truth = np.mean(1 / (1 + np.exp(-np.array([0.6, 0.9]))))
    assert np.mean(rates["complete"]) < truth - 0.1
    assert np.mean(rates["em"]) == pytest.approx(truth, abs=0.03)


def test_everybody_is_used_and_errors_lie_between():
    frame = people(3, blank=lambda u, x, y: u < 0.4)
    counts = su.count_stages(frame)
    complete, em = (
        su.progression_model(counts, "ethnicity + gender", gates="eligible", missing=missing)
        for missing in ("complete", "em")
    )
    assert of(em, "Male")["std_error"] < of(complete, "Male")["std_error"]
    assert of(em, "Black African")["std_error"] < of(complete, "Black African")["std_error"]
    rates = su.selection_rates(counts, by="ethnicity").frame
    stated = rates[(rates["group"] == "Indian") & (rates["gate"] == "eligible")].iloc[0]
    assert of(em, "Indian")["entered"] == stated["entered"]
    assert em.notes[-1].startswith("All 3,000 people are used; ")
    assert set(em.tests().frame["method"]) == {"Wald, observed information"}
    fitted = em.gate("eligible")
    assert float(fitted.fit.fitted @ fitted.fit.likelihood.trials) == pytest.approx(
        (frame["furthest_stage"] == "eligible").sum(), abs=0.05
    )


def written_out(sizes=(3, 2)):
    """A fit, its observed log-likelihood written out here on its own, and where the fit lies in it.

    With three characteristics those who have all three are not as pairs of them alone would have it.
    """
    rng = np.random.default_rng(4)
    n, many = 900, len(sizes)
    cells = np.indices(sizes).reshape(many, -1).T
    weight = np.exp(rng.normal(0.0, 1.0, len(cells)))
    codes = cells[rng.choice(len(cells), n, p=weight / weight.sum())]
    y = (rng.random(n) < 1 / (1 + np.exp(-(0.2 - 0.8 * (codes[:, 0] == 2))))).astype(int)
    seen = np.where(rng.random((n, many)) < 0.25, -1, codes)
    records, row = np.unique(np.column_stack([seen, y]), axis=0, return_inverse=True)
    count = np.bincount(row.ravel()).astype(float)
    factors = [treatment(cells[:, v], k) for v, k in enumerate(sizes)]
    design = CodedDesign.of([intercept(len(cells)), *factors])
    blanks = Blanks(sizes, records[:, :many], np.ones((len(records), 1), int), records[:, many:], count)
    fit = fit_em(blanks, cells, [design], ["ml"])

    X = design.dense()
    pairs = [
        (cells[:, a] == k) & (cells[:, b] == m)
        for a in range(many)
        for b in range(a + 1, many)
        for k in range(sizes[a])
        for m in range(sizes[b])
    ]
    ones = [cells[:, v] == k for v in range(many) for k in range(1, sizes[v])]
    twos = [both for both in pairs if (cells[both] > 0).sum(axis=1).min() >= 2]
    who = np.column_stack([*ones, *twos]).astype(float)
    fits = np.array([[all(r[v] in (-1, c[v]) for v in range(many)) for c in cells] for r in records])

    assert fit.pairs == fits.sum()  # whether limits follow the likelihood hangs on it, not on the way there

    def log_likelihood(place):
        share = np.exp(who @ place[X.shape[1] :])
        share /= share.sum()
        p = 1 / (1 + np.exp(-X @ place[: X.shape[1]]))
        chance = np.where(records[:, many:] == 1, p, 1 - p) * share
        return float(count @ np.log((chance * fits).sum(axis=1)))

    log_share = fit.found.state.log_share
    start = np.linalg.lstsq(np.column_stack([np.ones(len(cells)), who]), log_share, rcond=None)[0][1:]
    return fit, log_likelihood, np.append(fit.gates[0].theta, start)


@pytest.mark.parametrize("sizes", [(3, 2), (3, 2, 2), (3, 3, 2)])
def test_errors_are_those_of_the_observed_likelihood(sizes):
    """By numerical differentiation."""
    fit, log_likelihood, place = written_out(sizes)
    assert fit.log_likelihood == pytest.approx(log_likelihood(place), abs=1e-8)
    step, size = 1e-3, place.size
    hessian = np.empty((size, size))
    for i in range(size):
        for j in range(size):
            a, b = np.eye(size)[i] * step, np.eye(size)[j] * step
            hessian[i, j] = (
                log_likelihood(place + a + b)
                - log_likelihood(place + a - b)
                - log_likelihood(place - a + b)
                + log_likelihood(place - a - b)
            ) / (4 * step**2)
    gate = fit.gates[0]
    expected = np.sqrt(np.diag(np.linalg.inv(-hessian)))[: gate.theta.size]
    np.testing.assert_allclose(np.sqrt(np.diag(gate.covariance)), expected, rtol=2e-5)
    likelihood = gate.likelihood
    alone = fit_logistic(likelihood.design, likelihood.successes, likelihood.trials)
    np.testing.assert_allclose(alone.coef, gate.theta, atol=1e-8)


@pytest.mark.parametrize(("interval", "close"), [("wald", 1e-6), ("profile", 1e-4)])
def test_the_order_of_terms_leaves_no_trace(applicants, interval, close):
    """Fits stop where rounding begins, with FLAC as with maximum likelihood."""
    one, other = (
        su.progression_model(applicants, order, missing="em", interval=interval).frame.set_index(
            ["gate", "characteristic", "group"]
        )
        for order in ("orientation + gender + disability", "disability + gender + orientation")
    )
    for column in ("estimate", "std_error", "conf_low", "conf_high", "p_value"):
        np.testing.assert_allclose(one[column], other[column].reindex(one.index), rtol=close, atol=close)


@pytest.mark.parametrize("column", [1, 2])
def test_limits_follow_the_observed_likelihood(column):
    """The largest observed likelihood at a limit, all else free, lies half a chi-squared below the peak."""
    fit, log_likelihood, place = written_out()
    weights = np.eye(4)[column]
    followed = ObservedFit(fit)
    limits = followed.limits(0, weights)
    free = np.arange(place.size) != column

    def highest(value):
        def fall(others):
            full = np.insert(others, column, value)
            return -log_likelihood(full)

        return -minimize(fall, place[free], method="BFGS", options={"gtol": 1e-6}).fun

    for limit in (limits.low, limits.high):
        assert 2 * (fit.log_likelihood - highest(limit)) == pytest.approx(chi2.isf(0.05, 1), abs=2e-3)
    statistic, p_value = followed.test(0, weights)
    assert statistic == pytest.approx(2 * (fit.log_likelihood - highest(0.0)), abs=2e-3)
    assert p_value == pytest.approx(chi2.sf(statistic, 1))
    assert limits.low < fit.gates[0].theta[column] < limits.high


def test_small_models_follow_the_observed_likelihood_and_say_so(applicants):
    """Unasked in small models, wherever it is asked for else; Wald's otherwise, and the method says which."""
    options = {"missing": "em", "level": "broad"}
    small = su.progression_model(applicants, "gender + ethnicity", **options)
    wald = su.progression_model(applicants, "gender + ethnicity", interval="wald", **options)
    for model, words, carried in ((small, "profile of the observed", "profile"), (wald, "Wald, obs", "Wald")):
        frame = model.frame.dropna(subset=["p_value"])
        assert frame["method"].str.contains(words).all()
        rates = model.adjusted.dropna(subset=["ratio_p_value"])
        assert rates["method"].str.contains(f"{carried} limits carried over").all()
        told = rates.dropna(subset=["ratio_low", "ratio_high"])
        outside = (told["ratio_low"] > 1) | (told["ratio_high"] < 1)
        assert (outside == (told["ratio_p_value"] < 0.05)).all()
    both = small.frame.merge(wald.frame, on=["gate", "group"], suffixes=("", "_wald")).dropna(
        subset=["conf_low"]
    )
    many = both[(both["passed"] > 30) & (both["entered"] - both["passed"] > 30)]
    assert len(many) > 5
    np.testing.assert_allclose(many["conf_low"], many["conf_low_wald"], atol=0.03)
    large = su.progression_model(applicants, "ethnicity + age_band + gender + religion", missing="em")
    assert large.frame["method"].str.contains("Wald, observed information").any()


def test_limits_and_tests_of_shared_out_blanks_agree(applicants):
    model = su.progression_model(applicants, "ethnicity + age_band + gender", missing="em")
    frame = model.frame.dropna(subset=["p_value", "ratio_low"])
    leaves_out = (frame["ratio_low"] > 1) | (frame["ratio_high"] < 1)
    assert len(frame) > 80
    assert (leaves_out == (frame["p_value"] < 0.05)).all()
    assert (frame["std_error"] > 0).all()


def test_complete_cases_stand_beside_everybody(applicants):
    """The numbers are those of the two models; they differ where one finds a gap and the other does not."""
    formula = "ethnicity + gender"
    complete = su.progression_model(applicants, formula)
    everybody = su.progression_model(applicants, formula, missing="em")
    bounds = su.missingness(applicants).bounds
    beside = complete.beside_em(everybody, bounds)
    frame = beside.frame.set_index(["gate", "group"])
    people = applicants.people
    assert (beside.people, beside.complete) == (people, people - int(complete.left_out["left_out"].iloc[0]))
    assert repr(beside).startswith(
        f"<CompleteBesideEm: complete cases can use {beside.complete:,} of {people:,} people, sharing out"
    )
    gate, group = next(key for key, row in frame.iterrows() if row["agreement"] and key[0] != "overall")
    for model, name in ((complete, "complete"), (everybody, "em")):
        row = model.adjusted.set_index(["gate", "group"]).loc[(gate, group)]
        assert frame.loc[(gate, group), f"{name}_ratio"] == row["adjusted_ratio"]
        assert frame.loc[(gate, group), f"{name}_entered"] == row["entered"]
    tested = frame[frame["agreement"] != ""]
    assert len(tested) > 20
    sides = [
        np.where(tested[f"{name}_high"] < 1, -1, np.where(tested[f"{name}_low"] > 1, 1, 0))
        for name in ("complete", "em")
    ]
    assert ((sides[0] == sides[1]) == (tested["agreement"] == "alike")).all()
    untested = frame[frame["agreement"] == ""]
    assert (untested["status"] != "").all()
    whole, known = frame.loc[("overall", group)], bounds.set_index("group").loc[group]
    assert (whole["worst"], whole["best"]) == (known["worst"], known["best"])


@pytest.mark.parametrize("options", [{"errors": "robust"}, {"method": "firth"}])
def test_what_blanks_cannot_have_is_refused(applicants, options):
    with pytest.raises(su.ArgumentError, match="missing='em' has errors from the observed information"):
        su.progression_model(applicants, "gender", missing="em", **options)
    with pytest.raises(su.ArgumentError, match="needs people with everything stated"):
        su.progression_model(applicants, "gender + age_band", missing="em", gates="screened").to_statsmodels(
            "screened"
        )


def test_shared_out_people_were_not_counted_so_no_crude_ratio_stands_beside(applicants):
    """Some cells hold nobody, so the two could not even be laid beside each other."""
    model = su.progression_model(applicants, "gender + age_band", missing="em", gates="screened")
    told = (
        "crude_beside_adjusted() needs people with everything stated. Fit the model with missing='complete' "
        "for it."
    )
    with pytest.raises(su.ArgumentError) as refused:
        model.crude_beside_adjusted()
    assert str(refused.value) == told
    with pytest.raises(su.ArgumentError, match="missing='complete'"):
        su.cliff_edges(applicants, by="gender", model=model)


@pytest.mark.parametrize("seed", [6, 17, 28])
@pytest.mark.filterwarnings("error")
def test_where_hardly_anybody_stated_both_a_limit_may_not_be_found_and_nothing_ends(seed):
    rng = np.random.default_rng(seed)
    n = 40
    told = rng.random((n, 2)) < 0.55
    told[:, 1] |= ~told.any(axis=1)
    ethnicity = rng.choice(["White British", "Black African"], n, p=[0.7, 0.3])
    alone = ~(told[:, 0] & (rng.random(n) < 0.8))
    frame = pd.DataFrame(
        {
            "applicant_id": range(n),
            "ethnicity": np.where(told[:, 0], ethnicity, ""),
            "gender": np.where(told[:, 1] & alone, rng.choice(["Female", "Male"], n), ""),
            "furthest_stage": rng.choice(["eligible", "submitted"], n, p=[0.75, 0.25]),
        }
    )
    model = su.progression_model(
        su.count_stages(frame), "ethnicity + gender", missing="em", gates="eligible", interval="profile"
    )
    assert model.frame["status"].str.contains("limit not found").any()
