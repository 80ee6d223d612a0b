"""Every nasty file of the corpus ends as its case says: refused with a reason, or read with its faults."""

import geopandas as gpd
import pytest
from ingest.ingest_corpus import CASES

from geo_service import errors
from geo_service.crs import resolve_system
from geo_service.i18n import translator
from geo_service.ingest import read_layer
from geo_service.model.contract import check_table


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.replace(" ", "-"))
def test_nasty_file(case, tmp_path):
    path = tmp_path / case.file
    case.write(path)
    system = resolve_system(case.system)
    if case.error is not None:
        with pytest.raises(errors.InputRefused) as refused:
            read_layer(path, case.kind, system)
        assert type(refused.value).__name__ == case.error
        message, hint = refused.value.render(str)
        assert case.says in f"{message} {hint}"
        assert hint, "a refusal names the cure"
        assert refused.value.render(translator("zh"))[0] != message
        return
    result = read_layer(path, case.kind, system)
    report = result.report
    assert len(result.frame) == report.rows_good == case.good
    assert tuple(sorted({fault.code for fault in report.faults})) == case.faults
    assert set(case.notes) <= {note.code for note in report.notes}
    assert len(result.source_rows) == len(result.frame)
    assert isinstance(check_table(result.frame, case.kind), gpd.GeoDataFrame)
    for language in ("zh", "en"):
        report.to_json(translator(language))
    case.check(result)


def test_the_corpus_is_broad():
    assert len(CASES) >= 60
    assert len({case.name for case in CASES}) == len(CASES)
