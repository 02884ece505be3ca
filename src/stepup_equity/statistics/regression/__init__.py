"""Logistic regression on counts, from the likelihood to what may be said with it."""
