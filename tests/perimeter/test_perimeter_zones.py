"""Zones: areas against the known figures of the domain, circles against geodesics."""

import geodesic_reference as reference
import numpy as np
import pytest
import shapely
from tables import campus_box, table

from geo_service.perimeter import zone_polygons


def schools(*geometries, **extra):
    return table(
        "schools",
        [{"id": f"S{n}", "name": "甲", "geometry": geom} | extra for n, geom in enumerate(geometries)],
    )


def area_m2(geometry):
    return abs(reference.GEOD.geometry_area_perimeter(geometry)[0])


def test_zone_around_a_campus_of_200_by_150_m_is_26_6_ha():
    zones = zone_polygons(schools(campus_box()), [50, 200, 100], quad_segs=32)
    assert zones["distance_m"].tolist() == [200, 100, 50]
    around = area_m2(zones.geometry[0]) - area_m2(campus_box())
    assert around / 10_000 == pytest.approx(26.6, abs=0.05)


def test_rim_of_every_zone_is_at_its_distance():
    campus = campus_box()
    for zone in zone_polygons(schools(campus), [50, 100, 200], quad_segs=16).itertuples():
        rim = shapely.get_coordinates(zone.geometry)
        distance = reference.point_to_polygon_m(rim[:, 0], rim[:, 1], campus)
        assert np.abs(distance / zone.distance_m - 1).max() < 0.001


def test_point_with_land_area_is_marked_estimated_and_grows_from_its_circle():
    centre = shapely.Point(113.1, 29.4)
    zone = zone_polygons(schools(centre, land_area_m2=np.pi * 80**2), [100], quad_segs=64).iloc[0]
    assert zone["boundary_kind"] == "estimated"
    rim = shapely.get_coordinates(zone.geometry)
    radius = reference.inverse_m(np.full(len(rim), 113.1), np.full(len(rim), 29.4), rim[:, 0], rim[:, 1])
    assert radius == pytest.approx(np.full(len(rim), 180.0), abs=0.01)


def test_parts_of_a_campus_give_one_zone_per_school():
    both = shapely.MultiPolygon([campus_box(), campus_box(lon=113.104)])
    zones = zone_polygons(schools(both, campus_box(lon=113.3)), [100])
    assert zones["school_id"].tolist() == ["S0", "S1"]
    assert zones.geometry[0].geom_type == "Polygon", "the buffers of close parts melt into one"


def test_no_schools_give_no_zones():
    assert zone_polygons(schools(campus_box()).iloc[:0], [100]).empty
