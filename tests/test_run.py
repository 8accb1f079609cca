"""`run.py`, copied to a folder whose name has a space and an accent; nothing is installed."""

from __future__ import annotations

import ast
import glob
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SCRIPT = Path(__file__).parents[1] / "run.py"
POSIX = pytest.mark.skipif(os.name == "nt", reason="sends signals or starts shell scripts")


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Be untouched by the run of `run.py` that may have started these tests, and by any network."""
    monkeypatch.delenv("CRONOFY_VENV", raising=False)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("UV_OFFLINE", "1")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A tree that holds the runner and a project file."""
    tree = tmp_path / "a trée"
    tree.mkdir()
    shutil.copy(SCRIPT, tree)
    (tree / "pyproject.toml").write_text("[project]\n")
    return tree


def load(root: Path) -> ModuleType:
    """The runner of a tree, as a module."""
    spec = importlib.util.spec_from_file_location("run", root / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def run(root: Path) -> ModuleType:
    """The runner of the tree, as a module."""
    return load(root)


class Machine:
    """A machine that writes commands down, lets some fail and makes an empty file of a python."""

    def __init__(self, run: ModuleType, root: Path, *programs: str) -> None:
        self.commands: list[str] = []
        self.fails: Callable[[str], bool] = lambda _: False
        self.project: Any = run.Project(
            str(root),
            execute=self.execute,
            find=lambda name: f"/tools/{name}" if name in programs else None,
        )

    def execute(self, command: list[str]) -> tuple[int, str]:
        """Answer a command of the setup."""
        line = " ".join(command)
        for path, word in ((self.project.python, "INSIDE"), (self.project.interpreter, "BASE")):
            line = line.replace(path, word)
        line = line.replace(self.project.venv, "VENV")
        self.commands.append(line)
        if self.fails(line):
            return 1, f"no luck with {line}"
        if "venv" in command:
            Path(self.project.bin).mkdir(exist_ok=True)
            Path(self.project.python).touch()
        return 0, "fine"

    def heard(self) -> list[str]:
        """The commands since the last look."""
        heard, self.commands = self.commands, []
        return heard


@pytest.fixture
def machine(run: ModuleType, root: Path) -> Machine:
    """A machine without uv."""
    return Machine(run, root)


MAKE = "BASE -m venv VENV"
PROBE = "INSIDE -m pip --version"
INSTALL = "INSIDE -m pip install --no-input --no-compile --disable-pip-version-check --editable ."


# Starting


def test_an_unknown_verb_shows_the_help_and_exits_with_2(
    run: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    """A verb that is not there, or none, is a usage error that lists every verb."""
    for arguments in (["fly"], []):
        assert 2 == run.main(arguments)
        printed = capsys.readouterr()
        assert "" == printed.out
        for verb in ("demo", "test", "check", "bench", "docs", "clean"):
            assert f"\n  {verb} " in printed.err


def test_help_is_no_error(run: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    """Help that was asked for goes to standard output with exit code 0."""
    assert 0 == run.main(["--help"])
    assert "python3 run.py VERB" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("newer", "advice"),
    [
        (None, "Install one from https://www.python.org/downloads/"),
        ("/opt/my tools/python3.12", 'Try: "/opt/my tools/python3.12" "'),
    ],
)
def test_an_old_interpreter_is_told_what_to_do(
    run: ModuleType, newer: str | None, advice: str
) -> None:
    """The sentence names what is needed, what is there, and the way on."""
    sentence = run.too_old((3, 9, 18, "final", 0), ["test", "-x"], lambda: newer)
    assert sentence.startswith(
        "cronofy_async needs Python 3.11 or newer; this is 3.9.18. " + advice
    )
    assert sentence.endswith(" test -x") == (newer is not None)


def test_an_old_interpreter_makes_nothing(
    run: ModuleType, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An interpreter that is too old exits with 1 before a folder is made."""
    assert 1 == run.main(["demo"], (3, 10, 2))
    assert "needs Python 3.11 or newer; this is 3.10.2." in capsys.readouterr().err
    assert not (root / ".venv").exists()


@POSIX
def test_a_newer_interpreter_is_suggested_only_if_it_starts(
    run: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shim that refuses to start is passed over; pyenv's folder is looked at too."""
    places = {"path/python3.13": 1, "path/python3.12": 0, "pyenv/versions/3.13.4/bin/python": 1}
    for place, code in places.items():
        script = tmp_path / place
        script.parent.mkdir(parents=True, exist_ok=True)
        script.write_text(f"#!/bin/sh\nexit {code}\n")
        script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    assert str(tmp_path / "path/python3.12") == run.newer_python()
    script = tmp_path / "pyenv/versions/3.13.4/bin/python"
    script.write_text("#!/bin/sh\nexit 0\n")
    assert str(script) == run.newer_python()


def beyond_python_2(tree: ast.AST) -> Iterator[str]:
    """The places of a tree that Python 2.7 could not parse."""
    new = (
        ast.AnnAssign,
        ast.AsyncFunctionDef,
        ast.Await,
        ast.JoinedStr,
        ast.Match,
        ast.NamedExpr,
        ast.Nonlocal,
        ast.YieldFrom,
    )
    for node in ast.walk(tree):
        found = isinstance(node, new)
        match node:
            case ast.FunctionDef():
                found = node.returns is not None
            case ast.arguments():
                found = bool(node.kwonlyargs or node.posonlyargs)
            case ast.arg():
                found = node.annotation is not None
            case ast.ClassDef():
                found = bool(node.keywords)
            case ast.Raise():
                found = node.cause is not None
            case ast.Dict():
                found = None in node.keys
            case ast.List() | ast.Tuple() | ast.Set():
                found = any(isinstance(each, ast.Starred) for each in node.elts)
            case ast.Call(func=ast.Name(id="print")):
                found = True
            case _:
                pass
        if found:
            yield f"line {getattr(node, 'lineno', '?')}: {type(node).__name__}"


def test_the_runner_keeps_to_the_grammar_of_python_2() -> None:
    """Old interpreters can read the file as far as the sentence that it has for them."""
    source = SCRIPT.read_bytes().decode("ascii")
    assert [] == list(beyond_python_2(ast.parse(source)))


@pytest.mark.parametrize(
    "source",
    ["x: int = 1", "f'{1}'", "def f(*, a): 0", "def f() -> int: 0", "[*a]", "raise A from b"],
)
def test_the_grammar_check_sees_what_is_new(source: str) -> None:
    """The check above complains about a file that an old interpreter could not read."""
    assert list(beyond_python_2(ast.parse(source))) != []


def old_interpreters() -> list[str]:
    """Interpreters of pyenv on this machine that are older than the project allows."""
    home = os.environ.get("PYENV_ROOT") or str(Path("~/.pyenv").expanduser())
    found = glob.glob(f"{home}/versions/2.7*/bin/python")  # noqa: PTH207 - same as run.py
    return found + sorted(glob.glob(f"{home}/versions/3.[6-9].*/bin/python"))  # noqa: PTH207


@pytest.mark.skipif(not old_interpreters(), reason="no old interpreter here")
def test_real_old_interpreters_speak_the_sentence(root: Path) -> None:
    """Every old interpreter of this machine prints one line and exits with 1."""
    for interpreter in old_interpreters():
        done = subprocess.run(
            [interpreter, root / "run.py", "test"], capture_output=True, text=True, check=False
        )
        assert 1 == done.returncode
        assert 1 == done.stderr.count("\n")
        assert "cronofy_async needs Python 3.11 or newer; this is " in done.stderr


# Setting up


def test_the_first_run_makes_and_installs(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    """A fresh clone gets an environment and an editable install, with a line for each."""
    machine.project.prepare(["test"])
    assert [MAKE, PROBE, INSTALL + "[test]"] == machine.heard()
    lines = ["Setting up .venv (once) ...", "Installing cronofy_async[test] ..."]
    assert lines == capsys.readouterr().err.splitlines()


def test_nothing_is_done_when_nothing_changed(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    """The second run starts no command of the setup and says nothing."""
    machine.project.prepare(["test"])
    machine.heard()
    capsys.readouterr()
    machine.project.prepare(["test"])
    assert [] == machine.heard()
    assert ("", "") == tuple(capsys.readouterr())


def test_a_changed_project_file_is_installed_into_the_same_environment(
    machine: Machine, root: Path
) -> None:
    """Another project file means another install, and no new environment."""
    machine.project.prepare([])
    machine.heard()
    (root / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    machine.project.prepare([])
    assert [PROBE, INSTALL] == machine.heard()
    machine.project.prepare([])
    assert [] == machine.heard()


def test_extras_are_added_when_a_verb_needs_them_and_then_kept(
    machine: Machine, root: Path
) -> None:
    """The demo installs the package alone, the tests widen that, and the demo leaves it so."""
    machine.project.prepare([])
    machine.heard()
    machine.project.prepare(["test"])
    assert [PROBE, INSTALL + "[test]"] == machine.heard()
    machine.project.prepare([])
    assert [] == machine.heard()
    machine.project.prepare(["node"])
    assert [PROBE, INSTALL + "[node,test]"] == machine.heard()


def test_another_interpreter_makes_the_environment_anew(machine: Machine) -> None:
    """An environment belongs to the interpreter that made it."""
    machine.project.prepare([])
    left = Path(machine.project.venv) / "left-behind"
    left.touch()
    machine.heard()
    machine.project.interpreter = "/another/python"
    machine.project.prepare([])
    assert [MAKE, PROBE, INSTALL] == machine.heard()
    assert not left.exists()


def test_a_moved_tree_makes_the_environment_anew(
    machine: Machine, root: Path, tmp_path: Path
) -> None:
    """A copied environment would run the code of the tree it was copied from."""
    machine.project.prepare([])
    moved = tmp_path / "moved"
    shutil.copytree(root, moved)
    elsewhere = Machine(load(moved), moved)
    elsewhere.project.prepare([])
    assert [MAKE, PROBE, INSTALL] == elsewhere.heard()


def break_interpreter(venv: Path) -> None:
    """Take the interpreter away."""
    for python in (venv / "bin/python", venv / "Scripts/python.exe"):
        python.unlink(missing_ok=True)


def break_stamp(venv: Path) -> None:
    """Leave a stamp that was not written to its end."""
    stamp = venv / ".run-stamp"
    stamp.write_text(stamp.read_text()[:40])


def remove_stamp(venv: Path) -> None:
    """Leave an environment as an install that was cut short does."""
    (venv / ".run-stamp").unlink()


@pytest.mark.parametrize("harm", [break_interpreter, break_stamp, remove_stamp])
def test_a_broken_environment_is_made_anew(machine: Machine, harm: Callable[[Path], None]) -> None:
    """Half an environment is not used and not repaired, but made anew."""
    machine.project.prepare([])
    machine.heard()
    harm(Path(machine.project.venv))
    machine.project.prepare([])
    assert [MAKE, PROBE, INSTALL] == machine.heard()


def test_an_interrupted_install_is_made_anew(machine: Machine, root: Path) -> None:
    """An interrupt in the middle of a re-install leaves nothing that passes for whole."""

    def interrupt(line: str) -> bool:
        raise KeyboardInterrupt if line == INSTALL else AssertionError

    machine.project.prepare([])
    machine.heard()
    (root / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    machine.fails = lambda line: line == INSTALL and interrupt(line)
    with pytest.raises(KeyboardInterrupt):
        machine.project.prepare([])
    machine.heard()
    machine.fails = lambda _: False
    machine.project.prepare([])
    assert [MAKE, PROBE, INSTALL] == machine.heard()


def test_without_ensurepip_the_pip_of_the_outside_installs(machine: Machine) -> None:
    """Debian without python3-venv: an environment without pip, filled by the system's pip."""
    machine.fails = lambda line: line in (MAKE, PROBE)
    machine.project.prepare(["test"])
    outside = "BASE -m pip --python INSIDE "
    assert [
        MAKE,
        "BASE -m venv --without-pip VENV",
        PROBE,
        outside + "--version",
        outside + "install --no-input --no-compile --disable-pip-version-check --editable .[test]",
    ] == machine.heard()


def test_without_any_pip_the_packages_to_install_are_named(
    run: ModuleType, machine: Machine
) -> None:
    """With neither ensurepip nor pip the sentence says what to ask the system for."""
    machine.fails = lambda line: "pip" in line.replace("--without-pip", "") or line == MAKE
    with pytest.raises(run.RunError, match="apt-get install python3-venv python3-pip"):
        machine.project.prepare([])


def test_uv_is_used_when_it_is_there(run: ModuleType, root: Path) -> None:
    """uv makes the environment with this very interpreter and installs into it."""
    machine = Machine(run, root, "uv")
    machine.project.prepare(["test"])
    assert [
        "/tools/uv venv --allow-existing --python BASE VENV",
        "/tools/uv pip install --python INSIDE --editable .[test]",
    ] == machine.heard()


def test_a_uv_that_fails_is_replaced_by_pip(run: ModuleType, root: Path) -> None:
    """uv knows nothing of pip's settings: where it finds no packages, pip may."""
    machine = Machine(run, root, "uv")
    machine.fails = lambda line: line.startswith("/tools/uv")
    machine.project.prepare([])
    assert [MAKE, PROBE, INSTALL] == [line for line in machine.heard() if "uv" not in line]


def test_a_failed_install_shows_its_output_and_is_tried_again(
    run: ModuleType, machine: Machine
) -> None:
    """The tool's own words are shown when, and only when, it fails."""
    machine.fails = lambda line: line == INSTALL
    with pytest.raises(run.RunError, match="no luck with INSIDE -m pip install"):
        machine.project.prepare([])
    machine.heard()
    machine.fails = lambda _: False
    machine.project.prepare([])
    assert [MAKE, PROBE, INSTALL] == machine.heard()


def test_an_edit_during_the_install_is_seen_by_the_next_run(machine: Machine, root: Path) -> None:
    """What counts is the project file that the install began with."""

    def edit(line: str) -> bool:
        if line == INSTALL:
            (root / "pyproject.toml").write_text("[project]\nname = 'x'\n")
        return False

    machine.fails = edit
    machine.project.prepare([])
    machine.heard()
    machine.project.prepare([])
    assert [PROBE, INSTALL] == machine.heard()


def test_a_folder_that_is_no_environment_is_left_alone(run: ModuleType, root: Path) -> None:
    """A name given by mistake does not cost anyone the contents of a folder."""
    letters = root / "letters"
    letters.mkdir()
    (letters / "to-a-friend").touch()
    with pytest.raises(run.RunError, match="is not a virtual environment"):
        run.Project(str(root), "letters").prepare([])
    assert ["to-a-friend"] == [each.name for each in letters.iterdir()]


def test_an_environment_made_by_hand_is_left_alone(run: ModuleType, tmp_path: Path) -> None:
    """A .venv that is somebody's own is neither used nor emptied; another name is taken."""
    assert ".venv" == run.usual_venv(str(tmp_path))
    (tmp_path / ".venv").mkdir()
    assert ".venv" == run.usual_venv(str(tmp_path))
    (tmp_path / ".venv" / "pyvenv.cfg").touch()
    assert ".venv-run" == run.usual_venv(str(tmp_path))
    (tmp_path / ".venv" / run.LOCK).touch()
    assert ".venv" == run.usual_venv(str(tmp_path))


def test_the_setup_is_not_led_astray_by_variables(
    run: ModuleType, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Variables that would send packages elsewhere, or hide what is missing, are left out."""
    for name in ("PIP_TARGET", "PIP_PREFIX", "PYTHONPATH", "PIP_USER"):
        monkeypatch.setenv(name, "elsewhere")
    code = "import json, os; print(json.dumps(dict(os.environ)))"
    result, output = run.Project(str(root)).execute([sys.executable, "-c", code])
    assert 0 == result
    environ = json.loads(output)
    assert "0" == environ["PIP_USER"]
    assert not {"PIP_TARGET", "PIP_PREFIX", "PYTHONPATH"} & environ.keys()


def test_a_tool_that_cannot_be_started_counts_as_failed(run: ModuleType, root: Path) -> None:
    """A broken program on the path is one more tool that failed, not a traceback."""
    code, output = run.Project(str(root)).execute([str(root / "missing")])
    assert 127 == code
    assert "missing" in output


def test_of_two_first_runs_one_sets_up_and_the_other_waits(
    run: ModuleType, machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run that finds another at work waits, and then has nothing left to do."""
    inside, outcome = threading.Event(), threading.Event()

    def slow(line: str) -> bool:
        inside.set()
        return not outcome.wait(10)

    machine.fails = slow
    second = Machine(run, Path(machine.project.root))
    threads = [
        threading.Thread(target=machine.project.prepare, args=([],)),
        threading.Thread(target=second.project.prepare, args=([],)),
    ]
    threads[0].start()
    assert inside.wait(10)
    threads[1].start()
    told = ""
    while "waiting for it" not in told and threads[1].is_alive():
        told += capsys.readouterr().err
    outcome.set()
    for thread in threads:
        thread.join(10)
    assert [MAKE, PROBE, INSTALL] == machine.heard()
    assert [] == second.heard()


# Running


@pytest.fixture
def prepared(run: ModuleType, root: Path) -> Any:
    """A project with a real environment, of which an install is only pretended."""

    def execute(command: list[str]) -> tuple[int, str]:
        if "venv" not in command:
            return 0, ""
        bare = [word for word in command if word != "--without-pip"] + ["--without-pip"]
        return subprocess.run(bare, check=True).returncode, ""

    project = run.Project(str(root), execute=execute, find=lambda _: None)
    project.prepare(["test"])
    return project


def module(project: Any, name: str, source: str) -> None:
    """Put a module where the project's python finds it with ``-m``."""
    path = Path(project.root, *name.split(".")).with_suffix(".py")
    path.parent.mkdir(exist_ok=True)
    path.write_text(source)


def start(project: Any, *arguments: str, **environ: str) -> subprocess.Popen[str]:
    """Start the runner as a user does."""
    return subprocess.Popen(
        [sys.executable, str(Path(project.root) / "run.py"), *arguments],
        env={**os.environ, **environ},
        cwd=Path(project.root).parent,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )


SPEAK = """
import os, sys
print(sys.argv[1:], os.getcwd(), sys.prefix, os.environ["VIRTUAL_ENV"], sep="\\n")
raise SystemExit(7)
"""


@pytest.mark.parametrize(
    ("verb", "name"), [("demo", "cronofy_transports.demo"), ("test", "pytest")]
)
def test_arguments_go_in_and_the_exit_code_comes_out(prepared: Any, verb: str, name: str) -> None:
    """A verb runs in the tree, in its environment, and ends as its command does."""
    module(prepared, name, SPEAK)
    with start(prepared, verb, "--live", "-x") as child:
        out, err = child.communicate(timeout=30)
    assert ["['--live', '-x']", prepared.root, prepared.venv, prepared.venv] == out.splitlines()
    assert "" == err
    assert 7 == child.returncode


def test_another_environment_can_be_named(prepared: Any) -> None:
    """CRONOFY_VENV names the folder, so that one tree can hold several interpreters."""
    module(prepared, "pytest", SPEAK)
    environment = Path(prepared.venv)
    other = environment.rename(environment.with_name(".venv-other"))
    stamp = json.loads((other / ".run-stamp").read_text())
    stamp["made"][2] = str(other)
    (other / ".run-stamp").write_text(json.dumps(stamp))
    with start(prepared, "test", CRONOFY_VENV=".venv-other") as child:
        out, _ = child.communicate(timeout=30)
    assert str(other) == out.splitlines()[3]


def test_an_environment_is_not_rebuilt_by_its_own_python(prepared: Any) -> None:
    """Started from the active environment, the runner sees that it is the one it made."""
    module(prepared, "pytest", SPEAK)
    done = subprocess.run(
        [prepared.python, Path(prepared.root) / "run.py", "test"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "" == done.stderr
    assert 7 == done.returncode


WAIT = """
import os, signal, time
try:
    print(os.getpid(), flush=True)
    time.sleep(20)
except KeyboardInterrupt:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    print("closed", flush=True)
"""


@POSIX
@pytest.mark.parametrize("everyone", [True, False], ids=["terminal", "kill"])
def test_an_interrupt_ends_the_command_and_exits_with_130(prepared: Any, everyone: bool) -> None:
    """Ctrl-C reaches the command once, which may close what it has; there is no traceback."""
    module(prepared, "cronofy_transports.demo", WAIT)
    with start(prepared, "demo") as child:
        assert child.stdout is not None
        child.stdout.readline()
        (os.killpg if everyone else os.kill)(child.pid, signal.SIGINT)
        out, err = child.communicate(timeout=30)
    assert ("closed\n", "") == (out, err)
    assert 130 == child.returncode


@POSIX
def test_a_termination_leaves_no_process_behind(prepared: Any) -> None:
    """SIGTERM to the runner alone ends the command too."""
    module(prepared, "cronofy_transports.demo", WAIT)
    with start(prepared, "demo") as child:
        assert child.stdout is not None
        process = int(child.stdout.readline())
        child.terminate()
        _, err = child.communicate(timeout=30)
    assert (143, "") == (child.returncode, err)
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


@POSIX
def test_a_command_killed_by_a_signal_ends_as_in_a_shell(prepared: Any) -> None:
    """A command that a signal killed gives 128 and the signal's number."""
    assert 137 == prepared.run(["-c", "import os; os.kill(os.getpid(), 9)"])


def test_checks_are_named_with_their_results(
    prepared: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every check gets a line; only the output of a failed one is shown."""
    checks = [
        ("good", ["-c", "print('all is well')"]),
        ("bad", ["-c", "print('here is why'); raise SystemExit(3)"]),
    ]
    assert 1 == prepared.run_together(checks)
    lines = capsys.readouterr().err.splitlines()
    assert {
        "good": "ok",
        "bad": "failed",
    } == {line.split()[0]: line.split()[1] for line in lines if line.endswith(" s")}
    assert "here is why" in lines
    assert "all is well" not in lines
    assert 0 == prepared.run_together(checks[:1])


def test_check_picks_by_name_and_refuses_an_unknown_name(
    run: ModuleType, prepared: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """`check ruff` runs both of ruff's checks; a name that is none is an error."""
    module(prepared, "ruff", "")
    module(prepared, "mypy", "raise SystemExit('not asked for')")
    prepared.find = lambda _: "/tools/node"
    assert 0 == run.check(prepared, ["ruff"])
    names = [line[:12].strip() for line in capsys.readouterr().err.splitlines()]
    assert ["ruff check", "ruff format"] == sorted(names)
    with pytest.raises(run.RunError, match="no check named pylint"):
        run.check(prepared, ["pylint"])


def test_pyright_gets_a_node_where_the_system_has_none(run: ModuleType, machine: Machine) -> None:
    """Without Node on the path the install brings one; with it, it does not."""
    without, with_node = machine, Machine(run, Path(machine.project.root), "node")
    for each in (without, with_node):
        each.project.run_together = lambda _: 0
        assert 0 == run.check(each.project, [])
        (Path(each.project.venv) / ".run-stamp").unlink()
    assert without.heard()[-1].endswith("[node,test]")
    assert with_node.heard()[-1].endswith("[test]")


def test_docs_writes_each_page_and_spares_it_on_failure(run: ModuleType, prepared: Any) -> None:
    """A generated page is what its command printed, in UTF-8; a failed command changes nothing."""
    module(prepared, "docs.operations", "import sys; print('# é', sys.argv[1:])")
    module(prepared, "docs.faults", "print('# faults')")
    page = Path(prepared.root) / "OPERATIONS.md"
    assert 0 == run.docs(prepared, [])
    assert "# faults" in (Path(prepared.root) / "docs" / "faults.md").read_text(encoding="utf-8")
    assert page.read_text(encoding="utf-8").startswith("# é []")
    written = page.read_bytes()
    module(prepared, "docs.operations", "print('half'); raise SystemExit(4)")
    assert 4 == run.docs(prepared, [])
    assert written == page.read_bytes()


def test_verbs_without_arguments_refuse_them(run: ModuleType, machine: Machine) -> None:
    """An argument that would be ignored is an error."""
    for verb in (run.docs, run.clean):
        with pytest.raises(run.RunError, match="takes no arguments: now"):
            verb(machine.project, ["now"])


def test_clean_removes_what_was_made_and_nothing_else(run: ModuleType, machine: Machine) -> None:
    """Environments made here, caches and build results go; sources and other folders stay."""
    root = Path(machine.project.root)
    machine.project.prepare([])
    other = run.Project(str(root), ".venv-3.12", machine.execute, lambda _: None)
    with run.locked(other.venv):
        pass
    gone = ["dist/x.whl", ".ruff_cache/x", "src/__pycache__/x.pyc", ".coverage"]
    stays = ["src/x.py", ".venv-by-hand/pyvenv.cfg", "docs/index.md", ".git/dist/x"]
    for name in gone + stays:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    assert 0 == run.clean(machine.project, [])
    assert sorted(["run.py", "pyproject.toml", *stays]) == sorted(
        path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()
    )
    assert not Path(machine.project.venv).exists()
    assert not Path(other.venv).exists()


def test_clean_on_a_clean_tree_does_nothing(run: ModuleType, machine: Machine) -> None:
    """Cleaning twice is no error and makes nothing."""
    run.clean(machine.project, [])
    before = sorted(Path(machine.project.root).iterdir())
    assert 0 == run.clean(machine.project, [])
    assert before == sorted(Path(machine.project.root).iterdir())


def test_a_folder_that_cannot_be_written_is_told_about(
    run: ModuleType,
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Where no environment can be made, a sentence says so, with its remedy."""
    monkeypatch.setenv("CRONOFY_VENV", str(root / "run.py" / "no-folder"))
    assert 1 == run.main(["demo"])
    told = capsys.readouterr().err
    assert "no-folder" in told
    assert "CRONOFY_VENV can name another" in told
