"""Known answers for RandomSource and BitStream, printed for RandomSourceReferenceTests.swift.

    python3 random_source.py

Written from the definitions of SplitMix64 and xoshiro256** (D. Blackman, S. Vigna, ACM TOMS 47, 2021). Both are checked first against
published outputs. Needs only Python's standard library.
"""

import math
import struct

MASK = (1 << 64) - 1


def float32(x):
    return struct.unpack("<f", struct.pack("<f", x))[0]


def split_mix(state):
    """The next state of SplitMix64 and its output."""
    state = (state + 0x9E3779B97F4A7C15) & MASK
    z = state
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return state, z ^ (z >> 31)


def rotate(x, k):
    return ((x << k) | (x >> (64 - k))) & MASK


class Source:
    def __init__(self, seed):
        self.seed = seed
        self.s = []
        for _ in range(4):
            seed, word = split_mix(seed)
            self.s.append(word)

    def next(self):
        s = self.s
        result = (rotate((s[1] * 5) & MASK, 7) * 9) & MASK
        t = (s[1] << 17) & MASK
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = rotate(s[3], 45)
        return result

    def stream(self, *path):
        state = self.seed
        for step in path:
            state = split_mix(state)[1] ^ (step & MASK)
        return Source(split_mix(state)[1])

    def uniform(self):
        return (self.next() >> 40) / 2**24

    def uniform_in(self, lower, upper):
        lower, upper = float32(lower), float32(upper)
        return float32(lower + float32(float32(upper - lower) * self.uniform()))

    def index(self, bound):
        return (self.next() * bound) >> 64

    def normal(self):
        radius = math.sqrt(-2 * math.log(1 - (self.next() >> 11) / 2**53))
        return float32(radius * math.cos(2 * math.pi * ((self.next() >> 11) / 2**53)))

    def permutation(self, count):
        order = list(range(count))
        for last in range(count - 1, 0, -1):
            other = self.index(last + 1)
            order[last], order[other] = order[other], order[last]
        return order

    def words(self):
        """The state of BitStream: the lower half of each number first."""
        numbers = [self.next() for _ in range(32)]
        return [half for number in numbers for half in (number & 0xFFFFFFFF, number >> 32)]


def check():
    state, found = 1234567, []
    for _ in range(3):
        state, word = split_mix(state)
        found.append(word)
    assert found == [6457827717110365317, 3203168211198807973, 9817491932198370423], found
    source = Source(0)
    source.s = [1, 2, 3, 4]
    found = [source.next() for _ in range(4)]
    assert found == [11520, 0, 1509978240, 1215971899390074240], found


def hexadecimal(numbers):
    return ", ".join(f"0x{number:x}" for number in numbers)


check()
for seed in (0, 5, MASK):
    source = Source(seed)
    print(f"next, seed {seed}:", hexadecimal(source.next() for _ in range(4)))
for path in ((), (0,), (3,), (1, 2), (2, 1), (-1,)):
    print(f"stream{path}, seed 7:", hexadecimal([Source(7).stream(*path).next()]))
source = Source(11)
print("uniform, seed 11:", [source.uniform() for _ in range(5)])
source = Source(12)
print("uniform in -2 ..< 3, seed 12:", [source.uniform_in(-2, 3) for _ in range(5)])
source = Source(13)
print("normal, seed 13:", [source.normal() for _ in range(6)])
source = Source(14)
print("index, seed 14:", [source.index(bound) for bound in (1, 2, 10, 1000, 1 << 40, (1 << 63) - 1)])
print("permutation, seed 15:", Source(15).permutation(12))
print("words, seed 16:", hexadecimal(Source(16).words()))
