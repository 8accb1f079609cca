"""
The project's commands, from a fresh clone on: ``python3 run.py demo``, ``python3 run.py test``.

Nothing but the standard library is needed. The first run makes a virtual
environment beside this file and installs what its command needs; later runs
compare a stamp inside that environment and start the command at once.

The grammar is what Python 2.7 and 3 have in common, with types in comments:
an old interpreter must be able to read the whole file to reach the one
sentence that asks for a newer one.
"""
# pyright: reportTypeCommentUsage=false

import contextlib
import glob
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from typing import IO, Any

ROOT = os.path.dirname(os.path.abspath(__file__))
MINIMUM = (3, 11)
NEWER = ("3.13", "3.12", "3.11", "3.14")

# Both lie inside the environment, so that removing the folder removes every trace of it.
STAMP = ".run-stamp"
LOCK = ".run-lock"
READY, OUTDATED, UNUSABLE = "ready", "outdated", "unusable"

CHECKS = [
    ("ruff check", ["-m", "ruff", "check", "."]),
    ("ruff format", ["-m", "ruff", "format", "--check", "."]),
    ("mypy", ["-m", "mypy"]),
    ("pyright", ["-m", "pyright"]),
]
GENERATED = [
    ("OPERATIONS.md", ["-X", "utf8", "-m", "docs.operations"]),
    # From a run of the tests, which takes some minutes.
    (os.path.join("docs", "faults.md"), ["-X", "utf8", "-m", "docs.faults"]),
]
LEFTOVERS = [".*_cache", ".coverage*", ".hypothesis", ".nox", "build", "dist", "docs/_build"]


class RunError(Exception):
    """A reason to end, put so that it can be shown to a user as it is."""


# The verbs. Their first lines are the help text.


def demo(project, arguments):
    # type: (Project, list[str]) -> int
    """Show the quick start against the built-in sandbox (--live: the real service)."""
    project.prepare([])
    return project.run(["-m", "cronofy_transports.demo"] + arguments)


def test(project, arguments):
    # type: (Project, list[str]) -> int
    """Run the tests; arguments go to pytest, such as -n 2 or tests/test_run.py."""
    project.prepare(["test"])
    return project.run(["-m", "pytest"] + arguments)


def check(project, arguments):
    # type: (Project, list[str]) -> int
    """Check style and types; name some of ruff, mypy and pyright to run only those."""
    unknown = set(arguments) - {name.split()[0] for name, _ in CHECKS}
    if unknown:
        raise RunError("There is no check named {}.".format(" or ".join(sorted(unknown))))
    # pyright runs on Node. Where the system has none, the package index has one.
    project.prepare(["test"] if project.find("node") else ["node", "test"])
    chosen = [each for each in CHECKS if not arguments or each[0].split()[0] in arguments]
    return project.run_together(chosen)


def bench(project, arguments):
    # type: (Project, list[str]) -> int
    """Run the benchmarks; arguments go to python -m benchmarks."""
    project.prepare(["test"])
    return project.run(["-m", "benchmarks"] + arguments)


def docs(project, arguments):
    # type: (Project, list[str]) -> int
    """Write the generated pages anew."""
    refuse(arguments)
    project.prepare(["test"])
    for page, command in GENERATED:
        with tempfile.TemporaryFile() as printed:
            code = project.run(command, stdout=printed)
            if code:
                return code
            printed.seek(0)
            with open(os.path.join(project.root, page), "wb") as stream:
                shutil.copyfileobj(printed, stream)
        say("Wrote {}".format(page))
    return 0


def clean(project, arguments):
    # type: (Project, list[str]) -> int
    """Remove the environments made here, caches and build results."""
    refuse(arguments)
    project.clean()
    return 0


VERBS = [demo, test, check, bench, docs, clean]


class Project(object):
    """
    One source tree and the virtual environment its commands run in.

    Args:
        root: The folder that holds pyproject.toml, absolute.
        venv: The environment's folder, absolute or relative to *root*.
        execute: Runs a command of the setup; gives its exit code and output.
        find: Gives the path of a program, or None.
    """

    def __init__(self, root, venv=".venv", execute=None, find=None):
        # type: (str, str, Callable[[list[str]], tuple[int, str]] | None, Any) -> None
        self.root = root
        self.venv = os.path.normpath(os.path.join(root, venv))
        self.name = venv
        self.execute = execute or self._execute
        self.find = find or shutil.which
        self.bin = os.path.join(self.venv, "Scripts" if os.name == "nt" else "bin")
        self.python = os.path.join(self.bin, "python.exe" if os.name == "nt" else "python")
        # Started from an environment, perhaps from the one to rebuild: use what that was made with.
        self.interpreter = getattr(sys, "_base_executable", None) or sys.executable  # type: str

    def prepare(self, extras):
        # type: (list[str]) -> None
        """
        Have an environment with the package, editable, and at least these extras.

        Raises:
            RunError: It cannot be made; the text says what to do.
        """
        if self.state(extras) == READY:
            return
        self._refuse_foreign_folder()
        with locked(self.venv):
            # What was missing may be there by now: another run may have held the lock.
            state = self.state(extras)
            if state == READY:
                return
            if state == OUTDATED:
                extras = sorted(set(extras).union(self._read_stamp()["extras"]))
            # No stamp from here to the end: a run cut short is seen as such, and made good.
            remove(os.path.join(self.venv, STAMP))
            if state == UNUSABLE:
                say("Setting up {} (once) ...".format(self.name))
                self._make()
            say("Installing cronofy_async{} ...".format(bracketed(extras)))
            stamp = self._stamp(extras)
            self._install(extras)
            with open(os.path.join(self.venv, STAMP), "w") as stream:
                json.dump(stamp, stream)

    def state(self, extras):
        # type: (list[str]) -> str
        """Whether the environment can be used, lacks an install, or must be made anew."""
        found, wanted = self._read_stamp(), self._stamp(extras)
        if found.get("made") != wanted["made"] or not os.path.exists(self.python):
            return UNUSABLE
        same = found.get("project") == wanted["project"]
        return READY if same and set(extras) <= set(found["extras"]) else OUTDATED

    def _stamp(self, extras):
        # type: (list[str]) -> dict[str, Any]
        """What the environment hangs on; its own path too, which scripts and links hold."""
        with open(os.path.join(self.root, "pyproject.toml"), "rb") as stream:
            digest = hashlib.sha256(stream.read()).hexdigest()
        made = [os.path.realpath(self.interpreter), sys.version, self.venv]
        return {"made": made, "project": digest, "extras": sorted(extras)}

    def _read_stamp(self):
        # type: () -> dict[str, Any]
        try:
            with open(os.path.join(self.venv, STAMP)) as stream:
                found = json.load(stream)
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def _refuse_foreign_folder(self):
        # type: () -> None
        """Making an environment empties its folder: a wrong name must not cost anyone theirs."""
        if os.path.basename(self.venv).startswith(".venv") or not os.path.exists(self.venv):
            return
        names = os.listdir(self.venv)
        if names and LOCK not in names and "pyvenv.cfg" not in names:
            raise RunError("{} is not a virtual environment; name another one.".format(self.venv))

    def _make(self):
        # type: () -> None
        """Make an environment without packages, whatever is in its folder now."""
        plain = [self.interpreter, "-m", "venv"]
        ways = [plain + [self.venv], plain + ["--without-pip", self.venv]]
        uv = self.find("uv")
        if uv:
            # The folder exists already: it holds the lock.
            options = ["--allow-existing", "--python", self.interpreter]
            ways.insert(0, [uv, "venv"] + options + [self.venv])
        output = ""
        for way in ways:
            empty(self.venv)
            code, output = self.execute(way)
            if code == 0:
                # git, ruff and the build then pass the folder over, under any name.
                with open(os.path.join(self.venv, ".gitignore"), "w") as stream:
                    stream.write("*\n")
                return
        raise RunError("{}\nCould not make {}.".format(output.strip(), self.venv))

    def _install(self, extras):
        # type: (list[str]) -> None
        """Install with the first tool that can do it, the quickest first."""
        output = None  # type: str | None
        for installer in self._installers():
            code, output = self.execute(installer + ["--editable", "." + bracketed(extras)])
            if code == 0:
                return
        if output is not None:
            raise RunError("{}\nCould not install into {}.".format(output.strip(), self.venv))
        raise RunError(
            "{} has neither ensurepip nor pip (22.3 or newer), so nothing can be installed. "
            "On Debian and Ubuntu: sudo apt-get install python3-venv python3-pip".format(
                self.interpreter
            )
        )

    def _installers(self):
        # type: () -> Iterator[list[str]]
        """The commands that can install here; pip of the outside may be externally managed."""
        uv = self.find("uv")
        if uv:
            yield [uv, "pip", "install", "--python", self.python]
        inside = [self.python, "-m", "pip"]
        outside = [self.interpreter, "-m", "pip", "--python", self.python]
        for pip in (inside, outside):
            if self.execute(pip + ["--version"])[0] == 0:
                # Of large packages little is imported: that is compiled when it is.
                options = ["--no-input", "--no-compile", "--disable-pip-version-check"]
                yield pip + ["install"] + options
                return

    def _execute(self, command):
        # type: (list[str]) -> tuple[int, str]
        """Run a command of the setup, away from what would lead its install elsewhere."""
        astray = ("PYTHONHOME", "PYTHONPATH", "PIP_PREFIX", "PIP_ROOT", "PIP_TARGET")
        environ = {name: value for name, value in os.environ.items() if name not in astray}
        environ["PIP_USER"] = "0"
        try:
            done = subprocess.run(
                command,
                cwd=self.root,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
        except OSError as error:
            return 127, str(error)
        return done.returncode, done.stdout.decode("utf-8", "replace")

    def _start(self, arguments, stdin=None, stdout=None, stderr=None):
        # type: (list[str], int | None, IO[bytes] | None, int | None) -> subprocess.Popen[bytes]
        """Start the environment's python, with the environment active."""
        environ = dict(os.environ)
        environ.pop("PYTHONHOME", None)
        environ["VIRTUAL_ENV"] = self.venv
        environ["PATH"] = self.bin + os.pathsep + environ.get("PATH", os.defpath)
        # pyright would ask the package index for a newer pyright at every run.
        environ.setdefault("PYRIGHT_PYTHON_IGNORE_WARNINGS", "1")
        return subprocess.Popen(
            [self.python] + arguments,
            cwd=self.root,
            env=environ,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
        )

    def run(self, arguments, stdout=None):
        # type: (list[str], IO[bytes] | None) -> int
        """Run the environment's python, and give its exit code as a shell would."""
        child = self._start(arguments, stdout=stdout)
        try:
            code = child.wait()
        except KeyboardInterrupt:
            # A terminal tells both processes. Without one, the child may not know yet.
            try:
                child.wait(timeout=5 if any(os.isatty(each) for each in range(3)) else 0.2)
            except subprocess.TimeoutExpired:
                child.send_signal(signal.SIGINT)
                child.wait()
            return 130
        finally:
            end(child)
        return code if code >= 0 else 128 - code

    def run_together(self, checks):
        # type: (list[tuple[str, list[str]]]) -> int
        """Run checks side by side; tell how each ended and, if it failed, what it printed."""
        running = []  # type: list[tuple[str, float, IO[bytes], subprocess.Popen[bytes]]]
        failed = 0
        with contextlib.ExitStack() as stack:
            for name, arguments in checks:
                if name == "pyright":
                    arguments = arguments + ["--pythonpath", self.python]
                out = stack.enter_context(tempfile.TemporaryFile())
                child = self._start(arguments, subprocess.DEVNULL, out, subprocess.STDOUT)
                stack.callback(end, child)
                running.append((name, time.time(), out, child))
            while running:
                time.sleep(0.02)
                for job in [each for each in running if each[3].poll() is not None]:
                    running.remove(job)
                    title, since, printed, ended = job
                    result = "failed" if ended.returncode else "ok"
                    say("{:<12} {:<7}{:5.1f} s".format(title, result, time.time() - since))
                    if ended.returncode:
                        failed = 1
                        printed.seek(0)
                        say(printed.read().decode("utf-8", "replace").rstrip())
        return failed

    def clean(self):
        # type: () -> None
        """Remove what the verbs leave behind; of environments, only those made here."""
        root = glob.escape(self.root)
        for venv in set(glob.glob(os.path.join(root, ".venv*"))).union([self.venv]):
            if os.path.exists(os.path.join(venv, LOCK)):
                with locked(venv):
                    empty(venv)
                shutil.rmtree(venv)
        for pattern in LEFTOVERS:
            for path in glob.glob(os.path.join(root, pattern)):
                remove(path)
        for folder, below, _ in os.walk(self.root):
            if "__pycache__" in below:
                remove(os.path.join(folder, "__pycache__"))
            below[:] = [name for name in below if name[0] not in "._"]


@contextlib.contextmanager
def locked(venv):
    # type: (str) -> Generator[None]
    """Hold an environment's lock, which the system takes back however the process ends."""
    path = os.path.join(venv, LOCK)
    told = False
    while True:
        os.makedirs(venv, exist_ok=True)
        with open(path, "a") as stream:
            while not try_lock(stream):
                if not told:
                    say("Another run is busy with {}; waiting for it ...".format(venv))
                told = True
                time.sleep(0.05)
            # The other run may have been a clean: then this is the lock of a removed folder.
            if os.path.exists(path) and os.path.samestat(os.stat(path), os.fstat(stream.fileno())):
                yield
                return


def try_lock(stream):
    # type: (IO[str]) -> bool
    """Take the lock on an open file, unless another process has it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def remove(path):
    # type: (str) -> None
    """Remove a file, a link or a tree, or nothing when it is not there."""
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    elif os.path.lexists(path):
        os.remove(path)


def empty(venv):
    # type: (str) -> None
    """Remove everything but the lock that the caller holds."""
    for name in os.listdir(venv):
        if name != LOCK:
            remove(os.path.join(venv, name))


def end(child):
    # type: (subprocess.Popen[bytes]) -> None
    """Leave no process behind, whatever made this one stop."""
    if child.poll() is None:
        child.terminate()
        child.wait()


def bracketed(extras):
    # type: (list[str]) -> str
    return "[{}]".format(",".join(extras)) if extras else ""


def refuse(arguments):
    # type: (list[str]) -> None
    if arguments:
        raise RunError("This verb takes no arguments: {}".format(" ".join(arguments)))


def say(line):
    # type: (str) -> None
    """Speak on standard error: standard output belongs to the command."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def newer_python():
    # type: () -> str | None
    """An interpreter of this machine that is new enough and really starts."""
    places = os.environ.get("PATH", os.defpath).split(os.pathsep)
    pyenv = os.environ.get("PYENV_ROOT") or os.path.expanduser(os.path.join("~", ".pyenv"))
    for version in NEWER:
        candidates = [os.path.join(place, "python" + version) for place in places]
        candidates += glob.glob(os.path.join(pyenv, "versions", version + "*", "bin", "python"))
        for candidate in candidates:
            # pyenv puts a shim on the path for every version, and lets only some of them start.
            probe = "import sys; sys.exit(sys.version_info < {})".format(MINIMUM)
            with open(os.devnull, "w") as nowhere:
                if os.path.isfile(candidate) and not subprocess.call(
                    [candidate, "-c", probe], stdout=nowhere, stderr=nowhere
                ):
                    return candidate
    return None


def too_old(version_info, arguments, newer=newer_python):
    # type: (tuple[Any, ...], list[str], Callable[[], str | None]) -> str | None
    """The sentence for an interpreter that is too old, or None for one that will do."""
    if tuple(version_info[:2]) >= MINIMUM:
        return None
    found = newer()
    advice = "Install one from https://www.python.org/downloads/ and start run.py with it."
    if found:
        words = [found, os.path.join(ROOT, "run.py")] + arguments
        advice = "Try: " + " ".join('"{}"'.format(word) if " " in word else word for word in words)
    return "cronofy_async needs Python {}.{} or newer; this is {}. {}".format(
        MINIMUM[0], MINIMUM[1], ".".join(str(part) for part in version_info[:3]), advice
    )


def usage():
    # type: () -> str
    lines = ["Usage: python3 run.py VERB [ARGUMENTS]", ""]
    lines += ["  {:<6} {}".format(verb.__name__, verb.__doc__) for verb in VERBS]
    return "\n".join(lines + ["", "CRONOFY_VENV names another folder for .venv.", ""])


def usual_venv(root):
    # type: (str) -> str
    """The environment's name: another one where somebody has made a .venv by hand."""
    usual = os.path.join(root, ".venv")
    by_hand = os.path.exists(os.path.join(usual, "pyvenv.cfg")) and not os.path.exists(
        os.path.join(usual, LOCK)
    )
    return ".venv-run" if by_hand else ".venv"


def main(arguments, version_info=sys.version_info):
    # type: (list[str], tuple[Any, ...]) -> int
    """Run one verb, and give the exit code."""
    sentence = too_old(version_info, arguments)
    if sentence:
        say(sentence)
        return 1
    verbs = [verb for verb in VERBS if arguments and verb.__name__ == arguments[0]]
    if not verbs:
        helped = arguments[:1] in (["-h"], ["--help"], ["help"])
        (sys.stdout if helped else sys.stderr).write(usage())
        return 0 if helped else 2
    try:
        project = Project(ROOT, os.environ.get("CRONOFY_VENV") or usual_venv(ROOT))
        return verbs[0](project, arguments[1:])
    except KeyboardInterrupt:
        say("Interrupted.")
        return 130
    except RunError as error:
        say(str(error))
    except OSError as error:
        say("{}. If a folder cannot be written, CRONOFY_VENV can name another.".format(error))
    return 1


def terminated(number, _frame):
    # type: (int, object) -> None
    """Turn SIGTERM into an exception, so that every ``finally`` on the way out runs."""
    sys.exit(128 + number)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, terminated)
    sys.exit(main(sys.argv[1:]))
