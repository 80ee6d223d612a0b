"""Upgrades: a further step runs, keeps rows, keys and STRICT, and leaves everything as it was when it fails."""

import shutil
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest
import sqlalchemy as sa

from geo_service.errors import StoreNewer
from geo_service.store import Batch, Store
from geo_service.store.address import parse_address
from geo_service.store.engine import make_engine, reading
from geo_service.store.migrate import SCRIPTS, schema_state, upgrade

Maker = Callable[..., gpd.GeoDataFrame]
Batches = Callable[..., Batch]

STEP = '''
"""A step of the future: rebuilds a table that others refer to."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    with op.batch_alter_table("gates") as batch:
        batch.add_column(sa.Column("width_m", sa.Integer()))
    with op.batch_alter_table("schools", recreate="auto", table_kwargs={"sqlite_strict": True}) as batch:
        batch.alter_column("stage", nullable=True, new_column_name="stage_key")
    BROKEN
'''


@pytest.fixture
def next_scripts(tmp_path: Path) -> Callable[[str], Path]:
    def make(last_line: str) -> Path:
        folder = tmp_path / "migrations %d"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(SCRIPTS, folder, ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "versions" / "r0002_future.py").write_text(STEP.replace("BROKEN", last_line))
        return folder

    return make


def test_a_step_forward_keeps_everything(
    database: str,
    new_address: Callable[[str], str],
    next_scripts: Callable[[str], Path],
    make_schools: Maker,
    batch_of: Batches,
) -> None:
    address = new_address(database)
    with Store.open(address, create=True) as store:
        store.save_layer(make_schools(5), "schools", batch_of("schools"))
    place = parse_address(address)
    engine = make_engine(place)
    scripts = next_scripts("pass")
    assert schema_state(engine, place, scripts=scripts) == "older"
    upgrade(engine, place, scripts=scripts)
    assert schema_state(engine, place, scripts=scripts) == "current"
    upgrade(engine, place, scripts=scripts)  # a second program that waited finds nothing to do
    with reading(engine, place) as connection:
        inspector = sa.inspect(connection)
        assert "stage_key" in {column["name"] for column in inspector.get_columns("schools")}
        assert (
            connection.execute(sa.text("SELECT count(*) FROM schools WHERE stage_key = 'junior'")).scalar()
            == 2
        )
        assert inspector.get_pk_constraint("schools")["name"] == "pk_schools"
        assert {"ix_schools_position", "ix_schools_district"} <= {
            str(index["name"]) for index in inspector.get_indexes("schools")
        }
        assert [key["referred_table"] for key in inspector.get_foreign_keys("school_results")].count(
            "schools"
        ) == 1
        if database == "sqlite":
            strict = connection.exec_driver_sql("SELECT strict FROM pragma_table_list('schools')").scalar()
            assert strict == 1
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    engine.dispose()
    with pytest.raises(StoreNewer, match="0002"):
        Store.open(address)


def test_a_failed_step_changes_nothing(
    database: str,
    new_address: Callable[[str], str],
    next_scripts: Callable[[str], Path],
    make_schools: Maker,
    batch_of: Batches,
) -> None:
    address = new_address(database)
    with Store.open(address, create=True) as store:
        store.save_layer(make_schools(5), "schools", batch_of("schools"))
    place = parse_address(address)
    engine = make_engine(place)
    with pytest.raises(RuntimeError, match="half way"):
        upgrade(engine, place, scripts=next_scripts("raise RuntimeError('half way')"))
    assert schema_state(engine, place) == "current"
    with reading(engine, place) as connection:
        assert "width_m" not in {column["name"] for column in sa.inspect(connection).get_columns("gates")}
    engine.dispose()
    with Store.open(address) as store:
        assert store.load_layer("schools")["stage"].tolist().count("junior") == 2
