"""Golden values of recurrent layers from PyTorch, on packed sequences of mixed lengths: outputs, and the gradients of Σ r ∘ output.

    pip install torch
    python recurrent_pytorch.py > ../golden/recurrent_pytorch.json

Parameters are written in this package's layout: LSTM gates in the order i, f, c, o, which is PyTorch's i, f, g, o; a bidirectional
layer has the forward direction's arrays first. PyTorch has no peepholes, so those of the LSTM are 0 here, and their gradients
are omitted. PyTorch adds two biases; the second is 0.
"""
import json

import torch
from torch import nn
from torch.nn.utils.rnn import pack_sequence, pad_packed_sequence

D, H, LENGTHS = 4, 5, [7, 2, 9, 1, 7]


def flat(tensor):
    return [float(x) for x in tensor.detach().reshape(-1)]


def case(layer):
    torch.manual_seed(1997)
    for name, parameter in layer.named_parameters():
        nn.init.normal_(parameter, std=0 if name.startswith("bias_hh") else 0.5)
    sequences = [torch.randn(n, D, requires_grad=True) for n in LENGTHS]
    packed, _ = layer(pack_sequence(sequences, enforce_sorted=False))
    padded, _ = pad_packed_sequence(packed, batch_first=True)
    outputs = [padded[i, :n] for i, n in enumerate(LENGTHS)]
    objectives = [torch.randn_like(y) for y in outputs]
    sum((r * y).sum() for r, y in zip(objectives, outputs)).backward()
    directions = ["", "_reverse"] if layer.bidirectional else [""]
    names = {"W_x": "weight_ih_l0", "W_h": "weight_hh_l0", "b": "bias_ih_l0"}
    parameters = [
        {ours: {"value": flat(p), "gradient": flat(p.grad)}
         for ours, theirs in names.items() for p in [getattr(layer, theirs + direction)]}
        for direction in directions]
    return {
        "directions": parameters,
        "sequences": [
            {"length": n, "x": flat(x), "y": flat(y), "r": flat(r), "dx": flat(x.grad)}
            for n, x, y, r in zip(LENGTHS, sequences, outputs, objectives)],
    }


print(json.dumps({
    "tool": f"PyTorch {torch.__version__}", "inputs": D, "cells": H,
    "cases": {
        "rnn tanh": case(nn.RNN(D, H)),
        "rnn rectifier": case(nn.RNN(D, H, nonlinearity="relu")),
        "bidirectional rnn tanh": case(nn.RNN(D, H, bidirectional=True)),
        "lstm": case(nn.LSTM(D, H)),
        "bidirectional lstm": case(nn.LSTM(D, H, bidirectional=True)),
    },
}))
