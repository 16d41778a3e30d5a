#!/usr/bin/env python3
"""Recognises the emotion of recordings with Ray Data, and writes a folder of Parquet files with a row per recording.

    python recognise.py calls/ results/ --workers 2
    ray job submit --working-dir . -- python recognise.py s3://calls/2026/ s3://results/2026/

Inputs are folders, files or URLs that Ray can read.
"""

import argparse
import os
import tempfile
import time

import pyarrow as pa
import ray

import stimmung


class Recogniser:
    """A worker: an actor that opens the model once."""

    def __init__(self, model):
        self.model = stimmung.Model(model)

    def __call__(self, batch: pa.Table) -> pa.Table:
        """A row per recording: the columns of `stimmung.predict`, with times in seconds."""
        files, paths = batch.column("path").to_pylist(), []
        with tempfile.TemporaryDirectory() as folder:
            for file, content in zip(files, batch.column("bytes")):
                # The name extension tells ffmpeg about formats without a signature.
                paths.append(os.path.join(folder, f"{len(paths)}{os.path.splitext(file)[1]}"))
                with open(paths[-1], "wb") as copy:
                    copy.write(content.as_buffer())
            # One thread, because there is an actor per processor.
            table = stimmung.predict(paths, model=self.model, workers=1, errors="return").reset_index()
        table["error"] = [error and error.replace(path, file) for error, path, file in zip(table["error"], paths, files)]
        table["file"] = files
        for column in ("start", "end"):
            table[column] = table[column].dt.total_seconds()
        texts = ("file", "label", "error")
        schema = pa.schema([(column, pa.string() if column in texts else pa.float64()) for column in table.columns])
        return pa.Table.from_pandas(table, schema, preserve_index=False)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("inputs", nargs="+", help="folders, files or URLs")
    options.add_argument("output", help="folder or URL that does not exist yet")
    options.add_argument("--model", help="a model file with the same path on every machine; default: the built-in model")
    options.add_argument("--suffixes", nargs="+", default=["wav", "flac", "mp3", "ogg", "opus", "m4a"], help="of recordings in folders")
    options.add_argument("--batch", type=int, default=16, help="recordings that a worker holds in memory at a time")
    options.add_argument("--workers", type=int, help="worker processes; default: as many as the cluster has processors")
    options = options.parse_args()

    ray.init()
    workers = options.workers or int(ray.cluster_resources()["CPU"])
    begin = time.monotonic()
    # The actors may reserve all processors, so reading and writing must not wait for one.
    recordings = ray.data.read_binary_files(
        options.inputs, include_paths=True, file_extensions=options.suffixes, num_cpus=0, concurrency=workers)
    results = recordings.map_batches(
        Recogniser, fn_constructor_args=[options.model], batch_size=options.batch, batch_format="pyarrow", num_cpus=1,
        compute=ray.data.ActorPoolStrategy(size=workers))
    results.write_parquet(options.output, mode=ray.data.SaveMode.ERROR, ray_remote_args={"num_cpus": 0}, concurrency=workers)
    seconds = time.monotonic() - begin

    written = list(ray.data.read_parquet(options.output).select_columns(["error"]).iter_batches(batch_format="pyarrow"))
    errors = sum(len(batch) - batch.column("error").null_count for batch in written)
    print(f"{sum(map(len, written))} recordings, {errors} errors, {seconds:.1f} s")


if __name__ == "__main__":
    main()
