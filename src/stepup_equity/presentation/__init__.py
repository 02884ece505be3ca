"""Everything a reader looks at: charts, pages, workbooks, sentences."""
