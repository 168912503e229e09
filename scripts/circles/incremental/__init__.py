"""Targets and their sources: what is stale, why, and how it is brought up to date."""
