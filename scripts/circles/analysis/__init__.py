"""What the results mean: records of numbers, computed once and drawn or told elsewhere."""
