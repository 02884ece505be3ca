"""How things are said, once: names and numbers, for findings, pictures, pages and publications alike."""
