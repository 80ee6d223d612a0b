"""The command line as others rely on it: commands, files, exit codes, one-line errors."""

import json
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from tables import GEOD, away, campus_box

from geo_service.cli.program import run


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GEO_SERVICE_STORE", raising=False)
    monkeypatch.delenv("GEO_SERVICE_LANGUAGE", raising=False)


@pytest.fixture
def schools_file():
    frame = gpd.GeoDataFrame(
        {"id": ["S1", "S2"], "name": ["演示小学", "演示中学"], "stage": ["小学", "初级中学"]},
        geometry=[campus_box(width_m=60), campus_box(lon=113.2, width_m=60)],
        crs=4326,
    )
    frame.to_file("schools.geojson")
    return Path("schools.geojson")


@pytest.fixture
def places_file():
    west, south, east, _ = campus_box(width_m=60).bounds
    rows = [
        (f"P{metres}", "演示网吧", "网吧", away((west + east) / 2, south, 180, metres))
        for metres in (20, 199, 201, 900)
    ]
    pd.DataFrame(
        {
            "id": [row[0] for row in rows],
            "场所名称": [row[1] for row in rows],
            "类别": [row[2] for row in rows],
            "经度": [row[3].x for row in rows],
            "纬度": [row[3].y for row in rows],
        }
    ).to_csv("places.csv", index=False, encoding="gb18030")
    return Path("places.csv")


def one_line(capsys):
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1, lines
    return lines[0]


def test_from_files_to_results(schools_file, places_file, capsys):
    assert run(["init"]) == 0
    assert run(["import", "schools", str(schools_file), "--crs", "wgs84"]) == 0
    assert run(["import", "places", str(places_file), "--crs", "wgs84", "--report", "report.json"]) == 0
    report = json.loads(Path("report.json").read_text("utf-8"))
    assert (report["stored"], report["rows_good"], report["encoding"]) == (True, 4, "GB18030")
    capsys.readouterr()
    assert run(["screen", "--on", "2026-10-31"]) == 0
    assert "有疑似线索：1 所" in capsys.readouterr().err
    assert run(["map", "--out", "map.html"]) == 0
    assert Path("map.html").stat().st_size > 100_000


def test_stateless_screening_gives_the_geodesic_pairs(schools_file, places_file):
    assert (
        run(
            [
                "screen",
                str(schools_file),
                str(places_file),
                "--crs",
                "wgs84",
                "--out",
                "pairs.csv",
                "--method",
                "boundary_straight",
                "--limit-m",
                "200",
            ]
        )
        == 0
    )
    pairs = pd.read_csv("pairs.csv")
    assert list(pairs.columns) == (
        [
            "school_id",
            "place_id",
            "rule_id",
            "method",
            "distance_m",
            "limit_m",
            "margin_m",
            "band",
            "uncertainty_m",
            "from_lon",
            "from_lat",
            "to_lon",
            "to_lat",
        ]
    )
    assert pairs[["school_id", "place_id", "band"]].to_numpy().tolist() == [
        ["S1", "P20", "inside"],
        ["S1", "P199", "inside"],
    ]
    ends = pairs[["from_lon", "from_lat", "to_lon", "to_lat"]].to_numpy().T
    assert GEOD.inv(*ends)[2] == pytest.approx(pairs["distance_m"].to_numpy(), abs=0.001)
    assert not Path("geo-service.sqlite").exists(), "nothing is stored"


@pytest.mark.parametrize("ending", ["csv", "parquet", "geojson"])
def test_pairs_say_the_same_in_every_format(schools_file, places_file, ending):
    out = Path(f"pairs.{ending}")
    assert run(["screen", str(schools_file), str(places_file), "--crs", "wgs84", "--out", str(out)]) == 0
    read = {"csv": pd.read_csv, "parquet": gpd.read_parquet, "geojson": gpd.read_file}[ending]
    pairs = read(out)
    assert pairs[["school_id", "place_id", "rule_id"]].to_numpy().tolist() == [
        ["S1", "P20", "NET-200"],
        ["S1", "P199", "NET-200"],
    ]
    assert pairs["distance_m"].tolist() == pytest.approx([20, 199], abs=0.001)


def test_ids_are_row_numbers_where_there_is_no_id_column(schools_file):
    west, south, east, _ = campus_box(width_m=60).bounds
    point = away((west + east) / 2, south, 180, 10)
    gpd.GeoDataFrame(geometry=[shapely.Point(0, 0), point], crs=4326).to_parquet("bare.parquet")
    gpd.read_file(schools_file)[["geometry"]].to_parquet("campuses.parquet")
    assert (
        run(
            [
                "screen",
                "campuses.parquet",
                "bare.parquet",
                "--crs",
                "wgs84",
                "--out",
                "p.csv",
                "--method",
                "boundary_straight",
                "--limit-m",
                "50",
            ]
        )
        == 0
    )
    assert pd.read_csv("p.csv", dtype=str)[["school_id", "place_id"]].to_numpy().tolist() == [["1", "2"]]


@pytest.mark.parametrize(
    "arguments",
    [
        ["import", "schools", "schools.geojson"],
        ["import", "people", "schools.geojson", "--crs", "wgs84"],
        ["import", "schools", "schools.geojson", "--crs", "mars"],
        ["import", "schools", "--crs", "wgs84"],
        ["screen", "schools.geojson"],
        ["screen", "schools.geojson", "places.csv", "--out", "p.csv"],
        [
            "screen",
            "schools.geojson",
            "places.csv",
            "--crs",
            "wgs84",
            "--out",
            "p.csv",
            "--method",
            "gate_radius",
        ],
        ["screen", "--out", "p.csv"],
        ["screen", "--on", "yesterday"],
        ["fly"],
        ["serve", "--port", "70000"],
        ["import", "schools", "schools.geojson", "--crs", "wgs84", "--colour", "red"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_2_and_one_line(schools_file, places_file, arguments, capsys):
    assert run(arguments) == 2
    assert one_line(capsys)
    assert not Path("geo-service.sqlite").exists()


def refused_files(folder):
    """Files that must be refused, by name."""
    good = (folder / "schools.geojson").read_bytes()
    contents = {
        "empty.csv": b"",
        "header.csv": "名称,类别,经度,纬度\n".encode(),
        "half.geojson": good[: len(good) // 2],
        "picture.csv": b"\x89PNG\r\n\x1a\n" + bytes(100),
        "page.xlsx": b"<html><table><tr><td>1</td></tr></table></html>",
        "columns.csv": b"foo,bar\n1,2\n",
        "metres.csv": "名称,类别,经度,纬度\n甲,网吧,412345.1,3254321.2\n".encode(),
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    with (folder / "huge.csv").open("wb") as huge:
        huge.truncate(2 * 1024**3 + 1)
    return [*contents, "huge.csv", "missing.csv"]


def test_refused_files_are_3_name_the_file_and_leave_the_store_as_it_was(schools_file, capsys, tmp_path):
    assert run(["import", "schools", str(schools_file), "--crs", "wgs84"]) == 0
    for name in refused_files(tmp_path):
        before = store_state()
        capsys.readouterr()
        assert run(["import", "places", name, "--crs", "wgs84", "--report", "r.json"]) == 3, name
        line = one_line(capsys)
        assert name in line
        refused = json.loads(Path("r.json").read_text("utf-8"))
        assert refused["stored"] is False
        assert refused["refused"]["message"]
        assert store_state() == before


def store_state():
    from geo_service.store import Store

    with Store.open("geo-service.sqlite") as store:
        return store.counts(), store.data_version(), len(store.batches())


def test_dry_run_stores_nothing_and_creates_nothing(schools_file):
    arguments = ["import", "schools", str(schools_file), "--crs", "wgs84", "--dry-run", "--report", "r.json"]
    assert run(arguments) == 0
    assert json.loads(Path("r.json").read_text("utf-8"))["stored"] is False
    assert not Path("geo-service.sqlite").exists()
    assert run(["init"]) == 0
    assert run(arguments) == 0
    assert store_state()[0]["schools"] == 0


def test_a_refused_file_creates_no_store():
    Path("empty.csv").write_bytes(b"")
    assert run(["import", "places", "empty.csv", "--crs", "wgs84"]) == 3
    assert not Path("geo-service.sqlite").exists()


def test_outputs_are_looked_at_before_the_work(schools_file, places_file, capsys):
    before = places_file.read_bytes()
    pairs = ["screen", str(schools_file), str(places_file), "--crs", "wgs84", "--out"]
    for arguments in (
        ["import", "places", str(places_file), "--crs", "wgs84", "--report", "nowhere/r.json"],
        ["import", "places", str(places_file), "--crs", "wgs84", "--report", str(places_file)],
        ["import", "places", str(places_file), "--crs", "wgs84", "--report", "."],
        [*pairs, "nowhere/p.csv"],
        [*pairs, str(places_file)],
        [*pairs, "pairs.xyz"],
        [*pairs, "p.csv", "--method", "boundary_straight", "--limit-m", "nan"],
    ):
        capsys.readouterr()
        assert run(arguments) == 2, arguments
        assert one_line(capsys)
    assert places_file.read_bytes() == before
    assert not Path("geo-service.sqlite").exists()


def test_nothing_from_a_file_steers_the_terminal(capsys):
    Path("esc.csv").write_text(
        "名称,类别,经度,纬度\n甲,\x1b]0;P\x07\x1b[2J网吧,113.1,29.3\n乙,网吧,113.1,29.3\n", "utf-8"
    )
    run(["import", "places", "esc.csv", "--crs", "wgs84"])
    run(["import", "places", "no\x1b[2Jfile.csv", "--crs", "wgs84"])
    told = capsys.readouterr().err
    assert told
    assert not any(sign in told for sign in "\x1b\x07\x9b\r")


def test_gates_find_a_school_that_comes_after_them(schools_file, capsys):
    from geo_service.store import Store

    Path("gates.csv").write_text("学校名称,经度,纬度\n演示小学,113.1,29.4\n某校,113.1,29.4\n", "utf-8")
    assert run(["import", "gates", "gates.csv", "--crs", "wgs84"]) == 0
    assert "2 个校门所属学校不在库中" in capsys.readouterr().err
    assert run(["import", "schools", str(schools_file), "--crs", "wgs84"]) == 0
    with Store.open("geo-service.sqlite") as store:
        gates = store.load_layer("gates").set_index("school_name")
    assert gates.at["演示小学", "school_id"] == "S1"
    assert pd.isna(gates.at["某校", "school_id"])


def test_rows_that_contradict_their_district_are_told(capsys):
    Path("p.csv").write_text(
        "名称,类别,区县,经度,纬度\n甲,网吧,平江县,113.10,29.37\n乙,网吧,岳阳楼区,113.12,29.37\n", "utf-8"
    )
    assert run(["import", "places", "p.csv", "--crs", "wgs84", "--report", "r.json"]) == 0
    assert "有 1 行所填区县与其位置不符" in capsys.readouterr().err
    assert json.loads(Path("r.json").read_text("utf-8"))["district_conflicts"] == 1


def test_own_boundaries_take_the_place_of_the_shipped_ones(capsys):
    from geo_service.store import Store

    own = gpd.GeoDataFrame(
        {"adcode": ["110108"], "name": ["海淀区"]}, geometry=[shapely.box(116.2, 39.9, 116.4, 40.1)], crs=4326
    )
    own.to_file("own.geojson")
    assert run(["init"]) == 0
    assert run(["boundaries", "import", "own.geojson", "--crs", "wgs84"]) == 0
    with Store.open("geo-service.sqlite") as store:
        assert store.load_layer("boundaries").index.tolist() == ["110108"]
    assert run(["boundaries", "reset"]) == 0
    with Store.open("geo-service.sqlite") as store:
        assert store.count("boundaries") == 10


def test_a_users_pack_is_shown_with_its_own_titles(schools_file, places_file):
    from geo_service.store import Store
    from geo_service.web.facts import FactKeeper

    assert run(["rules", "--export", "mine.toml"]) == 0
    text = Path("mine.toml").read_text("utf-8")
    Path("mine.toml").write_text(
        text.replace("中小学校园周边网吧", "本地网吧规则").replace("distance_m = 200", "distance_m = 300", 1),
        "utf-8",
    )
    for kind, file in (("schools", schools_file), ("places", places_file)):
        assert run(["import", kind, str(file), "--crs", "wgs84"]) == 0
    assert run(["screen", "--on", "2026-10-31", "--rules", "mine.toml"]) == 0
    Path("mine.toml").unlink()
    with Store.open("geo-service.sqlite") as store:
        rule = FactKeeper(store).now().pack.get("NET-200")
    assert (rule.title_zh, rule.distance_m) == ("本地网吧规则", 300)


def test_screening_without_a_store_names_the_cure(capsys):
    assert run(["screen"]) == 1
    assert "geo-service init" in one_line(capsys)


def test_listening_beyond_this_machine_is_refused(schools_file, capsys):
    assert run(["init"]) == 0
    capsys.readouterr()
    assert run(["serve", "--host", "0.0.0.0", "--port", "0"]) == 1
    assert "unsafe-binding" in one_line(capsys)


def test_help_speaks_both_languages(capsys):
    assert run(["import", "--help"]) == 0
    chinese = capsys.readouterr().out
    assert run(["--lang", "en", "import", "--help"]) == 0
    english = capsys.readouterr().out
    assert "坐标系必须声明" in chinese
    assert "用法" in chinese
    assert "The coordinate system must be said" in english
    assert "Show this message" not in chinese


def test_installed_program_runs():
    script = Path(sys.executable).with_name("geo-service")
    done = subprocess.run([script, "--version"], capture_output=True, text=True, timeout=60, check=True)
    assert "geo-service" in done.stdout
