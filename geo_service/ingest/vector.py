"""GeoPackage and Shapefile, by GDAL with every other driver switched off."""

import os
import struct
import tempfile
import zipfile
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import shapely

from geo_service.errors import EmptyInput, FileUnreadable, FormatMismatch, UnknownColumns
from geo_service.i18n import N_
from geo_service.ingest.archive import checked_members
from geo_service.ingest.columns import make_plan
from geo_service.ingest.content import check_shape_length, check_sqlite_length, cut_off, damaged
from geo_service.ingest.encoding import detect_encoding
from geo_service.ingest.table import Findings, RawTable, flatten, refuse_too_many_rows
from geo_service.model.tables import Kind

ALLOWED_DRIVERS: Final = frozenset({"GPKG", "ESRI Shapefile"})
# Everything else that GDAL 3.6 to 3.12 may bring: a driver opens a file by its content, whatever its name.
_SKIPPED: Final = (
    "ADBC,AIVector,AmigoCloud,ARCGEN,Arrow,AVCBin,AVCE00,CAD,Carto,Cloudant,CouchDB,CSV,CSW,DB2ODBC,DGN,DODS,DWG,DXF,"
    "EDIGEO,EEDA,ElasticSearch,Elasticsearch,ESRIJSON,ESRIC,FileGDB,FlatGeobuf,GDALG,Geoconcept,GeoJSON,"
    "GeoJSONSeq,GeoRSS,GFT,GML,GMLAS,GMT,GPSBabel,GPX,GRASS,GTFS,HANA,HTF,HTTP,IDB,Idrisi,ILI,"
    "Interlis 1,Interlis 2,INGRES,JML,JP2ECW,JP2KAK,JP2Lura,JP2MrSID,JP2OpenJPEG,JPEG2000,JSONFG,KML,LIBKML,"
    "LIBERTIFF,LVBAG,MapInfo File,MapML,MBTiles,MEM,Memory,MDB,MiraMonVector,MongoDB,MongoDBv3,MSSQLSpatial,MVT,"
    "MySQL,NAS,netCDF,NGW,OAPIF,OCI,ODBC,ODS,OGCAPI,OGDI,OGR_GMT,OGR_OGDI,OGR_PDS,OGR_SDTS,OGR_VRT,OpenAir,"
    "OpenFileGDB,OpenJPEG,OSM,Parquet,PCIDSK,PDF,PDS4,PGDUMP,PGeo,PLScenes,PLSCENES,PMTiles,PostgreSQL,"
    "PostGISRaster,REC,S57,SEGUKOOA,SEGY,Selafin,SOSI,SQLite,SUA,SVG,SXF,TIGER,TopoJSON,UK .NTF,VDV,VFK,"
    "VICAR,VRT,Walk,WAsP,WFS,WFS3,XLS,XLSX,XODR,XPlane"
)
_SIDE_FILES: Final = (".shx", ".dbf", ".prj", ".cpg")


def prepare_gdal() -> Any:
    """Import pyogrio with all drivers off but the two that are needed, and return it.

    Raises
    ------
    FormatMismatch
        If another driver is on nevertheless; nothing is opened then.
    """
    os.environ.update(
        OGR_SKIP=_SKIPPED,
        GDAL_DRIVER_PATH="disable",
        GDAL_NUM_THREADS="1",
        OGR_SQLITE_PRAGMA="trusted_schema=OFF",
        SHAPE_RESTORE_SHX="NO",
        CPL_VSIL_CURL_ALLOWED_EXTENSIONS=".none",
        GDAL_HTTP_TIMEOUT="1",
        CPL_LOG="/dev/null",
    )
    import pyogrio  # noqa: PLC0415 - the drivers are registered at import

    strange = set(pyogrio.list_drivers()) - ALLOWED_DRIVERS
    if strange:
        raise FormatMismatch(
            N_("The GDAL library of this machine brings drivers that cannot be switched off: {drivers}."),
            hint=N_("Export the layer as GeoJSON or CSV, and report the drivers."),
            drivers=", ".join(sorted(strange)),
        )
    return pyogrio


def read_geopackage(path: Path, kind: Kind, *, max_rows: int) -> RawTable:
    """Read the layer of a GeoPackage whose fields fit best; row numbers count its features from 1."""
    check_sqlite_length(path)
    pyogrio = prepare_gdal()
    try:
        layers = [str(name) for name, shape in pyogrio.list_layers(str(path)) if shape is not None]
    except (pyogrio.errors.DataSourceError, RuntimeError):
        raise damaged(path) from None
    if not layers:
        raise EmptyInput(
            N_("{file} has no layer with geometries."),
            hint=N_("Export a layer of points or polygons."),
            file=path.name,
        )
    findings = Findings()
    try:
        scores = [_score(pyogrio.read_info(str(path), layer=name), kind) for name in layers]
    except (pyogrio.errors.DataSourceError, RuntimeError):
        raise damaged(path) from None
    chosen = layers[scores.index(max(scores))]
    if len(layers) > 1:
        findings.note("layer", layer=chosen, others="、".join(name for name in layers if name != chosen))
    return _read(pyogrio, path, path, kind, findings, layer=chosen, max_rows=max_rows, label="GeoPackage")


def read_shapefile(path: Path, kind: Kind, *, max_rows: int, shown: Path | None = None) -> RawTable:
    """Read a shapefile with its side files; the encoding of the .dbf is found by its content.

    Raises
    ------
    FileUnreadable
        If a side file is missing, or one of the files is shorter than its header says.
    """
    shown = shown or path
    sides = {item.suffix.lower(): item for item in path.parent.iterdir() if item.stem == path.stem}
    for suffix in (".shx", ".dbf"):
        if suffix not in sides:
            raise FileUnreadable(
                N_("The side file {side} of {file} is missing."),
                hint=N_("Put .shp, .shx, .dbf and .prj together into one zip file."),
                side=path.stem + suffix,
                file=shown.name,
            )
    check_shape_length(path)
    check_shape_length(sides[".shx"])
    _check_dbf_length(sides[".dbf"])
    encoding = _dbf_encoding(sides)
    pyogrio = prepare_gdal()
    raw = _read(
        pyogrio,
        path,
        shown,
        kind,
        Findings(),
        layer=None,
        max_rows=max_rows,
        label="Shapefile",
        encoding=encoding,
    )
    raw.encoding = encoding
    return raw


def read_zipped_shapefile(path: Path, kind: Kind, *, max_rows: int) -> RawTable:
    """Unpack the one shapefile of a zip file into a temporary folder and read it."""
    members = [member for member in checked_members(path) if "__macosx" not in member.filename.lower()]
    shapes = [member for member in members if member.filename.lower().endswith(".shp")]
    if len(shapes) != 1:
        raise UnknownColumns(
            N_("{file} holds {count} shapefiles: {names}."),
            hint=N_("Pack one shapefile per zip file."),
            file=path.name,
            count=len(shapes),
            names="、".join(Path(member.filename).name for member in shapes[:10]),
        )
    stem = shapes[0].filename[:-4].lower()
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(path) as archive:
        for member in members:
            name = member.filename.lower()
            suffix = Path(name).suffix
            if name.removesuffix(suffix) == stem and suffix in {".shp", *_SIDE_FILES}:
                try:
                    (Path(folder) / f"layer{suffix}").write_bytes(archive.read(member))
                except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError):
                    raise damaged(path) from None
        return read_shapefile(Path(folder) / "layer.shp", kind, max_rows=max_rows, shown=path)


def _score(info: dict[str, Any], kind: Kind) -> int:
    fields = list(dict.fromkeys(str(name) for name in info["fields"]))
    return len(make_plan(fields, kind, metric=False, has_geometry=True).targets)


def _read(
    pyogrio: Any,
    path: Path,
    shown: Path,
    kind: Kind,
    findings: Findings,
    *,
    layer: str | None,
    max_rows: int,
    label: str,
    encoding: str | None = None,
) -> RawTable:
    try:
        info = pyogrio.read_info(str(path), layer=layer, encoding=encoding, force_feature_count=True)
        refuse_too_many_rows(int(info["features"]), max_rows)
        meta, _fids, geometry, values = pyogrio.raw.read(
            str(path), layer=layer, encoding=encoding, datetime_as_string=True
        )
    except (
        pyogrio.errors.DataSourceError,
        pyogrio.errors.DataLayerError,
        pyogrio.errors.GeometryError,
        pyogrio.errors.FeatureError,
        RuntimeError,
        UnicodeDecodeError,
    ):
        raise damaged(shown) from None
    fields = [str(name) for name in meta["fields"]]
    plan = make_plan(fields, kind, metric=False, has_geometry=True)
    count = len(geometry)
    cells = {place: pa.chunked_array([_text(array)]) for place, array in enumerate(values)}
    rows = np.arange(1, count + 1, dtype=np.int64)
    raw = RawTable(label, plan, cells, rows, rows, count, findings)
    try:
        raw.geometry = flatten(shapely.from_wkb(geometry), findings)
    except shapely.errors.GEOSException:
        raise damaged(shown) from None
    raw.crs = meta["crs"]
    return raw


def _text(array: Any) -> Any:
    """Return a field as text: whole numbers without a point, dates in ISO form."""
    texts: list[str | None] = []
    for value in array.tolist() if array.dtype != object else array:
        if value is None or value != value:  # noqa: PLR0124 - NaN
            texts.append(None)
        elif isinstance(value, float):
            texts.append(str(int(value)) if value.is_integer() and abs(value) <= 2**53 else repr(value))
        elif isinstance(value, bool | np.bool_):
            texts.append("true" if value else "false")
        elif isinstance(value, bytes):
            texts.append(None)
        else:
            text = str(value).replace("T", " ") if array.dtype.kind == "M" else str(value)
            texts.append(None if text == "NaT" else text)
    return pa.array(texts, pa.string())


def _check_dbf_length(path: Path) -> None:
    """Refuse a .dbf shorter than records × record length + header (dBASE III header, bytes 4 to 11)."""
    with path.open("rb") as file:
        head = file.read(12)
    if len(head) < 12:
        raise cut_off(path)
    records, header_bytes, record_bytes = struct.unpack("<IHH", head[4:12])
    if header_bytes + records * record_bytes > path.stat().st_size:
        raise cut_off(path)


def _dbf_encoding(sides: dict[str, Path]) -> str:
    """Return the encoding of the attribute table: the .cpg if it is plausible, else by its bytes."""
    if ".cpg" in sides:
        text = sides[".cpg"].read_bytes()[:40].decode("ascii", "ignore").strip().upper().replace("-", "")
        known = {
            "UTF8": "UTF-8",
            "65001": "UTF-8",
            "GBK": "GB18030",
            "GB2312": "GB18030",
            "GB18030": "GB18030",
        }
        known |= {"936": "GB18030", "CP936": "GB18030"}
        if text in known:
            return known[text]
    with tempfile.NamedTemporaryFile() as cells, sides[".dbf"].open("rb") as table:
        head = table.read(32)
        header_bytes, record_bytes = struct.unpack("<HH", head[8:12])
        field_names = table.read(max(0, header_bytes - 32))
        names = b"\n".join(field_names[at : at + 11].split(b"\0")[0] for at in range(0, len(field_names), 32))
        cells.write(names + b"\n")
        while record_bytes and (record := table.read(record_bytes)):
            cells.write(record.replace(b"\0", b" ").replace(b"\x1a", b" ") + b"\n")
        cells.flush()
        try:
            found = detect_encoding(Path(cells.name))
        except FileUnreadable:
            return "GB18030"
    return "GB18030" if found.codec == "gb18030" else "UTF-8"
