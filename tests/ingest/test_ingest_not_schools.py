"""Universities, colleges, training and driving firms in a table of schools are refused row by row."""

import pytest

from geo_service.crs import resolve_system
from geo_service.i18n import translator
from geo_service.ingest import read_layer
from geo_service.ingest.not_schools import is_other_institution, is_other_stage

NOT_SCHOOLS = [
    "湖南理工学院", "岳阳职业技术学院", "湖南理工学院南湖校区", "岳阳市老年大学", "湖南开放大学岳阳分校", "岳阳广播电视大学",
    "湖南石油化工职业技术学院", "中国人民大学", "岳阳幼儿师范高等专科学校", "岳阳市安达驾校", "平安驾驶员培训学校",
    "平安驾驶培训有限公司", "新东方培训学校", "博雅艺术培训中心", "小学生作文培训学校", "学而思课外辅导中心", "岳阳市委党校",
    "Hunan University", "Demo Driving School",
]  # fmt: skip
SCHOOLS = [
    "湖南理工学院附属中学", "湖南师范大学附属小学", "湖南师大附中", "岳阳县职业中专", "岳阳市中等职业学校", "岳阳高级技工学校",
    "湘北技师学院", "平江县职业技术学校", "学院路小学", "大学路幼儿园", "岳阳市第一中学", "岳阳市特殊教育学校",
    "岳阳大学城实验学校", "理工学院幼儿园", "平江县职业中专（技能培训中心）", "北京师范大学岳阳附属学校", "弘毅新华学校", "书院小学",
    "University Road School", "British College of Demo", "演示学校",
]  # fmt: skip


@pytest.mark.parametrize("name", NOT_SCHOOLS)
def test_other_institutions_by_name(name):
    assert is_other_institution(name)


@pytest.mark.parametrize("name", SCHOOLS)
def test_schools_by_name(name):
    assert not is_other_institution(name)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("大学", True),
        ("普通高等学校", True),
        ("高等职业学校", True),
        ("高职高专", True),
        ("中小学生培训机构", True),
        ("驾校", True),
        ("老年大学", True),
        ("职业高中", False),
        ("大学附属小学", False),
        ("技师学院", False),
        ("中等专科", False),
        ("普通中学", False),
    ],
)
def test_other_stages(text, other):
    assert is_other_stage(text) is other


def test_rows_of_a_table(tmp_path):
    path = tmp_path / "a.csv"
    rows = [
        ("演示甲", "大学"), ("演示乙", "培训机构"), ("湖南理工学院", ""), ("平安驾校", "其他"), ("湖南理工学院附属小学", ""),
        ("演示培训部小学", "小学"), ("演示戊", "补习学校"), ("演示学校", "怪词"),
    ]  # fmt: skip
    lines = [f"{name},{stage},113.{place},29.3" for place, (name, stage) in enumerate(rows)]
    path.write_text("\n".join(["学校名称,学段,经度,纬度", *lines]) + "\n", encoding="utf-8")
    result = read_layer(path, "schools", resolve_system("wgs84"))
    faults = {(fault.row, fault.column, fault.code) for fault in result.report.faults}
    assert faults == {
        (2, "学段", "not-a-school"),
        (3, "学段", "not-a-school"),
        (4, "学校名称", "not-a-school"),
        (5, "学校名称", "not-a-school"),
        (8, "学段", "not-a-school"),
    }
    assert dict(zip(result.frame["name"], result.frame["stage"].fillna(""), strict=True)) == {
        "湖南理工学院附属小学": "primary",
        "演示培训部小学": "primary",
        "演示学校": "",
    }
    assert "湖南理工学院" in next(
        fault.render(translator("zh"))[0] for fault in result.report.faults if fault.row == 4
    )
    notes = {note.code: note.params for note in result.report.notes}
    assert (notes["value-unknown"]["count"], notes["value-unknown"]["examples"]) == (2, "其他、怪词")
    assert notes["stage-unknown"]["count"] == 1
