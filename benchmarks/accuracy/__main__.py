"""`python -m benchmarks.accuracy`: every bar with `--data FOLDER`, or one file with `--abuse`, `--spam`, `--benign`."""

import argparse
import json
import sys
from pathlib import Path

from benchmarks.accuracy.any_file import QUESTIONS, measure_file
from benchmarks.accuracy.product import Product
from benchmarks.accuracy.table import UnusableTable
from workers.second_stage import SecondStage, SecondStageDamaged, SecondStageMissing, load_second_stage


def main() -> int:
    """Do what the command line asks for. Returns 2 when a file cannot be used."""
    options = _parser().parse_args()
    second = _second_stage(options.second_stage)
    try:
        for question in QUESTIONS:
            if path := getattr(options, question):
                print(json.dumps(measure_file(Product(second), question, path), indent=2))
    except UnusableTable as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _second_stage(use: str) -> SecondStage | None:
    """Return the second stage when it is wanted and there; say on stderr why it is not."""
    if use == "off":
        return None
    try:
        return load_second_stage()
    except (SecondStageMissing, SecondStageDamaged) as error:
        print(f"measured without the second stage: {error}", file=sys.stderr)
        return None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.accuracy", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--data", type=Path, help="the folder that holds train/, dev/ and lists/: measure every bar")
    what.add_argument("--abuse", type=Path, metavar="FILE", help="CSV with text,label: label 1 is abusive")
    what.add_argument("--spam", type=Path, metavar="FILE", help="CSV with text,label: label 1 is spam")
    what.add_argument("--benign", type=Path, metavar="FILE", help="CSV with text: none should be held")
    parser.add_argument("--second-stage", choices=("auto", "off"), default="auto", help="auto: when it is installed")
    return parser


if __name__ == "__main__":
    sys.exit(main())
