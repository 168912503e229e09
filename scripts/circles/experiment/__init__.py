"""What is tried: the data set, the variants, the seeds."""
