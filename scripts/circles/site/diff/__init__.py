"""What changed between two builds, or two sites: numbers, then boundaries, then pictures."""
