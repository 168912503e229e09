"""How quick it is: training beside its peers, and a build with nothing stale. No part of the wheel.

The report reads what ``make bench`` wrote (``circles.report.benchmark``) and nothing of this.
"""
