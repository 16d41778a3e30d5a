"""Checks the WebSocket protocol of a server: the cases of the Autobahn test suite, for a server that recognises audio instead of echoing.

    conformance.py PORT

Sections are those of Autobahn: 1 framing, 2 pings, 3 reserved bits, 4 opcodes, 5 fragmentation, 6 UTF-8, 7 closing, 9 limits, 10 fragments of
any size; 0 is the handshake. Prints a line for each case that fails, and the number of cases; exits with status 1 if one fails.
"""

import base64
import hashlib
import json
import os
import random
import socket
import struct
import sys

START = json.dumps({"encoding": "s16le", "rate": 16000})
END = json.dumps({"end": True})
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10


def handshake(port, extra=(), version="13", key=None):
    """A socket after the request, and the head of the response."""
    key = key or base64.b64encode(os.urandom(16)).decode()
    link = socket.create_connection(("127.0.0.1", port), timeout=60)
    lines = [
        "GET /v1/stream HTTP/1.1", f"Host: localhost:{port}", "Connection: Upgrade", "Upgrade: websocket", f"Sec-WebSocket-Key: {key}",
        f"Sec-WebSocket-Version: {version}", *extra]
    link.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
    head = b""
    while b"\r\n\r\n" not in head:
        part = link.recv(1)
        if not part:
            break
        head += part
    return link, head.decode(), key


class Client:
    def __init__(self, port, start=True):
        self.link, head, key = handshake(port)
        assert head.startswith("HTTP/1.1 101"), head
        accept = base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()).decode()
        assert f"sec-websocket-accept: {accept}".lower() in head.lower(), head
        self.pending = b""
        if start:
            self.send(TEXT, START.encode())

    @staticmethod
    def frame(opcode, payload=b"", fin=True, rsv=0, masked=True, length=None):
        first = (0x80 if fin else 0) | rsv << 4 | opcode
        size = len(payload) if length is None else length
        bit = 0x80 if masked else 0
        if size < 126:
            head = struct.pack("!BB", first, bit | size)
        elif size < 65536:
            head = struct.pack("!BBH", first, bit | 126, size)
        else:
            head = struct.pack("!BBQ", first, bit | 127, size)
        if not masked:
            return head + payload
        key = os.urandom(4)
        stretched = (key * (len(payload) // 4 + 1))[:len(payload)]
        mask = int.from_bytes(payload, "big") ^ int.from_bytes(stretched, "big")
        return head + key + mask.to_bytes(len(payload), "big")

    def send(self, *arguments, **settings):
        self.raw(self.frame(*arguments, **settings))

    def raw(self, data):
        try:
            self.link.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def read(self, count):
        while len(self.pending) < count:
            try:
                part = self.link.recv(65536)
            except ConnectionResetError:
                part = b""
            if not part:
                raise EOFError
            self.pending += part
        data, self.pending = self.pending[:count], self.pending[count:]
        return data

    def receive(self):
        """The next frame as (opcode, payload); None at the end of the connection."""
        try:
            first, second = self.read(2)
        except EOFError:
            return None
        assert first & 0x80 and not first & 0x70 and not second & 0x80, "the server's frames are whole, without masks and reserved bits"
        size = second & 0x7F
        if size == 126:
            size, = struct.unpack("!H", self.read(2))
        elif size == 127:
            size, = struct.unpack("!Q", self.read(8))
        return first & 0x0F, self.read(size)

    def ending(self):
        """The events, the pongs and the close code (None without one), up to the end of the connection."""
        events, pongs, code = [], [], None
        while (frame := self.receive()) is not None:
            opcode, payload = frame
            if opcode == TEXT:
                events.append(json.loads(payload))
            elif opcode == PONG:
                pongs.append(payload)
            elif opcode == CLOSE:
                code = struct.unpack("!H", payload[:2])[0] if payload else 1005
                self.send(CLOSE, payload[:2])
        self.link.close()
        return events, pongs, code


class Suite:
    def __init__(self, port):
        self.port, self.count, self.failures = port, 0, []

    def check(self, name, condition, found):
        self.count += 1
        if not condition:
            self.failures.append(f"{name}: {found}")

    def closes(self, name, code, *frames, start=True):
        """Whether these frames end the session with this close code."""
        client = Client(self.port, start)
        for frame in frames:
            client.raw(frame)
        try:
            events, _, found = client.ending()
        except (AssertionError, TimeoutError, ValueError) as error:
            return self.check(name, False, repr(error))
        codes = code if isinstance(code, tuple) else (code,)
        self.check(name, found in codes, f"close code {found}, expected {code}; {events[-1:]}")

    def finishes(self, name, *frames, pongs=(), duration=None):
        """Whether a session with these frames and an end finishes."""
        client = Client(self.port)
        for frame in frames:
            client.raw(frame)
        client.send(TEXT, END.encode())
        try:
            events, found, code = client.ending()
        except (AssertionError, TimeoutError, ValueError) as error:
            return self.check(name, False, repr(error))
        last = events[-1] if events else {}
        whole = code == 1000 and last.get("event") == "finished" and found == list(pongs)
        if duration is not None:
            whole = whole and abs(last["time"] - duration) < 1e-5
        self.check(name, whole, f"close code {code}, pongs {found}, {last}")


def run(port):
    suite, frame = Suite(port), Client.frame
    pick = random.Random(1)
    silence = bytes(3200)

    # 0: the handshake.
    for name, extra, version, status in [
        ("0.1 version 8", (), "8", "426"), ("0.2 foreign origin", ("Origin: https://example.com",), "13", "403"),
        ("0.3 own origin", (f"Origin: http://localhost:{port}",), "13", "101"), ("0.4 null origin", ("Origin: null",), "13", "403"),
    ]:
        link, head, _ = handshake(port, extra, version)
        link.close()
        suite.check(name, head.split()[1:2] == [status], head.split("\r\n")[0])

    # 1: framing.
    for size in (0, 1, 125, 126, 127, 128, 65535, 65536, 1 << 20):
        suite.finishes(f"1.2 binary of {size} bytes", frame(BINARY, bytes(size)), duration=size // 2 / 16000)
    client = Client(port)
    for byte in frame(BINARY, silence)[:400]:
        client.raw(bytes([byte]))
    client.link.close()
    whole = frame(BINARY, silence)
    suite.finishes("1.2.8 in pieces", *[whole[i:i + 997] for i in range(0, len(whole), 997)], duration=0.1)
    suite.closes("1.1 unmasked", 1002, frame(BINARY, b"ab", masked=False))

    # 2: pings and pongs.
    suite.finishes("2.1 empty ping", frame(PING), pongs=[b""])
    suite.finishes("2.2 ping", frame(PING, b"Hello"), pongs=[b"Hello"])
    suite.finishes("2.3 binary ping", frame(PING, bytes([0, 255, 254, 253])), pongs=[bytes([0, 255, 254, 253])])
    suite.finishes("2.4 ping of 125", frame(PING, b"x" * 125), pongs=[b"x" * 125])
    suite.closes("2.5 ping of 126", 1002, frame(PING, b"x" * 126))
    suite.finishes("2.7 unsolicited pong", frame(PONG))
    suite.finishes("2.8 unsolicited pong", frame(PONG, b"unsolicited"))
    suite.finishes("2.9 pong and ping", frame(PONG, b"unsolicited"), frame(PING, b"ping"), pongs=[b"ping"])
    suite.finishes("2.10 ten pings", *[frame(PING, b"%d" % n) for n in range(10)], pongs=[b"%d" % n for n in range(10)])

    # 3: reserved bits.
    for rsv in range(1, 8):
        suite.closes(f"3.{rsv} reserved bits {rsv}", 1002, frame(BINARY, silence, rsv=rsv))
        suite.closes(f"3.{rsv} reserved bits {rsv} in a ping", 1002, frame(PING, rsv=rsv))

    # 4: opcodes.
    for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15):
        suite.closes(f"4 opcode {opcode}", 1002, frame(opcode, b"abc"))

    # 5: fragmentation.
    suite.closes("5.1 fragmented ping", 1002, frame(PING, b"a", fin=False), frame(CONTINUATION, b"b"))
    suite.closes("5.2 fragmented pong", 1002, frame(PONG, b"a", fin=False), frame(CONTINUATION, b"b"))
    suite.finishes("5.3 two fragments", frame(BINARY, silence, fin=False), frame(CONTINUATION, silence), duration=0.2)
    suite.finishes(
        "5.6 ping between fragments", frame(BINARY, silence, fin=False), frame(PING, b"p"), frame(CONTINUATION, silence), pongs=[b"p"], duration=0.2)
    suite.closes("5.9 continuation without a message", 1002, frame(CONTINUATION, b"abc"))
    suite.closes("5.10 unfinished continuation without a message", 1002, frame(CONTINUATION, b"abc", fin=False))
    suite.closes("5.18 message within a message", 1002, frame(BINARY, silence, fin=False), frame(BINARY, silence))
    text = END.encode()
    suite.closes("5.19 text in fragments", 1000, *[frame(TEXT, text[:3], fin=False), frame(PING), frame(CONTINUATION, text[3:])])
    suite.closes("5.20 text byte by byte", 1000, frame(TEXT, b"", fin=False), *[frame(CONTINUATION, text[i:i + 1], fin=False) for i in range(len(text))], frame(CONTINUATION))

    # 6: UTF-8. Valid text that is not an end is refused as such; invalid text with 1007.
    valid = ["κόσμε", "Hello-µ@ßöäüàá-UTF-8!!", "\ud7ff\ue000\ufffd", "\U00010000\U0010ffff", "\ufffe\uffff", "日本語"]
    for text in valid:
        data = text.encode()
        suite.closes(f"6.2 valid {text!a}", 1003, frame(TEXT, data))
        suite.closes(f"6.2 valid {text!a} in bytes", 1003, frame(TEXT, b"", fin=False), *[frame(CONTINUATION, data[i:i + 1], fin=False) for i in range(len(data))], frame(CONTINUATION))
    invalid = [
        b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80edited", b"\xf4\x90\x80\x80", b"\x80", b"\xbf", b"\xc0\xaf", b"\xe0\x80\xaf",
        b"\xf0\x80\x80\xaf", b"\xf8\x88\x80\x80\x80", b"\xfc\x84\x80\x80\x80\x80", b"\xfe", b"\xff", b"\xed\xa0\x80", b"\xed\xbf\xbf", b"\xc0\x80",
        b"\xe2\x82", b"\xf0\x9f\x98", b"\xc3"]
    for data in invalid:
        suite.closes(f"6.3 invalid {data!r}", 1007, frame(TEXT, data))
        suite.closes(f"6.3 invalid {data!r} as start", 1007, frame(TEXT, data), start=False)
        suite.closes(f"6.3 invalid {data!r} in bytes", 1007, *[frame(TEXT if i == 0 else CONTINUATION, data[i:i + 1], fin=False) for i in range(len(data))], frame(CONTINUATION))

    # 7: closing.
    suite.closes("7.1.1 end", 1000, frame(TEXT, END.encode()))
    suite.closes("7.1.3 data after a close", 1000, frame(CLOSE, b"\x03\xe8"), frame(BINARY, silence), frame(PING))
    suite.closes("7.1.4 close during a message", 1000, frame(BINARY, silence, fin=False), frame(CLOSE, b"\x03\xe8"), frame(CONTINUATION, silence))
    suite.closes("7.3.1 close without a code", 1000, frame(CLOSE))
    suite.closes("7.3.2 close with one byte", 1002, frame(CLOSE, b"a"))
    suite.closes("7.3.4 close with a reason", 1000, frame(CLOSE, b"\x03\xe8Hello"))
    suite.closes("7.3.5 the longest reason", 1000, frame(CLOSE, b"\x03\xe8" + b"x" * 123))
    suite.closes("7.3.6 a longer reason", 1002, frame(CLOSE, b"\x03\xe8" + b"x" * 124))
    suite.closes("7.5.1 reason that is not UTF-8", 1007, frame(CLOSE, b"\x03\xe8\xce\xba\xe1\xbd\xb9\xed\xa0\x80"))
    for code in (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999):
        suite.closes(f"7.7 code {code}", code, frame(CLOSE, struct.pack("!H", code)))
    for code in (0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535):
        suite.closes(f"7.9 code {code}", 1002, frame(CLOSE, struct.pack("!H", code)))

    # 9: limits.
    suite.closes("9.1 frame of more than 1 MiB", 1009, frame(BINARY, b"", length=(1 << 20) + 1))
    suite.closes("9.2 frame of 2⁶³ bytes", (1009, 1002), frame(BINARY, b"", length=1 << 63))
    suite.closes("9.3 text of more than 64 KiB", 1009, frame(TEXT, b" " * 40000, fin=False), frame(CONTINUATION, b" " * 40000, fin=False))
    suite.finishes("9.4 4 MiB in fragments", frame(BINARY, bytes(1 << 20), fin=False), *[frame(CONTINUATION, bytes(1 << 20), fin=n == 2) for n in range(3)], duration=(1 << 21) / 16000)

    # 10: fragments of any size.
    for number in range(5):
        data, frames = bytes(20_000), []
        while data:
            size = min(len(data), pick.choice((1, 2, 3, 125, 126, 1300, 9000)))
            frames.append((data[:size], len(data) == size))
            data = data[size:]
        suite.finishes(
            f"10.{number} fragments", *[frame(CONTINUATION if i else BINARY, part, fin=last) for i, (part, last) in enumerate(frames)], duration=0.625)

    # The protocol of sessions.
    suite.closes("session: audio first", 1003, frame(BINARY, silence), start=False)
    suite.closes("session: text that is not a start", 1003, frame(TEXT, b"hello"), start=False)
    suite.closes("session: a start with an unknown key", 1003, frame(TEXT, b'{"encoding": "s16le", "rate": 16000, "rat": 1}'), start=False)
    suite.closes("session: a bad rate", 1003, frame(TEXT, b'{"encoding": "s16le", "rate": 1}'), start=False)
    suite.closes("session: text where audio is due", 1003, frame(BINARY, silence), frame(TEXT, b"hello"))
    suite.closes("session: an unknown voice", 1008, frame(TEXT, b'{"encoding": "s16le", "rate": 16000, "voice": "nobody"}'), start=False)
    suite.closes("session: samples that are not finite", 1008, frame(TEXT, b'{"encoding": "f32le", "rate": 16000}'), frame(BINARY, b"\xff\xff\xff\xff" * 100), start=False)
    return suite


def main():
    suite = run(int(sys.argv[1]))
    print("\n".join(suite.failures))
    print(f"{suite.count - len(suite.failures)} of {suite.count} cases passed")
    return 1 if suite.failures else 0


if __name__ == "__main__":
    sys.exit(main())
