"""Printed numbers and what is checked of each."""
