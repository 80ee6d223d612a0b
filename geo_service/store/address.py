"""The address of a store: a SQLite file or a PostgreSQL URL, how to show it, and what to refuse."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError

from geo_service.errors import StoreMissing, StoreUnavailable
from geo_service.i18n import N_

APPLICATION_ID: Final = 0x47_53_76_31
"""Written into the header of our SQLite files ("GSv1"), so that no other program's file is taken for ours."""

_SQLITE_MAGIC: Final = b"SQLite format 3\x00"
_URL: Final = re.compile(r"(?i)^(postgres|postgresql|postgresql\+psycopg)://")
_NETWORK_FILESYSTEMS: Final = re.compile(
    r"nfs|nfs4|cifs|smb3|smbfs|afs|ncpfs|ceph|lustre|glusterfs|fuse\.(sshfs|glusterfs|cephfs|rclone|s3fs|davfs)"
)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a store is. `shown` may appear in messages; `secrets` are texts that must not."""

    shown: str
    path: Path | None = None
    url: sa.URL | None = None
    secrets: tuple[str, ...] = ()

    def without_secrets(self, text: str) -> str:
        """Return a text of a driver with every secret blotted out."""
        for secret in self.secrets:
            text = text.replace(secret, "***")
        return text


def parse_address(address: str) -> Address:
    """Take an address apart.

    Parameters
    ----------
    address
        A path, or `postgresql://user:password@host:port/database`. Special characters of the password must
        be percent-encoded, as otherwise parts of it would be taken for the host and shown.

    Raises
    ------
    StoreUnavailable
        If it is neither.
    """
    if _URL.match(address):
        return _parse_url(address)
    if not address or "\x00" in address or re.match(r"^[A-Za-z][A-Za-z0-9+.-]*://", address):
        raise _unreadable_address()
    return Address(shown=address, path=Path(address))


def _parse_url(address: str) -> Address:
    before_query = address.split("://", 1)[1].split("?", 1)[0]
    userinfo, _, _ = before_query.rpartition("@")
    if re.search(r"[@/#\s]", userinfo):
        raise _unreadable_address()
    try:
        url = sa.make_url(address)
    except (ArgumentError, ValueError):
        raise _unreadable_address() from None
    secrets = {userinfo.partition(":")[2], str(url.password or "")}
    for key, value in url.query.items():
        if "password" in key:
            secrets |= {value} if isinstance(value, str) else set(value)
    secrets |= {unquote(secret) for secret in secrets}
    shown = url.set(drivername="postgresql", query={}).render_as_string(hide_password=True)
    return Address(
        shown=shown,
        url=url.set(drivername="postgresql+psycopg"),
        secrets=tuple(sorted(filter(None, secrets), key=len, reverse=True)),
    )


def _unreadable_address() -> StoreUnavailable:
    # The address itself is not repeated: where it cannot be parsed, nobody knows which part is the password.
    return StoreUnavailable(
        N_("The address of the store cannot be understood."),
        hint=N_(
            "Give the path of a file, or postgresql://user:password@host:5432/database with special characters "
            "of the password written as %40, %2F and so on."
        ),
    )


def check_file(address: Address, path: Path, *, create: bool) -> None:
    """Look at a SQLite file before any library opens it.

    Raises
    ------
    StoreMissing
        If there is no such file, or an empty one, and it may not be created.
    StoreUnavailable
        If its folder is missing, it is no regular file, it is no SQLite database, or it lies on a network
        file system (whose locks SQLite cannot trust).
    """
    try:
        folder = path.absolute().parent
        if not folder.is_dir():
            raise StoreUnavailable(
                N_("The folder {folder} does not exist."),
                hint=N_("Create it first, or name another place for the store."),
                folder=str(folder),
            )
        if path.exists() and not path.is_file():
            raise foreign_store(address)
        head = b""
        if path.exists():
            with path.open("rb") as file:
                head = file.read(len(_SQLITE_MAGIC))
        network = network_filesystem(folder.resolve())
    except OSError as error:
        raise unreachable(address, error.strerror or str(error)) from None
    if network is not None:
        raise StoreUnavailable(
            N_("The store {address} lies on a network file system ({filesystem})."),
            hint=N_(
                "Keep the file on a local disk, or use PostgreSQL: a file shared by network gets damaged."
            ),
            address=address.shown,
            filesystem=network,
        )
    if head and head != _SQLITE_MAGIC:
        raise foreign_store(address)
    if not head and not create:
        raise missing_store(address)


def network_filesystem(folder: Path, mounts: Path = Path("/proc/self/mounts")) -> str | None:
    """Return the type of the network file system that holds a folder, or None (also where nobody can say)."""
    if not mounts.exists():
        return None
    best, found = -1, ""
    for line in mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), fields[1])
        # Of mounts at the same point the last one lies on top.
        if folder.is_relative_to(point) and len(point) >= best:
            best, found = len(point), fields[2]
    return found if _NETWORK_FILESYSTEMS.fullmatch(found) else None


def missing_store(address: Address) -> StoreMissing:
    """Return the error for a store that was never created."""
    return StoreMissing(
        N_("There is no store at {address} yet."),
        hint=N_("Create it with: geo-service init"),
        address=address.shown,
    )


def foreign_store(address: Address) -> StoreUnavailable:
    """Return the error for something that is not ours."""
    return StoreUnavailable(
        N_("{address} is not a store of this program; it is left as it is."),
        hint=N_("Name another file or database."),
        address=address.shown,
    )


def unreachable(address: Address, reason: str) -> StoreUnavailable:
    """Return the error for a store that cannot be opened, read or written, with what the system says."""
    return StoreUnavailable(
        N_("The store {address} cannot be used: {reason}."),
        hint=N_("Check that the file or the database server is there and that you may write to it."),
        address=address.shown,
        reason=address.without_secrets(reason).rstrip("."),
    )
