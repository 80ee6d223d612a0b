"""Small tables that keep the contract, for tests of every room."""

import geopandas as gpd
import shapely
from pyproj import Geod

from geo_service.model.contract import check_table

GEOD = Geod(ellps="WGS84")


def table(kind, rows):
    """A checked table from dicts with `id` and `geometry`."""
    frame = gpd.GeoDataFrame(rows, geometry="geometry", crs="EPSG:4326").set_index("id")
    return check_table(frame, kind)


def away(lon, lat, azimuth_deg, distance_m):
    """The point at an azimuth and geodesic distance from another."""
    east, north, _ = GEOD.fwd(lon, lat, azimuth_deg, distance_m)
    return shapely.Point(east, north)


def campus_box(lon=113.1, lat=29.4, width_m=200.0, height_m=150.0):
    """A rectangular campus whose south-west corner is the given point."""
    east = GEOD.fwd(lon, lat, 90, width_m)[0]
    north = GEOD.fwd(lon, lat, 0, height_m)[1]
    return shapely.box(lon, lat, east, north)
