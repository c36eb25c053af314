"""Ends a process by SIGKILL at a chosen one of the things that it does to the world."""

import os
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

_FILES = {
    "os.rename": 2,
    "os.remove": 1,
    "os.link": 2,
    "os.mkdir": 1,
    "os.rmdir": 1,
    "os.symlink": 2,
    "shutil.rmtree": 1,
}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class How(StrEnum):
    """Before an effect; in the middle of git's, together with it, or without."""

    BEFORE = "before"
    WITH_GIT = "with git"
    ALONE = "alone"


@dataclass(frozen=True)
class Kill:
    """The effect to be killed at, from 0, and how many seconds git is at it by then."""

    number: int
    how: How = How.BEFORE
    delay: float = 0.0

    def strike(self) -> None:
        """End this process, and but for `ALONE` every program that it has started."""
        if self.how is How.ALONE:
            os.kill(os.getpid(), signal.SIGKILL)
        os.killpg(0, signal.SIGKILL)


class Effects:
    """An audit hook that writes down what is done below a folder, and by git."""

    def __init__(self, folder: Path, kill: Kill | None, told: int) -> None:
        self.folder = str(folder)
        self.kill = kill
        self.told = told
        self.count = 0

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        effect = self._effect(event, arguments)
        if not effect:
            return
        os.write(self.told, (effect.replace("\n", " ") + "\n").encode())
        if self.kill and self.count == self.kill.number:
            if self.kill.how is How.BEFORE:
                self.kill.strike()
            threading.Timer(self.kill.delay, self.kill.strike).start()
        self.count += 1

    def _effect(self, event: str, arguments: tuple[object, ...]) -> str:
        if event == "subprocess.Popen":
            words = arguments[1]
            assert isinstance(words, list)
            at = 1
            while words[at] == "-c":
                at += 2
            return f"git {words[at]} {words[at + 1] if words[at + 1:] else ''}"
        if event == "open":
            path, _, flags = arguments
            writes = isinstance(flags, int) and flags & _WRITING
            return f"write {self._inner(path)}" if writes and self._inner(path) else ""
        if event in _FILES:
            names = [self._inner(a) for a in arguments[: _FILES[event]]]
            return f"{event} {' '.join(filter(None, names))}" if any(names) else ""
        return ""

    def _inner(self, path: object) -> str:
        if not isinstance(path, str | bytes | Path):
            return ""
        name = os.fsdecode(path)
        return name[len(self.folder) + 1 :] if name.startswith(self.folder) else ""


def run(action: Callable[[], object], folder: Path, kill: Kill | None) -> list[str]:
    """Do something in a process of its own, to be killed; what it did till then.

    Raises AssertionError where it ended by itself with an exception.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.setpgid(0, 0)
        os.set_inheritable(writing, False)
        status = 3
        try:
            sys.addaudithook(Effects(folder, kill, writing))
            action()
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read().decode().splitlines()
    _, status = os.waitpid(child, 0)
    assert status in (0, signal.SIGKILL), f"{status}: {told[-3:]}"
    assert kill or status == 0, told[-3:]
    return told
