"""The version matrix; for everything else there is `run.py`."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import nox
from packaging.requirements import Requirement

PYTHONS = ["3.11", "3.12", "3.13"]

nox.needs_version = ">=2024.4.15"
nox.options.sessions = ["tests", "min_deps", "check"]
nox.options.error_on_missing_interpreters = False


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Run the tests; arguments after ``--`` go to pytest."""
    session.install("--editable", ".[test]")
    session.run("pytest", *session.posargs)


@nox.session(python=PYTHONS[0])
def min_deps(session: nox.Session) -> None:
    """Run the tests with the oldest dependencies that pyproject.toml allows."""
    constraints = Path(session.create_tmp()) / "oldest.txt"
    constraints.write_text("\n".join(oldest()), encoding="utf-8")
    session.install("--editable", ".[test]", "--constraint", str(constraints))
    session.run("pytest", *session.posargs)


@nox.session(python=False)
def check(session: nox.Session) -> None:
    """Check style and types."""
    session.run(sys.executable, "run.py", "check", *session.posargs)


@nox.session(python=PYTHONS[0])
def build(session: nox.Session) -> None:
    """Build the sdist, and from it the wheel, into dist/."""
    session.install("build")
    session.run("python", "-m", "build")


def oldest() -> list[str]:
    """The lower bounds of what the package and its extras need, as exact versions."""
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    # The pytest plugin inside an old anyio needs a pytest of its time.
    pytest = [line for line in extras["test"] if Requirement(line).name == "pytest"]
    ours = [line for name in ("redis", "secure", "trio") for line in extras[name]]
    lines = project["dependencies"] + ours + pytest
    return [
        f"{requirement.name}=={bound.version}"
        for requirement in map(Requirement, lines)
        for bound in requirement.specifier
        if bound.operator == ">="
    ]
