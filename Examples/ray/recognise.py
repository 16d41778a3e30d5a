#!/usr/bin/env python3
"""Recognises the emotion of recordings with Ray Data, and writes a folder of Parquet files with a row per recording.

    python recognise.py calls/ results/ --workers 2
    ray job submit --working-dir . -- python recognise.py s3://calls/2026/ s3://results/2026/

Inputs are folders, files or URLs of one file system that Arrow can read: local, s3, gs, hdfs.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import ray
from pyarrow import dataset, fs

import stimmung


class Recogniser:
    """A worker: an actor that opens the model once.

    Reading in the actor instead of `ray.data.read_binary_files` keeps recordings out of memory, and takes no processor from recognition.
    """

    def __init__(self, model, filesystem):
        self.model = stimmung.Model(model)
        self.filesystem = filesystem
        # Storage has a latency, so several recordings are read at a time.
        self.readers = ThreadPoolExecutor(8)

    def fetch(self, file, path):
        """Copies a recording to a local path. Returns what went wrong, or None."""
        try:
            with self.filesystem.open_input_stream(file) as source, open(path, "wb") as copy:
                shutil.copyfileobj(source, copy, 1 << 20)
        except OSError as error:
            return f"{file}: {error}"

    def __call__(self, batch: pa.Table) -> pa.Table:
        """A row per recording: the columns of `stimmung.predict`, with times in seconds."""
        files = batch.column("file").to_pylist()
        with tempfile.TemporaryDirectory() as folder:
            # The name extension tells ffmpeg about formats without a signature.
            paths = [os.path.join(folder, f"{number}{os.path.splitext(file)[1]}") for number, file in enumerate(files)]
            unread = list(self.readers.map(self.fetch, files, paths))
            # One thread, because there is an actor per processor.
            table = stimmung.predict(paths, model=self.model, workers=1, errors="return").reset_index()
        errors = [error and error.replace(path, file) for error, path, file in zip(table["error"], paths, files)]
        table["error"] = [reason or error for reason, error in zip(unread, errors)]
        table["file"] = files
        for column in ("start", "end"):
            table[column] = table[column].dt.total_seconds()
        texts = ("file", "label", "error")
        schema = pa.schema([(column, pa.string() if column in texts else pa.float64()) for column in table.columns])
        return pa.Table.from_pandas(table, schema, preserve_index=False)


def located(name):
    """The file system of a path or URL, and the path in it."""
    return fs.FileSystem.from_uri(name if "://" in name else os.path.abspath(name))


def listed(inputs, suffixes):
    """The file system, and the paths of recordings: files that were named, and those below folders."""
    files = []
    for name in inputs:
        filesystem, path = located(name)
        if filesystem.get_file_info(path).type == fs.FileType.Directory:
            below = filesystem.get_file_info(fs.FileSelector(path, recursive=True))
            files += [file.path for file in below if file.is_file and file.extension.lower() in suffixes]
        else:
            files.append(path)
    return filesystem, files


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("inputs", nargs="+", help="folders, files or URLs")
    options.add_argument("output", help="folder or URL that does not exist yet")
    options.add_argument("--model", help="a model file with the same path on every machine; default: the built-in model")
    options.add_argument("--suffixes", nargs="+", default=["wav", "flac", "mp3", "ogg", "opus", "m4a"], help="of recordings in folders")
    options.add_argument("--batch", type=int, default=16, help="recordings that a worker copies to TMPDIR at a time")
    options.add_argument("--workers", type=int, help="worker processes; default: as many as the cluster has processors")
    options = options.parse_args()

    ray.init()
    workers = options.workers or int(ray.cluster_resources()["CPU"])
    begin = time.monotonic()
    filesystem, files = listed(options.inputs, options.suffixes)
    if not files:
        sys.exit(f"{', '.join(options.inputs)}: no recordings. Give other inputs or --suffixes.")
    # A block is what is repeated after a worker died, and a file of the output.
    blocks = min(len(files), max(8 * workers, len(files) // 100))
    recordings = ray.data.from_items([{"file": file} for file in files], override_num_blocks=blocks)
    results = recordings.map_batches(
        Recogniser, fn_constructor_args=[options.model, filesystem], batch_size=options.batch, batch_format="pyarrow", num_cpus=1,
        compute=ray.data.ActorPoolStrategy(size=workers))
    # The actors may reserve all processors, so writing must not wait for one.
    results.write_parquet(
        options.output, mode=ray.data.SaveMode.ERROR, ray_remote_args={"num_cpus": 0}, concurrency=max(1, workers // 4))
    seconds = time.monotonic() - begin

    filesystem, folder = located(options.output)
    written = dataset.dataset(folder, filesystem=filesystem, format="parquet")
    errors = written.count_rows(filter=dataset.field("error").is_valid())
    print(f"{written.count_rows()} recordings, {errors} errors, {seconds:.1f} s")


if __name__ == "__main__":
    main()
