"""A table of one's own: points and labels from a CSV file."""
