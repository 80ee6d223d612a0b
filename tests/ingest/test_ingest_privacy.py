"""Columns and cells about people do not get in, and do not show up in reports."""

import datetime as dt
import json
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_service.crs import resolve_system
from geo_service.i18n import translator
from geo_service.ingest import read_layer
from geo_service.ingest.columns import make_plan
from geo_service.ingest.personal_headers import is_personal_header
from geo_service.ingest.personal_numbers import (
    holds_personal_number,
    is_identity_number,
    is_mobile_number,
    mask_text,
)
from geo_service.ingest.privacy import empty_personal_ids, mask_cells, mostly_personal
from geo_service.model.tables import TABLES

WGS84 = resolve_system("wgs84")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def identity(first17):
    return first17 + "10X98765432"[sum(w * int(d) for w, d in zip(WEIGHTS, first17, strict=True)) % 11]


FICTIONAL = identity("43060019900101123")  # a made-up number with a right check digit


@pytest.mark.parametrize(
    "header",
    [
        "姓名",
        "法人",
        "法人姓名",
        "法定代表人",
        "经营者",
        "负责人",
        "联系人",
        "身份证号",
        "手机号",
        "电话",
        "联系电话",
        "车牌",
        "户籍",
        "前科",
        "人脸",
        "MAC",
        "房东",
        "租客",
        "校长",
        "负责人姓名",
        "经营者（姓名）",
        "联 系 人",
        "联系人*",
        "owner",
        "owner_name",
        "phone",
        "Phone_Number",
        "idCard",
        "id_card",
        "mobile",
        "法定代表人电话",
        "lxdh",
        "frxm",
        "园长电话",
    ],
)
def test_personal_headers(header):
    assert is_personal_header(header)


@pytest.mark.parametrize("kind", TABLES)
def test_no_column_of_the_contract_is_taken_for_personal(kind):
    for column in TABLES[kind].columns:
        for header in (column.name, column.zh, column.en, *column.aliases):
            plan = make_plan([header], kind, metric=False, has_geometry=True)
            assert not plan.dropped
            assert plan.targets, header


@given(st.integers(110000, 659000), st.dates(dt.date(1000, 1, 1)), st.integers(0, 999))
def test_identity_numbers_have_a_birth_date_and_a_check_digit(region, day, serial):
    number = identity(f"{region}{day:%Y%m%d}{serial:03d}")
    assert is_identity_number(number) == (1900 <= day.year <= 2100)
    wrong = number[:17] + ("1" if number[17] != "1" else "2")
    assert not is_identity_number(wrong)


@pytest.mark.parametrize(
    "code",
    [
        "91430600186123456X",
        "914306001861234567",
        "2143000001",
        "92430602MA4L1234X5",
        "430602100123",
        "JY14306000000001",
    ],
)
def test_codes_of_places_are_not_personal(code):
    assert not is_identity_number(code)
    assert not is_mobile_number(code)
    assert mask_text(code) == code
    assert not mostly_personal(pa.chunked_array([[code] * 10]))


def test_masking():
    text = f"演示路1号 电话138-1234-5678 证{FICTIONAL}，门牌13812号"
    masked = mask_text(text)
    assert "1234" not in masked
    assert FICTIONAL[6:14] not in masked
    assert masked.startswith("演示路1号 电话138")
    assert masked.endswith("门牌13812号")
    assert mask_text("１３８１２３４５６７８") == "１３８********"


def test_masking_of_number_columns_spares_licences():
    licences = [
        "914306001861234567",
        "430602800101123",
        "430602200403050001",
        "0730-2023001",
        "JY14306020012345",
    ]
    cells = pa.chunked_array([["13812345678", FICTIONAL, *licences, None]])
    masked, changed = mask_cells(cells, "licence")
    assert changed == 2
    assert masked.to_pylist() == ["138********", FICTIONAL[:3] + "*" * 15, *licences, None]


def test_nothing_personal_gets_through(tmp_path: Path):
    path = tmp_path / "场所.csv"
    path.write_text(
        "编号,名称,类别,经度,纬度,地址,联系人,手机号,备注一,学生数,店长信息\n"
        + "".join(
            f"P{n},演示网吧{n},网吧,113.1,29.{n},演示路{n}号（电话1380000{n:04d}）,赵甲某,1390000{n:04d},"
            f"{identity(f'4306001990010112{n % 10}')},1,1370000{n:04d}\n"
            for n in range(20)
        )
        + "P99,赵乙某,13812345678,113.1,29.3,,,,,,\n",
        encoding="utf-8",
    )
    result = read_layer(path, "places", WGS84)
    report = result.report
    assert {item.column for item in report.dropped} == {"联系人", "手机号", "备注一", "店长信息"}
    assert {item.column: item.reason for item in report.dropped}["店长信息"] == "personal-values"
    assert "masked" in {note.code for note in report.notes}
    everything = result.frame.to_csv() + json.dumps(report.to_json(translator("en")), ensure_ascii=False)
    for secret in ("赵甲某", "1390000", "1380000", "1370000", "13812345678", "19900101"):
        assert secret not in everything
    assert report.faults[0].value == "138********"


def test_ids_that_are_identity_numbers_are_replaced(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text(
        f"编号,名称,类别,经度,纬度\n{FICTIONAL},演示,网吧,113.1,29.3\nB,演示,网吧,113.1,29.3\nC,演示,网吧,113.1,29.4\n",
        encoding="utf-8",
    )
    frame = read_layer(path, "places", WGS84).frame
    assert len(frame) == 3
    assert frame.index[0].startswith("p-")


def test_a_column_of_mobile_numbers_is_dropped_even_as_id(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text(
        "编号,名称,类别,经度,纬度\n13812345678,演示,网吧,113.1,29.3\n13912345678,演示,网吧,113.1,29.4\n",
        encoding="utf-8",
    )
    result = read_layer(path, "places", WGS84)
    assert [item.column for item in result.report.dropped] == ["编号"]
    assert all(key.startswith("p-") for key in result.frame.index)
