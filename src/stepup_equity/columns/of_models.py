"""Columns that say how well a model fits."""

from __future__ import annotations

from typing import Final

from stepup_equity.columns.entry import Column

_OF_PEOPLE_USED: Final = (
    "model_coefficients",
    "model_ratios",
    "model_fit_groups",
    "model_fit_crossed",
    "model_fit_cells",
)

OF_MODELS: Final = (
    *(
        Column(
            f"{file}.entered",
            "whole number",
            "People whom the regression used: they entered the gate, do not wait and stated all it asks.",
        )
        for file in _OF_PEOPLE_USED
    ),
    *(Column(f"{file}.passed", "whole number", "Those of them who passed.") for file in _OF_PEOPLE_USED),
    Column("patterns", "whole number", "Cells: combinations of groups with people at risk."),
    Column("dispersion", "number", "Squared Pearson residuals over their df; about 1 by chance."),
    Column("deviance_dispersion", "number", "The same of deviance residuals; above 1 where cells are small."),
    Column("hosmer_lemeshow_p", "number", "p of Hosmer and Lemeshow's test of calibration."),
    Column("c_statistic", "number", "How often who passed had the higher fitted rate than who did not."),
    Column("influence", "number", "Share of the gate's Cook's distances that lies in the group's cells."),
    Column("observed", "whole number", "People of the band who passed."),
    Column("observed_rate", "number", "Their share of the band."),
    Column("expected_rate", "number", "The share that the regression expects."),
    Column("other_characteristic", "text", "The characteristic it is crossed with."),
    Column("other_group", "text", "The group it is crossed with."),
    Column("cell", "text", "The groups of all characteristics of the regression."),
    Column("deviance_residual", "number", "Standardised deviance residual of the cell."),
    Column("cooks_distance", "number", "How far the regression would move without the cell."),
    Column("model_fit.people", "whole number", "People in the regression at the gate."),
    Column("model_fit_bands.people", "whole number", "People of the band of fitted rate."),
    Column("model_fit_bands.expected", "number", "People whom the regression expects to pass."),
    Column("model_fit_crossed.expected", "number", "People whom the regression expects to pass."),
    Column("model_fit_cells.expected", "number", "People whom the regression expects to pass."),
    Column(
        "model_fit_crossed.residual",
        "number",
        "Signed square root of the score test that the crossed group needs a term of its own.",
    ),
)
