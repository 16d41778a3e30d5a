"""Times onnxruntime on the first blocks of an encoder, on one thread: convolutions, attention and affine maps in single precision, built from
the encoder file, without the log-mel frames; prints a JSON line. "stimmung-benchmark encoder --weights FILE" includes them."""
import argparse
import json
import os
import struct

os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from timing import report, times

options = argparse.ArgumentParser(description=__doc__)
options.add_argument("weights")
options.add_argument("--blocks", type=int, default=2)
options.add_argument("--seconds", type=int, default=3)
options.add_argument("--batch", type=int, default=16)
options.add_argument("--repeats", type=int, default=7)
options.add_argument("--check", action="store_true", help="prints the mean of the result on constant frames")
options = options.parse_args()

with open(options.weights, "rb") as file:
    header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
    data = file.read()
weights = {name: np.frombuffer(data[entry["data_offsets"][0]:entry["data_offsets"][1]], "<f4").reshape(entry["shape"])
           for name, entry in header.items() if name != "__metadata__"}
width, bands, _ = weights["conv1.weight"].shape
nodes, constants = [], {}


def constant(name, values):
    constants[name] = np.ascontiguousarray(values)
    return name


def node(kind, *inputs, **attributes):
    output = f"n{len(nodes)}"
    nodes.append(helper.make_node(kind, list(inputs), [output], **attributes))
    return output


def weight(name):
    return constant(name, weights[name])


def affine(x, name):
    y = node("MatMul", x, constant(name + ".weight", weights[name + ".weight"].T))
    return node("Add", y, weight(name + ".bias")) if name + ".bias" in weights else y


def gelu(x):
    erf = node("Erf", node("Div", x, constant("root2", np.float32(2 ** 0.5))))
    return node("Mul", node("Mul", x, node("Add", erf, constant("one", np.float32(1)))), constant("half", np.float32(0.5)))


def normed(x, name):
    return node("LayerNormalization", x, weight(name + ".weight"), weight(name + ".bias"), axis=-1, epsilon=1e-5)


def heads(x, order):
    shape = constant("heads", np.array([0, 0, width // 64, 64], np.int64))
    return node("Transpose", node("Reshape", x, shape), perm=order)


frames = 100 * options.seconds
x = gelu(node("Conv", "mel", weight("conv1.weight"), weight("conv1.bias"), pads=[1, 1]))
x = gelu(node("Conv", x, weight("conv2.weight"), weight("conv2.bias"), pads=[1, 1], strides=[2]))
x = node("Add", node("Transpose", x, perm=[0, 2, 1]), constant("positions", weights["embed_positions.weight"][:frames // 2]))
for number in range(options.blocks):
    name = f"layers.{number}."
    a = normed(x, name + "self_attn_layer_norm")
    q, k, v = (heads(affine(a, f"{name}self_attn.{part}_proj"), order)
               for part, order in (("q", [0, 2, 1, 3]), ("k", [0, 2, 3, 1]), ("v", [0, 2, 1, 3])))
    shares = node("Softmax", node("Mul", node("MatMul", q, k), constant("scale", np.float32(0.125))), axis=-1)
    joined = node("Transpose", node("MatMul", shares, v), perm=[0, 2, 1, 3])
    joined = node("Reshape", joined, constant("joined", np.array([0, 0, width], np.int64)))
    x = node("Add", x, affine(joined, name + "self_attn.out_proj"))
    x = node("Add", x, affine(gelu(affine(normed(x, name + "final_layer_norm"), name + "fc1")), name + "fc2"))

graph = helper.make_graph(
    nodes, "encoder", [helper.make_tensor_value_info("mel", TensorProto.FLOAT, [1, bands, frames])],
    [helper.make_tensor_value_info(x, TensorProto.FLOAT, [1, frames // 2, width])],
    [numpy_helper.from_array(np.asarray(values), name) for name, values in constants.items()])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
settings = onnxruntime.SessionOptions()
settings.intra_op_num_threads = settings.inter_op_num_threads = 1
session = onnxruntime.InferenceSession(model.SerializeToString(), settings, providers=["CPUExecutionProvider"])
mel = np.random.default_rng(1).standard_normal((1, bands, frames)).astype(np.float32)

if options.check:
    print(float(np.abs(session.run(None, {"mel": np.ones_like(mel)})[0]).mean()))


def batch():
    for _ in range(options.batch):
        session.run(None, {"mel": mel})


report(kind="encoder", what=f"blocks 1 to {options.blocks}, {options.batch} recordings of {options.seconds} s",
       peer=f"onnxruntime {onnxruntime.__version__}", threads=1, frames=options.batch * frames // 2,
       audio_seconds=options.seconds * options.batch, times=dict(train=times(batch, options.repeats)))
