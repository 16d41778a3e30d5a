"""The Python lines of README.md and docs/python.md work."""

import re
import shutil
import subprocess
import sys

import pytest
from conftest import ROOT

BLOCK = re.compile(r"(<!-- not run: .*? -->\n)?```python\n(.*?)```", re.DOTALL)


@pytest.mark.parametrize("page", ["README.md", "docs/python.md"])
def test_lines_work(page, recordings, tmp_path):
    for name, recording in zip(["a.wav", "b.wav"], recordings):
        shutil.copy(recording, tmp_path / name)
    subprocess.run(["ffmpeg", "-v", "error", "-i", recordings[2], str(tmp_path / "call.mp3")], check=True)
    blocks = [code for skipped, code in BLOCK.findall((ROOT / page).read_text()) if not skipped]
    assert blocks
    # In a process of its own, with nothing on the PATH but the programs of the system.
    subprocess.run([sys.executable, "-c", "\n".join(blocks)], cwd=tmp_path, env={"PATH": "/usr/bin:/bin"}, check=True)
