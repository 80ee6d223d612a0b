"""SQLite: reliable settings on every connection, STRICT tables, writers in turn, readers never in the way."""

import shutil
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import geopandas as gpd
import pytest
import sqlalchemy as sa

from geo_service.errors import ContractError, StoreUnavailable
from geo_service.store import Batch, Store
from geo_service.store import engine as engine_module
from geo_service.store.address import parse_address
from geo_service.store.engine import PRAGMAS, make_engine, writing
from geo_service.store.migrate import VERSION_TABLE

Maker = Callable[..., gpd.GeoDataFrame]
Batches = Callable[..., Batch]

PROMISED = {
    "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "trusted_schema": 0, "busy_timeout": 5000,
    "secure_delete": 1,
}  # fmt: skip


@pytest.fixture
def database() -> str:
    return "sqlite"


def _settings(connection: sa.Connection) -> dict[str, object]:
    return {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in PRAGMAS}


@pytest.fixture
def engine(store: Store, store_address: str) -> Iterator[sa.Engine]:
    engine = make_engine(parse_address(store_address))
    yield engine
    engine.dispose()


def test_every_connection_has_the_promised_settings(
    store: Store, engine: sa.Engine, store_address: str, make_places: Maker, batch_of: Batches
) -> None:
    assert PROMISED.items() <= PRAGMAS.items()
    with ExitStack() as stack:  # all at once, so that each is another connection
        connections = [stack.enter_context(engine.connect()) for _ in range(12)]
        assert [_settings(connection) for connection in connections] == [PRAGMAS] * 12
    # After writes, good and failed, on the store's own connections.
    store.save_layer(make_places(5), "places", batch_of("places"))
    with pytest.raises(ContractError):
        store.save_layer(make_places(5).assign(category="x"), "places", batch_of("places"))
    place = parse_address(store_address)
    with pytest.raises(KeyError), writing(store._engine, place, migrates=True):
        raise KeyError
    with ExitStack() as stack:
        connections = [stack.enter_context(store._engine.connect()) for _ in range(12)]
        assert [_settings(connection) for connection in connections] == [PRAGMAS] * 12


def test_every_table_is_strict(store: Store, engine: sa.Engine) -> None:
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT name, strict FROM pragma_table_list WHERE schema = 'main'"
        ).all()
    strict = {name: bool(flag) for name, flag in rows if not name.startswith("sqlite_")}
    assert not strict.pop(VERSION_TABLE)  # alembic's own
    assert len(strict) >= 14
    assert all(strict.values())
    with engine.connect() as connection, pytest.raises(sa.exc.IntegrityError, match="cannot store TEXT"):
        connection.exec_driver_sql("UPDATE meta SET data_version = 'seven'")


def test_foreign_keys_hold(engine: sa.Engine) -> None:
    with engine.connect() as connection, pytest.raises(sa.exc.IntegrityError, match="FOREIGN KEY"):
        connection.exec_driver_sql("INSERT INTO place_results VALUES ('ghost', 1, 'bar', 113, 29)")


def test_a_reader_sees_the_state_before_an_open_change(
    store: Store, store_address: str, make_places: Maker, batch_of: Batches
) -> None:
    store.save_layer(make_places(4), "places", batch_of("places"))
    with closing(sqlite3.connect(store_address, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE places SET name = 'half'")
        started = time.monotonic()
        assert "half" not in store.load_layer("places")["name"].tolist()
        assert store.summary()["places"]["total"] == 4
        assert time.monotonic() - started < 2  # never waits for the busy timeout
        writer.execute("COMMIT")
    assert set(store.load_layer("places")["name"]) == {"half"}


def test_a_second_writer_waits_and_then_says_so(
    store: Store, store_address: str, make_places: Maker, batch_of: Batches, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(sqlite3.connect(store_address, isolation_level=None, check_same_thread=False)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        timer = threading.Timer(0.5, writer.execute, ["COMMIT"])
        timer.start()
        assert store.save_layer(make_places(2), "places", batch_of("places")).created == 2
        timer.join()
        monkeypatch.setitem(engine_module.PRAGMAS, "busy_timeout", 50)
        with Store.open(store_address) as impatient:
            writer.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreUnavailable, match="busy") as caught:
                impatient.save_layer(make_places(3), "places", batch_of("places"))
            assert "Try again" in str(caught.value)
            writer.execute("ROLLBACK")
            assert impatient.save_layer(make_places(3), "places", batch_of("places")).created == 1


def test_a_damaged_file_is_a_clear_refusal(
    store: Store, store_address: str, make_places: Maker, batch_of: Batches
) -> None:
    store.save_layer(make_places(2000), "places", batch_of("places"))
    store.close()
    path = Path(store_address)
    whole = path.read_bytes()
    for damaged in (whole[: len(whole) // 2], whole[:4096] + b"\xff" * (len(whole) - 4096)):
        path.write_bytes(damaged)
        with pytest.raises(StoreUnavailable, match="cannot be used"), Store.open(store_address) as broken:
            broken.load_layer("places")


@pytest.mark.skipif(shutil.which("mount") is None, reason="needs a small file system of its own")
def test_a_full_disk_changes_nothing(tmp_path: Path, make_places: Maker, batch_of: Batches) -> None:
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("this user may not mount a small file system")
    try:
        with Store.open(str(folder / "store.sqlite"), create=True) as store:
            store.save_layer(make_places(500), "places", batch_of("places"))
            with pytest.raises(StoreUnavailable, match="no space left"):
                store.save_layer(make_places(20_000, prefix="q"), "places", batch_of("places"))
            assert (store.count("places"), store.data_version(), len(store.batches())) == (500, 1, 1)
            store.save_layer(make_places(5), "places", batch_of("places"))
    finally:
        subprocess.run(["umount", folder], check=True)
