#!/usr/bin/env python3
"""Prepares the data of docs/notebook/student.md: recordings and their altered copies, our frames, and the teacher's frames and statistics.

usage: prepare.py WHISPER.safetensors OUT CORPUS=FOLDER...

WHISPER.safetensors is the encoder that `stimmung encoder install` installs. CORPUS is emodb, ravdess or resd; `espeak=` needs no folder.
Writes for each corpus OUT/CORPUS/*.wav and OUT/CORPUS.npz; R recordings, K frames of 20 ms in all:
    names, speakers, labels, copies   R texts
    starts                            R + 1 positions in the frames
    ours                              2K x 40 log-mel values of our front end, each 10 ms
    loud                              K: whether the teacher pools the frame
    pooled                            R x 1536: mean of blocks 1 and 2, then their deviation
and OUT/CORPUS.frames.npy, K x 768 teacher's frames, except for ravdess, on which nothing is trained.

Needs numpy 2.4.6, scipy 1.17.1, soundfile, safetensors, torch 2.13.0 (a processor is enough), and espeak-ng for `espeak`.
"""

import csv
import pathlib
import subprocess
import sys
from fractions import Fraction

import numpy as np
import scipy.signal as signal
import soundfile
import torch
import torch.nn.functional as F
from safetensors.numpy import load_file

RATE, HOP, WINDOW = 16_000, 320, 400
LONGEST = 400  # frames of the teacher's window, 8 s; what follows is left out
ALTERATIONS = ["telephone", "speed=0.9", "speed=1.1", "noise=20"]
EMODB = dict(W="anger", L="boredom", E="disgust", A="fear", F="happiness", T="sadness", N="neutral")
RAVDESS = {"01": "neutral", "03": "happiness", "04": "sadness", "05": "anger", "06": "fear", "07": "disgust"}  # the shared classes
VOICES = "m1 m2 m3 m4 m5 m6 m7 f1 f2 f3 f4 f5".split()
SENTENCES = {
    "de": ["Der Lappen liegt auf dem Eisschrank.", "Heute Abend könnte ich es ihm sagen.", "Wann fährt der nächste Zug nach Hamburg?",
           "Das habe ich nicht gewollt!", "In sieben Stunden wird es so weit sein, und dann gehen wir alle zusammen nach Hause."],
    "en-us": ["The book is lying on the kitchen table.", "I could have told him this evening.", "When does the next train leave for Boston?",
              "I never wanted any of this!", "They brought it upstairs yesterday, and now they are going down again without saying a word."],
    "fr": ["Le livre est posé sur la table de la cuisine.", "Je pourrais le lui dire ce soir.", "À quelle heure part le prochain train?",
           "Je n'ai jamais voulu cela!", "Dans sept heures tout sera prêt, et nous rentrerons tous ensemble à la maison."],
    "es": ["El libro está sobre la mesa de la cocina.", "Esta noche podría decírselo.", "¿Cuándo sale el próximo tren para Madrid?",
           "¡Yo nunca quise esto!", "Dentro de siete horas estará todo listo, y volveremos juntos a casa."],
    "it": ["Il libro è sul tavolo della cucina.", "Stasera potrei dirglielo.", "Quando parte il prossimo treno per Roma?",
           "Non ho mai voluto questo!", "Fra sette ore sarà tutto pronto, e torneremo a casa tutti insieme."],
    "ru": ["Книга лежит на кухонном столе.", "Сегодня вечером я могла бы ему сказать.", "Когда отходит следующий поезд?",
           "Я никогда этого не хотел!", "Через семь часов всё будет готово, и мы вместе пойдём домой."],
}


def recordings(corpus, folder, out):
    """(path, speaker, label) of each recording."""
    if corpus == "emodb":
        return [(p, p.stem[:2], EMODB[p.stem[5]]) for p in sorted(pathlib.Path(folder).rglob("*.wav"))]
    if corpus == "ravdess":
        return [(p, p.stem[-2:], RAVDESS[p.stem[6:8]]) for p in sorted(pathlib.Path(folder).rglob("*.flac")) if p.stem[6:8] in RAVDESS]
    if corpus == "resd":  # a speaker is a dialogue
        return [(pathlib.Path(folder, row["file"]), row["speaker"], "") for row in csv.DictReader(open(pathlib.Path(folder, "manifest.csv")))]
    spoken, random = [], np.random.default_rng(0)
    for language, sentences in SENTENCES.items():
        for voice in VOICES:
            for number, sentence in enumerate(sentences):
                path = out / "spoken" / f"{language}-{voice}-{number}.wav"
                path.parent.mkdir(parents=True, exist_ok=True)
                pitch, speed, stress = random.integers(20, 80), random.integers(110, 220), random.integers(60, 140)
                subprocess.run(["espeak-ng", "-v", f"{language}+{voice}", "-p", str(pitch), "-s", str(speed), "-a", str(stress), "-w", path,
                                sentence], check=True)
                spoken.append((path, f"{language}-{voice}", ""))
    return spoken


def resampled(x, up, down):
    return signal.resample_poly(x, up, down)


def altered(x, name, random):
    """The alterations of `stimmung alter`, except that noise is relative to the level of the whole recording."""
    kind, _, value = name.partition("=")
    if kind == "speed":
        factor = Fraction(value)
        return resampled(x, factor.denominator, factor.numerator)
    if kind == "noise":
        return x + random.standard_normal(len(x)) * np.sqrt((x * x).mean() * 10 ** (-float(value) / 10))
    if kind == "telephone":
        y = signal.fftconvolve(resampled(x, 1, 2), signal.firwin(161, [300, 3400], pass_zero=False, fs=8000), "same")
        code = np.round(np.sign(y) * np.log1p(255 * np.minimum(np.abs(y), 1)) / np.log(256) * 127) / 127  # mu-law
        return resampled(np.sign(code) * (256 ** np.abs(code) - 1) / 255, 2, 1)[:len(x)]
    return x


def triangles(edges, frequencies):
    low, centre, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    return np.maximum(0, np.minimum((frequencies - low) / (centre - low), (high - frequencies) / (high - centre)))


def ours(x):
    """The kind `fbank` of our front end with the options of `functionals-live`, less the loudness; frames are centred at 160 t."""
    frames = lambda x: np.lib.stride_tricks.sliding_window_view(np.pad(x, WINDOW // 2), WINDOW)[::160]
    power = np.abs(np.fft.rfft(frames(np.append(x[0], x[1:] - 0.97 * x[:-1])) * np.hamming(WINDOW), 512)) ** 2
    edges = 700 * np.expm1(np.linspace(0, 1125 * np.log1p(8000 / 700), 42) / 1125)
    energies = (frames(x) ** 2).sum(1)
    fall = np.arange(len(energies)) * 0.001 * np.log(2)  # the floor halves in 10 s
    level = np.exp(np.maximum.accumulate(np.log(np.maximum(energies, 1e-8)) + fall) - fall)
    bands = power @ triangles(edges, np.linspace(0, 8000, 257)).T
    loudness = np.log(np.maximum(np.percentile(energies, 95), 1e-8))
    return np.log(np.maximum(bands, 1e-6 * level[:, None])) - loudness


class Teacher:
    """The stem and the first two blocks of a Whisper encoder."""

    def __init__(self, path):
        self.w = {name: torch.from_numpy(value) for name, value in load_file(path).items()}
        mel = lambda f: np.where(f < 1000, 3 * f / 200, 15 + np.log(np.maximum(f, 1) / 1000) * 27 / np.log(6.4))
        hertz = lambda m: np.where(m < 15, 200 * m / 3, 1000 * np.exp(np.log(6.4) / 27 * (m - 15)))
        edges = hertz(np.linspace(0, mel(np.float64(8000)), 82))
        self.bank = (triangles(edges, np.linspace(0, 8000, 201)) * 2 / (edges[2:] - edges[:-2])[:, None]).T

    def affine(self, x, name):
        return F.linear(x, self.w[name + ".weight"], self.w.get(name + ".bias"))

    def norm(self, x, name):
        return F.layer_norm(x, x.shape[-1:], self.w[name + ".weight"], self.w[name + ".bias"])

    def __call__(self, x):
        """Samples, at most 8 s: T x 768."""
        x = (x - x.mean()) / np.sqrt(x.var() + 1e-7)
        frames = np.lib.stride_tricks.sliding_window_view(np.pad(x, 200, mode="reflect"), 400)[::160][:-1]
        mel = np.log10(np.maximum(np.abs(np.fft.rfft(frames * np.hanning(401)[:-1])) ** 2 @ self.bank, 1e-10))
        mel = (np.maximum(mel, mel.max() - 8) + 4) / 4
        h = torch.from_numpy(mel.T.astype(np.float32))[None]
        h = F.gelu(F.conv1d(h, self.w["conv1.weight"], self.w["conv1.bias"], padding=1))
        h = F.gelu(F.conv1d(h, self.w["conv2.weight"], self.w["conv2.bias"], stride=2, padding=1))[0].T
        h = h + self.w["embed_positions.weight"][:len(h)]
        outputs = []
        for block in ("layers.0.", "layers.1."):
            a = self.norm(h, block + "self_attn_layer_norm")
            q, k, v = (self.affine(a, f"{block}self_attn.{c}_proj").view(len(h), -1, 64).transpose(0, 1)[None] for c in "qkv")
            a = F.scaled_dot_product_attention(q, k, v)[0].transpose(0, 1).reshape(len(h), -1)
            h = h + self.affine(a, block + "self_attn.out_proj")
            h = h + self.affine(F.gelu(self.affine(self.norm(h, block + "final_layer_norm"), block + "fc1")), block + "fc2")
            outputs.append(h)
        return torch.cat(outputs, 1).numpy()


def loud(x):
    """Which frames of 20 ms are within 30 dB of the loud level, as in `PooledEncoder`."""
    levels = 10 * np.log10((x[:len(x) // HOP * HOP].reshape(-1, HOP) ** 2).mean(1) + 1e-10)
    levels = np.convolve(levels, np.ones(3), "same") / np.convolve(np.ones(len(levels)), np.ones(3), "same")
    return levels >= np.sort(levels)[len(levels) - 1 - len(levels) // 20] - 30


@torch.no_grad()
def prepare(corpus, folder, out, teacher):
    items = []
    for number, item in enumerate(recordings(corpus, folder, out)):
        copies = ALTERATIONS if corpus == "emodb" else ALTERATIONS[:3] if corpus == "ravdess" else [ALTERATIONS[number % 4]]
        items += [(*item, copy) for copy in ["plain", *copies]]
    random, starts, columns = np.random.default_rng(1), [0], dict(ours=[], loud=[], pooled=[], names=[])
    k = np.tan(np.pi * 70 / RATE)
    b, a = np.array([1, -2, 1]), np.array([1 + 2 ** .5 * k + k * k, 2 * (k * k - 1), 1 - 2 ** .5 * k + k * k])
    (out / corpus).mkdir(parents=True, exist_ok=True)
    teachers = []
    for path, speaker, _, copy in items:
        x, rate = soundfile.read(path)
        x = np.clip(altered(resampled(x, *(320, 441)) if rate == 22_050 else x, copy, random), -1, 1)
        name = f"{path.stem}+{copy}"
        soundfile.write(out / corpus / f"{name}.wav", x, RATE, "PCM_16")
        x = signal.lfilter(b, a, x - x[0])  # the high-pass of 70 Hz
        mask = loud(x)
        first = max(0, np.flatnonzero(mask)[0] - 2)
        last = min(len(mask), np.flatnonzero(mask)[-1] + 3, first + LONGEST)
        mask = mask[first:last]
        frames = teacher(x[first * HOP:last * HOP])
        columns["ours"].append(ours(x)[2 * first:2 * last].astype(np.float16))
        columns["loud"].append(mask)
        columns["pooled"].append(np.concatenate([frames[mask].mean(0), frames[mask].std(0)]))
        columns["names"].append(name)
        starts.append(starts[-1] + len(mask))
        if corpus != "ravdess":
            teachers.append(frames.astype(np.float16))
    if teachers:
        np.save(out / f"{corpus}.frames.npy", np.concatenate(teachers))
    np.savez(out / f"{corpus}.npz", starts=starts, names=columns["names"], pooled=np.stack(columns["pooled"]),
             ours=np.concatenate(columns["ours"]), loud=np.concatenate(columns["loud"]), speakers=[i[1] for i in items],
             labels=[i[2] for i in items], copies=[i[3] for i in items])
    print(corpus, len(items), "recordings and copies,", starts[-1] * 0.02 / 60, "minutes of speech", flush=True)


if __name__ == "__main__":
    torch.set_num_threads(1)
    model = Teacher(sys.argv[1])
    for argument in sys.argv[3:]:
        corpus, folder = argument.split("=", 1)
        prepare(corpus, folder, pathlib.Path(sys.argv[2]), model)
