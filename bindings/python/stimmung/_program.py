"""The program ``stimmung``, which lies in the package: training and evaluation."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path as _Path
from typing import IO, Any, Iterable

from ._errors import StimmungError
from ._model import Path


def program() -> str:
    """The path of the program; that in ``STIMMUNG_PROGRAM`` if it is set."""
    return os.environ.get("STIMMUNG_PROGRAM") or str(_Path(__file__).parent / "bin" / "stimmung")


def train(recipe: Path, corpus: Path | Iterable[Path], output: Path, **options: Any) -> str:
    """Trains a recipe on a corpus and writes a model. Progress is shown on standard error; Ctrl-C keeps the checkpoint.

        stimmung.train("lstm", "emodb", "emodb.safetensors", epochs=10)

    Args:
        recipe: name of a built-in recipe, or path of a YAML file.
        corpus: folder or manifest, or several.
        output: the model file.
        options: those of ``stimmung train`` with underscores, such as ``seed=1``, ``threads=2``, ``resume=True``, ``quiet=True``.

    Returns:
        The path of the model, for ``predict(..., model=...)``.

    Raises:
        StimmungError: with the message of the program.
    """
    _run(["train", os.fspath(recipe), *_corpora(corpus), "--output", os.fspath(output), *_options(options)])
    return os.fspath(output)


def evaluate(recipe: Path, corpus: Path | Iterable[Path], **options: Any) -> dict[str, Any]:
    """Trains and tests a recipe on a corpus, fold by fold. Progress is shown on standard error.

        figures = stimmung.evaluate("lstm", "emodb", protocol="loso", journal="folds.journal")

    Args:
        recipe: name of a built-in recipe, or path of a YAML file.
        corpus: folder or manifest, or several.
        options: those of ``stimmung evaluate`` with underscores, such as ``protocol="speaker-folds=5"``, ``seeds=3``, ``report="out"``.

    Returns:
        The figures that ``stimmung evaluate --json`` writes; accuracies are shares, 0 … 1.

    Raises:
        StimmungError: with the message of the program.
    """
    return json.loads(_run(["evaluate", os.fspath(recipe), *_corpora(corpus), "--json", "-", *_options(options)]))


def _corpora(corpus: Path | Iterable[Path]) -> list[str]:
    every = [corpus] if isinstance(corpus, (str, os.PathLike)) else list(corpus)
    return [word for one in every for word in ("--corpus", os.fspath(one))]


def _options(options: dict[str, Any]) -> list[str]:
    """``--least-pause 1`` for ``least_pause=1``; a flag for True; several for a list."""
    words = []
    for name, value in options.items():
        option = "--" + name.replace("_", "-")
        if value is True:
            words.append(option)
        elif value is not None and value is not False:
            for one in value if isinstance(value, (list, tuple)) else [value]:
                words += [option, os.fspath(one) if isinstance(one, os.PathLike) else str(one)]
    return words


def _run(arguments: list[str]) -> str:
    """The standard output of the program. What it reports on standard error passes through; its end becomes the error."""
    # A terminal is shared, so that progress is drawn in place. A notebook's standard error is not that of the process.
    shares = sys.stderr is sys.__stderr__ and sys.stderr.isatty()
    # In a session of its own, so that Ctrl-C reaches it once, through this process.
    process = subprocess.Popen(
        [program(), *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=None if shares else subprocess.PIPE,
        start_new_session=True,
    )
    reported: list[str] = []
    reader = None if shares else threading.Thread(target=_pass_through, args=(process.stderr, reported), daemon=True)
    if reader:
        reader.start()
    output, interruption = _wait(process)
    if reader:
        reader.join()
    if interruption:
        raise interruption
    if process.returncode:
        message = "".join(reported).strip() or "the program has reported why on standard error"
        raise StimmungError(f"stimmung {arguments[0]} failed: {message}", "program.failed")
    return output.decode()


def _wait(process: subprocess.Popen[bytes]) -> tuple[bytes, KeyboardInterrupt | None]:
    """The output of the process, and the first Ctrl-C meanwhile. Each is passed on: the program saves its state at the first."""
    interruption = None
    while True:
        try:
            return process.communicate()[0] if process.stderr is None else _read(process), interruption
        except KeyboardInterrupt as error:
            interruption = interruption or error
            process.send_signal(signal.SIGINT)


def _read(process: subprocess.Popen[bytes]) -> bytes:
    """The output of a process whose standard error another thread reads."""
    assert process.stdout
    output = process.stdout.read()
    process.wait()
    return output


def _pass_through(stream: IO[bytes], reported: list[str]) -> None:
    """Copies lines to standard error, and keeps the last ones."""
    for line in stream:
        text = line.decode("utf-8", "replace")
        sys.stderr.write(text)
        reported.append(text)
        del reported[:-10]
