"""Vocabulary: departments, place categories, school stages, forces, statuses, with labels and aliases.

Keys are stored; labels are shown; aliases are what spreadsheets say. Order is the order of display.
"""

from dataclasses import dataclass
from typing import Final, TypeVar

from geo_service.i18n import Language


@dataclass(frozen=True, slots=True)
class Term:
    """One word of the vocabulary: stored key, labels, and the aliases met in tables."""

    key: str
    zh: str
    en: str
    aliases: tuple[str, ...] = ()

    def label(self, language: Language) -> str:
        """Return the label in a language."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Category(Term):
    """A kind of place; `osm` are (tag, value) pairs, `departments` the keys of those competent for it."""

    osm: tuple[tuple[str, str], ...] = ()
    departments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stage(Term):
    """A kind of school; `code_prefix` are the two leading digits of its 10-digit id code (学校标识码)."""

    code_prefix: str = ""


_T = TypeVar("_T", bound=Term)


def _by_key(terms: tuple[_T, ...]) -> dict[str, _T]:
    return {term.key: term for term in terms}


DEPARTMENTS: Final = _by_key(
    (
        Term("police", "公安", "Police"),
        Term("police_station", "公安派出所", "Police station"),
        Term("traffic_police", "公安交管", "Traffic police"),
        Term("culture", "文旅", "Culture and tourism"),
        Term("market", "市场监管", "Market regulation"),
        Term("tobacco", "烟草专卖", "Tobacco monopoly"),
        Term("urban", "城管", "Urban management"),
        Term("housing", "住建", "Housing"),
        Term("street", "街道", "Subdistrict office"),
        Term("civil", "民政", "Civil affairs"),
        Term("sport", "体育", "Sport"),
        Term("emergency", "应急管理", "Emergency management"),
        Term("education", "教育", "Education"),
    )
)

CATEGORIES: Final = _by_key(
    (
        Category(
            "net_cafe",
            "网吧",
            "Internet café",
            (
                "互联网上网服务营业场所",
                "网咖",
                "上网服务",
                "网络会所",
                "电竞馆",
                "internet cafe",
                "cybercafe",
            ),
            (("amenity", "internet_cafe"),),
            ("culture",),
        ),
        Category(
            "arcade",
            "游戏厅",
            "Game arcade",
            (
                "游艺娱乐场所",
                "电玩城",
                "电游厅",
                "游艺厅",
                "电子游戏",
                "游戏机室",
                "amusement arcade",
                "arcade",
            ),
            (("leisure", "amusement_arcade"),),
            ("culture",),
        ),
        Category(
            "ktv",
            "歌舞娱乐场所",
            "Karaoke and dance",
            ("KTV", "歌厅", "迪厅", "夜总会", "歌舞厅", "karaoke", "karaoke box", "nightclub"),
            (("amenity", "karaoke_box"), ("amenity", "nightclub")),
            ("culture", "police"),
        ),
        Category(
            "bar",
            "酒吧",
            "Bar",
            ("清吧", "酒馆", "pub"),
            (("amenity", "bar"), ("amenity", "pub")),
            ("culture", "market", "police"),
        ),
        Category(
            "rental",
            "出租屋",
            "Rental housing",
            ("出租房屋", "群租房", "合租房", "日租房", "出租房"),
            (),
            ("police_station", "housing", "street"),
        ),
        Category(
            "hotel_budget",
            "快捷酒店",
            "Budget hotel",
            (
                "旅馆",
                "宾馆",
                "招待所",
                "民宿",
                "钟点房",
                "酒店",
                "旅店",
                "旅社",
                "客栈",
                "hotel",
                "guest house",
                "hostel",
                "motel",
            ),
            (("tourism", "hotel"), ("tourism", "guest_house"), ("tourism", "hostel"), ("tourism", "motel")),
            ("police",),
        ),
        Category(
            "esports_hotel", "电竞酒店", "Esports hotel", ("电竞房", "电竞宾馆"), (), ("culture", "police")
        ),
        Category(
            "shop",
            "小商店",
            "Small shop",
            (
                *(
                    "小卖部",
                    "便利店",
                    "文具店",
                    "玩具店",
                    "食杂店",
                    "超市",
                    "商店",
                    "小超市",
                    "便民超市",
                    "零食店",
                ),
                *(
                    "副食店",
                    "convenience",
                    "convenience store",
                    "kiosk",
                    "stationery",
                    "toys",
                    "variety store",
                ),
                *("supermarket", "shop"),
            ),
            (
                ("shop", "convenience"),
                ("shop", "kiosk"),
                ("shop", "stationery"),
                ("shop", "toys"),
                ("shop", "variety_store"),
                ("shop", "supermarket"),
            ),
            ("market",),
        ),
        Category(
            "tobacco",
            "烟草零售点",
            "Tobacco shop",
            (
                "烟酒店",
                "烟草店",
                "卷烟零售",
                "烟草",
                "烟酒副食店",
                "烟酒副食",
                "名烟名酒",
                "名烟名酒店",
                "tobacco",
            ),
            (("shop", "tobacco"),),
            ("tobacco",),
        ),
        Category(
            "ecig",
            "电子烟零售点",
            "E-cigarette shop",
            ("电子烟店", "电子烟", "e-cigarette", "vape shop"),
            (("shop", "e-cigarette"),),
            ("tobacco",),
        ),
        Category(
            "alcohol",
            "酒类销售网点",
            "Alcohol shop",
            ("烟酒行", "酒类", "酒行", "alcohol", "liquor store"),
            (("shop", "alcohol"),),
            ("market",),
        ),
        Category(
            "lottery",
            "彩票销售网点",
            "Lottery outlet",
            ("体彩", "福彩", "投注站", "彩票店", "彩票", "lottery"),
            (("shop", "lottery"),),
            ("civil", "sport"),
        ),
        Category(
            "chess_mahjong",
            "棋牌室",
            "Chess and mahjong room",
            ("麻将馆", "棋牌", "麻将室", "麻将", "茶楼棋牌", "mahjong"),
            (),
            ("police", "market"),
        ),
        Category(
            "billiards",
            "台球室",
            "Billiards hall",
            ("桌球", "台球", "台球厅", "桌球室", "billiards"),
            (("sport", "billiards"),),
            ("culture", "market"),
        ),
        Category("adult", "成人用品店", "Adult shop", ("成人用品",), (("shop", "erotic"),), ("market",)),
        Category(
            "stall", "流动摊贩", "Street stall", ("占道经营", "食品摊点", "摊贩", "摊点"), (), ("urban",)
        ),
        Category(
            "book_av",
            "书店音像",
            "Books and media",
            ("文化用品", "书店", "音像店", "books", "bookshop", "video"),
            (("shop", "books"), ("shop", "video")),
            ("culture",),
        ),
        Category(
            "aftercare",
            "小饭桌",
            "After-school care",
            ("托管机构", "午托", "托管", "校外托管"),
            (),
            ("market", "education"),
        ),
        Category(
            "firework",
            "烟花爆竹点",
            "Fireworks outlet",
            ("烟花爆竹", "烟花", "pyrotechnics", "fireworks"),
            (("shop", "pyrotechnics"),),
            ("emergency",),
        ),
        Category("hazchem", "危化品点", "Hazardous chemicals", ("危险化学品", "危化品"), (), ("emergency",)),
        Category(
            "fuel",
            "加油站",
            "Filling station",
            ("加油加气站", "fuel", "petrol station", "gas station"),
            (("amenity", "fuel"),),
            ("emergency",),
        ),
    )
)

STAGES: Final = _by_key(
    (
        Stage(
            "kindergarten", "幼儿园", "Kindergarten", ("幼教", "学前教育", "kindergarten", "nursery"), "11"
        ),
        Stage(
            "primary",
            "小学",
            "Primary school",
            ("完小", "教学点", "普通小学", "primary", "elementary school"),
            "21",
        ),
        Stage(
            "junior",
            "初级中学",
            "Junior secondary",
            ("初中", "junior middle school", "junior high school"),
            "31",
        ),
        Stage("nine_year", "九年一贯制学校", "Nine-year school", ("九年一贯制", "九年制"), "31"),
        Stage(
            "senior",
            "高级中学",
            "Senior secondary",
            ("高中", "普通高中", "senior middle school", "senior high school"),
            "34",
        ),
        Stage("complete", "完全中学", "Complete secondary", ("完中", "中学"), "34"),
        Stage("twelve_year", "十二年一贯制学校", "Twelve-year school", ("十二年一贯制", "十二年制"), "34"),
        Stage(
            "vocational",
            "中等职业学校",
            "Vocational secondary",
            ("中职", "职业高中", "中专", "技工学校", "职高"),
            "36",
        ),
        Stage("specialised", "专门学校", "Specialised school", ("工读学校",), "37"),
        Stage(
            "special",
            "特殊教育学校",
            "Special education",
            ("特教", "特殊教育", "盲校", "聋校", "启智学校"),
            "51",
        ),
    )
)
"""A school whose stage is not known has stage None; rules for any stage then apply to it."""

FORCES: Final = _by_key(
    (
        Term("police", "公安民警", "Police officers", ("民警",)),
        Term("auxiliary", "警务辅助人员", "Auxiliary police", ("辅警",)),
        Term("school_security", "学校保卫人员", "School security", ("保安", "专职保安")),
        Term("staff", "教职员工", "School staff", ("教师", "教职工")),
        Term("community", "群防群治力量", "Community volunteers", ("群防群治", "志愿者", "家长义工")),
    )
)

LICENCE_STATUSES: Final = _by_key(
    (
        Term("licensed", "有证", "Licensed", ("有", "持证", "是", "证照齐全")),
        Term("unlicensed", "无证", "Unlicensed", ("无", "无照", "否", "无证无照")),
        Term("unknown", "未知", "Unknown", ("不详", "待查")),
    )
)

RULE_STATUSES: Final = _by_key(
    (
        Term("law", "国家法规", "National law"),
        Term("local", "地方规定", "Local rule"),
        Term("local_unverified", "地方工作值（待确认）", "Local working value, unconfirmed"),
        Term("campaign", "专项排查", "Inspection campaign"),
        Term("needs_local_value", "需地方赋值", "Needs a local value"),
    )
)
BINDING_STATUSES: Final = frozenset({"law", "local"})
"""Only rules of these statuses may lead to a suspected ban (疑似禁设)."""

METHODS: Final = _by_key(
    (
        Term("boundary_straight", "校园边界直线", "Straight line from the campus boundary"),
        Term("gate_radius", "校门直线", "Straight line from any gate"),
        Term("main_gate_radius", "正门直线", "Straight line from the main gate"),
        Term("gate_walk", "校门步行", "Walking way from any gate"),
        Term("main_gate_walk", "正门步行", "Walking way from the main gate"),
        Term("gate_road", "沿道路", "Along the road from any gate"),
    )
)

BANDS: Final = _by_key(
    (
        Term("inside", "疑似", "Inside"),
        Term("borderline", "临界", "Borderline"),
        Term("outside", "界外", "Outside"),
    )
)

MEANINGS: Final = _by_key(
    (
        Term("suspected_ban", "疑似禁设", "Suspected ban"),
        Term("lead", "线索（工作值）", "Lead (working value)"),
        Term("survey_area", "排查范围内", "Inside the survey area"),
    )
)
"""What a result may be called, by the status of its rule: law/local, local_unverified, campaign."""

SCHOOL_STATES: Final = _by_key(
    (
        Term("leads", "有疑似线索", "Has leads"),
        Term("borderline", "仅临界线索", "Borderline leads only"),
        Term("unknown", "情况不明（无有效检查记录）", "Unknown (no valid inspection on record)"),
        Term("clean", "已检查且无线索", "Inspected, no leads"),
    )
)
"""Worst first. Places inside a survey area are counted, but make no state of their own: an inspection on
record covers them, and without one the surroundings are unknown, whatever they hold."""

EVIDENCE_NOTES: Final = _by_key(
    (
        Term(
            "no_gates", "无校门数据，按校园边界测量", "No gates on record: measured from the campus boundary"
        ),
        Term(
            "no_main_gate",
            "未标明正门，按最近校门测量",
            "No main gate on record: measured from the nearest gate",
        ),
        Term("stage_unknown", "学段不明，按适用处理", "Stage unknown: taken as covered by the rule"),
        Term("estimated_boundary", "边界为估算", "Boundary estimated from the land area"),
        Term("point_campus", "校园仅有点位", "Campus known as a point only"),
        Term("accuracy_assumed", "位置精度未填，按工作值", "Accuracy not stated: working value used"),
    )
)
"""What a result must say about how it came to be; stored as comma-separated keys."""

POST_KINDS: Final = _by_key(
    (
        Term("escort", "护学岗", "School escort post"),
        Term("peak_duty", "高峰勤务岗", "Peak-hour duty post", ("高峰岗", "高峰勤务")),
        Term("police_post", "警务室", "Police post", ("警务站", "校园警务室")),
    )
)

ROAD_CLASSES: Final = _by_key(
    (
        Term("motorway", "高速公路", "Motorway"),
        Term("trunk", "快速路", "Trunk road"),
        Term("primary", "主干路", "Primary road", ("主干道",)),
        Term("secondary", "次干路", "Secondary road", ("次干道",)),
        Term("tertiary", "支路", "Tertiary road"),
        Term("residential", "居住区道路", "Residential road", ("街巷",)),
        Term("service", "内部道路", "Service road"),
        Term("path", "步行道", "Path", ("人行道", "小路")),
    )
)
