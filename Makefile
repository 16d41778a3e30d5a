# make run     install what is missing, build, and run the demo
# make test    build and run all tests
# make lint    formatting, warnings as errors
# make golden re-record Tests/RegressionTests/golden, after raising the version that a failed test names
# make bench   speed, as ratios in one run; JSON=f writes every figure to f, BENCH="layers --rounds 5" runs a part of it

packages := libdnnl-dev libsndfile1-dev libsoxr-dev espeak-ng ffmpeg
build := swift build -c release --static-swift-stdlib
test_build := swift build -c release --build-tests --scratch-path .build-tests

.PHONY: run build test lint golden bench packages clean

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
test: packages .venv/tests
	$(test_build)
	STIMMUNG_PYTHON=$(CURDIR)/.venv/bin/python swift test -c release --scratch-path .build-tests --skip-build

# Set STIMMUNG_DATA to include recordings of EmoDB. EMULATOR="qemu-x86_64 -cpu Haswell" adds the checksums of AVX2.
golden: packages
	$(test_build)
	STIMMUNG_RECORD_GOLDEN=1 $(EMULATOR) $$($(test_build) --show-bin-path)/stimmungPackageTests.xctest \
		--testing-library swift-testing --filter RegressionTests

lint: packages
	swift format lint --strict --recursive Package.swift Plugins Sources Tests Benchmarks
	STIMMUNG_STRICT=1 $(test_build)

bench: build .venv/peers
	$(build) --product stimmung-benchmark
	.venv/bin/python Benchmarks/bench.py $(BENCH) $(if $(JSON),--json $(JSON))

clean:
	rm -rf .build .build-tests .venv demo
