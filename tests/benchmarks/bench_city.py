"""A city of 2 500 schools and 300 000 places: import and screening as whole processes, beside a peer.

The peer does the geometric part of the screening only: geopandas `sjoin(predicate="dwithin")` in one projected
CRS, reading the same files. Run with `make bench`; figures are for comparing within one run.
"""

import csv
import resource
import subprocess
import sys
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo_service.crs import from_local_m

SCHOOLS, PLACES, TOWNS = 2_500, 300_000, 40
CATEGORIES = ["网吧", "小商店", "出租屋", "烟草零售点", "快捷酒店", "彩票销售网点", "KTV"]
SHARES = [0.02, 0.4, 0.3, 0.1, 0.08, 0.05, 0.05]
PROGRAM = Path(sys.executable).with_name("geo-service")
WITH_PEAK = """
import subprocess, sys, resource
code = subprocess.call(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(code)
"""
PEER = """
import sys, geopandas as gpd, pandas as pd
schools = gpd.read_file(sys.argv[1]).to_crs(4547)
rows = pd.read_csv(sys.argv[2])
places = gpd.GeoDataFrame(rows, geometry=gpd.points_from_xy(rows.lon, rows.lat), crs=4326).to_crs(4547)
pairs = places.sjoin(schools, predicate="dwithin", distance=200)
print(len(pairs))
"""


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    """Write the files of the city once."""
    folder, rng = tmp_path_factory.mktemp("city"), np.random.default_rng(430600)
    towns = rng.uniform([112.4, 28.5], [113.9, 29.7], (TOWNS, 2))

    def scattered(count, spread_m):
        town = rng.integers(0, TOWNS, count)
        east, north = rng.normal(0, spread_m, (2, count))
        return from_local_m(east, north, towns[town, 0], towns[town, 1])

    campuses = []
    for lon, lat in zip(*scattered(SCHOOLS, 2500), strict=True):
        corners = rng.integers(20, 60)
        angle, reach = np.sort(rng.uniform(0, 2 * np.pi, corners)), rng.uniform(60, 130, corners)
        campuses.append(
            shapely.Polygon(
                np.column_stack(from_local_m(reach * np.cos(angle), reach * np.sin(angle), lon, lat))
            )
        )
    ids = [f"S{n}" for n in range(SCHOOLS)]
    frame = gpd.GeoDataFrame({"id": ids, "name": ids, "stage": "primary"}, geometry=campuses, crs=4326)
    frame.to_file(folder / "schools.geojson")
    lon, lat = scattered(PLACES, 3000)
    category = rng.choice(CATEGORIES, PLACES, p=SHARES)
    with (folder / "places.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["id", "名称", "类别", "lon", "lat", "详细地址"])
        table.writerows(
            [f"P{n}", f"场所{n}", category[n], f"{lon[n]:.7f}", f"{lat[n]:.7f}", f"演示路{n % 900}号"]
            for n in range(PLACES)
        )
    return folder


def measured(command, folder):
    """Run a process; give wall and processor seconds (children's included) and its peak memory in MB."""
    before, clock = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    wrapped = [
        sys.executable, "-c",
        WITH_PEAK,
        *map(str, command),
    ]  # fmt: skip
    done = subprocess.run(wrapped, cwd=folder, capture_output=True, text=True, check=True)
    wall, after = time.perf_counter() - clock, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu, int(done.stderr.split()[-1]) / 1024


def test_import_and_screen(city):
    steps = {
        "init": [PROGRAM, "init"],
        "import schools": [PROGRAM, "import", "schools", "schools.geojson", "--crs", "wgs84"],
        "import 300 000 places": [PROGRAM, "import", "places", "places.csv", "--crs", "wgs84"],
        "screen the store": [PROGRAM, "screen", "--on", "2026-10-31"],
        "screen two files, 200 m": [
            PROGRAM, "screen", "schools.geojson", "places.csv", "--crs", "wgs84", "--out", "pairs.parquet",
            "--method", "boundary_straight", "--limit-m", "200",
        ],
        "peer: geopandas sjoin(dwithin) of two files": [sys.executable, "-W", "ignore", "-c", PEER, "schools.geojson", "places.csv"],
    }  # fmt: skip
    print(f"\n{'step':46}{'wall s':>8}{'CPU s':>8}{'MB':>7}")
    results = {}
    for step, command in steps.items():
        wall, cpu, memory = results[step] = measured(command, city)
        print(f"{step:46}{wall:8.2f}{cpu:8.2f}{memory:7.0f}")
    wall = results["import 300 000 places"][0] + results["screen the store"][0]
    peak = max(results["import 300 000 places"][2], results["screen the store"][2])
    ours, peer = (
        results["screen two files, 200 m"][1],
        results["peer: geopandas sjoin(dwithin) of two files"][1],
    )
    print(
        f"import and screen: {wall:.1f} s, peak {peak:.0f} MB; two files against the peer: {ours / peer:.2f} x its CPU"
    )
