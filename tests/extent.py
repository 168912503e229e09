"""How much the tests try where more is always possible: enough for each commit, or all."""

import os

ALL = os.environ.get("CIRCLES_TESTS") == "all"
