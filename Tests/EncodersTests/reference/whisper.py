"""The first blocks of a Whisper encoder in numpy, in double precision.

usage: whisper.py ENCODER.safetensors SAMPLES.f32 OUTPUT.f32    mel, then the input of the blocks and the output of each, as float32
       whisper.py --tiny                                         the golden values of golden.json, for an encoder of made-up weights
"""
import json
import math
import struct
import sys

import numpy as np


def read(path):
    data = open(path, "rb").read()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    body = data[8 + length :]
    return {
        name: np.frombuffer(body[slice(*entry["data_offsets"])], "<f4").reshape(entry["shape"]).astype(np.float64)
        for name, entry in header.items()
    }


def mel_bank(bands):
    to_mel = lambda f: 3 * f / 200 if f < 1000 else 15 + math.log(f / 1000) / math.log(6.4) * 27
    to_hertz = lambda m: 200 * m / 3 if m < 15 else 1000 * math.exp(math.log(6.4) * (m - 15) / 27)
    edges = [to_hertz(to_mel(8000) * i / (bands + 1)) for i in range(bands + 2)]
    frequencies = np.linspace(0, 8000, 201)
    bank = np.zeros((bands, 201))
    for band in range(bands):
        low, centre, high = edges[band : band + 3]
        rise, fall = (frequencies - low) / (centre - low), (high - frequencies) / (high - centre)
        bank[band] = np.clip(np.minimum(rise, fall), 0, None) * 2 / (high - low)
    return bank


def log_mel(samples, bands):
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(400) / 400)
    padded = np.pad(samples, 200, mode="reflect")
    frames = np.array([padded[160 * t : 160 * t + 400] * window for t in range(len(samples) // 160)])
    power = np.abs(np.fft.rfft(frames)) ** 2
    logs = np.log10(np.maximum(power @ mel_bank(bands).T, 1e-10))
    return (np.maximum(logs, logs.max() - 8) + 4) / 4


erf = np.vectorize(math.erf)


def gelu(x):
    return x / 2 * (1 + erf(x / math.sqrt(2)))


def norm(x, weights, name):
    centred = x - x.mean(1, keepdims=True)
    scaled = centred / np.sqrt((centred**2).mean(1, keepdims=True) + 1e-5)
    return scaled * weights[name + ".weight"] + weights[name + ".bias"]


def convolution(x, weights, name, step):
    padded = np.pad(x, ((1, 1), (0, 0)))
    w = weights[name + ".weight"]
    rows = [sum(w[:, :, k] @ padded[t + k] for k in range(3)) for t in range(0, len(x), step)]
    return np.array(rows) + weights[name + ".bias"]


def linear(x, weights, name):
    return x @ weights[name + ".weight"].T + weights.get(name + ".bias", 0)


def encode(samples, weights):
    """Mel, input of the blocks, output of each block."""
    samples = samples.astype(np.float64)
    samples = (samples - samples.mean()) / math.sqrt(samples.var() + 1e-7)
    mel = log_mel(samples, weights["conv1.weight"].shape[1])
    x = gelu(convolution(gelu(convolution(mel, weights, "conv1", 1)), weights, "conv2", 2))
    x = x + weights["embed_positions.weight"][: len(x)]
    results = [mel, x]
    block = 0
    while f"layers.{block}.fc1.weight" in weights:
        prefix = f"layers.{block}."
        normed = norm(x, weights, prefix + "self_attn_layer_norm")
        parts = [linear(normed, weights, f"{prefix}self_attn.{name}_proj") for name in "qkv"]
        attended = []
        for first in range(0, x.shape[1], 64):
            q, k, v = (part[:, first : first + 64] for part in parts)
            scores = np.exp(q @ k.T / 8 - (q @ k.T / 8).max(1, keepdims=True))
            attended.append(scores / scores.sum(1, keepdims=True) @ v)
        x = x + linear(np.hstack(attended), weights, prefix + "self_attn.out_proj")
        hidden = gelu(linear(norm(x, weights, prefix + "final_layer_norm"), weights, prefix + "fc1"))
        x = x + linear(hidden, weights, prefix + "fc2")
        results.append(x)
        block += 1
    return results


class Numbers:
    """A linear congruential generator: the tests in Swift have the same."""

    def __init__(self):
        self.state = 1

    def array(self, shape, scale):
        values = []
        for _ in range(int(np.prod(shape))):
            self.state = (1103515245 * self.state + 12345) % 2**31
            values.append((self.state / 2**31 - 0.5) * scale)
        return np.array(values, np.float32).astype(np.float64).reshape(shape)


def tiny():
    """Weights of an encoder with 16 bands, 128 values per frame, 100 positions and two blocks."""
    numbers, bands, width = Numbers(), 16, 128
    shapes = [("conv1.weight", (width, bands, 3), 0.3), ("conv1.bias", (width,), 0.2)]
    shapes += [("conv2.weight", (width, width, 3), 0.2), ("conv2.bias", (width,), 0.2)]
    shapes += [("embed_positions.weight", (100, width), 1)]
    for block in range(2):
        prefix = f"layers.{block}."
        for name in ["self_attn_layer_norm", "final_layer_norm"]:
            shapes += [(f"{prefix}{name}.weight", (width,), 2), (f"{prefix}{name}.bias", (width,), 0.2)]
        for name in ["q_proj", "k_proj", "v_proj", "out_proj"]:
            shapes.append((f"{prefix}self_attn.{name}.weight", (width, width), 0.5))
            if name != "k_proj":
                shapes.append((f"{prefix}self_attn.{name}.bias", (width,), 0.2))
        shapes += [(f"{prefix}fc1.weight", (4 * width, width), 0.4), (f"{prefix}fc1.bias", (4 * width,), 0.2)]
        shapes += [(f"{prefix}fc2.weight", (width, 4 * width), 0.2), (f"{prefix}fc2.bias", (width,), 0.2)]
    weights = {name: numbers.array(shape, scale) for name, shape, scale in shapes}
    return weights, numbers.array((9700,), 0.5)


if __name__ == "__main__":
    if sys.argv[1:] == ["--tiny"]:
        weights, samples = tiny()
        results = dict(zip(["mel", "stem", "block1", "block2"], encode(samples, weights)))
        golden = {
            name: {
                "rows": len(x),
                "squares": (x**2).sum(),
                "wave": (x.ravel() * np.cos(np.arange(x.size))).sum(),
                "ends": [*x[0, :4], *x[-1, -4:]],
            }
            for name, x in results.items()
        }
        print(json.dumps(golden, indent=1))
    else:
        results = encode(np.fromfile(sys.argv[2], "<f4"), read(sys.argv[1]))
        np.concatenate([x.ravel() for x in results]).astype("<f4").tofile(sys.argv[3])
