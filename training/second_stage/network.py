"""The second stage as a torch module: MiniLM's six layers over a smaller vocabulary, one output for each head."""

from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from training.second_stage.lessons import HEADS

WIDTH, LAYERS, ATTENTION_HEADS, INNER = 384, 6, 12, 1536
LAYER_NORM_EPS = 1e-12
MAX_TOKENS = 96
DROPOUT = 0.1


class Product(nn.Linear):
    """A linear layer that multiplies in bfloat16 while it trains: three times as fast on processors that know it.

    Everything between the products stays float32; under autocast all else became slower.
    """

    def forward(self, states: Tensor) -> Tensor:
        """Return states · weightsᵀ + bias, as float32."""
        if not self.training:
            return super().forward(states)
        product = functional.linear(states.bfloat16(), self.weight.bfloat16(), self.bias.bfloat16())
        return product.float()


class Layer(nn.Module):
    """One transformer layer with its norms after the sums, as BERT has them."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv = Product(WIDTH, 3 * WIDTH)
        self.out = Product(WIDTH, WIDTH)
        self.norm_attention = nn.LayerNorm(WIDTH, eps=LAYER_NORM_EPS)
        self.up = Product(WIDTH, INNER)
        self.down = Product(INNER, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=LAYER_NORM_EPS)

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """Return the next layer's states. `mask` is added to the attention scores."""
        rows, length, _ = states.shape
        split = self.qkv(states).view(rows, length, 3, ATTENTION_HEADS, -1).permute(2, 0, 3, 1, 4)
        mixed = functional.scaled_dot_product_attention(split[0], split[1], split[2], attn_mask=mask)
        mixed = mixed.transpose(1, 2).reshape(rows, length, WIDTH)
        states = self.norm_attention(states + self.out(mixed))
        return self.norm(states + self.down(functional.gelu(self.up(states))))


class Network(nn.Module):
    """Word pieces in, one logit for each of HEADS out."""

    def __init__(self, vocabulary_size: int) -> None:
        super().__init__()
        self.words = nn.Embedding(vocabulary_size, WIDTH)
        self.positions = nn.Embedding(MAX_TOKENS, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=LAYER_NORM_EPS)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.dropout = nn.Dropout(DROPOUT)
        self.answer = nn.Linear(2 * WIDTH, len(HEADS))

    def forward(self, ids: Tensor, present: Tensor) -> Tensor:
        """Return logits of shape (rows, heads). `present` is 1 for a piece and 0 for padding."""
        states = self.words(ids) + self.positions.weight[: ids.shape[1]]
        states = self.dropout(self.norm(states))
        mask = ((1 - present) * -1e4)[:, None, None, :].to(states.dtype)
        for layer in self.layers:
            states = layer(states, mask.to(states.dtype))
        return self.answer(self.dropout(_pooled(states, present)))


def _pooled(states: Tensor, present: Tensor) -> Tensor:
    """Join the mean over the text with its strongest places: an insult may be one word in a long comment."""
    weights = present[:, :, None].to(states.dtype)
    mean = (states * weights).sum(1) / weights.sum(1)
    strongest = (states - (1 - weights) * 1e4).amax(1)
    return torch.cat((mean, strongest), dim=1)


def from_minilm(folder: Path, kept: list[int]) -> Network:
    """Return a network that starts from MiniLM-L6's weights and keeps the rows `kept` of its vocabulary."""
    given = load_file(folder / "model.safetensors")
    given = {name.removeprefix("bert."): value.float() for name, value in given.items()}
    network = Network(len(kept))
    state = network.state_dict()
    state["words.weight"] = given["embeddings.word_embeddings.weight"][kept]
    # There is only one segment, so its embedding is part of every position's.
    segment = given["embeddings.token_type_embeddings.weight"][0]
    state["positions.weight"] = given["embeddings.position_embeddings.weight"][:MAX_TOKENS] + segment
    _copy(state, "norm", given, "embeddings.LayerNorm")
    for number in range(LAYERS):
        theirs, ours = f"encoder.layer.{number}", f"layers.{number}"
        for kind in ("weight", "bias"):
            parts = [given[f"{theirs}.attention.self.{part}.{kind}"] for part in ("query", "key", "value")]
            state[f"{ours}.qkv.{kind}"] = torch.cat(parts)
        _copy(state, f"{ours}.out", given, f"{theirs}.attention.output.dense")
        _copy(state, f"{ours}.norm_attention", given, f"{theirs}.attention.output.LayerNorm")
        _copy(state, f"{ours}.up", given, f"{theirs}.intermediate.dense")
        _copy(state, f"{ours}.down", given, f"{theirs}.output.dense")
        _copy(state, f"{ours}.norm", given, f"{theirs}.output.LayerNorm")
    network.load_state_dict(state)
    return network


def _copy(state: dict[str, Tensor], ours: str, given: dict[str, Tensor], theirs: str) -> None:
    for kind in ("weight", "bias"):
        state[f"{ours}.{kind}"] = given[f"{theirs}.{kind}"]
