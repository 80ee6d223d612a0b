"""The demo goes through the ordinary import without a single fault, and arrives as it was written."""

import numpy as np
import pandas as pd
import pytest
import shapely

from geo_service.crs import resolve_system
from geo_service.ingest import read_layer


@pytest.mark.parametrize("kind", ["schools", "gates", "places", "posts", "roads"])
def test_every_row_is_good(kind, demo_files, tables):
    result = read_layer(demo_files[kind], kind, resolve_system("wgs84"))
    report, plain = result.report, tables[kind]
    assert report.fault_count == 0
    assert report.ignored == []
    assert report.dropped == []
    assert report.rows_good == report.rows_read == len(plain)
    assert list(result.frame.index) == list(plain.index)
    exact = shapely.equals_exact(result.frame.geometry.to_numpy(), plain.geometry.to_numpy(), 1e-9)
    assert exact.all()
    assert set(plain.columns) <= set(result.frame.columns)
    for column in set(plain.columns) - {"geometry"}:
        arrived, written = result.frame[column], plain[column].replace("", None)
        assert (arrived.isna() == written.isna()).all(), column
        known = written.notna().to_numpy()
        if pd.api.types.is_numeric_dtype(written):
            assert np.array_equal(arrived[known].astype(float), written[known].astype(float)), column
        else:
            assert (arrived[known].astype(str) == written[known].astype(str)).all(), column
