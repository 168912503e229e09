"""How often a benchmark measures, as its command line is told."""

import argparse


def add_rounds(parser: argparse.ArgumentParser, default: str) -> None:
    """Let a parser take ``--rounds``; what is taken otherwise is only told."""
    described = f"how often each is timed (default: {default})"
    parser.add_argument("--rounds", type=_count, metavar="N", help=described)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1. Received: {text!r}")
    return int(text)
