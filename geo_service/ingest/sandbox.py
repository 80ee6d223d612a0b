"""Runs the reading child on one file and takes over what it found."""

import hashlib
import json
import os
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

import geo_service
from geo_service import errors
from geo_service.i18n import N_
from geo_service.ingest.limits import CLOCK_FACTOR, Limits
from geo_service.ingest.outcome import (
    OUTCOME_BYTES,
    Distrusted,
    check_columns,
    check_objects,
    osm_outcome,
    refusal_of,
    table_outcome,
)
from geo_service.ingest.printable import shown_file
from geo_service.model.tables import Kind

_BLOCK_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class SourceFile:
    """The identity of an input file: name, length, and SHA-256 of its bytes."""

    name: str
    size_bytes: int
    sha256: str


@dataclass(slots=True)
class Parsed:
    """What the child found: the outcome (plain values) and the open Arrow table."""

    outcome: dict[str, Any]
    table: Any


def identify(path: Path, limits: Limits) -> SourceFile:
    """Check that a path is a readable file within the limit, and hash it.

    Raises
    ------
    FileUnreadable
        If it does not exist, may not be read, or is no regular file.
    FileTooLarge
        If it is over `limits.max_bytes`; not a byte is read then.
    """
    try:
        state = path.stat()
        if not stat.S_ISREG(state.st_mode):
            raise errors.FileUnreadable(
                N_("{file} is not a file."), hint=N_("Name the file itself."), file=shown_file(path)
            )
        if state.st_size > limits.max_bytes:
            raise errors.FileTooLarge(
                N_("{file} has {size_mb} MB; at most {maximum_mb} MB are read."),
                hint=N_("Split it into several files."),
                file=shown_file(path),
                size_mb=round(state.st_size / 1024**2),
                maximum_mb=round(limits.max_bytes / 1024**2),
            )
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while block := file.read(_BLOCK_BYTES):
                digest.update(block)
    except FileNotFoundError:
        raise errors.FileUnreadable(
            N_("{file} does not exist."), hint=N_("Check the name and the folder."), file=shown_file(path)
        ) from None
    except PermissionError:
        raise errors.FileUnreadable(
            N_("{file} may not be read."),
            hint=N_("Give the service the right to read it, or copy it elsewhere."),
            file=shown_file(path),
        ) from None
    except OSError:
        raise errors.FileUnreadable(
            N_("{file} cannot be opened."),
            hint=N_("Copy it to this machine and try again."),
            file=shown_file(path),
        ) from None
    return SourceFile(shown_file(path), state.st_size, digest.hexdigest())


@contextmanager
def parsed_table(
    path: Path, kind: Kind, *, metric: bool, required: Collection[str], limits: Limits
) -> Iterator[Parsed]:
    """Let the child read a table; its Arrow file is open inside the `with` block."""
    request = {
        "task": "table",
        "kind": kind,
        "metric": metric,
        "required": sorted(required),
    }
    with tempfile.TemporaryDirectory(prefix="geo-service-") as folder:
        answer = _run(path, request, limits, Path(folder))
        try:
            outcome = table_outcome(answer, kind)
            table = _open(Path(folder) / "table.arrow", path)
            check_columns(table, outcome)
        except Distrusted:
            raise _crashed(path) from None
        yield Parsed(outcome, table)


@contextmanager
def parsed_osm(path: Path, *, limits: Limits) -> Iterator[Parsed]:
    """Let the child read an OpenStreetMap file; its Arrow file is open inside the `with` block."""
    with tempfile.TemporaryDirectory(prefix="geo-service-") as folder:
        answer = _run(path, {"task": "osm"}, limits, Path(folder))
        try:
            outcome = osm_outcome(answer)
            table = _open(Path(folder) / "table.arrow", path)
            check_objects(table)
        except Distrusted:
            raise _crashed(path) from None
        yield Parsed(outcome, table)


def _open(arrow: Path, path: Path) -> Any:
    """Map the child's Arrow file and check it: the child has met hostile bytes, so it is not trusted."""
    try:
        table = pa.ipc.open_file(pa.memory_map(str(arrow))).read_all()
        table.validate(full=True)
    except (pa.ArrowException, OSError):
        raise _crashed(path) from None
    return table


def _run(path: Path, request: dict[str, Any], limits: Limits, folder: Path) -> object:
    """Run the child on a request and return what it found, not yet checked."""
    request |= {
        "path": str(_plainly_named(path, folder)),
        "folder": str(folder),
        "max_rows": limits.max_rows,
        "memory_mb": limits.child_memory_mb,
        "seconds": limits.child_seconds,
    }
    with subprocess.Popen(
        [sys.executable, "-P", "-s", "-m", "geo_service.ingest.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,  # a traceback may quote cells, and those may be about people
        cwd=folder,
        env=_environment(folder),
        start_new_session=True,
    ) as process:
        try:
            process.communicate(json.dumps(request).encode(), timeout=CLOCK_FACTOR * limits.child_seconds)
        except subprocess.TimeoutExpired:
            raise _too_slow(path, limits) from None
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
    if process.returncode in {-signal.SIGXCPU, -signal.SIGALRM}:
        raise _too_slow(path, limits)
    if process.returncode in {-signal.SIGABRT, -signal.SIGKILL, -signal.SIGXFSZ}:
        raise _too_heavy(path, limits)
    answer = _answer(folder / "outcome.json")
    if process.returncode == 0 and "error" in answer:
        try:
            refusal = refusal_of(answer, shown_file(path))
        except Distrusted:
            raise _crashed(path) from None
        raise refusal
    if process.returncode != 0 or "result" not in answer:
        raise _crashed(path)
    return answer["result"]


def _answer(path: Path) -> dict[str, Any]:
    """Return the child's answer; an empty one if it left none, one too long, or no JSON object."""
    try:
        if path.stat().st_size > OUTCOME_BYTES:
            return {}
        answer = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _plainly_named(path: Path, folder: Path) -> Path:
    """Return a path that is valid UTF-8, by links if the given one is not: the libraries ask for that."""
    whole = path.absolute()
    try:
        str(whole).encode()
    except UnicodeEncodeError:
        place = folder / "named"
        place.mkdir()
        sides = whole.parent.glob("*") if whole.suffix.lower() == ".shp" else ()
        for item in (whole, *(side for side in sides if side != whole and side.stem == whole.stem)):
            (place / _utf8(item.name)).symlink_to(item)
        return place / _utf8(whole.name)
    return whole


def _utf8(name: str) -> str:
    return name.encode("utf-8", "replace").decode("utf-8")  # a question mark is as short as the byte was


def _environment(folder: Path) -> dict[str, str]:
    root = Path(geo_service.__file__).parents[1]
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "PROJ_DATA") if name in os.environ}
    return kept | {
        "PYTHONPATH": str(root),
        "PYTHONUTF8": "1",
        "TMPDIR": str(folder),
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
    }


def _too_slow(path: Path, limits: Limits) -> errors.FileTooLarge:
    return errors.FileTooLarge(
        N_("Reading {file} takes longer than {seconds} seconds."),
        hint=N_("Split it into several files, or save it as CSV."),
        file=shown_file(path),
        seconds=limits.child_seconds,
    )


def _too_heavy(path: Path, limits: Limits) -> errors.FileTooLarge:
    return errors.FileTooLarge(
        N_("{file} needs more memory than the {memory_mb} MB that reading a file may use."),
        hint=N_("Split it into several files, or save it as CSV."),
        file=shown_file(path),
        memory_mb=limits.child_memory_mb,
    )


def _crashed(path: Path) -> errors.FileUnreadable:
    return errors.FileUnreadable(
        N_("{file} cannot be read; it is damaged, or not written as its format asks."),
        hint=N_("Open it in the program that made it and export it again."),
        file=shown_file(path),
    )
