"""Train every variant of an experiment, work out what the results mean, and write the report."""
