# make run         install missing packages, build, and run the demo
# make install     install the program, man pages, shell completions and the library for C below PREFIX (default /usr/local)
# make library     build libstimmung.so, the library for C
# make python      build the wheel of the Python package in .build-python
# make test        build and run all tests; STIMMUNG_DATA=FOLDER adds the tests on corpora
# make lint        check the formatting, and build with warnings as errors
# make check       check imports, file sizes, parameter lists, the public API and the documents
# make api         update docs/api after a deliberate change of the public API
# make docs        build the documentation of the libraries in .build-docs
# make test-bindings   build and run the C example under valgrind, and test the Python package
# make check-exchange   compare ONNX Runtime, Python and nkululeko with the program on EmoDB; needs STIMMUNG_DATA
# make check-engines   compare Spark and Ray, with a worker killed, with the program on EmoDB; needs STIMMUNG_DATA
# make examples    build and run the packages in Examples
# make guide       run the commands of docs/guide.md and paste their output
# make test-mpi    install Open MPI, test commands in several processes, and measure two of them
# make check-all   all of the above, the long tests and a short benchmark
# make golden      re-record Tests/RegressionTests/golden, after raising the version that a failed test
#                  names, and redraw docs/pictures/accuracy.svg
# make bench       compare speed in one run; JSON=FILE writes every figure, BENCH="layers --rounds 5" runs a part
# make load        load test of the server; needs STIMMUNG_DATA
# make check-deploy   run the files of deploy with those of systemd, nginx and debootstrap that are installed
# make dist        build a Debian package, a tarball and a wheel in dist
# make check-dist  install each of them in a bare Debian root and use it; needs root
# make clean       remove everything that was built

packages := libsndfile1-dev libsoxr-dev zlib1g-dev espeak-ng ffmpeg
binding_packages := pkg-config valgrind
mpi_packages := libopenmpi-dev openmpi-bin
test_packages := $(binding_packages) sox libsox-fmt-all tmux chromium chromium-driver
# Without debug information, which is a fifth of the program.
build := swift build -c release --traits Server --static-swift-stdlib -Xlinker --strip-debug
test_options := -c release --traits Server --scratch-path .build-tests
# Listing the tests builds everything. No test needs @testable, without which the compiler drops more code.
test_build := swift test list $(test_options) --disable-testable-imports
test_folder := swift build $(test_options) --show-bin-path
# Unoptimised, since a third copy of every module takes nine minutes to optimise.
example_build := swift build --scratch-path .build-examples

.PHONY: run install library python test-bindings check-exchange check-engines build build-tests test test-mpi lint check api api-check docs examples guide check-all golden bench load check-deploy packages test-packages dist check-dist dist-packages mpi-packages engine-packages clean

run: build
	.build/release/stimmung demo

build: packages
	@Scripts/with-progress "building (two to four minutes the first time)" $(build) --product stimmung

# With the flags of the program, so that both share all modules.
library: packages
	@Scripts/with-progress "building the library" $(build) --product StimmungC

# DESTDIR is prepended to every path, as packagers expect.
PREFIX ?= /usr/local
install: build library
	@Scripts/install "$(DESTDIR)$(PREFIX)"
	@Scripts/install-library "$(DESTDIR)$(PREFIX)"

# A virtual environment of its own: the package must not depend on what other tests install.
bindings_venv := .venv/bindings
$(bindings_venv)/ready: bindings/python/pyproject.toml
	python3 -m venv $(bindings_venv)
	$(bindings_venv)/bin/pip install -q "setuptools>=77" numpy pandas audformat pyarrow pytest scikit-learn
	touch $@

python: build library $(bindings_venv)/ready
	rm -rf .build-python bindings/python/build
	STIMMUNG_LIBRARY=$(CURDIR)/.build/release/libStimmungC.so STIMMUNG_PROGRAM=$(CURDIR)/.build/release/stimmung \
		$(bindings_venv)/bin/pip wheel -q --no-deps --no-build-isolation -w .build-python ./bindings/python

test-bindings: test-packages python
	$(bindings_venv)/bin/pip install -q --no-deps --force-reinstall .build-python/*.whl
	Scripts/test-bindings $(bindings_venv)/bin/python demo/speech-1/wav/clara-s01-anger.wav

check-exchange: test-bindings .venv/tests
	.venv/bin/python Benchmarks/exporting.py
	$(bindings_venv)/bin/python Benchmarks/bindings.py
	Scripts/check-nkululeko

check-engines: engine-packages python
	Scripts/check-engines

# Runs apt-get only if a package is missing.
packages: wanted := $(packages)
test-packages: wanted := $(packages) $(test_packages)
mpi-packages: wanted := $(packages) pkg-config $(mpi_packages)
dist-packages: wanted := $(packages) patchelf debootstrap
# Spark 3.5 runs on Java 8, 11 and 17.
engine-packages: wanted := openjdk-17-jre-headless
packages test-packages mpi-packages dist-packages engine-packages:
	@missing=; \
	for p in $(wanted); do dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$p"; done; \
	if [ -n "$$missing" ]; then \
		sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
		[ -z "$$sudo" ] || sudo -v; \
		Scripts/with-progress "installing$$missing" sh -c \
			"$$sudo apt-get update -qq && $$sudo apt-get install -y -qq --no-install-recommends $$missing" \
			|| { echo "could not install$$missing. Install them and run make again." >&2; exit 1; }; \
	fi

# The independent referees of the tests, and the peers of the benchmarks. Of pipecat-ai, only the file silero_vad.onnx is used; it needs
# Python 3.11, and without it one test is skipped.
.venv/tests: Tests/requirements.txt
	python3 -m venv .venv && .venv/bin/pip install -q -r $<
	.venv/bin/pip install -q --no-deps pipecat-ai==1.14.0 || echo "without Silero VAD: pipecat-ai cannot be installed" >&2
	touch $@
.venv/peers: Benchmarks/requirements.txt .venv/tests
	.venv/bin/pip install -q -r $< && touch $@

# Tests link the Swift library dynamically, so they are built in a separate folder.
build-tests: test-packages
	$(test_build)

# The speech encoder that some tests need, installed by the program itself; without it, they are skipped.
.venv/encoder: | build-tests .venv/tests
	mkdir -p $@
	.venv/bin/pip download -q --no-deps --only-binary=:all: --python-version 3.11 -d $@ pipecat-ai==1.14.0 \
		&& XDG_DATA_HOME=$(CURDIR)/$@ $$($(test_folder))/stimmung encoder install --quiet --from $@/*.whl \
		|| echo "without a speech encoder: pipecat-ai cannot be downloaded" >&2

run_tests = STIMMUNG_PYTHON=$(CURDIR)/.venv/bin/python STIMMUNG_ENCODER_WHEEL=$$(ls $(CURDIR)/.venv/encoder/*.whl 2>/dev/null) \
	STIMMUNG_ENCODER=$(CURDIR)/.venv/encoder/stimmung/encoders/whisper-tiny.safetensors swift test $(test_options) --skip-build

# The server's tests have deadlines, so they run by themselves.
test: build-tests .venv/tests .venv/encoder
	$(run_tests) --skip ServerTests
	$(run_tests) --filter ServerTests

# The trait changes most modules, so they have a folder of their own. STIMMUNG_DATA adds the times of one and two processes on EmoDB.
mpi_options := -c release --traits Server,MPI --scratch-path .build-mpi
test-mpi: mpi-packages
	swift test list $(mpi_options) --disable-testable-imports >/dev/null
	swift test $(mpi_options) --skip-build --filter 'MPITests|ProcessTests|ProcessGroupTests'
	Scripts/check-mpi $$(swift build $(mpi_options) --show-bin-path)/stimmung

# Set STIMMUNG_DATA to include recordings of EmoDB. EMULATOR="qemu-x86_64 -cpu Haswell" adds the checksums of AVX2.
golden: build-tests
	STIMMUNG_RECORD_GOLDEN=1 $(EMULATOR) $$($(test_folder))/stimmungPackageTests.xctest \
		--testing-library swift-testing --filter 'RegressionTests|AccuracyPictureTests'

lint: test-packages
	swift format lint --strict --recursive Package.swift Plugins Sources Tests Benchmarks Examples
	STIMMUNG_STRICT=1 $(test_build)

check: api-check
	Scripts/check-imports
	Scripts/check-sizes
	Scripts/check-docs

api: build-tests
	Scripts/api

api-check: build-tests
	Scripts/api --check

docs: build-tests
	Scripts/docs

# One build folder for all, so that shared code is compiled once. They run on the recordings of the demo, and training on a few of them.
examples: run
	$(example_build) --package-path Examples/Recognise
	Scripts/check-symbols .build-examples/debug/recognise
	@! ls .build-examples/checkouts | grep -E 'hummingbird|swift-nio|swift-log' || { echo "an embedding program resolves packages of the server" >&2; exit 1; }
	.build-examples/debug/recognise demo/speech-1/wav/clara-s01-anger.wav
	$(example_build) --package-path Examples/Live
	ffmpeg -v error -i demo/speech-1/wav/clara-s01-anger.wav -f s16le -ar 16000 -ac 1 - | .build-examples/debug/live
	$(example_build) --package-path Examples/Train
	grep -E '^file|/(anna|clara)-s0[12]-' demo/speech-1/manifest.csv >demo/speech-1/two-speakers.csv
	.build-examples/debug/train demo/speech-1/two-speakers.csv .build-examples/output

# The commands of the guide run in a temporary folder.
guide: build
	Scripts/run-docs docs/guide.md

check-all: lint check docs examples check-deploy test-mpi .venv/peers
	STIMMUNG_LONG=1 STIMMUNG_SCHEMA_CASES=1000 $(MAKE) test
	Scripts/run-docs --check docs/guide.md
	Scripts/check-signals
	[ -z "$$STIMMUNG_DATA" ] || $(MAKE) check-exchange check-engines
	$(MAKE) bench BENCH="layers --rounds 1"

bench: build .venv/peers
	$(build) --product stimmung-benchmark
	.venv/bin/python Benchmarks/bench.py $(BENCH) $(if $(JSON),--json $(JSON))

load: build .venv/tests
	.venv/bin/python Benchmarks/serving.py

dist: python dist-packages
	.venv/bindings/bin/pip install -q wheel
	Scripts/dist

check-dist: dist run
	Scripts/check-dist

check-deploy: build .venv/tests
	.venv/bin/python Scripts/check-deploy

clean:
	rm -rf dist .build .build-tests .build-mpi .build-examples .build-docs .build-manual .build-python .venv demo bindings/python/build
