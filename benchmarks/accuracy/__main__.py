"""`python -m benchmarks.accuracy`: every bar with `--data FOLDER`, or one file with `--abuse`, `--spam`, `--benign`."""

import argparse
import json
import sys
from pathlib import Path

from benchmarks.accuracy.any_file import QUESTIONS, measure_file
from benchmarks.accuracy.drawing import learning_svg
from benchmarks.accuracy.everything import keep_what_still_holds, measure_everything
from benchmarks.accuracy.product import Product
from benchmarks.accuracy.report import tables, tell, write_document
from benchmarks.accuracy.table import UnusableTable
from workers.second_stage import SecondStage, SecondStageDamaged, SecondStageMissing, load_second_stage

REPOSITORY = Path(__file__).parents[2]
RESULTS = REPOSITORY / "benchmarks" / "results" / "accuracy.json"
DOCUMENT = REPOSITORY / "docs" / "accuracy.md"
DRAWING = REPOSITORY / "docs" / "images" / "learning.svg"


def main() -> int:
    """Do what the command line asks for. Returns 2 when a file cannot be used."""
    options = _parser().parse_args()
    second = _second_stage(options.second_stage)
    if options.data:
        _measure_everything(options, second)
        return 0
    try:
        for question in QUESTIONS:
            if path := getattr(options, question):
                print(json.dumps(measure_file(Product(second), question, path), indent=2))
    except UnusableTable as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _measure_everything(options: argparse.Namespace, second: SecondStage | None) -> None:
    """Print every figure as it comes, and write the results and the tables made of them."""
    trainer = options.trainer or sys.executable
    results = measure_everything(options.data, second, peers=options.peers, trainer=trainer, tell=tell)
    if options.results.exists():
        results = keep_what_still_holds(results, json.loads(options.results.read_text(encoding="utf-8")))
    content = json.dumps(results, indent=1, ensure_ascii=False)
    options.results.write_text(content + "\n", encoding="utf-8")
    if options.results == RESULTS:  # the document tells the figures that stand beside the code
        write_document(DOCUMENT, results)
        DRAWING.write_text(learning_svg(results["curves"]), encoding="utf-8")
    print(tables(results)["peers"])


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
    parser.add_argument("--peers", metavar="PYTHON", help="a Python that has alt-profanity-check and better-profanity")
    parser.add_argument("--trainer", metavar="PYTHON", help="a Python that has training/requirements.txt, for spam")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where the JSON goes")
    parser.add_argument("--second-stage", choices=("auto", "off"), default="auto", help="auto: when it is installed")
    return parser


if __name__ == "__main__":
    sys.exit(main())
