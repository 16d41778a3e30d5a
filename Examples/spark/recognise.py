#!/usr/bin/env python3
"""Recognises the emotion of recordings with Spark, and writes a folder of Parquet files with a row per recording.

    spark-submit --master 'local[2,4]' recognise.py calls/ results/
    spark-submit --master yarn recognise.py 's3a://calls/2026-*/' s3a://results/2026/

Inputs are folders, files, globs or URLs that Spark can read. The first local master has two workers, and four attempts for every task.
"""

import argparse
import os
import tempfile
import time

import pyarrow as pa
from pyspark.sql import Observation, SparkSession, functions
from pyspark.sql.pandas.types import from_arrow_schema

import stimmung


def recognise(files, paths, model):
    """An Arrow table with a row per recording: the columns of `stimmung.predict`, with times in seconds.

    `files` are the names in the table, and `paths` where the recordings are on this machine. The package keeps the model open, so a worker process
    opens it once.
    """
    # One thread, because the engine runs a worker per processor.
    table = stimmung.predict(paths, model=model, workers=1, errors="return").reset_index()
    table["error"] = [error and error.replace(path, file) for error, path, file in zip(table["error"], paths, files)]
    table["file"] = files
    for column in ("start", "end"):
        table[column] = table[column].dt.total_seconds()
    texts = ("file", "label", "error")
    schema = pa.schema([(column, pa.string() if column in texts else pa.float64()) for column in table.columns])
    return pa.Table.from_pandas(table, schema, preserve_index=False)


def recognise_shared(batch, model):
    """The table of recordings that this machine can open."""
    files = batch.column("path").to_pylist()
    return recognise(files, [file.removeprefix("file:") for file in files], model)


def recognise_copies(batch, model):
    """The table of recordings whose contents Spark has read."""
    files = batch.column("path").to_pylist()
    with tempfile.TemporaryDirectory() as folder:
        # The name extension tells ffmpeg about formats without a signature.
        paths = [os.path.join(folder, f"{number}{os.path.splitext(file)[1]}") for number, file in enumerate(files)]
        for path, content in zip(paths, batch.column("content")):
            with open(path, "wb") as copy:
                copy.write(content.as_buffer())
        return recognise(files, paths, model)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("inputs", nargs="+", help="folders, files, globs or URLs")
    options.add_argument("output", help="folder or URL that does not exist yet")
    options.add_argument("--model", help="a model file with the same path on every machine; default: the built-in model")
    options.add_argument("--suffixes", nargs="+", default=["wav", "flac", "mp3", "ogg", "opus", "m4a"], help="of recordings in folders")
    options.add_argument(
        "--shared", action="store_true",
        help="recordings have the same path on every machine, for instance on NFS: workers open them, and Spark passes only names")
    options.add_argument("--batch", type=int, default=16, help="recordings that a worker holds in memory at a time")
    options = options.parse_args()
    model = options.model

    spark = (
        SparkSession.builder.appName("stimmung")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", options.batch)
        # A task has 128 MiB of recordings, each counted as larger by this: at most about a hundred, instead of 32.
        .config("spark.sql.files.openCostInBytes", 1 << 20)
        .getOrCreate()
    )
    begin = time.monotonic()
    suffixes = ",".join(name for suffix in options.suffixes for name in (suffix.lower(), suffix.upper()))
    recordings = (
        spark.read.format("binaryFile")
        .option("recursiveFileLookup", True)
        .option("pathGlobFilter", f"*.{{{suffixes}}}")
        .load(options.inputs)
        # Spark does not read the contents of files if they are not selected.
        .select("path", *([] if options.shared else ["content"]))
    )
    recognise_batch = recognise_shared if options.shared else recognise_copies

    def batches(records):
        for batch in records:
            yield from recognise_batch(batch, model).to_batches()

    results = recordings.mapInArrow(batches, from_arrow_schema(recognise([], [], model).schema))
    counts = Observation()
    observed = results.observe(counts, functions.count("file").alias("recordings"), functions.count("error").alias("errors"))
    observed.write.parquet(options.output)
    print("{recordings} recordings, {errors} errors, {seconds:.1f} s".format(**counts.get, seconds=time.monotonic() - begin))
    spark.stop()


if __name__ == "__main__":
    main()
