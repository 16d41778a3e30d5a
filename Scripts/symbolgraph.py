"""Symbol graphs of the public declarations of the two library products, for the scripts `api` and `docs`."""

import json
import subprocess
import tempfile
from pathlib import Path

from swiftsource import ROOT

# The modules of each product, in dependency order. A module without public declarations adds nothing.
PRODUCTS = {
    "Stimmung": ["StimmungSupport", "StimmungTensors", "StimmungAudio", "StimmungEncoders", "StimmungFeatures", "StimmungSpeech", "Stimmung"],
    "StimmungTraining": ["StimmungCorpora", "StimmungTraining", "StimmungEvaluation", "StimmungReports"],
}

# Where `make test` builds.
BUILD = ROOT / ".build-tests"


def extract(product, folder):
    """Writes the symbol graphs of a product's modules into `folder`. The package must be built in `.build-tests`."""
    modules = BUILD / "release/Modules"
    maps = [
        *(BUILD / "release").glob("CStimmung*.build/module.modulemap"), *ROOT.glob("Sources/*/module.modulemap"),
        *BUILD.glob("checkouts/*/Sources/*/include/module.modulemap"),
    ]
    information = subprocess.run(["swift", "-print-target-info"], check=True, stdout=subprocess.PIPE, text=True).stdout
    for module in PRODUCTS[product]:
        if not (modules / f"{module}.swiftmodule").exists():
            raise SystemExit(f"{module} is not built. Run `make build-tests` first.")
        subprocess.run(
            ["swift", "symbolgraph-extract", "-module-name", module, "-I", str(modules),
             "-target", json.loads(information)["target"]["triple"],
             *(word for file in maps for word in ("-Xcc", f"-fmodule-map-file={file}")),
             "-minimum-access-level", "public", "-skip-synthesized-members", "-output-dir", str(folder)], check=True)


def declarations(product):
    """The public declarations of a product, in no particular order, as (module, symbol). Compiler-generated members, which have no location,
    are left out."""
    with tempfile.TemporaryDirectory() as folder:
        extract(product, folder)
        for path in Path(folder).glob("*.symbols.json"):
            for symbol in json.loads(path.read_text())["symbols"]:
                if symbol["accessLevel"] in ("public", "open") and "location" in symbol:
                    # `A@B` has module A's extensions of types of module B.
                    yield path.name.removesuffix(".symbols.json").split("@")[0], symbol


def location(symbol):
    """`file:line` of a declaration."""
    place = symbol["location"]
    file = place["uri"].removeprefix("file://")
    return f"{Path(file).relative_to(ROOT) if file.startswith(str(ROOT)) else file}:{place['position']['line'] + 1}"
