"""The benchmarks' recordings: EmoDB if it is in the folder STIMMUNG_DATA, otherwise synthetic speech."""
import os
import wave
from dataclasses import dataclass

from runs import RECIPE, stimmung


@dataclass
class Material:
    name: str
    #: The value of --corpus, and the folder of its recordings.
    corpus: str
    recordings: str
    model: str
    #: Whether it is human speech.
    is_real: bool

    @property
    def files(self):
        return sorted(os.path.join(self.recordings, name) for name in os.listdir(self.recordings) if name.endswith(".wav"))

    @property
    def three_seconds(self):
        """The recording whose length is closest to three seconds."""
        return min(self.files, key=lambda file: abs(seconds(file) - 3))

    @property
    def seconds(self):
        return sum(map(seconds, self.files))


def seconds(file):
    with wave.open(file) as recording:
        return recording.getnframes() / recording.getframerate()


def prepare(folder):
    """Trains a model of the recipe in `folder`; its accuracy does not matter here."""
    data = os.environ.get("STIMMUNG_DATA")
    emodb = data and os.path.join(data, "emodb")
    if emodb and os.path.isdir(os.path.join(emodb, "wav")):
        material = Material("EmoDB", emodb, os.path.join(emodb, "wav"), os.path.join(folder, "model.safetensors"), True)
    else:
        speech = os.path.join(folder, "speech")
        stimmung("corpus", "synthesise", "-q", "--voices", 6, "--sentences", 4, "-o", speech)
        material = Material("synthetic speech", speech, os.path.join(speech, "wav"), os.path.join(folder, "model.safetensors"), False)
    stimmung("train", RECIPE, "-q", "--epochs", 1, "--corpus", material.corpus, "-o", material.model)
    return material
