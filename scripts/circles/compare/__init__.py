"""Did the results move? Between two builds, two sites, or a build and the recorded baseline.

What counts as a move is said here, where the command line can read it without NumPy.
"""

ERRORS_OF_PAIR = 3.0
"""Standard errors of the difference that a number may move between two builds."""

# The default experiment has 782 different numbers, so three, which do for one number, let two of
# them move by chance. Of 60 comparisons of independent samples of 64, drawn from the stored runs,
# 1 had any number beyond five, and 12 any beyond four. With fewer seeds chance does more: 3 of 40
# comparisons with 16 seeds, 8 of 40 with 8.
ERRORS_OF_BASELINE = 5.0
"""Standard errors of the difference that a number may move from the recorded baseline."""

AREA = 0.01
"""The largest share of the area on which two decision boundaries may differ."""
