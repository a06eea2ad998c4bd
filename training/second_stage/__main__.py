"""Train, export and measure the second stage: `python -m training.second_stage STEP --data DIR --scratch DIR`."""

import argparse
import os
from pathlib import Path

import torch

from training.evaluate import Figure
from training.second_stage import train
from training.second_stage.card import write_card
from training.second_stage.export import export, note_metrics
from training.second_stage.lessons import Lesson, lessons
from training.second_stage.measure import by_first_stage, by_second_stage, measure
from training.second_stage.network import from_minilm
from training.second_stage.vocabulary import kept_pieces
from workers.model import ModelDamaged, load_model
from workers.second_stage import load_second_stage
from workers.second_stage.scorer import SHIPPED_MODEL
from workers.second_stage.wordpiece import WordPiece

VOCABULARY_SIZE = 12_000
EPOCHS = 3
THREADS = 2


def main() -> None:
    """Run one step. A training run that was stopped goes on where it was."""
    arguments = _arguments()
    torch.set_num_threads(THREADS)
    {"train": _train, "export": _export, "measure": _measure}[arguments.step](arguments)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m training.second_stage", description=__doc__)
    parser.add_argument("step", choices=["train", "export", "measure"])
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds train/, dev/ and lists/")
    parser.add_argument("--scratch", type=Path, default=Path("var/second_stage"), help="where checkpoints go")
    parser.add_argument("--minilm", type=Path, help="train: the folder with MiniLM's model.safetensors and vocab.txt")
    parser.add_argument("--epochs", type=float, default=EPOCHS)
    parser.add_argument("--out", type=Path, default=SHIPPED_MODEL, help="the .onnx file; its header lies beside it")
    parser.add_argument("--most", type=int, help="measure: read only so many rows of each set, and record nothing")
    return parser.parse_args()


def _train(arguments: argparse.Namespace) -> None:
    arguments.scratch.mkdir(parents=True, exist_ok=True)
    taught = lessons(arguments.data)
    pieces = _pieces(arguments.scratch / "pieces.txt", arguments.minilm / "vocab.txt", taught)
    whole = (arguments.minilm / "vocab.txt").read_text(encoding="utf-8").splitlines()
    numbers = {piece: number for number, piece in enumerate(whole)}
    run = train.start(from_minilm(arguments.minilm, [numbers[piece] for piece in pieces]))
    checkpoint = arguments.scratch / "run.pt"
    if checkpoint.exists():
        train.restore(run, checkpoint)
    print(f"{len(taught)} lessons, from epoch {run.epoch}, batch {run.batch}, process {os.getpid()}", flush=True)
    train.train(run, taught, WordPiece(pieces), epochs=arguments.epochs, checkpoint=checkpoint)


def _pieces(chosen: Path, vocabulary: Path, taught: list[Lesson]) -> list[str]:
    """Return the pieces kept; a run that is taken up again must have those it began with."""
    if not chosen.exists():
        pieces = kept_pieces(vocabulary, [lesson.text for lesson in taught], VOCABULARY_SIZE)
        chosen.write_text("\n".join(pieces), encoding="utf-8")
    return chosen.read_text(encoding="utf-8").split("\n")


def _export(arguments: argparse.Namespace) -> None:
    state = torch.load(arguments.scratch / "run.pt", weights_only=True)["average"]
    pieces = (arguments.scratch / "pieces.txt").read_text(encoding="utf-8").split("\n")
    export(state, pieces, lessons(arguments.data), arguments.out)
    print(f"{arguments.out}: {arguments.out.stat().st_size:,} bytes")


def _measure(arguments: argparse.Namespace) -> None:
    second = measure(arguments.data, by_second_stage(load_second_stage(arguments.out)), most=arguments.most)
    first = _of_first_stage(arguments)
    for figure in second:
        print(f"{figure.name:55} {first.get(figure.name, float('nan')):9.4f} {figure.value:9.4f}")
    if arguments.most is None:
        note_metrics(arguments.out, {figure.name: round(figure.value, 4) for figure in second})
        write_card(arguments.out, first, second)


def _of_first_stage(arguments: argparse.Namespace) -> dict[str, float]:
    """Return the first stage's figures to compare with; none while it is not trained."""
    try:
        figures: list[Figure] = measure(arguments.data, by_first_stage(load_model()), most=arguments.most)
    except ModelDamaged as error:
        print(f"no first stage to compare with: {error}")
        return {}
    return {figure.name: figure.value for figure in figures}


if __name__ == "__main__":
    main()
