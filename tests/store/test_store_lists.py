"""Lists and records: filtered, searched, sorted and paged alike on both databases, and always bounded."""

from collections.abc import Callable
from itertools import chain
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from store.screened_city import RANK, results_of_schools, worst_bands

from geo_service.model.vocabulary import SCHOOL_STATES
from geo_service.store import Batch, Store

Maker = Callable[..., gpd.GeoDataFrame]
Batches = Callable[..., Batch]


def test_schools_are_listed_by_what_remains(city: Any) -> None:
    store, _, schools, _ = city
    page = store.list_schools(limit=1000)
    assert page.total == len(page.items) == 11
    results = results_of_schools(schools.iloc[:10]).set_index("school_id")
    order = results.assign(name=schools["name"]).sort_values(
        ["score", "inside", "name"], ascending=[False, False, True]
    )
    assert [row["id"] for row in page.items] == [*order.index, "s010"]
    first, last = page.items[0], page.items[-1]
    assert first["terms"][0]["key"] == "leads"
    assert isinstance(first["inspected"], bool)
    assert (last["state"], last["score"], last["inspected"]) == (None, None, None)
    assert {"id", "name", "stage", "pupils", "closed_campus", "lon", "lat", "boundary_kind"} <= first.keys()
    assert [row["id"] for row in store.list_schools(sort="name", limit=3).items] == ["s000", "s001", "s010"]
    assert [row["last_inspected_on"] for row in store.list_schools(sort="inspected", limit=5).items] == [
        None
    ] * 5
    with pytest.raises(ValueError, match="sorted"):
        store.list_schools(sort="name; DROP TABLE schools")  # type: ignore[arg-type]


def test_schools_are_filtered_and_paged(city: Any) -> None:
    store = city[0]
    everything = store.list_schools(limit=1000).items
    for filters in (
        {"state": "leads"},
        {"stage": "primary"},
        {"district": "430603"},
        {"q": "小学1"},
        {"q": "S00"},
    ):
        page = store.list_schools(**filters)
        assert 0 < page.total < 11
        assert page.total == len(page.items)
        name, value = next(iter(filters.items()))
        if name != "q":
            assert [row for row in everything if row[name] == value] == page.items
    pages = [store.list_schools(limit=4, offset=offset).items for offset in (0, 4, 8)]
    assert list(chain(*pages)) == everything
    assert store.list_schools(limit=0).items == []
    assert store.list_schools(limit=-5, offset=-3).total == 11
    assert store.list_schools(offset=10**30).items == []
    assert store.list_schools(limit=10**9).limit == 1000


@pytest.mark.parametrize(
    "text", ["%", "_", "100%", "a_b", "\\", "/", "[ab]", "*", "'", '"', "?", ":name", "%(x)s"]
)
def test_signs_of_patterns_stand_for_themselves(
    store: Store, make_places: Maker, batch_of: Batches, text: str
) -> None:
    frame = make_places(3)
    frame["name"] = [f"前{text}后", "普通商店", "axb"]
    frame["address"] = None
    frame.index = pd.Index(["i1", "i2", "i3"], name="id", dtype="object")
    store.save_layer(frame, "places", batch_of("places"))
    page = store.list_places(q=text)
    assert [row["id"] for row in page.items] == ["i1"]
    assert page.total == 1


def test_search_ignores_case_and_survives_anything(city: Any) -> None:
    store = city[0]
    assert store.list_places(q="P0001").total == store.list_places(q=" p0001 ").total == 10
    assert store.list_places(q="").total == store.list_places(q="  ").total == 600
    for nothing in ("\x00", "\ud800", "x" * 100_000, "%" * 60_000):
        assert store.list_places(q=nothing).total == 0
        assert store.list_schools(q=nothing, district=nothing, stage=nothing, state=nothing).total == 0
        assert store.get_school(nothing) is store.get_place(nothing) is None
        assert store.get_gate(nothing) is store.get_post(nothing) is None
        assert store.list_exposures(school_id=nothing).total == 0


def test_places_are_listed(city: Any) -> None:
    store, places, _, exposures = city
    worst = worst_bands(exposures)
    for band in ("inside", "borderline", "survey"):
        page = store.list_places(band=band, limit=1000)
        assert {row["id"] for row in page.items} == {key for key, word in worst.items() if word == band}
        assert page.total == len(page.items)
    assert store.list_places(band="outside").total == 0  # type: ignore[arg-type]
    page = store.list_places(
        category=["shop", "ktv"], district="430602", bbox=(113.05, 29.3, 113.2, 29.4), limit=1000
    )
    points = store.place_points(limit=1000).set_index("id")
    chosen = places[
        places["category"].isin(["shop", "ktv"])
        & (places["district"] == "430602")
        & points["lon"].between(113.05, 113.2)
        & points["lat"].between(29.3, 29.4)
    ]
    assert {row["id"] for row in page.items} == set(chosen.index)
    assert page.total == len(chosen) > 0
    names = [row["name"] for row in store.list_places(limit=1000).items]
    assert names == sorted(places["name"])
    paged = chain(*(store.list_places(limit=250, offset=offset).items for offset in (0, 250, 500)))
    assert [row["name"] for row in paged] == names
    by_band = [row["band"] for row in store.list_places(sort="band", limit=1000).items]
    assert by_band == sorted(by_band, key=lambda word: -RANK.get(word, 0))
    assert {row["category"] for row in store.list_places(category="shop").items} == {"shop"}
    assert store.list_places(category=[]).total == 0


def test_exposures_are_listed_gravest_first(city: Any) -> None:
    store, places, schools, exposures = city
    page = store.list_exposures(limit=1000)
    assert page.total == len(page.items) == 700
    gravity = {"suspected_ban": 0, "lead": 1, "survey_area": 2}
    order = [(gravity[row["meaning"]], row["band"] != "inside", row["distance_m"]) for row in page.items]
    assert order == sorted(order)
    row = page.items[0]
    assert row["school_name"] == schools.loc[row["school_id"], "name"]
    assert row["place_name"] == places.loc[row["place_id"], "name"]
    assert row["category"] == places.loc[row["place_id"], "category"]
    assert isinstance(row["departments"], list)
    for name, value in (
        ("school_id", "s004"),
        ("place_id", exposures["place_id"][0]),
        ("rule_id", "NET-200"),
        ("band", "inside"),
    ):
        found = store.list_exposures(**{name: value}, limit=1000)
        assert found.total == len(found.items) == int((exposures[name] == value).sum()) > 0
    assert len(store.list_exposures().items) == 200
    assert len(store.list_exposures(limit=10**6).items) == 700


def test_lists_have_a_hard_bound(store: Store, make_places: Maker, batch_of: Batches) -> None:
    store.save_layer(make_places(1200), "places", batch_of("places"))
    page = store.list_places(limit=5000)
    assert (len(page.items), page.total, page.limit) == (1000, 1200, 1000)
    assert len(store.place_points(limit=10**9)) == 1200
    assert len(store.place_points(limit=-1)) == 0


def test_records(city: Any, batch_of: Batches) -> None:
    store, _, schools, _ = city
    school = store.get_school("s002")
    assert school is not None
    assert (school["name"], school["pupils"], school["closed_campus"]) == ("演示小学2", 200, True)
    assert school["state"] == list(SCHOOL_STATES)[2]
    assert schools.geometry["s002"].contains(shapely.Point(school["lon"], school["lat"]))
    assert store.get_school("S002") is None
    place = store.get_place("p00001")
    assert place is not None
    assert {
        "id",
        "name",
        "category",
        "address",
        "licence_expiry",
        "accuracy_m",
        "lon",
        "lat",
        "band",
    } <= place.keys()
    assert store.get_place("nope") is None
