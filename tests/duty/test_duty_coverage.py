"""Coverage of gates by posts, against all pairs measured by geodesic."""

import numpy as np
import pytest
from tables import GEOD, away, table

from geo_service.duty import gate_coverage


def layer(kind, points, **extra):
    rows = [
        {"id": f"{kind}{n}", "geometry": point} | {key: value[n] for key, value in extra.items()}
        for n, point in enumerate(points)
    ]
    return table(kind, rows)


def test_coverage_equals_all_pairs():
    rng = np.random.default_rng(3)
    gates = layer(
        "gates",
        [
            away(113.1, 29.4, a, r)
            for a, r in zip(rng.uniform(0, 360, 80), rng.uniform(0, 2500, 80), strict=True)
        ],
    )
    posts = layer(
        "posts",
        [
            away(113.1, 29.4, a, r)
            for a, r in zip(rng.uniform(0, 360, 60), rng.uniform(0, 2500, 60), strict=True)
        ],
        radius_m=rng.uniform(20, 400, 60),
    )
    result = gate_coverage(gates, posts)
    for row, gate in zip(result.itertuples(), gates.geometry, strict=True):
        distance = np.array([GEOD.inv(gate.x, gate.y, post.x, post.y)[2] for post in posts.geometry])
        covering = distance <= posts["radius_m"].to_numpy()
        assert row.covered == covering.any()
        best = np.argmin(np.where(covering, distance, np.inf)) if covering.any() else np.argmin(distance)
        assert row.post_id == f"posts{best}"
        assert row.post_distance_m == pytest.approx(distance[best], abs=0.01)
    assert 0 < result["covered"].sum() < len(result)


@pytest.mark.parametrize(("away_m", "covered"), [(49.9, True), (50.0, True), (50.01, False)])
def test_radius_counts_to_the_millimetre_and_defaults_to_the_working_value(away_m, covered):
    gates = layer("gates", [away(113.1, 29.4, 0, 0)])
    posts = layer("posts", [away(113.1, 29.4, 60, away_m)])
    assert gate_coverage(gates, posts)["covered"].tolist() == [covered]


def test_no_posts_leave_every_gate_uncovered():
    gates = layer("gates", [away(113.1, 29.4, 0, 0)])
    result = gate_coverage(gates, layer("posts", [away(113, 29, 0, 0)]).iloc[:0])
    assert result["covered"].tolist() == [False]
    assert result["post_id"].isna().all()
