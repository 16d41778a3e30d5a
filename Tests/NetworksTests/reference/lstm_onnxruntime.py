"""Golden values of a peephole LSTM from onnxruntime's LSTM operator, on sequences of mixed lengths.

    pip install numpy onnx onnxruntime
    python lstm_onnxruntime.py > ../golden/lstm_onnxruntime.json

Parameters are written in this package's layout: gates in the order i, f, c, o (ONNX has i, o, f, c) and peepholes to i, f, o
(ONNX has i, o, f).
"""
import json

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper

D, H, LENGTHS = 5, 6, [9, 4, 7]
T, N = max(LENGTHS), len(LENGTHS)
rng = np.random.default_rng(2015)


def normal(*shape, scale=0.5):
    return (scale * rng.standard_normal(shape)).astype(np.float32)


W_x, W_h, w_c, b = normal(4 * H, D), normal(4 * H, H), normal(3, H), normal(4 * H)
X = normal(T, N, D, scale=1)


def to_onnx(gates):
    i, f, c, o = np.split(gates, 4)
    return np.concatenate([i, o, f, c])[None]


weights = {
    "W": to_onnx(W_x),
    "R": to_onnx(W_h),
    "B": np.concatenate([to_onnx(b), np.zeros((1, 4 * H), np.float32)], axis=1),
    "P": np.concatenate([w_c[0], w_c[2], w_c[1]])[None],
}
node = helper.make_node("LSTM", ["X", "W", "R", "B", "lengths", "", "", "P"], ["Y", "Y_h", "Y_c"], hidden_size=H)
graph = helper.make_graph(
    [node], "lstm",
    [helper.make_tensor_value_info("X", TensorProto.FLOAT, [T, N, D]), helper.make_tensor_value_info("lengths", TensorProto.INT32, [N])],
    [helper.make_tensor_value_info("Y", TensorProto.FLOAT, [T, 1, N, H]), helper.make_tensor_value_info("Y_c", TensorProto.FLOAT, [1, N, H])],
    [onnx.numpy_helper.from_array(value, name) for name, value in weights.items()])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
Y, Y_c = onnxruntime.InferenceSession(model.SerializeToString()).run(
    ["Y", "Y_c"], {"X": X, "lengths": np.array(LENGTHS, np.int32)})


def flat(array):
    return [float(x) for x in np.asarray(array).ravel()]


print(json.dumps({
    "tool": f"onnxruntime {onnxruntime.__version__}", "inputs": D, "cells": H,
    "W_x": flat(W_x), "W_h": flat(W_h), "w_c": flat(w_c), "b": flat(b),
    "sequences": [{"length": n, "x": flat(X[:n, k]), "h": flat(Y[:n, 0, k]), "c": flat(Y_c[0, k])} for k, n in enumerate(LENGTHS)],
}))
