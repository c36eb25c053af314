"""Images without an engine: buildah in a chroot, on a base of this machine's Debian."""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
# What an official image that is called slim has of all this.
PACKAGES = "python3,python3-venv,ca-certificates,libstdc++6,passwd"
TRIM = (
    "path-exclude=/usr/share/doc/*",
    "path-exclude=/usr/share/man/*",
    "path-exclude=/usr/share/locale/*",
    "force-unsafe-io",
)


@dataclass(frozen=True)
class Workshop:
    """Where images and containers of a test are kept."""

    folder: Path

    def run(
        self, *arguments: str, check: bool = True
    ) -> "subprocess.CompletedProcess[str]":
        """Run buildah to its end. Raises CalledProcessError, with its output noted."""
        done = subprocess.run(
            self._command(*arguments),
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | {"BUILDAH_ISOLATION": "chroot"},
        )
        if check and done.returncode:
            raise AssertionError(
                f"{arguments}: {done.returncode}\n{done.stderr[-4000:]}"
            )
        return done

    def _command(self, *arguments: str) -> list[str]:
        root, state = self.folder / "store", self.folder / "state"
        places = ["--root", str(root), "--runroot", str(state)]
        return ["buildah", *places, "--storage-driver", "vfs", *arguments]

    def make_base(self, name: str) -> None:
        """An image of this machine's Debian with its Python, under a name."""
        archive = self.folder / "base.tar"
        release = dict(
            line.split("=", 1)
            for line in Path("/etc/os-release").read_text("utf-8").splitlines()
            if "=" in line
        )
        options = [f"--dpkgopt={option}" for option in TRIM]
        subprocess.run(
            [
                *("mmdebstrap", "--quiet", "--mode=root", "--variant=essential"),
                *(f"--include={PACKAGES}", *options),
                *(release["VERSION_CODENAME"].strip('"'), str(archive)),
            ],
            check=True,
        )
        made = self.run("from", "scratch").stdout.strip()
        self.run("add", "--quiet", made, str(archive), "/")
        archive.unlink()
        self.run("run", made, "ln", "-s", "python3", "/usr/bin/python")
        self.run("config", "--env", "PATH=/usr/local/bin:/usr/sbin:/usr/bin", made)
        self.run("commit", "--quiet", "--rm", made, name)

    def build(self, context: Path, name: str) -> str:
        """Build a Dockerfile, with the certificates that this machine trusts."""
        trusted = ["--volume", f"{CERTIFICATES}:{CERTIFICATES}:ro"]
        trusted += ["--env", f"PIP_CERT={CERTIFICATES}"]
        done = self.run(
            *("build", "--format", "docker", "--pull-never", *trusted),
            *("--tag", name, str(context)),
        )
        return done.stdout + done.stderr

    @contextmanager
    def container(self, image: str) -> Iterator["Container"]:
        """A container of an image, with nothing running in it."""
        name = self.run("from", "--pull-never", image).stdout.strip()
        try:
            yield Container(self, name)
        finally:
            self.run("rm", name)


@dataclass(frozen=True)
class Container:
    """A file system of an image that programs are run in, as the image's user."""

    workshop: Workshop
    name: str

    def run(
        self, *command: str, **environment: str
    ) -> "subprocess.CompletedProcess[str]":
        """Run a program to its end."""
        arguments = self._arguments(environment)
        return self.workshop.run(*arguments, *command, check=False)

    @contextmanager
    def running(
        self, log: Path, *command: str, **environment: str
    ) -> Iterator["subprocess.Popen[bytes]"]:
        """A program while it runs; its group is ended afterwards."""
        arguments = self.workshop._command(*self._arguments(environment), *command)
        with log.open("wb") as output:
            process = subprocess.Popen(
                arguments, stdout=output, stderr=output, start_new_session=True
            )
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _arguments(self, environment: Mapping[str, str]) -> list[str]:
        given = [w for k, v in environment.items() for w in ("--env", f"{k}={v}")]
        return ["run", "--isolation", "chroot", *given, self.name, "--"]


def size_of(folder: Path) -> int:
    """The bytes of all files below a folder."""
    return sum(
        path.lstat().st_size
        for path in folder.rglob("*")
        if not path.is_symlink() and path.is_file()
    )
