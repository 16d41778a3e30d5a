"""Compares an encoder file with the ONNX model that it was read from, dequantised by the PyPI packages onnx and numpy.

usage: dequantise.py MODEL.onnx ENCODER.safetensors

Prints the largest difference, and exits with status 1 if a tensor is missing or differs in any bit. Each product is found by its place in the graph:
every block has products with q, k, v, out, fc1 and fc2, and two of activations only.
"""

import json
import struct
import sys

import numpy as np
import onnx
from onnx import numpy_helper


def read_safetensors(path):
    data = open(path, "rb").read()
    length, = struct.unpack("<Q", data[:8])
    header = json.loads(data[8:8 + length])
    header.pop("__metadata__", None)
    body = data[8 + length:]
    return {
        name: np.frombuffer(body[slice(*entry["data_offsets"])], dtype="<f4").reshape(entry["shape"])
        for name, entry in header.items()
    }


def main(model, encoder):
    graph = onnx.load(model).graph
    constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    producer = {name: node for node in graph.node for name in node.output}
    users = {}
    for node in graph.node:
        for name in node.input:
            users.setdefault(name, []).append(node)

    def value(name):
        if name in constants:
            return constants[name]
        node = producer[name]
        assert node.op_type == "DequantizeLinear", name
        x, scale, zero = (constants[i].astype(np.float32) for i in node.input)
        axis = {a.name: a.i for a in node.attribute}.get("axis", 1)
        if scale.ndim:
            shape = np.ones(x.ndim, int)
            shape[axis] = -1
            scale, zero = scale.reshape(shape), zero.reshape(shape)
        return (x - zero) * scale

    def is_constant(name):
        return name in constants or (name in producer and producer[name].input[0] in constants)

    expected = {}
    prefix = "inner.encoder."
    for name in constants:
        if name.startswith(prefix) and name.endswith((".weight", ".bias")):
            expected[name[len(prefix):]] = value(name)
    for index, node in enumerate(n for n in graph.node if n.op_type == "Conv"):
        expected[f"conv{index + 1}.weight"], expected[f"conv{index + 1}.bias"] = value(node.input[1]), value(node.input[2])
    # The products of a block are told apart by their shapes and inputs: q, k and v share one, and k has no bias.
    width = expected["conv1.weight"].shape[0]
    products = [n for n in graph.node if n.op_type == "MatMul" and is_constant(n.input[1]) and value(n.input[1]).shape[1] >= width]
    groups = {}
    for node in products:
        groups.setdefault(node.input[0], []).append(node)

    def bias(node):
        reached, found = list(node.output), []
        for _ in range(3):
            users_of = [u for name in reached for u in users.get(name, [])]
            found += [i for u in users_of if u.op_type == "Add" for i in u.input if i.startswith(prefix) and i.endswith(".bias")]
            reached = [o for u in users_of if u.op_type in ("QuantizeLinear", "DequantizeLinear") for o in u.output]
        return found[0][len(prefix):-len(".bias")] if found else None

    for nodes in groups.values():
        names = [bias(node) for node in nodes]
        for node, name in zip(nodes, names):
            if name is None:
                block = next(n for n in names if n).rsplit(".", 1)[0]
                name = block + ".k_proj"
            expected[name + ".weight"] = value(node.input[1]).T

    worst, differing = 0.0, 0
    found = read_safetensors(encoder)
    for name, tensor in found.items():
        if name not in expected or expected[name].shape != tensor.shape:
            print(f"{name}: missing or of another shape")
            differing += 1
            continue
        difference = float(np.abs(expected[name] - tensor).max())
        worst = max(worst, difference)
        differing += not np.array_equal(expected[name].astype(np.float32), tensor)
    print(f"{len(found)} tensors, {differing} differ, largest difference {worst}")
    return 1 if differing or not found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
