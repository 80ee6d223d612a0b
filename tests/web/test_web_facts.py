"""The facts: kept while nothing changes, followed in both directions when it does, and honest about their age."""

import datetime as dt
import shutil
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from web.small_city import BASE, fill, layers, save_screening

from geo_service.settings import Settings
from geo_service.store import Batch, Store
from geo_service.web import create_app
from geo_service.web.facts import FactKeeper, Facts

SCREENED = dt.date(2026, 11, 23)


def save_schools(store: Store) -> None:
    frame = layers()["schools"]
    store.save_layer(
        frame,
        "schools",
        Batch(kind="schools", file_name="x", sha256="0" * 64, crs="wgs84", format="csv", rows_read=1,
              rows_good=1, dropped_columns=[], demo=False),
    )  # fmt: skip


def filled(path: Path, *, demo: bool) -> Store:
    store = Store.open(str(path), create=True)
    fill(store, demo=demo)
    return store


def facts_on(store: Store, day: dt.date) -> Facts:
    return FactKeeper(store, today=lambda: day).now()


def test_results_are_stale_after_thirty_days(tmp_path: Path) -> None:
    with filled(tmp_path / "real.sqlite", demo=False) as store:
        assert facts_on(store, SCREENED + dt.timedelta(days=30)).stale_because is None
        old = facts_on(store, SCREENED + dt.timedelta(days=31))
        assert (old.stale_because, old.stale) == ("age", True)
        save_schools(store)
        assert facts_on(store, SCREENED + dt.timedelta(days=31)).stale_because == "data"
        save_screening(store)
        assert not facts_on(store, SCREENED).stale


def test_demo_data_and_empty_stores_do_not_age(tmp_path: Path) -> None:
    with filled(tmp_path / "demo.sqlite", demo=True) as store:
        assert not facts_on(store, SCREENED + dt.timedelta(days=999)).stale
    with Store.open(str(tmp_path / "empty.sqlite"), create=True) as store:
        assert not facts_on(store, SCREENED).stale


def test_a_running_service_sees_the_day_change_without_reading_anew(tmp_path: Path) -> None:
    days = [SCREENED]
    with filled(tmp_path / "real.sqlite", demo=False) as store:
        keeper = FactKeeper(store, today=lambda: days[-1])
        first = keeper.now()
        assert keeper.now() is first
        days.append(SCREENED + dt.timedelta(days=60))
        later = keeper.now()
        assert later.stale
        assert later.districts is first.districts
        assert later.version == first.version


@pytest.mark.parametrize(("lang", "words"), [("zh", "筛查结果已超过 30 天"), ("en", "more than 30 days old")])
def test_pages_say_that_results_are_old(tmp_path: Path, lang: str, words: str) -> None:
    path = tmp_path / "real.sqlite"
    filled(path, demo=False).close()
    app = create_app(Settings(store=str(path)))
    with TestClient(app, base_url=BASE) as client:
        client.cookies.set("lang", lang)
        app.state.facts._today = lambda: SCREENED + dt.timedelta(days=31)
        for address in ("/", "/schools", "/rules"):
            assert words in client.get(f"{address}?lang={lang}").text
        assert client.get("/api/v1/screening").json()["stale"] is True
        app.state.facts._today = lambda: SCREENED
        assert words not in client.get("/schools").text


def test_a_restored_backup_is_kept_and_its_later_versions_are_new(tmp_path: Path) -> None:
    """A restore goes back to a lower version; the numbers that follow were used before, for other data."""
    path, backup = tmp_path / "live.sqlite", tmp_path / "backup.sqlite"
    filled(backup, demo=False).close()
    shutil.copy(backup, path)
    with Store.open(str(path)) as store:
        keeper = FactKeeper(store, today=lambda: SCREENED)
        save_schools(store)
        before = keeper.now()
    for leftover in tmp_path.glob("live.sqlite-*"):
        leftover.unlink()
    shutil.copy(backup, path)
    with Store.open(str(path)) as store:
        keeper._store = store
        restored = keeper.now()
        assert restored.data_version < before.data_version
        assert keeper.last is restored, "else every request reads all facts anew"
        assert keeper.now() is restored
        save_schools(store)
        again = keeper.now()
    assert again.data_version == before.data_version
    assert again.version != before.version
