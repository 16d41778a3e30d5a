"""One WebSocket session: sends a file in messages of random sizes and prints the events, one per line, then the close code on standard error.

    session.py PORT START FILE SEED [--token TOKEN] [--abandon]

START is the first message. With --abandon, the file is sent and nothing else, and the events until the server closes are printed.
"""

import argparse
import asyncio
import random
import sys

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("start")
    parser.add_argument("file")
    parser.add_argument("seed", type=int)
    parser.add_argument("--token")
    parser.add_argument("--abandon", action="store_true")
    options = parser.parse_args()
    pick = random.Random(options.seed)
    with open(options.file, "rb") as file:
        audio = file.read()
    headers = {"Authorization": f"Bearer {options.token}"} if options.token else {}
    async with connect(f"ws://127.0.0.1:{options.port}/v1/stream", additional_headers=headers) as link:
        async def send():
            try:
                await link.send(options.start)
                place = 0
                while place < len(audio):
                    size = pick.choice((1, 2, 3, 100, 641, 3200, 20_001, 100_000))
                    await link.send(audio[place:place + size])
                    place += size
                if not options.abandon:
                    await link.send('{"end": true}')
            except ConnectionClosed:
                pass
        sender = asyncio.create_task(send())
        try:
            async for message in link:
                print(message, flush=True)
        except ConnectionClosed:
            pass
        await sender
    print(link.close_code, file=sys.stderr)


asyncio.run(main())
