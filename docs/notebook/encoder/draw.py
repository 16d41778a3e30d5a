"""Draws labelled recordings of a few speakers, as many of each of six classes as possible, and writes them as a manifest.

    docs/notebook/encoder/draw.py ravdess|resd|emodb NUMBER SEED > draw.csv

Needs STIMMUNG_DATA. Of RAVDESS, the actors 1 to 6 are drawn from; of RESD and EmoDB, all recordings.
"""

import collections
import csv
import os
import pathlib
import random
import sys

DATA = pathlib.Path(os.environ["STIMMUNG_DATA"])
RAVDESS = {"01": "neutral", "03": "happiness", "04": "sadness", "05": "anger", "06": "fear", "07": "disgust"}


def ravdess():
    for file in sorted(map(str, DATA.glob("ravdess/**/*.flac"))):
        parts = pathlib.Path(file).stem.split("-")
        if parts[2] in RAVDESS and int(parts[6]) <= 6:
            yield file, RAVDESS[parts[2]], parts[6]


def resd():
    for row in csv.DictReader(open(DATA / "resd/manifest.csv")):
        if row["emotion"] in RAVDESS.values():
            yield str(DATA / "resd" / row["file"]), row["emotion"], row["speaker"]


def emodb():
    letters = {"N": "neutral", "F": "happiness", "T": "sadness", "W": "anger", "A": "fear", "E": "disgust"}
    for file in sorted(map(str, DATA.glob("emodb/wav/*.wav"))):
        name = pathlib.Path(file).stem
        if name[5] in letters:
            yield file, letters[name[5]], name[:2]


corpus, number, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
random.seed(seed)
classes = collections.defaultdict(list)
for recording in {"ravdess": ravdess, "resd": resd, "emodb": emodb}[corpus]():
    classes[recording[1]].append(recording)
for own in classes.values():
    random.shuffle(own)
drawn = []
while len(drawn) < number and any(classes.values()):
    for label in sorted(classes):
        if classes[label] and len(drawn) < number:
            drawn.append(classes[label].pop())
writer = csv.writer(sys.stdout)
writer.writerow(["file", "emotion", "speaker"])
writer.writerows(sorted(drawn))
