"""`python -m training first-stage --data FOLDER --seed 7`: train, measure and write the shipped models."""

import argparse
import warnings
from pathlib import Path

from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import threadpool_limits

from training.card import write_card
from training.evaluate import Figure, measure_all
from training.facts import facts_of
from training.first_stage import train
from training.ship import ship
from training.spam_videos import measure_spam_videos
from workers.model import Head, load_model
from workers.model.first_stage import SHIPPED_HEADER


def main() -> None:
    """Read the command line and do it."""
    options = _parser().parse_args()
    # The iterations are limited on purpose: more of them change the third decimal of a probability.
    warnings.simplefilter("ignore", ConvergenceWarning)
    # One thread: sums in one order, so that the same seed gives the same bytes.
    with threadpool_limits(limits=1):
        if options.command == "first-stage":
            train_first_stage(options.data, options.seed, options.out)
        else:
            tell(measure_all(load_model(options.out), options.data))


def train_first_stage(folder: Path, seed: int, header_path: Path) -> None:
    """Train, write weights, header and card, and tell the figures."""
    trained = train(folder, seed)
    stage = ship(trained, facts_of(trained, seed), header_path)
    figures = [*measure_all(stage, folder), *measure_spam_videos(folder, trained.examples[Head.SPAM])]
    tell(figures)
    write_card(header_path, figures)


def tell(figures: list[Figure]) -> None:
    """Print each figure beside its bar."""
    for figure in figures:
        bar = "" if figure.bar is None else f"{'>=' if figure.higher_is_better else '<='} {figure.bar:g}"
        print(f"{figure.name:60} {figure.value:.4f}  {bar:10} {'' if figure.is_met else 'MISSED'}".rstrip())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, summary in (("first-stage", "train and write the models"), ("measure", "measure the written models")):
        command = commands.add_parser(name, help=summary)
        command.add_argument("--data", type=Path, required=True, help="the folder that holds train/, dev/ and lists/")
        command.add_argument("--out", type=Path, default=SHIPPED_HEADER, help="the JSON header")
        if name == "first-stage":
            command.add_argument("--seed", type=int, default=7)
    return parser


if __name__ == "__main__":
    main()
