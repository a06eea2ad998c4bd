"""Fine-tune the network on the lessons, on a CPU, so that it can be stopped and taken up again at any moment."""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.second_stage.batches import Batch, epoch
from training.second_stage.lessons import Lesson
from training.second_stage.network import LAYERS, Network
from workers.second_stage.wordpiece import WordPiece

LEARNING_RATE, ANSWER_LEARNING_RATE = 1.2e-4, 5e-4
LAYER_DECAY = 0.9
WEIGHT_DECAY = 0.01
WARM_UP = 0.06
AVERAGE_KEEPS = 0.996
LABEL_SMOOTHING = 0.03
MAX_GRADIENT = 1.0
CHECKPOINT_SECONDS, REPORT_SECONDS = 180, 60


@dataclass(slots=True)
class Run:
    """A training run's whole state. `average` follows the weights slowly; it is what is exported."""

    network: Network
    average: Network
    optimiser: torch.optim.Optimizer
    epoch: int = 0
    batch: int = 0


def train(run: Run, lessons: list[Lesson], tokeniser: WordPiece, *, epochs: float, checkpoint: Path) -> None:
    """Train until `epochs` epochs (or part of one) are done, from wherever `run` stands; save it every few minutes."""
    taught = [lesson for lesson in lessons if not lesson.is_held_out]
    saved_at = reported_at = time.monotonic()
    losses: list[float] = []
    for batch, progress in _remaining(run, taught, tokeniser, epochs):
        _set_rates(run.optimiser, progress)
        losses.append(_step(run, batch))
        now = time.monotonic()
        if now - reported_at > REPORT_SECONDS:
            print(f"{time.strftime('%H:%M:%S')} {progress:.1%} loss {sum(losses) / len(losses):.4f}", flush=True)
            reported_at, losses = now, []
        if now - saved_at > CHECKPOINT_SECONDS:
            save(run, checkpoint)
            saved_at = now
    save(run, checkpoint)


def _remaining(run: Run, lessons: list[Lesson], tokeniser: WordPiece, epochs: float) -> Iterator[tuple[Batch, float]]:
    while run.epoch < epochs:
        batches = epoch(lessons, tokeniser, run.epoch)
        while run.batch < len(batches):
            progress = (run.epoch + (run.batch + 1) / len(batches)) / epochs
            if progress > 1:
                return
            batch = batches[run.batch]
            run.batch += 1
            yield batch, progress
        run.epoch, run.batch = run.epoch + 1, 0


def start(network: Network) -> Run:
    """Return a fresh run that will train `network`."""
    average = Network(network.words.num_embeddings)
    average.load_state_dict(network.state_dict())
    average.requires_grad_(False)
    return Run(network, average, torch.optim.AdamW(_groups(network), fused=True))


def save(run: Run, path: Path) -> None:
    """Write the run's state so that a crash leaves either the old file or the new one."""
    state = {
        "network": run.network.state_dict(),
        "average": run.average.state_dict(),
        "optimiser": run.optimiser.state_dict(),
        "place": (run.epoch, run.batch),
    }
    beside = path.with_suffix(".part")
    torch.save(state, beside)
    beside.replace(path)


def restore(run: Run, path: Path) -> None:
    """Take up a saved run."""
    state = torch.load(path, weights_only=True)
    run.network.load_state_dict(state["network"])
    run.average.load_state_dict(state["average"])
    run.optimiser.load_state_dict(state["optimiser"])
    run.epoch, run.batch = state["place"]


def _step(run: Run, batch: Batch) -> float:
    run.network.train()
    loss = _loss(run.network(batch.ids, batch.present), batch)
    loss.backward()
    nn.utils.clip_grad_norm_(run.network.parameters(), MAX_GRADIENT)
    run.optimiser.step()
    run.optimiser.zero_grad()
    with torch.no_grad():
        slow, fast = list(run.average.parameters()), list(run.network.parameters())
        torch._foreach_lerp_(slow, fast, 1 - AVERAGE_KEEPS)
    return loss.item()


def _loss(logits: Tensor, batch: Batch) -> Tensor:
    smoothed = batch.targets * (1 - 2 * LABEL_SMOOTHING) + LABEL_SMOOTHING
    each = functional.binary_cross_entropy_with_logits(logits, smoothed, reduction="none")
    return (each * batch.weights).sum() / len(batch.ids)


def _groups(network: Network) -> list[dict[str, object]]:
    """Lower layers know language already, so they move less."""
    groups = []
    for name, parameter in network.named_parameters():
        depth = _depth(name)
        rate = ANSWER_LEARNING_RATE if depth == 0 else LEARNING_RATE * LAYER_DECAY ** (depth - 1)
        decay = WEIGHT_DECAY if parameter.ndim > 1 else 0.0
        groups.append({"params": [parameter], "lr": rate, "full_rate": rate, "weight_decay": decay})
    return groups


def _depth(name: str) -> int:
    if name.startswith("answer"):
        return 0
    return LAYERS - int(name.split(".")[1]) if name.startswith("layers") else LAYERS + 1


def _set_rates(optimiser: torch.optim.Optimizer, progress: float) -> None:
    factor = min(progress / WARM_UP, math.cos(math.pi / 2 * max(0.0, progress - WARM_UP) / (1 - WARM_UP)))
    for group in optimiser.param_groups:
        group["lr"] = group["full_rate"] * factor
