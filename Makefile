# make run         install missing packages, build, and run the demo
# make test        build and run all tests (STIMMUNG_DATA=FOLDER adds those on recordings)
# make lint        formatting, warnings as errors
# make check       imports, file and parameter-list sizes, the public API against docs/api
# make api         write docs/api after a deliberate change of the public API
# make docs        documentation of the libraries, in .build-docs
# make examples    build and run the packages in Examples
# make check-all   everything above, two hours of sound in the tests, and a short benchmark: takes long
# make golden      re-record Tests/RegressionTests/golden, after raising the version that a failed test names; draw docs/pictures/accuracy.svg
# make bench       speed, as ratios in one run; JSON=f writes every figure to f, BENCH="layers --rounds 5" runs a part of it
# make clean       remove all that was built

packages := libdnnl-dev libsndfile1-dev libsoxr-dev espeak-ng ffmpeg
build := swift build -c release --static-swift-stdlib
test_build := swift build -c release --build-tests --scratch-path .build-tests
example_build := swift build -c release --scratch-path .build-examples

.PHONY: run build build-tests test lint check api api-check docs examples check-all golden bench packages clean

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

# The independent referees of the tests, and the peers of the benchmarks.
.venv/tests: Tests/requirements.txt
	python3 -m venv .venv && .venv/bin/pip install -q -r $< && touch $@
.venv/peers: Benchmarks/requirements.txt .venv/tests
	.venv/bin/pip install -q -r $< && touch $@

# Tests link the Swift library dynamically, so they are built in a folder of their own.
build-tests: packages
	$(test_build)

test: build-tests .venv/tests
	STIMMUNG_PYTHON=$(CURDIR)/.venv/bin/python swift test -c release --scratch-path .build-tests --skip-build

# Set STIMMUNG_DATA to include recordings of EmoDB. EMULATOR="qemu-x86_64 -cpu Haswell" adds the checksums of AVX2.
golden: build-tests
	STIMMUNG_RECORD_GOLDEN=1 $(EMULATOR) $$($(test_build) --show-bin-path)/stimmungPackageTests.xctest \
		--testing-library swift-testing --filter 'RegressionTests|AccuracyPictureTests'

lint: packages
	swift format lint --strict --recursive Package.swift Plugins Sources Tests Benchmarks Examples
	STIMMUNG_STRICT=1 $(test_build)

check: api-check
	Scripts/check-imports
	Scripts/check-sizes

api: build-tests
	Scripts/api

api-check: build-tests
	Scripts/api --check

docs: build-tests
	Scripts/docs

# One folder for both, so that what they share is compiled once. They run on the recordings of the demo.
examples: run
	$(example_build) --package-path Examples/Recognise
	Scripts/check-symbols .build-examples/release/recognise
	.build-examples/release/recognise demo/speech-1/wav/clara-s01-anger.wav
	$(example_build) --package-path Examples/Train
	.build-examples/release/train demo/speech-1 .build-examples/output

check-all: lint check docs examples .venv/peers
	STIMMUNG_LONG=1 $(MAKE) test
	$(MAKE) bench BENCH="layers --rounds 1"

bench: build .venv/peers
	$(build) --product stimmung-benchmark
	.venv/bin/python Benchmarks/bench.py $(BENCH) $(if $(JSON),--json $(JSON))

clean:
	rm -rf .build .build-tests .build-examples .build-docs .venv demo
