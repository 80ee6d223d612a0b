"""A store of either kind for every test; a private PostgreSQL with PostGIS from Debian's packages."""

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import geopandas as gpd
import numpy as np
import pandas as pd
import psycopg
import pytest
import shapely
from store.screened_city import NO_GATES, a_run, results_of_schools, some_exposures

from geo_service.model.contract import check_table
from geo_service.store import Batch, Store
from geo_service.store.migrate import VERSION_TABLE

PACKAGES = (
    "postgresql postgresql-15-postgis-3 (or the versions of your Debian), binaries in /usr/lib/postgresql"
)
DATABASES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


class PostgresServer:
    """A server of one test run on a free loopback port; it stops exactly itself."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        self._binaries = binaries
        self._folder = folder
        self._data = folder / "data"
        self._as_root = hasattr(os, "geteuid") and os.geteuid() == 0
        self.password = secrets.token_urlsafe(12)
        self.port = 0

    def start(self) -> None:
        secret = self._folder / "secret"
        secret.write_text(self.password)
        secret.chmod(0o600)
        if self._as_root:  # PostgreSQL refuses to run as root
            shutil.chown(self._folder, "postgres", "postgres")
            shutil.chown(secret, "postgres", "postgres")
        self._run(
            "initdb", "--auth=scram-sha-256", "--username=geo", f"--pwfile={secret}", "--encoding=UTF8",
            "--locale=C.UTF-8", "--no-sync", "-D", self._data,
        )  # fmt: skip
        for _ in range(5):
            self.port = _free_port()
            settings = {
                "listen_addresses": "127.0.0.1", "port": self.port, "unix_socket_directories": self._folder,
                "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "jit": "off",
                "shared_buffers": "64MB", "max_connections": 80,
            }  # fmt: skip
            options = " ".join(f"-c {name}={value}" for name, value in settings.items())
            if self._run(
                "pg_ctl", "-D", self._data, "-l", self._folder / "log", "-w", "-o", options, "start"
            ):
                return
        pytest.fail(f"PostgreSQL does not start:\n{(self._folder / 'log').read_text()}")

    def stop(self, mode: str = "immediate") -> None:
        self._run("pg_ctl", "-D", self._data, "-w", "-m", mode, "stop")

    def _run(self, tool: str, *arguments: object) -> bool:
        command = [str(self._binaries / tool), *map(str, arguments)]
        if self._as_root:
            command = ["runuser", "-u", "postgres", "--", *command]
        # Files, not pipes: the server would keep a pipe open for as long as it runs.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(command, stdout=output, stderr=output, cwd=self._folder, check=False)
            output.seek(0)
            if done.returncode != 0 and tool == "initdb":
                pytest.fail(f"initdb: {output.read().decode(errors='replace')}")
        return done.returncode == 0

    def address(self, database: str) -> str:
        return f"postgresql://geo:{self.password}@127.0.0.1:{self.port}/{database}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        pytest.fail(f"These tests need PostgreSQL with PostGIS. Install {PACKAGES}.")
    share = Path("/usr/share/postgresql") / found[-1].parts[-3] / "extension/postgis.control"
    if not share.exists():
        pytest.fail(f"PostgreSQL is there but PostGIS is not. Install {PACKAGES}.")
    return found[-1].parent


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    folder = Path(tempfile.mkdtemp(prefix="geo-postgres-"))
    server = PostgresServer(_binaries(), folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_address(postgres_server: PostgresServer) -> str:
    """Address of the server's own database `postgres`, as its superuser."""
    return postgres_server.address("postgres")


@pytest.fixture(scope="session")
def postgres_shared(postgres_server: PostgresServer, postgres_address: str) -> str:
    """Address of a database with a store that tests use one after the other: to make one takes long."""
    with psycopg.connect(postgres_address, autocommit=True) as connection:
        connection.execute("CREATE DATABASE geo_shared TEMPLATE template0")
    Store.open(postgres_server.address("geo_shared"), create=True).close()
    return postgres_server.address("geo_shared")


def _empty(address: str) -> None:
    with psycopg.connect(address) as connection:
        tables = [
            str(name)
            for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            if name not in {"spatial_ref_sys", VERSION_TABLE}
        ]
        connection.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY")
        connection.execute("INSERT INTO meta (id, data_version) VALUES (1, 0)")


@pytest.fixture
def new_address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Return a function that gives the address of nothing yet: no file, or (`postgres`) a bare database."""
    made: list[str] = []

    def make(database: str) -> str:
        if database == "sqlite":
            return str(tmp_path / f"{uuid4().hex}.sqlite")
        server: PostgresServer = request.getfixturevalue("postgres_server")
        name = f"geo_{uuid4().hex}"
        with psycopg.connect(server.address("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        made.append(name)
        return server.address(name)

    yield make
    if made:
        server = request.getfixturevalue("postgres_server")
        with psycopg.connect(server.address("postgres"), autocommit=True) as connection:
            for name in made:
                connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def store_address(request: pytest.FixtureRequest, database: str, new_address: Callable[[str], str]) -> str:
    """Address of an empty store; on SQLite there is no file yet."""
    if database == "sqlite":
        return new_address(database)
    address = str(request.getfixturevalue("postgres_shared"))
    _empty(address)
    return address


@pytest.fixture
def store(store_address: str) -> Iterator[Store]:
    """An empty store, in turn on SQLite and on PostgreSQL."""
    with Store.open(store_address, create=True) as opened:
        yield opened


CATEGORIES = ["net_cafe", "shop", "rental", "tobacco", "ktv"]


def batch_of(kind: str, *, rows: int = 1, demo: bool = False, **changes: object) -> Batch:
    values: dict[str, object] = {
        "kind": kind, "file_name": "表.csv", "sha256": "0" * 64, "crs": "wgs84", "format": "csv",
        "rows_read": rows, "rows_good": rows, "dropped_columns": ["电话"], "demo": demo,
    }  # fmt: skip
    return Batch(**(values | changes))  # type: ignore[arg-type]


@pytest.fixture(name="batch_of")
def _batch_of() -> Callable[..., Batch]:
    return batch_of


@pytest.fixture
def make_places() -> Callable[..., gpd.GeoDataFrame]:
    """Return a maker of n seeded places round a centre; every tenth is an area, and some cells are empty."""

    def make(count: int, *, seed: int = 0, prefix: str = "p", spread_deg: float = 0.05) -> gpd.GeoDataFrame:
        rng = np.random.default_rng(seed)
        lon = 113.1 + rng.normal(0, spread_deg, count)
        lat = 29.36 + rng.normal(0, spread_deg, count)
        shapes = shapely.points(lon, lat)
        half = rng.uniform(0.0001, 0.003, count)
        boxes = shapely.box(lon - half, lat - half, lon + half, lat + half)
        area = np.arange(count) % 10 == 9
        shapes[area] = boxes[area]
        frame = gpd.GeoDataFrame(
            {
                "name": [f"演示商店{number}" for number in range(count)],
                "category": [CATEGORIES[number % len(CATEGORIES)] for number in range(count)],
                "district": [("430602", "430603", None)[number % 3] for number in range(count)],
                "address": [None if number % 4 == 0 else f"演示路{number}号" for number in range(count)],
                "accuracy_m": np.where(np.arange(count) % 5 == 0, np.nan, 10.0),
            },
            geometry=shapes,
            index=pd.Index([f"{prefix}{number:05d}" for number in range(count)], name="id", dtype="object"),
            crs="EPSG:4326",
        )
        return check_table(frame, "places")

    return make


@pytest.fixture
def make_schools() -> Callable[..., gpd.GeoDataFrame]:
    def make(count: int) -> gpd.GeoDataFrame:
        lon, lat = 113.0 + np.arange(count) * 0.01, np.full(count, 29.3)
        frame = gpd.GeoDataFrame(
            {
                "name": [f"演示小学{number}" for number in range(count)],
                "stage": [("primary", "junior")[number % 2] for number in range(count)],
                "district": [("430602", "430603")[number % 2] for number in range(count)],
                "pupils": pd.array([number * 100 for number in range(count)], dtype="Int64"),
                "closed_campus": pd.array([number % 2 == 0 for number in range(count)], dtype="boolean"),
                "last_inspected_on": [None if number % 2 else "2026-11-01" for number in range(count)],
            },
            geometry=shapely.box(lon, lat, lon + 0.002, lat + 0.001),
            index=pd.Index([f"s{number:03d}" for number in range(count)], name="id", dtype="object"),
            crs="EPSG:4326",
        )
        return check_table(frame, "schools")

    return make


@pytest.fixture
def city(
    store: Store,
    make_places: Callable[..., gpd.GeoDataFrame],
    make_schools: Callable[..., gpd.GeoDataFrame],
    batch_of: Callable[..., Batch],
) -> tuple[Store, gpd.GeoDataFrame, gpd.GeoDataFrame, pd.DataFrame]:
    places, schools = make_places(600, seed=5), make_schools(11)
    store.save_layer(places, "places", batch_of("places"))
    store.save_layer(schools.iloc[:10], "schools", batch_of("schools"))
    exposures = some_exposures(places, schools.iloc[:10], 700)
    store.save_screening(a_run(2, 700), exposures, results_of_schools(schools.iloc[:10]), NO_GATES)
    store.save_layer(schools.iloc[10:], "schools", batch_of("schools"))  # one that was not screened
    return store, places, schools, exposures
