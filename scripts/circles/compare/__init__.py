"""Whether results moved: between two builds or sites, or from the recorded baseline."""
