"""Train, export and measure the second stage: `python -m training.second_stage STEP --data DIR --scratch DIR`."""

import argparse
import os
from pathlib import Path

import torch
from torch import Tensor

from training.second_stage import train
from training.second_stage.card import write_card
from training.second_stage.export import export, note_metrics
from training.second_stage.lessons import Lesson, lessons
from training.second_stage.measure import (
    by_first_stage,
    by_second_stage,
    figures_of,
    judge,
    measure_speed,
    together,
)
from training.second_stage.network import from_minilm
from training.second_stage.vocabulary import kept_pieces
from workers.model import load_model
from workers.second_stage import load_second_stage
from workers.second_stage.scorer import SHIPPED_MODEL
from workers.second_stage.wordpiece import WordPiece

VOCABULARY_SIZE = 12_000
# More of them learn the raters' mistakes: insults are ranked at .92 after 1.4 epochs and at .90 after three.
EPOCHS = 1.2
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
    parser.add_argument("--blend", type=Path, help="export: the scratch folder of another run to average with")
    parser.add_argument("--blend-share", type=float, default=0.5, help="export: how much the other run counts")
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
    state = _weights(arguments.scratch)
    if arguments.blend:
        # Two runs from the same start lie in one basin: between them is a model better than either.
        other, share = _weights(arguments.blend), arguments.blend_share
        state = {name: value * (1 - share) + other[name] * share for name, value in state.items()}
    pieces = (arguments.scratch / "pieces.txt").read_text(encoding="utf-8").split("\n")
    export(state, pieces, lessons(arguments.data), arguments.out)
    print(f"{arguments.out}: {arguments.out.stat().st_size:,} bytes")


def _weights(scratch: Path) -> dict[str, Tensor]:
    weights: dict[str, Tensor] = torch.load(scratch / "run.pt", weights_only=True)["average"]
    return weights


def _measure(arguments: argparse.Namespace) -> None:
    first = judge(arguments.data, by_first_stage(load_model()), most=arguments.most)
    score = by_second_stage(load_second_stage(arguments.out))
    second = judge(arguments.data, score, most=arguments.most)
    columns = [figures_of(sets) for sets in (first, second, together(first, second))]
    for one, two, both in zip(*columns, strict=True):
        print(f"{one.name:55} {one.value:9.4f} {two.value:9.4f} {both.value:9.4f}")
    speed = measure_speed(arguments.data, score)
    print(f"{speed.name:55} {speed.value:19.0f}")
    if arguments.most is None:
        note_metrics(arguments.out, {figure.name: round(figure.value, 4) for figure in (*columns[1], speed)})
        write_card(arguments.out, columns, speed)


if __name__ == "__main__":
    main()
