#!/usr/bin/env python3
"""Load on `stimmung serve`, with the clients on the same machine.

    Benchmarks/serving.py [--program FILE] [--seconds 60] [--clients 64] [--streams 32,16] [--slow 200] [--json FILE]

Needs STIMMUNG_DATA with emodb, ffmpeg, and the Python package websockets. In one run:

  - predict: recordings per second of `stimmung predict` over a folder, the reference;
  - post: clients that post recordings of 3 s as fast as they are answered: throughput, times, and answers other than 200 and 429;
  - streams: WebSocket sessions in real time, 100 ms per message: time from the end of the message that completes an event to the event;
  - slow: clients that send one byte per second, while others post;
  - memory (without pages of files) and descriptors of the server after two short rounds of all this, in which memory grows to what the load needs, and at the end.

Exits with status 1 if an answer is neither 200 nor 429, the throughput is below 60 % of `predict`, slow clients keep others from being served,
memory has grown by more than 5 %, or a descriptor is left. Of the streams, the figures are reported only.
"""

import argparse
import asyncio
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import wave

import websockets.asyncio.client as websocket

ROOT = pathlib.Path(__file__).resolve().parent.parent
RATE = 16_000
CHUNK = RATE // 10 * 2


def material(folder, data):
    """Forty recordings of 3 s, and 30 s of speech, from EmoDB."""
    files = sorted((data / "emodb/wav").glob("*.wav"))[::13][:40]
    frames = []
    for number, file in enumerate(files):
        with wave.open(str(file)) as source:
            frames.append(source.readframes(source.getnframes()))
        with wave.open(str(folder / f"{number:02}.wav"), "wb") as target:
            target.setparams((1, 2, RATE, 0, "NONE", ""))
            target.writeframes((frames[-1] * 3)[:3 * RATE * 2])
    return b"".join(frames)[:30 * RATE * 2]


class Server:
    def __init__(self, program, *options):
        self.process = subprocess.Popen([program, "serve", "--port", "0", "-q", *options], stderr=subprocess.PIPE, text=True)
        self.port = int(re.search(r":(\d+)/", self.process.stderr.readline())[1])

    @property
    def memory(self):
        """In MB."""
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"RssAnon:\s+(\d+)", text)[1]) / 1024

    @property
    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def stop(self):
        self.process.terminate()
        return self.process.wait(timeout=60)


def percentiles(values):
    values = sorted(values)
    return {f"p{share}": round(1000 * values[min(len(values) - 1, len(values) * share // 100)], 1) for share in (50, 95, 99)} if values else {}


async def answer(reader):
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(re.search(rb"(?i)content-length: (\d+)", head)[1])
    await reader.readexactly(length)
    return int(head[9:12])


async def post(port, bodies, seconds, times, statuses):
    """One client, on one connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    deadline, number = time.monotonic() + seconds, id(writer) % len(bodies)
    while time.monotonic() < deadline:
        body = bodies[number % len(bodies)]
        number += 1
        begin = time.monotonic()
        writer.write(b"POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        status = await answer(reader)
        statuses[status] = statuses.get(status, 0) + 1
        if status == 200:
            times.append(time.monotonic() - begin)
        else:
            await asyncio.sleep(0.1)
    writer.close()


async def posting(port, bodies, seconds, clients):
    times, statuses, begin = [], {}, time.monotonic()
    await asyncio.gather(*(post(port, bodies, seconds, times, statuses) for _ in range(clients)))
    return {"per second": round(len(times) / (time.monotonic() - begin), 1), "ms": percentiles(times), "answers": statuses}


async def stream(port, speech, completing=None, delay=0.0):
    """A session in real time.

    completing: for each event the number of the message that completes it; without it, that is measured, and returned.
    Returns the time of each event after that message.
    """
    await asyncio.sleep(delay)
    sent, heard = [], []
    async with websocket.connect(f"ws://127.0.0.1:{port}/v1/stream", max_queue=None, compression=None) as link:
        async def listen():
            async for _ in link:
                heard.append((time.monotonic(), len(sent) - 1))
        listener = asyncio.create_task(listen())
        await link.send(json.dumps({"encoding": "s16le", "rate": RATE}))
        begin = time.monotonic()
        chunks = [speech[i:i + CHUNK] for i in range(0, len(speech), CHUNK)]
        for number, chunk in enumerate(chunks):
            # The end of a message is its time in the recording.
            await asyncio.sleep(begin + 0.1 * number - time.monotonic())
            sent.append(time.monotonic())
            await link.send(chunk)
        await asyncio.sleep(0.1)
        sent.append(time.monotonic())
        await link.send('{"end": true}')
        await listener
    if completing is None:
        return [number for _, number in heard]
    assert len(heard) == len(completing), "another number of events than in the session before"
    return [at - sent[number] for (at, _), number in zip(heard, completing)]


async def streaming(port, speech, count):
    completing = await stream(port, speech)
    begin = os.times()
    late = await asyncio.gather(*(stream(port, speech, completing, delay=0.1 * n / count) for n in range(count)))
    used = os.times()
    return {"streams": count, "ms": percentiles([value for one in late for value in one]), "client's processor seconds": round(used.user + used.system - begin.user - begin.system, 1)}


async def trickle(port, stop):
    """One byte per second; the server gives such a body up after a while, and the client comes again."""
    while not stop.is_set():
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n")
            while not stop.is_set():
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(1)
            writer.close()
        except ConnectionError:
            continue


async def slowing(port, bodies, seconds, count):
    usual = await posting(port, bodies, seconds, 8)
    stop = asyncio.Event()
    slow = [asyncio.create_task(trickle(port, stop)) for _ in range(count)]
    await asyncio.sleep(2)
    found = await posting(port, bodies, seconds, 8)
    stop.set()
    await asyncio.gather(*slow)
    return {"slow clients": count, "without": usual, "with": found}


def predict(program, folder):
    """Recordings per second over a folder, with the start of the program."""
    many = folder / "many"
    many.mkdir(exist_ok=True)
    for copy in range(15):
        for file in folder.glob("*.wav"):
            target = many / f"{copy:02}-{file.name}"
            if not target.exists():
                os.link(file, target)
    begin = time.monotonic()
    subprocess.run([program, "predict", str(many), "-q", "--format", "jsonl"], check=True, stdout=subprocess.DEVNULL)
    return round(len(list(many.iterdir())) / (time.monotonic() - begin), 1)


def offences(results):
    """What differs from what a server must do, in sentences."""
    found = []
    posts = {"post": results["post"], "slow, without": results["slow"]["without"], "slow, with": results["slow"]["with"]}
    for name, value in posts.items():
        if set(value["answers"]) - {200, 429}:
            found.append(f"{name}: answers {value['answers']}")
    reference = (results["predict, recordings per second"] + results["predict again"]) / 2
    if results["post"]["per second"] < 0.6 * reference:
        found.append(f"throughput: {results['post']['per second']} per second, and predict has {reference:.1f}")
    if results["slow"]["with"]["per second"] < 0.5 * results["slow"]["without"]["per second"]:
        found.append("slow clients keep others from being served")
    before, after = results["before"], results["after"]
    if after["MB"] > 1.05 * before["MB"]:
        found.append(f"memory: {before['MB']} MB before and {after['MB']} MB after")
    if after["descriptors"] > before["descriptors"]:
        found.append(f"descriptors: {before['descriptors']} before and {after['descriptors']} after")
    if results["exit status"] != 0:
        found.append(f"exit status {results['exit status']}")
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=str(ROOT / ".build/release/stimmung"))
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--streams", default="32")
    parser.add_argument("--slow", type=int, default=200)
    parser.add_argument("--json")
    options = parser.parse_args()
    data = pathlib.Path(os.environ.get("STIMMUNG_DATA", "/nowhere"))
    if not (data / "emodb/wav").is_dir():
        sys.exit("STIMMUNG_DATA does not name a folder with emodb")
    results = {}

    def report(name, value):
        results[name] = value
        print(f"{name}: {json.dumps(value)}", flush=True)

    with tempfile.TemporaryDirectory(prefix="stimmung-serving-") as name:
        folder = pathlib.Path(name)
        speech = material(folder, data)
        bodies = [file.read_bytes() for file in sorted(folder.glob("*.wav"))]
        server = Server(options.program)
        try:
            counts = [int(count) for count in options.streams.split(",")]
            for _ in range(2):
                asyncio.run(posting(server.port, bodies, 20, options.clients))
                asyncio.run(streaming(server.port, speech[:10 * RATE * 2], max(counts)))
                asyncio.run(slowing(server.port, bodies, 5, options.slow))
            time.sleep(5)
            report("before", {"MB": round(server.memory, 1), "descriptors": server.descriptors})
            report("predict, recordings per second", predict(options.program, folder))
            report("post", asyncio.run(posting(server.port, bodies, options.seconds, options.clients)))
            report("predict again", predict(options.program, folder))
            for count in counts:
                report(f"streams {count}", asyncio.run(streaming(server.port, speech, count)))
            report("slow", asyncio.run(slowing(server.port, bodies, min(20, options.seconds), options.slow)))
            time.sleep(5)
            report("after", {"MB": round(server.memory, 1), "descriptors": server.descriptors})
        finally:
            report("exit status", server.stop())
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(results, indent=2) + "\n")
    found = offences(results)
    print("\n".join(found) or "the server passes")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
