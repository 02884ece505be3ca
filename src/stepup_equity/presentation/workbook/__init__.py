"""The workbook of equality tables, built from a protected table."""
