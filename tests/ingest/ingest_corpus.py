"""A generated corpus of nasty files: each case writes one file and says what must come of it."""

import datetime as dt
import io
import json
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

HEADER = "编号,名称,类别,经度,纬度"
ROW = "A1,演示网吧,网吧,113.1,29.3"
CSV = f"{HEADER}\n{ROW}\nA2,演示超市,便利店,113.2,29.4\n"
POINTS = [shapely.Point(113.1, 29.3), shapely.Point(113.2, 29.4)]


@dataclass(frozen=True)
class Case:
    """`error` is the class name of the refusal; else `good` rows come out, with these fault and note codes."""

    name: str
    file: str
    write: Callable[[Path], None]
    error: str | None = None
    says: str = ""
    good: int | None = None
    faults: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    kind: str = "places"
    system: str = "wgs84"
    check: Callable[[object], None] = field(default=lambda result: None)


CASES: list[Case] = []


def case(name, file, write, **expected):
    """Add a case; `write` is text, bytes, or a function of the path."""
    if isinstance(write, str):
        data = write.encode()
        CASES.append(Case(name, file, lambda path: path.write_bytes(data), **expected))
    elif isinstance(write, bytes):
        CASES.append(Case(name, file, lambda path: path.write_bytes(write), **expected))
    else:
        CASES.append(Case(name, file, write, **expected))


def workbook(rows, *, sheets=None):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    for title, more in (sheets or {}).items():
        extra = book.create_sheet(title)
        for row in more:
            extra.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def frame(**columns):
    columns = columns or {"name": ["演示网吧", "演示超市"], "category": ["网吧", "便利店"]}
    return gpd.GeoDataFrame(columns, geometry=POINTS, crs="EPSG:4326")


def features(*items, **members):
    return json.dumps({"type": "FeatureCollection", "features": list(items), **members}, ensure_ascii=False)


def feature(geometry, **properties):
    return {
        "type": "Feature",
        "properties": {"name": "演示网吧", "category": "网吧", **properties},
        "geometry": geometry,
    }


POINT = {"type": "Point", "coordinates": [113.1, 29.3]}


def cut(data, share=0.6):
    return data[: int(len(data) * share)]


def gpkg(path, **options):
    frame().to_file(path, driver="GPKG", layer="places", **options)


def cut_file(writer, share=0.6):
    def write(path):
        writer(path)
        path.write_bytes(cut(path.read_bytes(), share))

    return write


def shapefile(path, data=None, *, encoding="UTF-8", drop=(), **options):
    (frame() if data is None else data).to_file(path, driver="ESRI Shapefile", encoding=encoding, **options)
    for suffix in drop:
        path.with_suffix(suffix).unlink(missing_ok=True)


def zipped_shapefile(path, *, drop=(), encoding="UTF-8", names=("places",)):
    folder = path.parent / "unzipped"
    folder.mkdir()
    for name in names:
        shapefile(folder / f"{name}.shp", encoding=encoding, drop=drop)
    with zipfile.ZipFile(path, "w") as archive:
        for member in folder.iterdir():
            archive.write(member, f"数据/{member.name}")


def sparse_sheet(path):
    """A1 and XFD1048576: two kilobytes that a parser lays out as 17 thousand million cells."""
    data = workbook([["名称", "类别", "经度", "纬度"], ["演示", "网吧", 113.1, 29.3]])
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(path, "w") as target:
        for member in source.infolist():
            content = source.read(member)
            if member.filename.startswith("xl/worksheets/"):
                far = b'<row r="1048576"><c r="XFD1048576" t="n"><v>1</v></c></row></sheetData>'
                content = content.replace(b"</sheetData>", far)
            target.writestr(member, content)


def zip_bomb(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"<c/>" * (90 * 1024 * 1024 // 4))


def many_members(path):
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(101):
            archive.writestr(f"{number}.shp", b"")


def climbing_zip(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../places.shp", b"")


def linking_zip(path):
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("places.shp")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/hostname")


def geoparquet(path):
    frame().to_parquet(path)


def native_parquet(path):
    frame().to_parquet(path, geometry_encoding="geoarrow")


def plain_parquet(path):
    table = {"name": ["演示网吧"], "category": ["网吧"], "lon": [113.1], "lat": [29.3], "more": [[1, 2]]}
    pq.write_table(pa.table(table), path)


def huge(path):
    with path.open("wb") as file:
        file.truncate(2 * 1024**3)


def vrt(target):
    return (
        f'<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>{target}</SrcDataSource>'
        "<SrcLayer>places</SrcLayer></OGRVRTLayer></OGRVRTDataSource>"
    )


# --- text tables: encodings -------------------------------------------------------------------
case("utf8", "a.csv", CSV, good=2)
case("utf8 bom", "a.csv", CSV.encode("utf-8-sig"), good=2)
case("gb18030", "a.csv", CSV.encode("gb18030"), good=2, check=lambda result: named(result, "演示网吧"))
case("utf16", "a.csv", CSV.encode("utf-16"), good=2, check=lambda result: named(result, "演示网吧"))
case("utf16 no bom", "a.csv", CSV.encode("utf-16-le"), good=2)
case("tsv", "a.tsv", CSV.replace(",", "\t"), good=2)
case("semicolons", "a.csv", CSV.replace(",", ";"), good=2)
case("carriage returns", "a.csv", CSV.replace("\n", "\r"), good=2)
case("blanks before the header", "a.csv", "\ufeff " + CSV, good=2)
case("gbk that is utf8 too", "a.csv", "name,category,lon,lat\n学校小学路楼,bar,113.1,29.3\n".encode("gbk"),
     good=1, notes=("encoding-gb18030",), check=lambda result: named(result, "学校小学路楼"))  # fmt: skip
case("latin letters stay utf8", "a.csv", "name,category,lon,lat\nCafé Müller,bar,113.1,29.3\n",
     good=1, check=lambda result: named(result, "Café Müller"))  # fmt: skip
case("cut utf8 character", "a.csv", (HEADER + "\nA1,演示网吧,网吧,113.1,29.3\nA2,演示").encode()[:-1],
     error="FileUnreadable", says="cut off")  # fmt: skip
case("cut gbk character", "a.csv", (HEADER + "\nA1,演示网吧,网吧,113.1,29.3\nA2,演示").encode("gbk")[:-1],
     error="FileUnreadable", says="cut off")  # fmt: skip
case("latin-1", "a.csv", "name,category,lon,lat\ncafé,bar,113.1,29.3\n".encode("latin-1"),
     error="FileUnreadable", says="neither UTF-8")  # fmt: skip
case("nul bytes", "a.csv", CSV.replace("网吧", "网\0吧"), error="FileUnreadable", says="NUL")
case("bom in the middle", "a.csv", CSV + "\ufeffA3,演示酒吧,酒吧,113.1,29.3\n", good=3)

# --- text tables: structure -------------------------------------------------------------------
case("nothing", "a.csv", "", error="EmptyInput")
case("only blanks", "a.csv", " \r\n \n", error="EmptyInput")
case("header only", "a.csv", HEADER + "\n", error="EmptyInput", says="no rows")
case(
    "a cell too many",
    "a.csv",
    f"{HEADER}\n{ROW},多\nA2,演示超市,便利店,113.2,29.4\n",
    good=1,
    faults=("cell-count",),
)
case("a cell too few", "a.csv", f"{HEADER}\nA1,演示网吧,网吧,113.1\nA2,演示超市,便利店,113.2,29.4\n", good=1,
     faults=("cell-count",))  # fmt: skip
case("last line short", "a.csv", CSV + "A3,演示", error="FileUnreadable", says="cut off")
case("last line complete", "a.csv", CSV.rstrip("\n"), good=2)
case(
    "quotation mark open", "a.csv", CSV + 'A3,"演示,网吧,113.1,29.3\n', error="FileUnreadable", says="cut off"
)
case("stray quotation mark", "a.csv", f'{HEADER}\nA1,"演"示,网吧,113.1,29.3\nA2,演示超市,便利店,113.2,29.4\n',
     good=1, faults=("quotes",))  # fmt: skip
case("break inside quotes", "a.csv", f'{HEADER}\nA1,"演示\n网吧",网吧,113.1,29.3\nA2,坏,怪东西,113.1,29.3\n',
     good=1, faults=("unknown-word",), notes=("control-characters",),
     check=lambda result: row_of_first_fault(result, 4))  # fmt: skip
case("empty rows", "a.csv", f"{HEADER}\n\n{ROW}\n,,,,\n", good=1, notes=("blank-rows",))
case("title lines", "a.csv", f"岳阳市场所清单\n\n{CSV}", good=2, notes=("header-row",))
case("two columns of one name", "a.csv", "名称,名称,类别,经度,纬度\na,b,网吧,113.1,29.3\n",
     error="UnknownColumns", says="same name")  # fmt: skip
case(
    "500 columns",
    "a.csv",
    HEADER + "".join(f",列{n}" for n in range(500)) + "\n" + ROW + ",x" * 500 + "\n",
    good=1,
)
case(
    "3000 columns",
    "a.csv",
    ",".join(f"列{n}" for n in range(3000)) + "\nx\n",
    error="FileTooLarge",
    says="columns",
)
case("no category", "a.csv", "名称,经度,纬度\na,113.1,29.3\n", error="UnknownColumns", says="category")
case("no coordinates", "a.csv", "名称,类别\na,网吧\n", error="UnknownColumns", says="lon")
case("no header", "a.csv", "王某,13812345678,113.1,29.3\n李某,13912345678,113.2,29.4\n",
     error="UnknownColumns", says="looks like data")  # fmt: skip
case(
    "one long line", "a.csv", HEADER + "\n" + "x" * (17 * 1024 * 1024), error="FileUnreadable", says="longer"
)
case("2 GB", "a.csv", huge, error="FileTooLarge", says="2048 MB")

# --- text tables: values ----------------------------------------------------------------------
case("full-width digits", "a.csv", f"{HEADER}\nA1,演示,网吧,１１３．１,２９．３\n", good=1)
case("not a number", "a.csv", f"{HEADER}\nA9,演示,网吧,东经,29.3\n{ROW}\nB,演示,网吧,nan,29.3\nC,演示,网吧,inf,29.3\n",
     good=1, faults=("missing-coordinates", "not-a-number"))  # fmt: skip
case("no coordinate", "a.csv", f"{HEADER}\nA1,演示,网吧,,\nA2,演示,网吧,113.1,29.3\n", good=1,
     faults=("missing-coordinates",))  # fmt: skip
case("repeated id", "a.csv", f"{HEADER}\n{ROW}\n{ROW}\n", good=1, faults=("duplicate-id",))
case("unknown category", "a.csv", f"{HEADER}\nA9,演示,网巴,113.1,29.3\nA8,演示,水,113.1,29.3\n{ROW}\n", good=1,
     faults=("unknown-category", "unknown-word"))  # fmt: skip
case("one row outside", "a.csv", f"{HEADER}\nA1,演示,网吧,813.1,29.3\nA2,演示,网吧,113.1,29.3\n", good=1,
     faults=("coordinates-outside",))  # fmt: skip
case("swapped", "a.csv", f"{HEADER}\nA1,演示,网吧,29.3,113.1\nA2,演示,网吧,29.4,113.2\n", error="CrsMismatch",
     says="swapped")  # fmt: skip
case(
    "metres as degrees",
    "a.csv",
    f"{HEADER}\nA1,演示,网吧,412345,3245678\n",
    error="CrsMismatch",
    says="metres",
)
case("degrees as metres", "a.csv", CSV, system="EPSG:4547", error="CrsMismatch", says="degrees")
case("surveyors' order", "a.csv", "名称,类别,X,Y\n演示,网吧,3245678.9,412345.6\n", system="EPSG:4547", good=1,
     notes=("surveyors-order",))  # fmt: skip
case("name too long", "a.csv", f"{HEADER}\nA1,{'长' * 201},网吧,113.1,29.3\n{ROW.replace('A1', 'A2')}\n", good=1,
     faults=("too-long",))  # fmt: skip
case("nothing good", "a.csv", f"{HEADER}\nA1,演示,怪,113.1,29.3\n", good=0, faults=("unknown-word",))
case("wkt polygon", "a.csv", '名称,学段,边界\n演示小学,小学,"POLYGON ((113.1 29.3, 113.102 29.3, 113.102 29.302, 113.1 29.3))"\n',
     kind="schools", good=1)  # fmt: skip
case("broken wkt", "a.csv", '名称,边界\n演示小学,"POLYGON ((113.1 29.3"\n演示小学,POINT (113.1 29.3)\n', kind="schools",
     good=1, faults=("broken-geometry",))  # fmt: skip
case("bow-tie", "a.csv", '名称,wkt\n演示小学,"POLYGON ((113.1 29.3, 113.102 29.302, 113.102 29.3, 113.1 29.302, 113.1 29.3))"\n',
     kind="schools", good=0, faults=("invalid-geometry",))  # fmt: skip
case("spike", "a.csv",
     '名称,wkt\n演示小学,"POLYGON ((113.1 29.3, 113.102 29.3, 113.102 29.302, 113.102 29.304, 113.102 29.302, 113.1 29.302, 113.1 29.3))"\n',
     kind="schools", good=1, notes=("repaired",))  # fmt: skip
case("campus of a county", "a.csv", '名称,wkt\n演示小学,"POLYGON ((113 29, 113.5 29, 113.5 29.5, 113 29))"\n',
     kind="schools", good=0, faults=("campus-too-large",))  # fmt: skip
case(
    "line as place",
    "a.csv",
    '名称,类别,wkt\n演示,网吧,"LINESTRING (113 29, 113.1 29)"\n',
    good=0,
    faults=("wrong-geometry",),
)

# --- content against name ---------------------------------------------------------------------
case("png as csv", "a.csv", b"\x89PNG\r\n\x1a\n" + bytes(64), error="FormatMismatch", says="PNG")
case(
    "html as xlsx",
    "a.xlsx",
    "<!DOCTYPE html><html><table></table></html>",
    error="FormatMismatch",
    says="HTML",
)
case("xlsx as csv", "a.csv", workbook([["名称"], ["a"]]), error="FormatMismatch", says="XLSX")
case("csv as xlsx", "a.xlsx", CSV, error="FormatMismatch", says="CSV")
case("csv as geojson", "a.geojson", CSV, error="FormatMismatch", says="CSV")
case("geojson as csv", "a.csv", features(feature(POINT)), error="FormatMismatch", says="GeoJSON")
case(
    "old excel",
    "a.xls",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512),
    error="FormatMismatch",
    says="OLE2",
)
case("pdf as csv", "a.csv", b"%PDF-1.7\n", error="FormatMismatch", says="PDF")
case("zip without shapefile", "a.zip", lambda path: zipfile.ZipFile(path, "w").writestr("a.txt", "x"),
     error="FormatMismatch", says="ZIP")  # fmt: skip
case("vrt as geojson", "x.geojson", vrt("places.gpkg"), error="FormatMismatch", says="VRT")
case("vrt as gpkg", "x.gpkg", vrt("places.gpkg"), error="FormatMismatch", says="VRT")
case("vrt as shp", "x.shp", vrt("places.gpkg"), error="FormatMismatch", says="VRT")
case(
    "osm as places",
    "a.osm",
    "<?xml version='1.0'?><osm version='0.6'></osm>",
    error="FormatMismatch",
    says="OpenStreetMap",
)
case("any name, known content", "a.dat", CSV, good=2)

# --- XLSX -------------------------------------------------------------------------------------
case("xlsx", "a.xlsx", workbook([["编号", "名称", "类别", "经度", "纬度", "证照到期日", None],
     [2143000001, "演示网吧", "网吧", 113.1, 29.3, dt.date(2025, 3, 5), None]]), good=1,
     check=lambda result: (ids(result, "2143000001"), column(result, "licence_expiry", "2025-03-05")))  # fmt: skip
case("xlsx, second sheet", "a.xlsx",
     workbook([["说明"], ["见下表"]], sheets={"数据": [["名称", "类别", "经度", "纬度"], ["演示", "网吧", 113.1, 29.3]]}),
     good=1, notes=("sheet",))  # fmt: skip
case("xlsx, empty", "a.xlsx", workbook([]), error="EmptyInput")
case("xlsx, cell without header", "a.xlsx", workbook([["名称", "类别", "经度", "纬度"], ["演示", "网吧", 113.1, 29.3, "备注"]]),
     good=1, notes=("no-header",))  # fmt: skip
case(
    "xlsx, numbers as text",
    "a.xlsx",
    workbook([["名称", "类别", "经度", "纬度"], ["演示", "网吧", " 113.1 ", "29.3"]]),
    good=1,
)
case("xlsx cut", "a.xlsx", cut(workbook([["名称"], ["a"]])), error="FileUnreadable", says="cut off")
case("xlsx, two far cells", "a.xlsx", sparse_sheet, error="FileTooLarge", says="1048576 rows")
case("xlsx bomb", "a.xlsx", zip_bomb, error="FileTooLarge", says="unpacks")
case("zip of 101 members", "a.zip", many_members, error="FileTooLarge", says="101 parts")
case("zip with ..", "a.zip", climbing_zip, error="FormatMismatch", says="out of the archive")
case("zip with a link", "a.zip", linking_zip, error="FormatMismatch", says="out of the archive")

# --- GeoJSON ----------------------------------------------------------------------------------
case("geojson", "a.geojson", features(feature(POINT), feature(POINT, id=7)), good=2)
case(
    "geojson cut",
    "a.geojson",
    cut(features(feature(POINT), feature(POINT)).encode()),
    error="FileUnreadable",
    says="cut off",
)
case(
    "geojson cut after a feature",
    "a.geojson",
    features(feature(POINT))[:-2],
    error="FileUnreadable",
    says="cut off",
)
case("geojson deep", "a.geojson", '{"type":"FeatureCollection","features":[' + "[" * 100_000 + "]" * 100_000 + "]}",
     error="FileUnreadable")  # fmt: skip
case("geojson nan", "a.geojson", features(feature(POINT)).replace("113.1", "NaN"), error="FileUnreadable")
case("geojson infinite", "a.geojson", features(feature(POINT), feature(POINT)).replace("113.1", "1e999", 1), good=1,
     faults=("feature-unreadable",))  # fmt: skip
case("geojson text coordinates", "a.geojson", features(feature({"type": "Point", "coordinates": ["113", "29"]}), feature(POINT)),
     good=1, faults=("feature-unreadable",))  # fmt: skip
case("geojson open ring", "a.geojson",
     features(feature({"type": "Polygon", "coordinates": [[[113, 29], [113.001, 29], [113.001, 29.001], [113, 29.001]]]}), feature(POINT)),
     good=1, faults=("feature-unreadable",))  # fmt: skip
case(
    "geojson no geometry",
    "a.geojson",
    features(feature(None), feature(POINT)),
    good=1,
    faults=("empty-geometry",),
)
case("geojson heights", "a.geojson", features(feature({"type": "Point", "coordinates": [113.1, 29.3, 55]})), good=1,
     notes=("dimension-dropped",))  # fmt: skip
case("geojson mixed types", "a.geojson", features(feature(POINT), feature({"type": "LineString", "coordinates": [[113, 29], [114, 29]]})),
     good=1, faults=("wrong-geometry",))  # fmt: skip
case("geojson single feature", "a.geojson", json.dumps(feature(POINT)), good=1)
case("json, not geo", "a.json", '{"a": 1}', error="FormatMismatch", says="GeoJSON")
case("json list", "a.json", "[1, 2]", error="FormatMismatch", says="GeoJSON")
case("geojson no features", "a.geojson", features(), error="UnknownColumns")
case("geojson other system", "a.geojson",
     features(feature(POINT), crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}),
     error="CrsMismatch", says="3857".replace("3857", "Mercator"))  # fmt: skip
case("geojson crs84", "a.geojson",
     features(feature(POINT), crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}), good=1)  # fmt: skip
case("geojson 4490 as wgs84", "a.geojson",
     features(feature(POINT), crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}), good=1,
     notes=("crs-cgcs2000",))  # fmt: skip
case("geojson unknown crs", "a.geojson", features(feature(POINT), crs={"type": "name", "properties": {"name": "火星"}}), good=1,
     notes=("projection-sidefile",))  # fmt: skip
case("geojson said wgs84, declared gcj02", "a.geojson",
     features(feature(POINT), crs={"type": "name", "properties": {"name": "EPSG:4326"}}), system="gcj02", good=1,
     notes=("crs-shifted",))  # fmt: skip

# --- GeoPackage, Shapefile, GeoParquet ----------------------------------------------------------
case("gpkg", "a.gpkg", gpkg, good=2)
case("gpkg cut", "a.gpkg", cut_file(gpkg), error="FileUnreadable", says="cut off")
case("gpkg cut in the header", "a.gpkg", cut_file(gpkg, 0.0005), error="FileUnreadable", says="cut off")
case("gpkg other system", "a.gpkg", lambda path: frame().to_crs(4547).to_file(path, driver="GPKG"), error="CrsMismatch",
     says="CGCS2000")  # fmt: skip
case(
    "gpkg in its system",
    "a.gpkg",
    lambda path: frame().to_crs(4547).to_file(path, driver="GPKG"),
    system="EPSG:4547",
    good=2,
)
case(
    "sqlite as gpkg",
    "a.gpkg",
    b"SQLite format 3\0" + bytes(52) + b"XXXX" + bytes(100),
    error="FormatMismatch",
    says="SQLite",
)
case("shapefile", "a.shp", shapefile, good=2)
case("shapefile gbk without cpg", "a.shp", lambda path: shapefile(path, encoding="GBK", drop=(".cpg",)), good=2,
     check=lambda result: named(result, "演示网吧"))  # fmt: skip
case(
    "shapefile without shx",
    "a.shp",
    lambda path: shapefile(path, drop=(".shx",)),
    error="FileUnreadable",
    says=".shx",
)
case(
    "shapefile without dbf",
    "a.shp",
    lambda path: shapefile(path, drop=(".dbf",)),
    error="FileUnreadable",
    says=".dbf",
)
case("shapefile without prj", "a.shp", lambda path: shapefile(path, drop=(".prj",)), good=2)
case(
    "shapefile wrong prj",
    "a.shp",
    lambda path: (shapefile(path), path.with_suffix(".prj").write_text("nonsense"))[0],
    good=2,
)
case("shapefile cut", "a.shp", cut_file(shapefile), error="FileUnreadable", says="cut off")
case(
    "shapefile, Xi'an 80",
    "a.shp",
    lambda path: shapefile(path, frame().to_crs(2383)),
    error="CrsMismatch",
    says="Xian",
)
case("zipped shapefile", "a.zip", zipped_shapefile, good=2)
case("zipped shapefile gbk", "a.zip", lambda path: zipped_shapefile(path, encoding="GBK", drop=(".cpg",)), good=2,
     check=lambda result: named(result, "演示网吧"))  # fmt: skip
case("two zipped shapefiles", "a.zip", lambda path: zipped_shapefile(path, names=("a", "b")), error="UnknownColumns",
     says="2 shapefiles")  # fmt: skip
case("geoparquet", "a.parquet", geoparquet, good=2)
case("geoparquet cut", "a.parquet", cut_file(geoparquet), error="FileUnreadable", says="cut off")
case("geoparquet native", "a.parquet", native_parquet, error="FormatMismatch", says="WKB")
case("plain parquet", "a.parquet", plain_parquet, good=1, notes=("nested",))
case("parquet magic only", "a.parquet", b"PAR1" + struct.pack("<I", 10**6) + b"PAR1", error="FileUnreadable")


def named(result, name):
    assert result.frame["name"].iloc[0] == name


def ids(result, *expected):
    assert tuple(result.frame.index) == expected


def column(result, name, *expected):
    assert tuple(result.frame[name]) == expected


def row_of_first_fault(result, row):
    assert result.report.faults[0].row == row
