"""Adds the library and the program to the package.

STIMMUNG_LIBRARY and STIMMUNG_PROGRAM name built ones; without them, both are built with Swift from the repository that this folder lies in.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

from setuptools import Distribution, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_py import build_py

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
HEADER = ROOT / "Sources/CStimmungInterface/include/stimmung.h"
# The flags of `make build`, so that both use one build.
BUILD = ["swift", "build", "-c", "release", "--traits", "Server", "--static-swift-stdlib", "-Xlinker", "--strip-debug"]


def built(variable, product, file):
    """The path of a product, which is built unless the environment variable names one."""
    if named := os.environ.get(variable):
        if not Path(named).is_file():
            raise SystemExit(f"{variable} is {named}, which is not a file.")
        return Path(named).resolve()
    subprocess.run([*BUILD, "--product", product], cwd=ROOT, check=True)
    return ROOT / ".build/release" / file


class BuildWithLibrary(build_py):
    def run(self):
        super().run()
        package = (HERE if self.editable_mode else Path(self.build_lib)) / "stimmung"
        for source, target in [
            (built("STIMMUNG_LIBRARY", "StimmungC", "libStimmungC.so"), package / "lib/libstimmung.so.0"),
            (built("STIMMUNG_PROGRAM", "stimmung", "stimmung"), package / "bin/stimmung"),
        ]:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
            target.chmod(0o755)


class PlatformWheel(bdist_wheel):
    """For any Python 3, since the library is called by ctypes."""

    def get_tag(self):
        return ("py3", "none", super().get_tag()[2])


class PlatformDistribution(Distribution):
    def has_ext_modules(self):
        return True


setup(
    version=re.search(r'STIMMUNG_VERSION "([^"]+)"', HEADER.read_text())[1],
    cmdclass={"build_py": BuildWithLibrary, "bdist_wheel": PlatformWheel},
    distclass=PlatformDistribution,
)
