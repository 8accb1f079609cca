"""Every public name has a type that all checkers understand alike."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.slow
def test_the_public_interface_is_typed_completely(tmp_path: Path) -> None:
    """pyright knows the type of every symbol of the package, as its users have it installed."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    (site,) = (tmp_path / "venv").glob("[Ll]ib/**/site-packages")
    shutil.copytree(ROOT / "cronofy_async", site / "cronofy_async")
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pyright"),
            *("--verifytypes", "cronofy_async", "--ignoreexternal", "--outputjson"),
        ],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={
            **os.environ,
            "VIRTUAL_ENV": str(tmp_path / "venv"),
            "PATH": os.pathsep.join([str(tmp_path / "venv" / "bin"), os.environ["PATH"]]),
        },
    )
    report = json.loads(done.stdout)["typeCompleteness"]
    untyped = [s["name"] for s in report["symbols"] if s["isExported"] and not s["isTypeKnown"]]

    assert [] == untyped
    assert 1 == report["completenessScore"]
    assert report["exportedSymbolCounts"]["withKnownType"] > 1000
