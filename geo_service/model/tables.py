"""Contracts of the tables: columns, units, vocabularies, geometry.

Inside the service every table is a GeoDataFrame in WGS 84 lon/lat (EPSG:4326), indexed by a unique text id.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal

from geo_service.i18n import Language
from geo_service.model.vocabulary import (
    CATEGORIES,
    FORCES,
    LICENCE_STATUSES,
    POST_KINDS,
    ROAD_CLASSES,
    STAGES,
    Term,
)

Kind = Literal["schools", "gates", "places", "posts", "roads", "boundaries"]
ValueType = Literal["text", "integer", "number", "boolean", "date", "time", "windows"]
STORAGE_CRS: Final = "EPSG:4326"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    `windows` is text such as `07:20-08:10;16:30-17:20`, `time` is `HH:MM`, `date` is `YYYY-MM-DD`: all three
    are stored as text in this one form. `aliases` are the headers that spreadsheets use for it.
    """

    name: str
    type: ValueType
    zh: str
    en: str
    aliases: tuple[str, ...] = ()
    required: bool = False
    choices: Mapping[str, Term] | None = None
    minimum: float | None = None
    maximum: float | None = None
    max_length: int = 200

    def label(self, language: Language) -> str:
        """Return the label in a language."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Table:
    """The contract of one kind of table."""

    kind: Kind
    zh: str
    en: str
    geometry_types: frozenset[str]
    columns: tuple[Column, ...]
    by_name: Mapping[str, Column] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(
            self, "by_name", MappingProxyType({column.name: column for column in self.columns})
        )

    def label(self, language: Language) -> str:
        """Return the label in a language."""
        return self.zh if language == "zh" else self.en


_ACCURACY = Column(
    "accuracy_m",
    "number",
    "位置精度（米）",
    "Position accuracy (m)",
    ("精度", "定位精度", "误差"),
    minimum=0,
    maximum=100_000,
)
_DISTRICT = Column(
    "district",
    "text",
    "区县代码",
    "District code (adcode)",
    ("区县", "县区", "县市区", "行政区划", "行政区划代码", "adcode"),
    max_length=20,
)
_ADDRESS = Column(
    "address",
    "text",
    "地址",
    "Address",
    ("详细地址", "经营地址", "场所地址", "学校地址", "住所"),
    max_length=300,
)


def _id(label: str, *aliases: str) -> Column:
    """Describe an id column; a plain 编号 is often a running number, so the specific headers come first."""
    return Column("id", "text", label, "Id", (*aliases, "标识码", "代码", "编号"), max_length=80)


def _name(*aliases: str, required: bool = True) -> Column:
    return Column("name", "text", "名称", "Name", aliases, required=required)


_FORCE_NUMBERS = tuple(
    Column(
        f"{prefix}_{force.key}",
        "integer",
        f"{zh}{force.zh}人数",
        f"{en} {force.en.lower()}",
        tuple(
            f"{alias_prefix}{alias}"
            for alias_prefix in (zh, "" if prefix == "actual" else zh)
            for alias in (force.zh, *force.aliases)
        ),
        minimum=0,
        maximum=1000,
    )
    for prefix, zh, en in (("required", "应到", "Required"), ("actual", "实到", "Actual"))
    for force in FORCES.values()
)

_POINT = frozenset({"Point"})
_AREA = frozenset({"Polygon", "MultiPolygon"})

TABLES: Final[Mapping[Kind, Table]] = MappingProxyType(
    {
        "schools": Table(
            "schools",
            "学校",
            "Schools",
            _POINT | _AREA,
            (
                _id("学校标识码", "学校代码", "学校编码", "学校编号"),
                _name("学校名称", "学校", "校名", "单位名称"),
                Column(
                    "stage",
                    "text",
                    "学段",
                    "Stage",
                    ("办学类型", "学校类型", "学校类别", "类别", "类型"),
                    choices=STAGES,
                ),
                _DISTRICT,
                _ADDRESS,
                Column(
                    "land_area_m2",
                    "number",
                    "占地面积（平方米）",
                    "Land area (m²)",
                    ("占地面积", "用地面积", "校园面积"),
                    minimum=1,
                    maximum=5_000_000,
                ),
                Column(
                    "pupils",
                    "integer",
                    "学生数",
                    "Pupils",
                    ("学生人数", "在校生数", "在校学生数"),
                    minimum=0,
                    maximum=50_000,
                ),
                Column(
                    "boarders",
                    "integer",
                    "寄宿生数",
                    "Boarders",
                    ("寄宿人数", "住校生数"),
                    minimum=0,
                    maximum=50_000,
                ),
                Column(
                    "guards",
                    "integer",
                    "保安人数",
                    "Guards",
                    ("专职保安人数", "保安数"),
                    minimum=0,
                    maximum=1000,
                ),
                Column("guards_full_time", "boolean", "专职保安", "Full-time guards", ("专职保安配备",)),
                Column("closed_campus", "boolean", "封闭化管理", "Closed campus", ("封闭管理",)),
                Column(
                    "alarm_and_video",
                    "boolean",
                    "一键报警与视频监控",
                    "Alarm and video",
                    ("一键报警", "视频监控"),
                ),
                Column("escort_post", "boolean", "护学岗", "Escort post", ("护学岗设置",)),
                Column(
                    "key_supervision", "boolean", "重点督导", "Key supervision", ("重点学校", "重点督导学校")
                ),
                Column("police_station", "text", "责任派出所", "Police station", ("派出所", "辖区派出所")),
                Column(
                    "traffic_squadron", "text", "责任交警中队", "Traffic squadron", ("交警中队", "辖区交警")
                ),
                Column(
                    "bell_morning",
                    "time",
                    "上午上课",
                    "Morning bell",
                    ("早上上课时间", "上学时间", "上午上课时间"),
                ),
                Column("bell_noon", "time", "上午放学", "Noon bell", ("中午放学时间", "上午放学时间")),
                Column("bell_afternoon", "time", "下午上课", "Afternoon bell", ("下午上课时间",)),
                Column("bell_evening", "time", "下午放学", "Evening bell", ("下午放学时间", "放学时间")),
                Column(
                    "last_inspected_on",
                    "date",
                    "最近检查日期",
                    "Last inspected on",
                    ("检查日期", "排查日期", "最近排查日期", "最后检查日期"),
                ),
                _ACCURACY,
            ),
        ),
        "gates": Table(
            "gates",
            "校门",
            "Gates",
            _POINT,
            (
                _id("校门编号"),
                Column(
                    "school_id",
                    "text",
                    "学校编号",
                    "School id",
                    ("学校标识码", "所属学校编号", "学校代码"),
                    max_length=80,
                ),
                Column("school_name", "text", "学校名称", "School name", ("所属学校", "学校")),
                _name("校门名称", "校门", "门名", "出入口", required=False),
                Column("is_main", "boolean", "是否正门", "Main gate", ("正门", "主门", "主校门")),
                Column("open_windows", "windows", "开放时段", "Opening times", ("开放时间", "开门时间")),
                Column(
                    "pupils",
                    "integer",
                    "通行学生数",
                    "Pupils",
                    ("学生数", "学生人数"),
                    minimum=0,
                    maximum=50_000,
                ),
                _ACCURACY,
            ),
        ),
        "places": Table(
            "places",
            "场所",
            "Places",
            _POINT | _AREA,
            (
                _id("场所编号", "统一社会信用代码"),
                _name(
                    "场所名称",
                    "单位名称",
                    "招牌名称",
                    "店名",
                    "字号名称",
                    "企业名称",
                    "商户名称",
                    "店铺名称",
                    "网吧名称",
                ),
                Column(
                    "category",
                    "text",
                    "类别",
                    "Category",
                    ("场所类别", "场所类型", "类型", "业态", "经营类别", "行业类别"),
                    required=True,
                    choices=CATEGORIES,
                ),
                _DISTRICT,
                _ADDRESS,
                Column(
                    "licence_no",
                    "text",
                    "许可证号",
                    "Licence number",
                    ("证号", "许可证编号", "营业执照号", "经营许可证号"),
                ),
                Column(
                    "licence_status",
                    "text",
                    "证照状态",
                    "Licence status",
                    ("有无证照", "是否有证", "持证情况"),
                    choices=LICENCE_STATUSES,
                ),
                Column(
                    "licence_expiry",
                    "date",
                    "证照到期日",
                    "Licence expiry",
                    ("有效期至", "许可证有效期", "到期日期"),
                ),
                _ACCURACY,
            ),
        ),
        "posts": Table(
            "posts",
            "勤务岗",
            "Duty posts",
            _POINT,
            (
                _id("岗位编号", "点位编号"),
                _name("岗位名称", "点位名称", "岗点名称", required=False),
                Column("kind", "text", "岗位类型", "Kind", ("类型", "岗位类别"), choices=POST_KINDS),
                Column(
                    "school_id",
                    "text",
                    "学校编号",
                    "School id",
                    ("学校标识码", "服务学校编号"),
                    max_length=80,
                ),
                _DISTRICT,
                Column("windows", "windows", "勤务时段", "Time windows", ("时段", "在岗时间", "勤务时间")),
                Column(
                    "radius_m",
                    "number",
                    "覆盖半径（米）",
                    "Radius (m)",
                    ("覆盖半径", "半径"),
                    minimum=1,
                    maximum=2000,
                ),
                *_FORCE_NUMBERS,
                _ACCURACY,
            ),
        ),
        "roads": Table(
            "roads",
            "道路",
            "Roads",
            frozenset({"LineString", "MultiLineString"}),
            (
                _id("道路编号"),
                _name("道路名称", "路名", required=False),
                Column(
                    "road_class",
                    "text",
                    "道路等级",
                    "Road class",
                    ("等级", "道路类型", "highway", "fclass"),
                    choices=ROAD_CLASSES,
                ),
                Column("oneway", "boolean", "单行", "One-way in drawing direction", ("单行道", "是否单行")),
                Column("foot", "boolean", "可步行", "Open to walkers", ("步行",)),
                Column("car", "boolean", "可行车", "Open to cars", ("机动车",)),
                Column(
                    "maxspeed_kmh",
                    "integer",
                    "限速（公里/小时）",
                    "Speed limit (km/h)",
                    ("限速", "maxspeed"),
                    minimum=1,
                    maximum=140,
                ),
            ),
        ),
        "boundaries": Table(
            "boundaries",
            "行政区划",
            "Boundaries",
            _AREA,
            (
                Column(
                    "id",
                    "text",
                    "行政区划代码",
                    "District code (adcode)",
                    ("adcode", "区划代码", "行政区划代码", "gb"),
                    required=True,
                    max_length=20,
                ),
                _name("区划名称", "行政区名称"),
                Column("level", "text", "级别", "Level", ("行政级别",)),
                Column("parent", "text", "上级代码", "Parent code", ("上级区划代码",), max_length=20),
            ),
        ),
    }
)
