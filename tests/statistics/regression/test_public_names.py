"""The public names of the regression, where its readers import them from."""

from __future__ import annotations

from stepup_equity.statistics import regression


def test_the_names_of_the_examples_are_public() -> None:
    assert {"CodedDesign", "fit_firth", "fit_flac", "fit_logistic", "term_tests"} <= set(regression.__all__)
    assert all(
        callable(getattr(regression, name)) for name in ("fit_firth", "term_tests", "profile_intervals")
    )
