"""Threads share a store: sums are exact, readers see whole states, connections that died are replaced."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import geopandas as gpd
import psycopg
import pytest
import sqlalchemy as sa

from geo_service.store import Batch, Saved, Store

Maker = Callable[..., gpd.GeoDataFrame]
Batches = Callable[..., Batch]


def test_writers_and_readers_together(store: Store, make_places: Maker, batch_of: Batches) -> None:
    """Writers replace the same places as a whole; a reader must never see two states mixed."""
    writers, readers, rounds, size = 3, 5, 4, 150
    store.save_layer(make_places(size).assign(name="start"), "places", batch_of("places"))
    gate, done = Barrier(writers + readers), Event()

    def write(number: int) -> list[Saved]:
        gate.wait()
        saved = []
        for turn in range(rounds):
            shared = make_places(size).assign(name=f"{number}-{turn}")
            saved.append(store.save_layer(shared, "places", batch_of("places")))
            own = make_places(10, prefix=f"w{number}-{turn}-").assign(category="bar")
            saved.append(store.save_layer(own, "places", batch_of("places")))
        return saved

    def read() -> int:
        gate.wait()
        seen = 0
        while not done.is_set() or seen == 0:
            frame = store.load_layer("places", columns=["name"])
            shared = frame[frame.index.str.startswith("p")]
            assert len(shared) == size
            assert shared["name"].nunique() == 1
            assert (len(frame) - size) % 10 == 0
            figures = store.summary()["places"]
            assert figures["total"] == sum(row["total"] for row in figures["by_category"].values())
            page = store.list_places(category="bar", limit=1000)
            assert page.total == len(page.items)
            seen += 1
        return seen

    with ThreadPoolExecutor(writers + readers) as pool:
        reading = [pool.submit(read) for _ in range(readers)]
        writing = [pool.submit(write, number) for number in range(writers)]
        try:
            saved = [one for future in writing for one in future.result()]
        finally:
            done.set()
        assert all(future.result() > 0 for future in reading)
    assert sum(one.created for one in saved) == writers * rounds * 10
    assert sum(one.updated for one in saved) == writers * rounds * size
    assert store.count("places") == size + writers * rounds * 10
    assert store.data_version() == len(store.batches()) == 1 + writers * rounds * 2
    assert sorted(one.batch_id for one in saved) == list(range(2, 2 + writers * rounds * 2))


def test_a_reader_keeps_its_state(store: Store, make_places: Maker, batch_of: Batches) -> None:
    with store._read() as connection:
        count = sa.text("SELECT count(*) FROM places")
        assert connection.execute(count).scalar() == 0
        store.save_layer(make_places(4), "places", batch_of("places"))  # is not held up
        assert connection.execute(count).scalar() == 0
    assert store.count("places") == 4


def test_two_programs_create_the_same_store(database: str, new_address: Callable[[str], str]) -> None:
    address = new_address(database)
    gate = Barrier(4)

    def create() -> int:
        gate.wait()
        with Store.open(address, create=True) as store:
            return store.data_version()

    with ThreadPoolExecutor(4) as pool:
        assert [future.result() for future in [pool.submit(create) for _ in range(4)]] == [0] * 4


@pytest.mark.parametrize("database", [pytest.param("postgres", marks=pytest.mark.postgres)])
def test_connections_that_died_are_replaced(store: Store, store_address: str) -> None:
    assert store.data_version() == 0
    with psycopg.connect(store_address, autocommit=True) as other:
        killed = other.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = 'geo_service'"
        ).fetchone()
    assert killed is not None
    assert killed[0] >= 1
    assert store.data_version() == 0


@pytest.mark.parametrize("database", [pytest.param("postgres", marks=pytest.mark.postgres)])
def test_a_reader_sees_the_state_before_an_open_change(
    store: Store, store_address: str, make_places: Maker, batch_of: Batches
) -> None:
    store.save_layer(make_places(4), "places", batch_of("places"))
    with psycopg.connect(store_address) as writer:
        writer.execute("UPDATE places SET name = 'half'")
        assert "half" not in store.load_layer("places")["name"].tolist()
        assert store.summary()["places"]["total"] == 4


@pytest.mark.parametrize("database", [pytest.param("postgres", marks=pytest.mark.postgres)])
def test_statements_have_a_time_limit(store: Store) -> None:
    with store._read() as connection:
        assert connection.exec_driver_sql("SHOW statement_timeout").scalar() == "30s"
        assert connection.exec_driver_sql("SHOW lock_timeout").scalar() == "10s"
        assert connection.exec_driver_sql("SHOW transaction_read_only").scalar() == "on"
    with store._write() as connection:
        assert connection.exec_driver_sql("SHOW statement_timeout").scalar() == "15min"
    with store._read() as connection:
        assert connection.exec_driver_sql("SHOW statement_timeout").scalar() == "30s"
