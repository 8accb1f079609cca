"""What is shipped: the archives, the entry points, the public names and the cost of an import."""

from __future__ import annotations

import ast
import configparser
import importlib
import json
import pkgutil
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator, Sequence
from email.message import Message
from email.parser import Parser
from importlib.metadata import EntryPoint, EntryPoints, packages_distributions, requires
from pathlib import Path
from types import ModuleType
from typing import Any

import attrs
import pytest

import cronofy_async
import cronofy_transports
from cronofy_async import models, operations
from cronofy_async.core.transport import DEFAULT, GROUP, Transport

ROOT = Path(__file__).parents[1]
LITTER = (".venv-3.12/lib/x.py", ".pytest_cache/x", "dist/x.whl", "docs/_build/x.html", "build/x")


@attrs.frozen
class Archives:
    """
    The archives of one build.

    Attributes:
        wheel: The wheel made from the tree.
        rewheel: The wheel made from the unpacked sdist.
        members: The paths in the sdist, without its leading folder.
    """

    wheel: zipfile.Path
    rewheel: zipfile.Path
    members: frozenset[str]


def build(tree: Path, to: Path, *targets: str) -> None:
    """Build a tree without isolation, so that nothing is fetched."""
    chosen = [word for target in targets for word in ("--target", target)]
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--directory", str(to), *chosen],
        cwd=tree,
        check=False,
        capture_output=True,
        text=True,
    )
    assert 0 == done.returncode, done.stderr


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Archives:
    """The archives of this tree, copied and then littered as a used tree is."""
    at = tmp_path_factory.mktemp("packaging")
    ignored = shutil.ignore_patterns(".git", ".venv*", ".nox", ".*_cache", "__pycache__")
    tree = shutil.copytree(ROOT, at / "tree", ignore=ignored)
    for name in LITTER:
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).touch()
    build(tree, at / "first", "sdist", "wheel")
    with tarfile.open(next((at / "first").glob("*.tar.gz"))) as sdist:
        # Python before 3.11.4 has no filters; later ones warn when none is named.
        safely: Any = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
        sdist.extractall(at / "unpacked", **safely)
        members = frozenset(name.partition("/")[2] for name in sdist.getnames())
    build(next((at / "unpacked").iterdir()), at / "second", "wheel")
    first, second = (next((at / each).glob("*.whl")) for each in ("first", "second"))
    return Archives(zipfile.Path(first), zipfile.Path(second), members)


def names(wheel: zipfile.Path) -> list[str]:
    """The paths of a wheel's files."""
    return sorted(name for name in wheel.root.namelist() if not name.endswith("/"))


def dist_info(wheel: zipfile.Path, name: str) -> str:
    """A file of a wheel's metadata."""
    folder = next(each for each in wheel.iterdir() if each.name.endswith(".dist-info"))
    return (folder / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def metadata(archives: Archives) -> Message:
    """The wheel's core metadata."""
    return Parser().parsestr(dist_info(archives.wheel, "METADATA"))


# The archives


def test_the_wheel_installs_two_packages_and_nothing_else(archives: Archives) -> None:
    """Neither `tests` nor `transports` nor `benchmarks` lands in anyone's site-packages."""
    top = {name.split("/")[0] for name in names(archives.wheel)}
    info = f"cronofy_async-{cronofy_async.__version__}.dist-info"
    assert {"cronofy_async", "cronofy_transports", info} == top


def test_the_wheel_holds_the_tree_s_modules(archives: Archives) -> None:
    """Every module of both packages is shipped, and each package says that it is typed."""
    packages = (ROOT / "cronofy_async", ROOT / "transports" / "cronofy_transports")
    modules = {
        path.relative_to(package.parent).as_posix()
        for package in packages
        for path in package.rglob("*.py")
    }
    shipped = set(names(archives.wheel))
    assert modules <= shipped
    assert {"cronofy_async/py.typed", "cronofy_transports/py.typed"} <= shipped


def test_the_wheel_holds_no_tests(archives: Archives) -> None:
    """No folder of tests or benchmarks hides inside the packages."""
    folders = {part for name in names(archives.wheel) for part in name.split("/")[:-1]}
    assert not folders & {"tests", "test", "benchmarks", "__pycache__"}


def test_a_wheel_from_the_sdist_is_the_same(archives: Archives) -> None:
    """A distributor who builds from the sdist gets what we ship."""
    assert names(archives.wheel) == names(archives.rewheel)


def test_the_sdist_can_be_tested_and_holds_no_litter(archives: Archives) -> None:
    """The sdist has the runner and the tests, and nothing that runs leave behind."""
    assert {"pyproject.toml", "README.md", "LICENSE", "run.py"} <= archives.members
    assert f"tests/{Path(__file__).name}" in archives.members
    assert not archives.members & set(LITTER)
    assert not [name for name in archives.members if "__pycache__" in name]


def test_the_metadata_says_what_is_needed(metadata: Message) -> None:
    """pip refuses an old interpreter, and the licence goes along."""
    assert "cronofy_async" == metadata["Name"]
    assert cronofy_async.__version__ == metadata["Version"]
    assert ">=3.11" == metadata["Requires-Python"]
    assert "MIT" == metadata["License-Expression"]
    assert ["LICENSE"] == metadata.get_all("License-File")


def test_every_core_dependency_has_a_floor(metadata: Message) -> None:
    """What is installed unasked names the oldest version that works; zone data has none."""
    needed = [each for each in metadata.get_all("Requires-Dist", []) if "extra ==" not in each]
    assert needed
    assert [] == [each for each in needed if ">=" not in each and not each.startswith("tzdata")]


def test_the_entry_points_lead_to_transports(archives: Archives) -> None:
    """Every transport that the wheel offers is a class with the methods of one; else pytest's."""
    parser = configparser.ConfigParser(delimiters=("=",))
    parser.read_string(dist_info(archives.wheel, "entry_points.txt"))
    offered = EntryPoints(
        EntryPoint(name, value, group)
        for group in parser.sections()
        for name, value in parser[group].items()
    )
    assert {GROUP, "pytest11"} == offered.groups
    assert DEFAULT in offered.select(group=GROUP).names
    for each in offered.select(group=GROUP):
        assert issubclass(each.load(), Transport)


# The names


def modules_of(package: ModuleType) -> Iterator[ModuleType]:
    """A package and every module below it."""
    yield package
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not found.name.endswith("__main__"):
            yield importlib.import_module(found.name)


def listed(module: ModuleType) -> Sequence[str]:
    """What a module says is public."""
    return getattr(module, "__all__", ())


def classes_of(module: ModuleType) -> set[str]:
    """The classes that a module defines without an underscore."""
    return {
        name
        for name, value in vars(module).items()
        if isinstance(value, type) and value.__module__ == module.__name__ and name[0] != "_"
    }


def seen_by_checkers(package: ModuleType) -> tuple[set[str], set[str]]:
    """The names, and the modules taken whole, that a package imports for type checkers alone."""
    assert package.__file__ is not None
    tree = ast.parse(Path(package.__file__).read_text(encoding="utf-8"))
    found: set[str] = set()
    whole: set[str] = set()
    for block in (node for node in tree.body if isinstance(node, ast.If)):
        for node in (each for each in block.body if isinstance(each, ast.ImportFrom)):
            taken = {alias.asname or alias.name for alias in node.names}
            if taken == {"*"}:
                whole.add(node.module or "")
            else:
                found |= taken
    return found, whole


@pytest.mark.parametrize("package", [cronofy_async, cronofy_transports])
def test_a_module_lists_names_that_it_has(package: ModuleType) -> None:
    """No ``__all__`` names a thing that was renamed or removed, or names one twice."""
    for module in modules_of(package):
        public = listed(module)
        assert len(set(public)) == len(public), module.__name__
        assert [] == [name for name in public if not hasattr(module, name)], module.__name__


def test_every_public_name_of_the_front_door_can_be_used() -> None:
    """What `dir` shows is there, and `__all__` has nothing that `dir` hides."""
    shown = dir(cronofy_async)
    assert set(listed(cronofy_async)) <= set(shown)
    assert [] == [name for name in shown if not hasattr(cronofy_async, name)]


def test_checkers_and_the_interpreter_see_the_same_front_door() -> None:
    """The names loaded at first use are the names that type checkers are told of."""
    found, whole = seen_by_checkers(cronofy_async)
    assert set() == whole
    submodules = {name for name in found if isinstance(getattr(cronofy_async, name), ModuleType)}
    assert set(listed(cronofy_async)) == found - submodules
    assert submodules <= set(dir(cronofy_async))


@pytest.mark.parametrize("package", [models, operations])
def test_checkers_and_the_interpreter_see_the_same_classes(package: ModuleType) -> None:
    """The modules handed out at first use are the ones that type checkers are told of."""
    _, whole = seen_by_checkers(package)
    told = {name for each in whole for name in listed(getattr(package, each))}
    assert told <= set(dir(package))
    assert {f"{package.__name__}.{each}" for each in whole} == {
        getattr(package, name).__module__
        for name in dir(package)
        if isinstance(getattr(package, name), type)
    }


@pytest.mark.parametrize("package", [models, operations])
def test_every_class_of_the_vocabulary_is_public(package: ModuleType) -> None:
    """
    A model or an operation is listed by its module and handed out by its package.

    An operation with subclasses is what these have in common, and no call of its own.
    """
    defined = [vars(module)[name] for module in modules_of(package) for name in classes_of(module)]
    if package is operations:
        defined = [each for each in defined if not each.__subclasses__()]
    hidden = [
        f"{each.__module__}.{each.__name__}"
        for each in defined
        if each.__name__ not in listed(sys.modules[each.__module__])
        or each.__name__ not in dir(package)
    ]
    assert [] == hidden


def test_no_name_is_public_in_two_modules() -> None:
    """A name means one thing, wherever it is handed out."""
    for package in (models, operations):
        homes = [
            (name, module.__name__) for module in modules_of(package) for name in classes_of(module)
        ]
        assert len({name for name, _ in homes}) == len(homes)


# The dependencies

# What the interface of a library is made of comes with it.
COMPANIONS = {
    "httpcore2": "httpx2",
    "multidict": "aiohttp",
    "sniffio": "trio",
    "werkzeug": "flask",
    "yarl": "aiohttp",
}

# An adapter for a framework is of use to those alone who have it already.
BROUGHT_ALONG = {"django", "flask"}


def needs(distribution: str) -> set[str]:
    """The distributions that an installed one cannot be without."""
    lines = requires(distribution) or []
    return {plain(re.split(r"[^\w.-]", line)[0]) for line in lines if "extra ==" not in line}


def imported(*roots: Path) -> set[str]:
    """The top-level names of other projects that the modules below import anywhere."""
    found: set[str] = set()
    for path in (path for root in roots for path in root.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Import():
                    found |= {alias.name.partition(".")[0] for alias in node.names}
                case ast.ImportFrom(module=str(module), level=0):
                    found.add(module.partition(".")[0])
                case _:
                    pass
    ours = {path.stem for path in ROOT.iterdir()} | {"cronofy_transports"}
    return found - sys.stdlib_module_names - ours


def declared(*, tools: bool) -> set[str]:
    """The distributions that the project file names for users, and for the project's own tools."""
    with (ROOT / "pyproject.toml").open("rb") as stream:
        project = tomllib.load(stream)["project"]
    lines = list(project["dependencies"])
    for extra, needed in project["optional-dependencies"].items():
        if tools or extra not in {"bench", "node", "test"}:
            lines += needed
    return {plain(re.split(r"[^\w.-]", line)[0]) for line in lines}


def plain(distribution: str) -> str:
    """A distribution's name in the one spelling that the package index compares."""
    return re.sub(r"[-_.]+", "-", distribution).lower()


@pytest.mark.parametrize(
    ("folders", "tools"),
    [(["cronofy_async", "transports"], False), (["tests", "benchmarks", "examples"], True)],
    ids=["packages", "tests"],
)
def test_what_is_imported_is_declared(folders: list[str], tools: bool) -> None:
    """Nothing works by the luck that something else brings it along."""
    named = declared(tools=tools) | BROUGHT_ALONG
    named |= {name for name, host in COMPANIONS.items() if host in named and name in needs(host)}
    origins = packages_distributions()
    undeclared = {
        name
        for name in imported(*(ROOT / folder for folder in folders))
        if not {plain(each) for each in origins.get(name, [name])} & named
    }
    assert set() == undeclared


def test_imports_are_seen_wherever_they_stand(tmp_path: Path) -> None:
    """The look at imports finds those in functions and for types, and leaves out the rest."""
    (tmp_path / "x.py").write_text(
        "import os, a.b\nfrom c.d import e\nfrom . import f\n"
        "def g():\n import h as i\nif TYPE_CHECKING:\n from j import k\nimport cronofy_async"
    )
    assert {"a", "c", "h", "j"} == imported(tmp_path)


# The cost

HEAVY = ("aiohttp", "asyncio", "cattrs", "cronofy_transports", "httpx2", "trio")
LOOK = """
import json, sys, threading
import cronofy_async
print(json.dumps([sorted(sys.modules), threading.active_count(), cronofy_async.__file__]))
"""


def test_an_import_loads_no_http_library_and_starts_no_thread() -> None:
    """`import cronofy_async` costs what its own modules cost."""
    done = subprocess.run(
        [sys.executable, "-c", LOOK], cwd=ROOT, check=True, capture_output=True, text=True
    )
    loaded, threads, where = json.loads(done.stdout)
    assert str(ROOT / "cronofy_async" / "__init__.py") == where
    assert [] == [name for name in HEAVY if name in loaded]
    assert 1 == threads
