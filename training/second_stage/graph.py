"""Write the trained network as an ONNX graph of onnxruntime's own fused operators, then quantise it to int8.

Built by hand instead of exported: nine nodes a layer, known by name, and word vectors kept as int8 with a scale each.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from training.second_stage.network import ATTENTION_HEADS, LAYER_NORM_EPS, LAYERS

OPSET, FUSED_OPSET, IR_VERSION = 17, 1, 9
FUSED = "com.microsoft"
STEPS = 127
Arrays = Mapping[str, NDArray[np.float32]]


class _Graph:
    """Collects nodes and the arrays they read."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.arrays: list[onnx.TensorProto] = []

    def keep(self, name: str, array: NDArray[np.generic]) -> str:
        self.arrays.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def add(self, operator: str, inputs: list[str], output: str, domain: str = "", **attributes: object) -> str:
        self.nodes.append(helper.make_node(operator, inputs, [output], output, domain=domain, **attributes))
        return output


def write_graph(arrays: Arrays, path: Path) -> None:
    """Write the network whose state is `arrays` to `path`: float32, except for the word vectors."""
    graph = _Graph()
    states = _embedded(graph, arrays)
    for number in range(LAYERS):
        states = _layer(graph, arrays, f"layers.{number}", states)
    _answered(graph, arrays, states)
    text = ["texts", "pieces"]
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT32, text) for name in ("ids", "present")]
    output = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["texts", arrays["answer.bias"].size])
    made = helper.make_graph(graph.nodes, "second_stage", inputs, [output], graph.arrays)
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(FUSED, FUSED_OPSET)]
    onnx.save(helper.make_model(made, opset_imports=opsets, ir_version=IR_VERSION), path)


def quantise(path: Path, quantised_path: Path) -> None:
    """Write the graph at `path` with int8 matrices, one scale for each column.

    Seven bits of the eight: on processors without VNNI the sums of eight would overflow and be clipped.
    """
    quantize_dynamic(
        path,
        quantised_path,
        op_types_to_quantize=["MatMul", "Attention"],
        nodes_to_exclude=["logits_MatMul"],  # what the quantiser calls our last Gemm: the answers stay float32
        per_channel=True,
        reduce_range=True,
        weight_type=QuantType.QInt8,
        extra_options={"DefaultTensorType": TensorProto.FLOAT},
    )


def int8_rows(matrix: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Return each row as int8 steps, and the size of a step in each row."""
    scales = np.maximum(np.abs(matrix).max(axis=1, keepdims=True), 1e-8) / STEPS
    return np.round(matrix / scales).astype(np.int8), scales.astype(np.float32)


def _embedded(graph: _Graph, arrays: Arrays) -> str:
    steps, scales = int8_rows(arrays["words.weight"])
    graph.add("Gather", [graph.keep("word_steps", steps), "ids"], "steps")
    graph.add("Gather", [graph.keep("word_scales", scales), "ids"], "scales")
    graph.add("Cast", ["steps"], "float_steps", to=TensorProto.FLOAT)
    graph.add("Mul", ["float_steps", "scales"], "words")
    graph.add("Shape", ["ids"], "length", start=1, end=2)
    first, axis = graph.keep("first", np.array([0], np.int64)), graph.keep("axis", np.array([0], np.int64))
    positions = graph.keep("position_vectors", arrays["positions.weight"])
    graph.add("Slice", [positions, first, "length", axis], "positions")
    graph.add("Add", ["words", "positions"], "embedded")
    norm = [graph.keep(f"norm.{kind}", arrays[f"norm.{kind}"]) for kind in ("weight", "bias")]
    return graph.add("LayerNormalization", ["embedded", *norm], "states", axis=-1, epsilon=LAYER_NORM_EPS)


def _layer(graph: _Graph, arrays: Arrays, name: str, states: str) -> str:
    def kept(part: str) -> str:
        array = arrays[f"{name}.{part}"]
        return graph.keep(f"{name}.{part}", array.T if array.ndim > 1 else array)

    attention = [states, kept("qkv.weight"), kept("qkv.bias"), "present"]
    mixed = graph.add("Attention", attention, f"{name}.mixed", FUSED, num_heads=ATTENTION_HEADS)
    out = graph.add("MatMul", [mixed, kept("out.weight")], f"{name}.out")
    states = _added(graph, [out, states, kept("norm_attention.weight"), kept("norm_attention.bias"), kept("out.bias")])
    up = graph.add("MatMul", [states, kept("up.weight")], f"{name}.up")
    bent = graph.add("BiasGelu", [up, kept("up.bias")], f"{name}.bent", FUSED)
    down = graph.add("MatMul", [bent, kept("down.weight")], f"{name}.down")
    return _added(graph, [down, states, kept("norm.weight"), kept("norm.bias"), kept("down.bias")])


def _added(graph: _Graph, inputs: list[str]) -> str:
    return graph.add("SkipLayerNormalization", inputs, f"{inputs[0]}.added", FUSED, epsilon=LAYER_NORM_EPS)


def _answered(graph: _Graph, arrays: Arrays, states: str) -> None:
    last, middle = graph.keep("last", np.array([2], np.int64)), graph.keep("middle", np.array([1], np.int64))
    graph.add("Cast", ["present"], "flat_weights", to=TensorProto.FLOAT)
    graph.add("Unsqueeze", ["flat_weights", last], "weights")
    graph.add("Mul", [states, "weights"], "counted")
    graph.add("ReduceSum", ["counted", middle], "total", keepdims=0)
    graph.add("ReduceSum", ["weights", middle], "count", keepdims=0)
    graph.add("Div", ["total", "count"], "mean")
    one, far = graph.keep("one", np.array(1, np.float32)), graph.keep("far", np.array(1e4, np.float32))
    graph.add("Sub", [one, "weights"], "absent")
    graph.add("Mul", ["absent", far], "penalty")
    graph.add("Sub", [states, "penalty"], "eligible")
    graph.add("ReduceMax", ["eligible"], "strongest", axes=[1], keepdims=0)
    graph.add("Concat", ["mean", "strongest"], "pooled", axis=1)
    answer = [graph.keep("answer.weight", arrays["answer.weight"]), graph.keep("answer.bias", arrays["answer.bias"])]
    graph.add("Gemm", ["pooled", *answer], "logits", transB=1)
