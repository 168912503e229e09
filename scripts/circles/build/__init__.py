"""The chain from an experiment to pages: its targets, and what is made from what."""
