# make run     install what is missing, build, and run the demo
# make test    build and run all tests
# make lint    formatting, warnings as errors
# make bench   speed, as ratios in one run

packages := libdnnl-dev libsndfile1-dev libsoxr-dev libkissfft-dev espeak-ng ffmpeg
headers := dnnl.h sndfile.h soxr.h kissfft/kiss_fftr.h
build := swift build -c release --static-swift-stdlib
python := $(shell for p in .venv/bin/python python3; do command -v $$p && break; done)

.PHONY: run build test lint bench packages python clean

run: build
	.build/release/stimmung demo

build: packages
	$(build) --product stimmung

# Installs with apt-get only where something is missing; says so where it may not.
packages:
	@missing=; \
	for p in $(packages); do dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$p"; done; \
	if [ -n "$$missing" ]; then \
		sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
		echo "installing$$missing"; \
		$$sudo apt-get update -qq && $$sudo apt-get install -y -qq --no-install-recommends $$missing >/dev/null \
			|| { echo "could not install$$missing: install them and run make again" >&2; exit 1; }; \
	fi

# The independent referees of the tests.
python: .venv/ready
.venv/ready: Tests/requirements.txt
	python3 -m venv .venv && .venv/bin/pip install -q -r Tests/requirements.txt && touch $@

# Swift's toolchains have the module Testing as a shared library only, so tests, and the program that they run, are linked dynamically,
# in a folder of their own: there, neither build undoes the other.
tests := -c release --scratch-path .build-tests

test: packages python
	swift build $(tests) --build-tests
	STIMMUNG_PYTHON=$(CURDIR)/.venv/bin/python swift test $(tests) --skip-build

lint:
	swift format lint --strict --recursive Package.swift Sources Tests
	STIMMUNG_STRICT=1 $(build)

bench: build python
	.venv/bin/python Benchmarks/bench.py

clean:
	rm -rf .build .build-tests .venv demo
