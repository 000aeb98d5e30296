"""Makes .venv equal to a lock file. Standard library only: it runs before anything is installed."""

import fcntl
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

VENV = Path(".venv")
PYTHON = VENV / "bin" / "python"
CONTAINS = {
    "requirements.lock": ["requirements.lock"],
    "requirements-dev.lock": ["requirements.lock", "requirements-dev.lock"],
}
"""What else is there once a lock is installed: the tests' lock holds all of the server's."""


def main(lock: str) -> None:
    # Two commands may start at once. The kernel drops this lock with its holder, so none can be left behind.
    folder = os.open(".", os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    if not usable():
        make()
    if not installed(lock):
        install(lock)


def usable() -> bool:
    question = [str(PYTHON), "-c", "import pip, sys; sys.exit(sys.version_info < (3, 11))"]
    try:
        return subprocess.run(question, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def make() -> None:
    print(f"Making a virtual environment in .venv, with Python {sys.version.split()[0]} …", flush=True)
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        sys.exit("This Python cannot make one. On Debian or Ubuntu: apt-get install python3-venv")
    if subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=False).returncode:
        sys.exit("It could not be made; the lines above say why.")


def installed(lock: str) -> bool:
    copy = VENV / lock
    return copy.exists() and copy.read_bytes() == Path(lock).read_bytes()


def install(lock: str) -> None:
    """The copies go first and come back last: an install cut short is not taken for a finished one."""
    count = sum("==" in line for line in Path(lock).read_text().splitlines())
    print(f"Installing {count} packages from {lock}; this takes a minute or two, once …", flush=True)
    for name in CONTAINS["requirements-dev.lock"]:
        (VENV / name).unlink(missing_ok=True)
    # The lock holds everything, so nothing is resolved: a release newer than the lock, wanted by an extra
    # of something pinned, would stop an older pip.
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    if subprocess.run([*pip, "--require-hashes", "-r", lock], check=False).returncode:
        sys.exit("The packages could not be installed; the lines above say why.")
    for name in CONTAINS[lock]:
        part = VENV / f"{name}.part"
        shutil.copyfile(name, part)
        part.replace(VENV / name)


if __name__ == "__main__":
    main(sys.argv[1])
