"""The page: what a reader meets, in order, and the template that shows it."""
