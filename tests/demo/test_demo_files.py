"""The files of the demo: the same bytes every time, the contract kept, nothing that could be taken for real."""

import hashlib
import time

import numpy as np
import pandas as pd
import pytest

from geo_service.demo import REFERENCE_DATE, write_demo
from geo_service.demo.dice import Dice, shares
from geo_service.errors import EmptyInput
from geo_service.model.contract import check_table
from geo_service.model.tables import TABLES
from geo_service.model.vocabulary import CATEGORIES, FORCES, ROAD_CLASSES, STAGES


def digests(files):
    return {kind: hashlib.sha256(path.read_bytes()).hexdigest() for kind, path in files.items()}


def test_same_seed_same_bytes_and_quickly(demo_files, boundaries, tmp_path):
    started = time.process_time()
    again = write_demo(tmp_path, boundaries)
    assert time.process_time() - started < 6
    assert digests(again) == digests(demo_files)


def test_a_column_of_codes_and_another_order_give_the_same_bytes(demo_files, boundaries, tmp_path):
    assert digests(write_demo(tmp_path, boundaries.iloc[::-1].reset_index())) == digests(demo_files)


def test_another_seed_gives_another_city(demo_files, boundaries, tmp_path):
    other = digests(write_demo(tmp_path, boundaries, seed=7))
    assert not set(other.values()) & set(digests(demo_files).values())


def test_no_boundaries_no_city(boundaries, tmp_path):
    with pytest.raises(EmptyInput, match="boundaries"):
        write_demo(tmp_path, boundaries.iloc[:0])


def test_chance_is_pinned():
    # Another stream, for example after a change of numpy, would silently be another city.
    dice = Dice(430600, "pin")
    assert [round(dice.uniform(), 12) for _ in range(3)] == PINNED
    assert shares(10, [1, 1, 1]) == [4, 3, 3]


PINNED = [0.972797433499, 0.977402320984, 0.69132685811]


def test_draw_follows_the_weights():
    drawn = np.concatenate([Dice(1, "draw", str(k)).draw(np.array([0.0, 1.0, 3.0]), 1) for k in range(4000)])
    assert not (drawn == 0).any()
    assert abs((drawn == 2).mean() - 0.75) < 0.03


def test_tables_keep_their_contract(tables):
    for kind, frame in tables.items():
        check_table(frame, kind)


def test_counts(tables):
    assert 150 <= len(tables["schools"]) <= 175
    assert 5_900 <= len(tables["places"]) <= 6_300
    assert 105 <= len(tables["posts"]) <= 160
    assert len(tables["roads"]) <= 6_000
    assert set(tables["schools"]["stage"]) == set(STAGES)
    assert set(tables["places"]["category"]) == set(CATEGORIES)
    assert set(tables["roads"]["road_class"]) == set(ROAD_CLASSES) - {"motorway"}
    young = tables["schools"]["stage"].isin(["kindergarten", "primary"]).mean()
    assert 0.6 < young < 0.8
    by_category = tables["places"]["category"].value_counts()
    assert by_category["shop"] > 10 * by_category["net_cafe"] > 10 * by_category["arcade"] / 2


def test_names_are_plainly_invented(tables):
    for kind in ("schools", "places", "posts", "roads"):
        assert tables[kind]["name"].str.startswith("演示").all(), kind
    schools = tables["schools"]
    assert schools["name"].is_unique
    assert schools["address"].str.startswith("演示").all()
    assert tables["places"]["address"].str.startswith("演示").all()
    assert schools["police_station"].str.startswith("演示").all()
    # Id codes have the ten digits of real ones, but a serial number that marks the demo.
    prefix = schools["stage"].map({stage.key: stage.code_prefix for stage in STAGES.values()})
    assert all(
        code == f"{head}4399{code[6:]}" and len(code) == 10
        for code, head in zip(schools.index, prefix, strict=True)
    )
    names = tables["places"]["name"]
    assert names[~names.str.contains("样例")].is_unique


def test_text_columns_are_those_of_the_contract(demo_files):
    for kind in ("gates", "places", "posts"):
        header = demo_files[kind].read_text("utf-8-sig").splitlines()[0].split(",")
        known = {column.zh for column in TABLES[kind].columns}
        known |= {alias for column in TABLES[kind].columns for alias in column.aliases} | {"经度", "纬度"}
        assert set(header) <= known
        assert len(set(header)) == len(header)
    assert demo_files["places"].read_bytes().startswith(b"\xef\xbb\xbf")


def test_bells_and_guards(tables):
    schools = tables["schools"]
    primary = schools["stage"].isin(["primary", "nine_year", "special", "twelve_year"])
    secondary = schools["stage"].isin(["junior", "senior", "complete", "vocational", "specialised"])
    assert (schools.loc[primary, "bell_morning"] >= "08:20").all()
    assert (schools.loc[secondary, "bell_morning"] >= "08:00").all()
    assert schools["bell_morning"].nunique() > 4
    taught_all_day = schools[schools["bell_noon"].notna()]
    order = taught_all_day[["bell_morning", "bell_noon", "bell_afternoon", "bell_evening"]]
    assert (order.apply(lambda row: list(row) == sorted(row), axis=1)).all()
    # GB/T 29315-2022, written out here a second time
    needed = pd.cut(schools["pupils"], [-1, 99, 999, 10**6], labels=[1, 2, 3]).astype(int)
    needed += ((schools["pupils"] - 1000).clip(lower=0) // 500).where(schools["pupils"] >= 1000, 0)
    enough = (schools["guards"] >= needed).mean()
    assert 0.8 < enough < 1
    for item in ("guards_full_time", "closed_campus", "alarm_and_video", "escort_post"):
        assert 0.7 < schools[item].astype(bool).mean() < 1, item
    assert 3 <= schools["key_supervision"].astype(bool).sum() <= 15


def test_inspections(tables):
    days = (pd.Timestamp(REFERENCE_DATE) - pd.to_datetime(tables["schools"]["last_inspected_on"])).dt.days
    assert days.min() >= 1
    assert 0.45 < (days <= 60).mean() < 0.65
    assert 0.13 < (days > 60).mean() < 0.27
    assert 0.18 < days.isna().mean() < 0.32


def test_licences(tables):
    places = tables["places"]
    expiry = pd.to_datetime(places["licence_expiry"].replace("", None))
    days = (expiry - pd.Timestamp(REFERENCE_DATE)).dt.days
    assert (days < 0).sum() > 100
    assert days.between(0, 60).sum() > 100
    assert (places["licence_status"] == "unlicensed").sum() > 50
    assert (expiry.notna() == (places["licence_no"] != "")).all()
    assert places["licence_no"].loc[places["licence_no"] != ""].is_unique
    assert places.loc[places["category"] == "rental", "licence_no"].eq("").all()
    assert places["accuracy_m"].between(3, 15).mean() > 0.9
    assert (places["accuracy_m"] == 50).sum() > 100


def test_posts_are_understaffed_here_and_there(tables):
    posts = tables["posts"]
    for force in FORCES:
        short = posts[f"required_{force}"] - posts[f"actual_{force}"]
        assert (short >= 0).all()
        assert (short > 0).any()
    assert posts["windows"].str.fullmatch(r"\d\d:\d\d-\d\d:\d\d(;\d\d:\d\d-\d\d:\d\d)*").all()
    assert tables["gates"]["open_windows"].str.fullmatch(r"\d\d:\d\d-\d\d:\d\d(;\d\d:\d\d-\d\d:\d\d)*").all()
