"""Published tables: numbers of people as they are printed, read from whatever layout they come in."""
