"""Where things live, relative to the checkout. Constants only: importing this does nothing."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

EXPERIMENT = ROOT / "circles.toml"
CITATION = ROOT / "CITATION.cff"
TEMPLATES = ROOT / "templates"
BENCHMARK = TEMPLATES / "assets" / "benchmark.json"
REPORT = ROOT / "report"
SITE = ROOT / "_site"
