"""Opening: what is created, what is refused, and what a message never says."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import geopandas as gpd
import psycopg
import pytest
import sqlalchemy as sa

from geo_service.errors import StoreMissing, StoreNewer, StoreUnavailable
from geo_service.i18n import translator
from geo_service.store import Batch, Store
from geo_service.store.address import APPLICATION_ID, network_filesystem, parse_address
from geo_service.store.engine import make_engine
from geo_service.store.migrate import VERSION_TABLE

Maker = Callable[..., gpd.GeoDataFrame]
Batches = Callable[..., Batch]


def _execute(address: str, statement: str) -> None:
    engine = make_engine(parse_address(address))
    with engine.begin() as connection:
        connection.execute(sa.text(statement))
    engine.dispose()


def test_nothing_is_created_unasked(database: str, new_address: Callable[[str], str]) -> None:
    address = new_address(database)
    with pytest.raises(StoreMissing) as caught:
        Store.open(address)
    assert "geo-service init" in str(caught.value)
    assert "geo-service init" in " ".join(caught.value.render(translator("zh")))
    assert database != "sqlite" or not Path(address).exists()
    Store.open(address, create=True).close()
    with Store.open(address) as store:
        assert store.data_version() == 0


def test_create_opens_what_is_there(
    store: Store, store_address: str, make_places: Maker, batch_of: Batches
) -> None:
    store.save_layer(make_places(3), "places", batch_of("places"))
    with Store.open(store_address, create=True) as again:
        assert again.count("places") == 3


def test_a_newer_schema_is_left_alone(database: str, new_address: Callable[[str], str]) -> None:
    address = new_address(database)
    Store.open(address, create=True).close()
    _execute(address, f"UPDATE {VERSION_TABLE} SET version_num = '9999'")
    for create in (False, True):
        with pytest.raises(StoreNewer, match="9999"):
            Store.open(address, create=create)


@pytest.mark.parametrize(
    "content",
    [
        b"id,name\n1,a\n",
        b"PK\x03\x04" + b"\x00" * 500,
        b"SQLite format 3",
        b"SQLite format 3\x00" + b"\x07" * 5000,
    ],
    ids=["csv", "zip", "cut header", "garbage"],
)
def test_no_sqlite_file_is_refused_untouched(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "store.sqlite"
    path.write_bytes(content)
    for create in (False, True):
        with pytest.raises(StoreUnavailable) as caught:
            Store.open(str(path), create=create)
        assert str(path) in str(caught.value)
    assert path.read_bytes() == content
    assert [file.name for file in tmp_path.iterdir()] == ["store.sqlite"]


def test_another_programs_database_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE places (id TEXT)")
    connection.commit()
    connection.close()
    for create in (False, True):
        with pytest.raises(StoreUnavailable, match="not a store of this program"):
            Store.open(str(path), create=create)
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("places",)]
    connection.close()


def test_an_empty_file_is_no_store_yet(tmp_path: Path) -> None:
    path = tmp_path / "empty.sqlite"
    path.touch()
    with pytest.raises(StoreMissing):
        Store.open(str(path))
    with Store.open(str(path), create=True) as store:
        assert store.data_version() == 0


def test_files_are_marked_as_ours_and_private(tmp_path: Path) -> None:
    path = tmp_path / "Ein 数据库 #1?.sqlite"
    Store.open(str(path), create=True).close()
    assert path.stat().st_mode & 0o077 == 0
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
    connection.close()


def test_a_killed_creation_is_taken_up_again(tmp_path: Path) -> None:
    path = tmp_path / "half.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode=wal")  # writes the header, as our first connection does
    connection.close()
    assert path.stat().st_size > 0
    with pytest.raises(StoreMissing):
        Store.open(str(path))
    Store.open(str(path), create=True).close()


def test_missing_folder_and_folder_as_file(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="nowhere") as caught:
        Store.open(str(tmp_path / "nowhere/store.sqlite"), create=True)
    assert "Create it first" in str(caught.value)
    assert not (tmp_path / "nowhere").exists()
    with pytest.raises(StoreUnavailable, match="not a store"):
        Store.open(str(tmp_path), create=True)
    with pytest.raises(StoreUnavailable):
        Store.open(str(tmp_path / ("x" * 300)), create=True)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that other users can read: pytest's own are private."""
    folder = Path(tempfile.mkdtemp(prefix="geo-store-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def as_nobody() -> Iterator[None]:
    """Without the powers of root, which may write everywhere."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    yield
    os.seteuid(0)


@pytest.mark.parametrize("writable_folder", [False, True])
def test_a_read_only_file_is_a_clear_refusal(
    open_folder: Path,
    request: pytest.FixtureRequest,
    make_places: Maker,
    batch_of: Batches,
    writable_folder: bool,
) -> None:
    path = open_folder / "store.sqlite"
    Store.open(str(path), create=True).close()
    path.chmod(0o444)
    open_folder.chmod(0o777 if writable_folder else 0o555)
    request.getfixturevalue("as_nobody")
    # Either step may say it: SQLite itself opens for reading what it may not write.
    with pytest.raises(StoreUnavailable) as caught, Store.open(str(path)) as store:
        store.save_layer(make_places(1), "places", batch_of("places"))
    assert "write" in str(caught.value) or "open" in str(caught.value)
    assert str(path) in str(caught.value)


def test_an_unreadable_file_or_folder_is_a_clear_refusal(
    open_folder: Path, request: pytest.FixtureRequest
) -> None:
    path = open_folder / "store.sqlite"
    Store.open(str(path), create=True).close()
    request.getfixturevalue("as_nobody")
    with pytest.raises(StoreUnavailable, match="Permission denied"):
        Store.open(str(path))
    with pytest.raises(StoreUnavailable, match="Permission denied"):
        Store.open(str(open_folder / "new.sqlite"), create=True)


def test_a_deleted_file_does_not_come_back(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    store = Store.open(str(path), create=True)
    store.close()
    path.unlink()
    with pytest.raises(StoreUnavailable):
        store.data_version()
    assert not path.exists()


@pytest.mark.parametrize(
    ("filesystem", "refused"),
    [
        ("ext4", False),
        ("nfs4", True),
        ("cifs", True),
        ("fuse.sshfs", True),
        ("tmpfs", False),
        ("overlay", False),
    ],
)
def test_network_file_systems_are_known(tmp_path: Path, filesystem: str, refused: bool) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(
        f"rootfs / ext4 rw 0 0\nserver:/a /data\\040share {filesystem} rw 0 0\nserver:/b /data nfs rw 0 0\n"
    )
    found = network_filesystem(Path("/data share/city"), mounts)
    assert found == (filesystem if refused else None)
    assert network_filesystem(Path("/database"), mounts) is None
    assert network_filesystem(Path("/data/x"), mounts) == "nfs"
    assert network_filesystem(Path("/x"), tmp_path / "none") is None


@pytest.mark.parametrize(
    "address",
    [
        "",
        "mysql://geo:SECRET@localhost/db",
        "postgresql://geo:SEC@RET@localhost/db",
        "postgresql://geo:SEC/RET@localhost/db",
        "postgresql://geo:SEC#RET@localhost/db",
        "postgresql://geo:SECRET@localhost:port/db",
        "postgresql://geo:SECRET@127.0.0.1:1/db",
        "postgres://geo:SECRET@127.0.0.1:1/db",
        "postgresql://geo@127.0.0.1:1/db?password=SECRET",
        "postgresql://geo:SECRET@127.0.0.1:1/db?sslpassword=SECRET&nonsense=SECRET",
        "postgresql://geo:%53ECRET@127.0.0.1:1/db",
        "file.sqlite\x00",
    ],
)
def test_bad_addresses_are_refused_without_their_password(address: str) -> None:
    with pytest.raises(StoreUnavailable) as caught:
        Store.open(address)
    shown = "".join(
        (
            *caught.value.render(translator("en")),
            *caught.value.render(translator("zh")),
            repr(caught.value.params),
        )
    )
    for part in ("SEC", "RET", "%53"):
        assert part not in shown
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.postgres
def test_a_wrong_password_is_not_repeated(postgres_address: str) -> None:
    url = sa.make_url(postgres_address)
    wrong = url.set(password="geheim-äöü%@/x").render_as_string(hide_password=False)
    with pytest.raises(StoreUnavailable, match="authentication") as caught:
        Store.open(wrong)
    assert "geheim" not in str(caught.value) + repr(caught.value.params)
    with Store.open(url.set(database="postgres").render_as_string(hide_password=False), create=True) as store:
        assert url.password is not None
        assert str(url.password) not in store.address
        assert store.address.startswith("postgresql://geo:***@127.0.0.1:")


@pytest.mark.postgres
def test_a_missing_database_is_unavailable(postgres_address: str) -> None:
    address = sa.make_url(postgres_address).set(database="nowhere").render_as_string(hide_password=False)
    with pytest.raises(StoreUnavailable, match="nowhere"):
        Store.open(address, create=True)


@pytest.mark.postgres
def test_a_user_who_may_not_add_postgis_is_told(
    postgres_address: str, new_address: Callable[[str], str]
) -> None:
    address = new_address("postgres")
    with psycopg.connect(postgres_address, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS plain")
        connection.execute("CREATE ROLE plain LOGIN PASSWORD 'plain'")
    plain = sa.make_url(address).set(username="plain", password="plain").render_as_string(hide_password=False)
    with pytest.raises(StoreUnavailable, match="PostGIS") as caught:
        Store.open(plain, create=True)
    assert "CREATE EXTENSION postgis" in str(caught.value)
    with psycopg.connect(address) as connection:
        connection.execute("CREATE EXTENSION postgis")
    with pytest.raises(StoreUnavailable, match="permission denied"):  # PostGIS is there, rights are not
        Store.open(plain, create=True)
    with psycopg.connect(address) as connection:
        connection.execute("GRANT ALL ON SCHEMA public TO plain")
    with Store.open(plain, create=True) as store:
        assert store.data_version() == 0


@pytest.mark.postgres
def test_other_encodings_and_other_tables_are_refused(
    postgres_address: str, new_address: Callable[[str], str]
) -> None:
    with psycopg.connect(postgres_address, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS latin")
        connection.execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    latin = sa.make_url(postgres_address).set(database="latin").render_as_string(hide_password=False)
    with pytest.raises(StoreUnavailable, match="LATIN1"):
        Store.open(latin, create=True)
    address = new_address("postgres")
    with psycopg.connect(address) as connection:
        connection.execute("CREATE TABLE places (id integer)")
    with pytest.raises(StoreUnavailable, match="places"):
        Store.open(address, create=True)
    with psycopg.connect(address) as connection:  # all or nothing: the tables before `places` are gone too
        names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    assert names == [("places",)]
