"""How it is trained: many seeds of a variant at once, and where the results are kept."""
