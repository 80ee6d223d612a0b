"""Columns and cells about people do not get in, and do not show up in reports."""

import datetime as dt
import json
import time
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_service.crs import resolve_system
from geo_service.errors import UnknownColumns
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
        "法人单位联系人",
        "法人企业负责人电话",
        "单位负责人",
        "企业法人",
        "单位法人代表",
        "法人机构手机",
        "责任单位联系人",
        "法人单位老板",
        "责任民警",
        "手\u200b机号",
        "姓\u202e名",
    ],
)
def test_personal_headers(header):
    assert is_personal_header(header)


@pytest.mark.parametrize(
    "header",
    [
        "单位名称", "责任单位", "单位地址", "法人单位名称", "法人单位", "法人机构代码", "法人统一社会信用代码",
        "企业法人营业执照号", "网吧名称", "责任派出所", "民警人数", "主管部门", "school_name", "name",
    ],
)  # fmt: skip
def test_headers_about_units(header):
    assert not is_personal_header(header)


@pytest.mark.parametrize("header", ["法人单位联系人", "法人企业负责人电话", "单位负责人", "企业法人"])
def test_persons_of_units_are_dropped(header, tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text(
        f"单位名称,责任单位,单位地址,{header},类别,经度,纬度\n演示,某所,某路,赵甲某,网吧,113.1,29.3\n",
        encoding="utf-8",
    )
    report = read_layer(path, "places", WGS84).report
    assert [(item.column, item.reason) for item in report.dropped] == [(header, "personal-header")]
    assert report.ignored == ["责任单位", "单位地址"]


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


PERSONAL = {  # text, what of it must not be left
    "张三 0730-8223344": "8223344", "演示店（0730）8223344": "8223344", "0730 8223344": "8223344", "07308223344": "8223344",
    "0730-8223344、8223355": "8223355", "+86-730-8223344": "8223344", "010-62345678": "62345678", "电话：822 3344": "3344",
    "电话8223344": "8223344", "联系电话 8223344": "8223344",
    "138.0013.8000": "0013", "138-0013-8000": "0013", "138 0013 8000": "0013", "+86 13800138000": "00138000",
    "+86 138 0013 8000": "0013", "008613800138000": "00138", "8613800138000": "00138", "(+86)13800138000": "00138",
    "１３８００１３８０００": "００１３", "138—0013—8000": "0013", "138·0013·8000": "0013", "1380-013-8000": "8000",
    "138 00138000": "00138000", "1380013 8000": "8000", "138\u200b0013\u200b8000": "0013", "张三13800138000。": "00138",
    "Tel.13800138000": "00138", "vx13800138000": "00138", "加V13800138000": "00138",
    "身份证430602800101123": "800101", "430602800101123": "800101", "430602 19900101 1234": "19900101",
    "430602199001011234": "19900101", "43060219900101123X": "19900101", "身份证号：430602199013991234": "199013",
    "4.306021990010112E+17": "9900101",
    "微信zhangsan123": "zhangsan", "微信号：wxid_abc": "wxid", "微信号 zhangsan": "zhangsan", "微信: lisi_88": "lisi",
    "VX:abc_123": "abc", "wechat: zhangsan": "zhangsan", "微信12345678": "12345678",
    "QQ12345678": "12345678", "QQ号：123456": "123456", "QQ 1234567": "1234567", "扣扣：1234567": "1234567",
    "zhang.san@example.com": "zhang", "车牌号湘F12345": "12345",
}  # fmt: skip
HARMLESS = [
    "107国道", "G107国道与S208省道交叉口", "京港澳高速1380公里", "K138+000", "长炼路0730号", "13812号", "1380弄138号",
    "15栋3-2-301", "五里牌街道13栋138单元0013室", "金鹗中路188-8号", "人民路1388-1390号", "阳光100国际新城15栋1508室",
    "2024-03-05", "2023.09.01", "2024-2025学年", "07:20-08:10", "13:00-18:00", "20240305131500", "三中2019级1班",
    "113.123456,29.123456", "113.1234 29.3456", "139.7000 35.6000", "138.00138000", "1380013.8000",
    "12592345.12, 3412345.6", "13012345.67 3412345.67", "38412345.678 3251234.5",
    "92430602MA4L1234X5", "914306001861234567", "统一社会信用代码92430602MA4L1234X5", "2143000001", "430602001000",
    "430602100123", "430602000012345", "JY14306020012345", "湘岳食经许字〔2013〕第430602-000123号", "No.20230001",
    "电话亭旁", "电话局宿舍12号", "微信支付便利店", "微信小程序", "WeChat Pay超市", "QQ网吧", "QQ网吧110号", "QQ1号店",
    "VX酒吧", "V8酒吧", "T2航站楼", "邮编414000", "2024年13800元", "400-800-8200", "1912街区",
]  # fmt: skip


@pytest.mark.parametrize("text", PERSONAL)
def test_personal_numbers_in_texts_are_masked(text):
    masked = mask_text(f"演示网吧 {text}")
    assert PERSONAL[text] not in masked
    assert masked.startswith("演示网吧 ")
    assert mask_text(masked) == masked
    cells, changed = mask_cells(pa.chunked_array([[f"演示网吧 {text}", "演示"]]), "text")
    assert (cells.to_pylist(), changed) == ([masked, "演示"], 1)


@pytest.mark.parametrize("text", HARMLESS)
def test_other_numbers_in_texts_stay(text):
    for whole in (text, f"演示路{text}", f"{text}（旁）"):
        assert mask_text(whole) == whole
        assert not holds_personal_number(whole)


@settings(deadline=None)
@given(st.text(st.sampled_from("0123456789 -.()+XQqv:张微信电话号@aＡ８，"), max_size=40))
def test_masking_keeps_length_and_is_final(text):
    masked = mask_text(text)
    assert len(masked) == len(text)
    assert mask_text(masked) == masked
    if masked != text:  # what Arrow does not find is never looked at
        assert mask_cells(pa.chunked_array([[text]]), "text")[0].to_pylist() == [masked]


@pytest.mark.parametrize(
    "seed", ["1 ", "13800138000 ", "0730-8223344、", "微信:a", "电话1 ", "a@a-", "86 ", "138-", "1"]
)
def test_long_cells_cost_little(seed):
    start_s = time.process_time()
    mask_text(seed * (200_000 // len(seed)))
    assert time.process_time() - start_s < 5, "0.1 s on a quiet core; a square would take minutes"


def test_masked_cells_are_told(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text(
        "名称,类别,地址,许可证号,经度,纬度\n张三 0730-8223344,网吧,演示路 138.0013.8000,430602100123,113.1,29.3\n"
        "演示,网吧,107国道微信zhangsan123,身份证430602800101123,113.1,29.4\n",
        encoding="utf-8",
    )
    result = read_layer(path, "places", WGS84)
    told = {
        item.params["column"]: item.params["count"] for item in result.report.notes if item.code == "masked"
    }
    assert told == {"名称": 1, "地址": 2, "许可证号": 1}
    everything = result.frame.to_csv()
    for secret in ("8223344", "0013", "zhangsan", "800101"):
        assert secret not in everything
    assert "107国道" in everything
    assert "430602100123" in everything


@pytest.mark.parametrize(
    "value",
    [
        "13800138000", "１３８００１３８０００", "138-0013-8000", "+86 13800138000", "张三13800138000", "430602800101123",
        FICTIONAL, FICTIONAL.lower(), "430602199001011234", "身份证430602200001011234", "4.306021990010112E+17",
    ],
)  # fmt: skip
def test_personal_values_never_become_ids(value, tmp_path: Path):
    path = tmp_path / "a.csv"
    rows = [f"P{n},演示{n},网吧,113.1,29.{n}" for n in range(1, 5)]
    path.write_text(
        "\n".join(["编号,名称,类别,经度,纬度", *rows, f"{value},演示,网吧,113.1,29.9\n"]), encoding="utf-8"
    )
    result = read_layer(path, "places", WGS84)
    assert list(result.frame.index[:4]) == ["P1", "P2", "P3", "P4"]
    assert result.frame.index[4].startswith("p-")
    told = [item.params for item in result.report.notes if item.code == "personal-ids"]
    assert told == [{"count": 1, "column": "编号"}]
    assert [*read_layer(path, "places", WGS84, id_from_row=True).frame.index] == ["P1", "P2", "P3", "P4", "5"]
    report = json.dumps(result.report.to_json(translator("zh")), ensure_ascii=False)
    assert value not in result.frame.to_csv() + report


def test_ids_of_places_stay():
    ids = [
        "92430602MA4L1234X5", "914306001861234567", "2143000001", "430602100123", "JY14306020012345", "0730-8223344",
        "430602202403050001", "4306020001", "QQ12345", "ID430602000123456", "13800138-0000-4000-8000-000000000000",
    ]  # fmt: skip
    assert empty_personal_ids(pa.chunked_array([ids]))[0].to_pylist() == ids


def test_a_school_is_not_referred_to_by_a_mobile_number(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text(
        "学校编号,经度,纬度\n2143000001,113.1,29.3\n2143000002,113.2,29.3\n13800138000,113.3,29.3\n"
    )
    frame = read_layer(path, "gates", WGS84).frame
    assert frame["school_id"].notna().tolist() == [True, True, False]


@pytest.mark.parametrize(
    "text",
    [
        "张三,男,汉族\n李四,女,汉族\n",
        "张三,13800138000,岳阳楼区\n",
        "张三,430602800101123,学生\n",
        "王小明,男,男\n",
        "Zhang San,Li Si\n",
    ],
)
def test_a_first_row_of_data_is_not_printed(text, tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UnknownColumns) as refused:
        read_layer(path, "places", WGS84)
    for language in ("zh", "en"):
        said = " ".join(refused.value.render(translator(language)))
        for cell in text.replace("\n", ",").split(","):
            assert not cell or cell not in said, said


def test_only_headers_are_printed_beside_a_known_one(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text("名称,张三,13800138000,检查日期,汉族,营业面积\n演示,1,2,3,4,5\n", encoding="utf-8")
    with pytest.raises(UnknownColumns, match="It has: 名称、检查日期、营业面积"):
        read_layer(path, "places", WGS84)


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
        "编号,名称,类别,经度,纬度,地址,联系人,手机号,备注一,学生数,附注信息\n"
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
    assert {item.column for item in report.dropped} == {"联系人", "手机号", "备注一", "附注信息"}
    assert {item.column: item.reason for item in report.dropped}["附注信息"] == "personal-values"
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
