"""Files that nobody but their owner can read, whatever the umask."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from ..core.errors import CronofyError, TokenStoreError

__all__ = ("prepare",)

_BESIDE: Final = ("-wal", "-shm", "-journal")
"""What SQLite writes beside a database."""


def prepare(path: Path, error: type[CronofyError] = TokenStoreError) -> None:
    """
    Make an empty file (0600) in a folder (0700), or see that what is there is as private.

    Args:
        path: The file.
        error: What is raised.

    Raises:
        CronofyError: Others could read it, or put something else in its place.
    """
    folder = path.parent
    try:
        _make_folder(folder)
        _check(folder, 0o700, error)
        _make_file(path)
        for each in (path, *(path.with_name(path.name + suffix) for suffix in _BESIDE)):
            if each == path or os.path.lexists(each):
                _check(each, 0o600, error)
    except OSError as befell:
        raise error(
            f"{path} cannot be used: {befell.strerror}; name a file in a folder of its own"
        ) from None


def _make_folder(folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        return
    # The umask may have taken too much.
    folder.chmod(0o700)


def _make_file(path: Path) -> None:
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    try:
        descriptor = os.open(path, flags, 0o600)
    except FileExistsError:
        return
    try:
        if hasattr(os, "fchmod"):
            os.fchmod(descriptor, 0o600)
    finally:
        os.close(descriptor)


def _check(path: Path, mode: int, error: type[CronofyError]) -> None:
    try:
        found = path.lstat()
    except FileNotFoundError:
        # SQLite has just removed what it had beside the database.
        return
    if stat.S_ISLNK(found.st_mode):
        raise error(f"{path} is a symbolic link: name the place itself")
    is_right = stat.S_ISDIR if mode & 0o100 else stat.S_ISREG
    if not is_right(found.st_mode):
        raise error(f"{path} is something else: name a file in a folder of its own")
    if os.name != "posix":
        # What Windows calls a mode says nothing about who can read a file.
        return
    if found.st_uid != os.geteuid():
        raise error(f"{path} belongs to another user: name a place of your own")
    if stat.S_IMODE(found.st_mode) & ~mode:
        raise error(
            f"{path} has mode {stat.S_IMODE(found.st_mode):04o}, so others can get at it: "
            f"chmod {mode:o} it, or name a folder of its own"
        )
    if stat.S_ISREG(found.st_mode) and found.st_nlink > 1:
        raise error(f"{path} has a second name (a hard link): remove that")
