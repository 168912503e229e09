"""Limits of the experiment file that other ways to ask for runs have too."""

MOST_SEEDS = 100_000
