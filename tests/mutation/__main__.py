"""
``python -m tests.mutation [--survivors] [MODULE...]``: try mutants, and write what came of them.

With ``--survivors`` only those are tried that lived last time, each afresh and with all the tests
of its module: enough after tests were added, as long as the module is what it was.
"""

from __future__ import annotations

import ast
import json
import os
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import settings

from .mutants import Mutant, mutants
from .page import source, write
from .table import TESTS
from .trying import OPTIONS, PROFILE, ROOT, Result, Trial, afresh, preload

RESULTS: Final = Path(__file__).with_name("results.json")


def _try(module: str, known: dict[str, Any] | None) -> dict[str, Any]:
    """What came of the mutants of one module; of those alone that lived, if that is known."""
    path = ROOT / "cronofy_async" / module
    version = source(module)
    found = mutants(path)
    total = len(found)
    if known is not None:
        if known.get("source") != version:
            sys.exit(f"{module}: it is not what it was when all its mutants were tried")
        lived = {(each["line"], each["text"], each["what"]) for each in known["survivors"]}
        found = [each for each in found if (each.line, each.text, each.what) in lived]
    count: Counter[str] = Counter()
    survivors: list[dict[str, Any]] = []
    began = time.monotonic()

    def tell(mutant: Mutant, result: Result) -> None:
        count[result] += 1
        if result in ("survived", "not run"):
            survivors.append(
                {"line": mutant.line, "text": mutant.text, "what": mutant.what, "result": result}
            )
        done = sum(count.values())
        if done % 25 == 0 or done == len(found):
            took = time.monotonic() - began
            print(f"{module}: {done} of {len(found)}, {dict(count)}, {took:.0f} s", flush=True)

    tests = [str(ROOT / "tests" / each) for each in TESTS[module]]
    if afresh(path, ast.parse(path.read_text()), tests) != "survived":
        sys.exit(f"{module}: the tests fail without any mutant")
    limit = 10 + 3 * (time.monotonic() - began)
    local = [each for each in found if each.is_local] if known is None else []
    for mutant in found:
        if known is not None or not mutant.is_local:
            tell(mutant, afresh(path, mutant.tree, tests, limit))
    if local:
        trial = Trial(path, local, tell)
        # As the hooks of pytest see it, the profile is there before it is asked for.
        settings.register_profile("mutants", **PROFILE)
        pytest.main([*OPTIONS, *tests], plugins=[trial])
        if trial.error:
            sys.exit(f"{module}: {trial.error}")
    survivors.sort(key=lambda each: each["line"])
    killed = total - len(survivors)
    return {"mutants": total, "killed": killed, "survivors": survivors, "source": version}


def main(wanted: list[str]) -> None:
    """Try the mutants of some modules, or of all."""
    again = wanted[:1] == ["--survivors"]
    wanted = wanted[again:]
    unknown = [each for each in wanted if each not in TESTS]
    if unknown:
        sys.exit(f"there is no module {unknown[0]}; there are: {', '.join(TESTS)}")
    preload()
    for module in wanted or TESTS:
        # A process for each, as a module's tests may leave something behind.
        child = os.fork()
        if child == 0:
            known = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
            if again and module not in known:
                sys.exit(f"{module}: its mutants were not tried yet")
            result = _try(module, known[module] if again else None)
            RESULTS.write_text(json.dumps({**known, module: result}, indent=1) + "\n")
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status:
            sys.exit(1)
    write(json.loads(RESULTS.read_text()))


if __name__ == "__main__":
    main(sys.argv[1:])
