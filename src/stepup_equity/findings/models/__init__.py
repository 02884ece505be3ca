"""Regression on counts: the model of every gate, its tests, its adjusted rates, and what checks it."""
