"""The law of the house, read from the source: what may import what, and what stays outside."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import attrs
import pytest

ROOT = Path(__file__).parents[1]

# By the first name below `cronofy_async`: a module imports its own folder and lower floors.
FLOORS = {
    "_version": 0,
    "core": 1,
    "engine": 1,
    "models": 2,
    "operations": 3,
    "callbacks": 3,
    "client": 4,
    "consents": 5,
    "stores": 5,
    "sync": 5,
    "booking": 6,
    "mirror": 6,
    "webhooks": 6,
    "__init__": 7,
    "__main__": 8,
}

# By the first name below `cronofy_transports`: what it may import of `cronofy_async`, and
# what of its own package it may not. Every other module there is a transport.
NEIGHBOURS = {
    "sandbox": (
        "_version",
        "core",
        "engine",
        "models",
        "operations",
        "callbacks",
        "client.endpoints",
    ),
    "demo": tuple(FLOORS),
    "pytest_plugin": tuple(FLOORS),
}
UPSTAIRS = {
    "sandbox": ("demo", "pytest_plugin"),
    "demo": ("pytest_plugin",),
    "pytest_plugin": ("demo",),
}
TRANSPORT_NEIGHBOURS = ("_version", "core")
TRANSPORT_UPSTAIRS = ("demo", "pytest_plugin", "sandbox")

HTTP_LIBRARIES = frozenset({"aiohttp", "httpx", "httpx2", "requests", "urllib3"})
HTTP_ALLOWED = {
    "cronofy_async.webhooks.aiohttp": "answers with the library's server; only its users load it",
}
IMPORTERS = frozenset({"__import__", "exports", "import_module", "module"})
MOST_LINES = 420

# Time and chance come in as parameters, so that tests can hold them.
DIRECT = (
    "anyio.current_time",
    "anyio.sleep",
    "asyncio.sleep",
    "datetime.date.today",
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "os.urandom",
    "random.",
    "secrets.",
    "time.monotonic",
    "time.perf_counter",
    "time.sleep",
    "time.time",
    "trio.current_time",
    "trio.sleep",
    "uuid.uuid1",
    "uuid.uuid4",
)
DIRECT_ALLOWED = {
    "cronofy_async.client.runtime": "holds the real clock, wait and chance as defaults",
}

URL_PATHS = ("/v1", "/oauth")


@attrs.frozen
class Import:
    """One module that another names, and whether the import ever runs."""

    target: str
    runs: bool


class House:
    """
    Modules by name, parsed.

    A package's own module is called ``package.__init__`` here, so that every name is
    the path of a file.
    """

    def __init__(self, sources: Mapping[str, str]) -> None:
        self.sources = sources
        self.trees = {name: ast.parse(source) for name, source in sources.items()}

    @classmethod
    def at(cls, *roots: Path) -> House:
        """The modules of the packages at these paths."""
        return cls(
            {
                ".".join(path.relative_to(root.parent).with_suffix("").parts): path.read_text(
                    encoding="utf-8"
                )
                for root in roots
                for path in sorted(root.rglob("*.py"))
            }
        )

    def below(self, package: str) -> list[str]:
        """The names of a package's modules."""
        return [name for name in self.trees if name.startswith(f"{package}.")]

    def module(self, dotted: str) -> str:
        """The module that a dotted name imports; a name of another project stays as it is."""
        package = f"{dotted}.__init__"
        return package if package in self.trees else dotted

    def imports(self, name: str) -> Iterator[Import]:
        """Every import of a module: anywhere in it, for types alone, or by a name in a string."""
        yield from self._imports(name, self.trees[name], runs=True)

    def _imports(self, name: str, node: ast.AST, *, runs: bool) -> Iterator[Import]:
        match node:
            case ast.Import():
                for alias in node.names:
                    yield Import(self.module(alias.name), runs)
            case ast.ImportFrom():
                folder = name.split(".")[: -node.level] if node.level else []
                base = ".".join([*folder, *([node.module] if node.module else [])])
                for alias in node.names:
                    submodule = self.module(f"{base}.{alias.name}")
                    known = submodule in self.trees
                    yield Import(submodule if known else self.module(base), runs)
            case ast.Call(args=[ast.Constant(value=str(dotted)), *_]):
                if dotted_name(node.func).rpartition(".")[2] in IMPORTERS:
                    yield Import(self.module(dotted), runs)
            case _:
                pass
        typing = isinstance(node, ast.If) and "TYPE_CHECKING" in dotted_name(node.test)
        body = node.body if typing and isinstance(node, ast.If) else []
        for child in ast.iter_child_nodes(node):
            yield from self._imports(name, child, runs=runs and child not in body)


def dotted_name(node: ast.AST) -> str:
    """A name with its attributes as written, or nothing for any other expression."""
    match node:
        case ast.Name():
            return node.id
        case ast.Attribute():
            return f"{dotted_name(node.value)}.{node.attr}"
        case _:
            return ""


def part(name: str) -> str:
    """The first name below the package: a folder, or a module that stands alone."""
    return name.split(".")[1]


def is_ours(name: str) -> bool:
    """Whether a name is in one of the two packages."""
    return name.split(".")[0] in {"cronofy_async", "cronofy_transports"}


def imports_point_down(house: House) -> Iterator[str]:
    """Every import leads to the same folder or to a lower floor, also one for types alone."""
    for name in house.below("cronofy_async"):
        if part(name) not in FLOORS:
            yield f"{name} is on no floor"
            continue
        for each in house.imports(name):
            target = each.target
            if target.split(".")[0] != "cronofy_async" or "." not in target:
                continue
            up = FLOORS.get(part(target), len(FLOORS)) >= FLOORS[part(name)]
            if up and part(target) != part(name):
                yield f"{name} imports {target}, which is not below it"


def the_house_knows_no_transport(house: House) -> Iterator[str]:
    """`cronofy_async` imports neither `cronofy_transports` nor a library that speaks HTTP."""
    for name in house.below("cronofy_async"):
        foreign = set() if name in HTTP_ALLOWED else HTTP_LIBRARIES
        for each in house.imports(name):
            if each.target.split(".")[0] in {"cronofy_transports", *foreign}:
                yield f"{name} imports {each.target}"


def transports_know_their_place(house: House) -> Iterator[str]:
    """A transport imports the core; the sandbox what is declared, but no client and no demo."""
    for name in house.below("cronofy_transports"):
        neighbours = NEIGHBOURS.get(part(name), TRANSPORT_NEIGHBOURS)
        upstairs = UPSTAIRS.get(part(name), TRANSPORT_UPSTAIRS)
        for each in house.imports(name):
            package, _, rest = each.target.partition(".")
            if package == "cronofy_async":
                wrong = not any(f"{rest}.".startswith(f"{one}.") for one in neighbours)
            else:
                wrong = package == "cronofy_transports" and rest.split(".")[0] in upstairs
            if wrong:
                yield f"{name} imports {each.target}"


def there_are_no_circles(house: House) -> Iterator[str]:
    """No module needs itself to be imported; types alone may refer to each other."""
    graph = {
        name: {each.target for each in house.imports(name) if each.runs and is_ours(each.target)}
        for name in house.trees
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        yield " imports ".join(reversed(error.args[1]))


def modules_are_short(house: House) -> Iterator[str]:
    """A module is read in one sitting."""
    for name, source in house.sources.items():
        length = len(source.splitlines())
        if length > MOST_LINES:
            yield f"{name} has {length} lines"


def time_and_chance_are_parameters(house: House) -> Iterator[str]:
    """`cronofy_async` neither sleeps nor reads a clock nor draws a number by itself."""
    for name in house.below("cronofy_async"):
        used = list(direct_uses(house.trees[name]))
        if name in DIRECT_ALLOWED:
            if not used:
                yield f"{name} needs no leave any more"
        else:
            yield from (f"{name} uses {each}" for each in used)


def direct_uses(tree: ast.Module) -> Iterator[str]:
    """The functions of time and chance that a module names, under whatever alias."""
    origins: dict[str, str] = {}
    for node in ast.walk(tree):
        match node:
            case ast.Import():
                origins |= {alias.asname or alias.name: alias.name for alias in node.names}
            case ast.ImportFrom(module=str(module), level=0):
                origins |= {a.asname or a.name: f"{module}.{a.name}" for a in node.names}
            case _:
                pass
    for node in ast.walk(tree):
        first, dot, rest = dotted_name(node).partition(".")
        full = f"{origins.get(first, '')}{dot}{rest}"
        # `random.Random` as a type is the parameter that this rule asks for.
        if full.startswith(DIRECT) and full != "random.Random":
            yield full


def paths_are_written_once(house: House) -> Iterator[str]:
    """URL paths stand in operations and are filled by one function; nobody glues them."""
    for name, tree in house.trees.items():
        for node in ast.walk(tree):
            match node:
                case ast.JoinedStr(values=[ast.Constant(value=str(start)), _, *_]):
                    pass
                case ast.BinOp(op=ast.Add() | ast.Mod(), left=ast.Constant(value=str(start))):
                    pass
                case ast.Call(func=ast.Attribute(ast.Constant(value=str(start)), "format")):
                    pass
                case _:
                    continue
            if start.startswith(URL_PATHS):
                yield f"{name} builds a path from {start!r} on line {node.lineno}"


Rule = Callable[[House], Iterator[str]]
RULES: list[Rule] = [
    imports_point_down,
    the_house_knows_no_transport,
    transports_know_their_place,
    there_are_no_circles,
    modules_are_short,
    time_and_chance_are_parameters,
    paths_are_written_once,
]


@pytest.fixture(scope="module")
def house() -> House:
    """The two packages as they stand in the tree."""
    return House.at(ROOT / "cronofy_async", ROOT / "transports" / "cronofy_transports")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_the_rule(house: House, rule: Rule) -> None:
    """Both packages, as they are, give no cause for a complaint."""
    assert [] == list(rule(house))


def test_the_house_is_read_whole(house: House) -> None:
    """The rules above look at real modules: both packages, their folders and their imports."""
    assert {"cronofy_async", "cronofy_transports"} == {name.split(".")[0] for name in house.trees}
    assert {"core", "models", "operations", "client"} <= {
        part(name) for name in house.below("cronofy_async")
    }
    codec = Import("cronofy_async.core.codec", runs=True)
    assert codec in list(house.imports("cronofy_async.core.operation"))


A = "cronofy_async"
T = "cronofy_transports"
FLAWS: list[tuple[Rule, dict[str, str], str]] = [
    (imports_point_down, {f"{A}.core.a": "from ..models.b import B"}, f"{A}.models.b"),
    (imports_point_down, {f"{A}.core.a": f"import {A}.operations.b"}, f"{A}.operations.b"),
    (imports_point_down, {f"{A}.core.a": f"import {A}.models"}, f"{A}.models"),
    (imports_point_down, {f"{A}.core.a": "from .. import sync"}, f"{A}.sync"),
    (imports_point_down, {f"{A}.core.a": f"from {A} import Cronofy"}, f"{A}.__init__"),
    (imports_point_down, {f"{A}.core.a": "module('cronofy_async.models')"}, f"{A}.models"),
    (imports_point_down, {f"{A}.callbacks": "from .operations import b"}, f"{A}.operations.b"),
    (imports_point_down, {f"{A}.operations.b": "from ..callbacks import c"}, f"{A}.callbacks"),
    (imports_point_down, {f"{A}.client.d": "def f():\n from ..sync import S"}, f"{A}.sync"),
    (
        imports_point_down,
        {f"{A}.client.d": "if TYPE_CHECKING:\n from ..sync import S"},
        "not below",
    ),
    (imports_point_down, {f"{A}.client.d": "from ..new.e import E"}, f"{A}.new.e"),
    (imports_point_down, {f"{A}._version": "from .core import a"}, f"{A}.core.a"),
    (imports_point_down, {f"{A}.new.e": ""}, "on no floor"),
    (the_house_knows_no_transport, {f"{A}.client.d": f"import {T}.aiohttp"}, f"{T}.aiohttp"),
    (
        the_house_knows_no_transport,
        {f"{A}.client.d": f"if typing.TYPE_CHECKING:\n from {T}.aiohttp import X"},
        f"{T}.aiohttp",
    ),
    (the_house_knows_no_transport, {f"{A}.sync": f"import_module('{T}.replay')"}, f"{T}.replay"),
    (the_house_knows_no_transport, {f"{A}.sync": "def f():\n import aiohttp.web"}, "aiohttp.web"),
    (the_house_knows_no_transport, {f"{A}.sync": "from httpx2 import Client"}, "httpx2"),
    (the_house_knows_no_transport, {f"{A}.webhooks.asgi": "import aiohttp"}, "aiohttp"),
    (
        the_house_knows_no_transport,
        {f"{A}.webhooks.aiohttp": f"import aiohttp\nimport {T}.aiohttp"},
        f"{T}.aiohttp",
    ),
    (transports_know_their_place, {f"{T}.aiohttp": f"from {A}.models.b import B"}, f"{A}.models.b"),
    (transports_know_their_place, {f"{T}.aiohttp": f"import {A}"}, f"{A}.__init__"),
    (transports_know_their_place, {f"{T}.aiohttp": "from .sandbox import server"}, "sandbox"),
    (transports_know_their_place, {f"{T}.sandbox.s": f"from {A}.client import d"}, "client.d"),
    (transports_know_their_place, {f"{T}.sandbox.s": "from ..demo import main"}, f"{T}.demo"),
    (
        transports_know_their_place,
        {f"{T}.sandbox.s": "from ..pytest_plugin import server"},
        "pytest_plugin",
    ),
    (
        there_are_no_circles,
        {f"{A}.core.a": "from . import z", f"{A}.core.z": "from .a import A"},
        f"{A}.core.z imports {A}.core.a",
    ),
    (
        there_are_no_circles,
        {f"{A}.core.a": "from . import z", f"{A}.core.z": "def f():\n from .a import A"},
        f"{A}.core.a imports {A}.core.z",
    ),
    (modules_are_short, {f"{A}.core.a": "pass\n" * 421}, "421 lines"),
    (time_and_chance_are_parameters, {f"{A}.core.a": "import time\ntime.sleep(1)"}, "time.sleep"),
    (
        time_and_chance_are_parameters,
        {f"{A}.sync": "from time import monotonic as m\nm()"},
        "time.monotonic",
    ),
    (
        time_and_chance_are_parameters,
        {f"{A}.models.b": "from datetime import datetime\ndatetime.now()"},
        "datetime.datetime.now",
    ),
    (
        time_and_chance_are_parameters,
        {f"{A}.models.b": "import datetime as dt\ndt.datetime.now(dt.UTC)"},
        "datetime.datetime.now",
    ),
    (
        time_and_chance_are_parameters,
        {f"{A}.client.d": "import random\nf(jitter=random.random)"},
        "random.random",
    ),
    (time_and_chance_are_parameters, {f"{A}.client.runtime": ""}, "needs no leave"),
    (paths_are_written_once, {f"{A}.core.a": "f'/v1/calendars/{id}'"}, "line 1"),
    (paths_are_written_once, {f"{T}.replay": "'/oauth/' + name"}, "/oauth/"),
    (paths_are_written_once, {f"{A}.core.a": "'/v1/events/{}'.format(id)"}, "/v1/events/{}"),
]


def small_house(flaw: Mapping[str, str]) -> House:
    """A house of one module per floor, with some modules replaced."""
    names = "__init__ core.a models.__init__ models.b operations.b callbacks client.d sync _version"
    sound = {f"{A}.{name}": "" for name in names.split()}
    sound |= {f"{T}.{name}": "" for name in ("aiohttp", "sandbox.server", "demo")}
    return House({**sound, **flaw})


@pytest.mark.parametrize(("rule", "flaw", "complaint"), FLAWS)
def test_a_rule_complains_about_a_flaw(rule: Rule, flaw: dict[str, str], complaint: str) -> None:
    """Each rule finds its flaw, once, and names it."""
    complaints = list(rule(small_house(flaw)))
    assert 1 == len(complaints)
    assert complaint in complaints[0]


SOUND = {
    f"{A}.__init__": "from .sync import Cronofy\nfrom ._version import __version__",
    f"{A}.core.a": "import datetime\nif TYPE_CHECKING:\n from .z import Z\nPATH = '/v1/events'",
    f"{A}.core.z": "from random import Random\nfrom .a import A\ndef f(random: Random): ...",
    f"{A}.models.b": "from ..core import a\nfrom ..core.z import *",
    f"{A}.client.d": "from ..models import b\nfrom .runtime import Runtime\nruntime.sleep(1)",
    f"{A}.client.runtime": "import time\nclock = time.monotonic",
    f"{A}.sync": f"from {A}.client.d import D\nf'{{scheme}}://{{host}}'",
    f"{T}.sandbox.server": f"from {A}.operations.b import B\nfrom ..aiohttp import X",
    f"{T}.demo": f"from {A} import Cronofy\nfrom .sandbox import server",
    f"{T}.aiohttp": f"import aiohttp\nfrom {A}.core.a import A",
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_rule_is_content_with_what_is_sound(rule: Rule) -> None:
    """No rule complains about a house that keeps to all of them."""
    assert [] == list(rule(small_house(SOUND)))
