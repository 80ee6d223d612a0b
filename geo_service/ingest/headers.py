"""Headers as they may be shown in a message: never a cell of a table that has no row of column names."""

import re
import unicodedata
from collections.abc import Collection
from typing import Final

from geo_service.ingest.personal_headers import is_personal_header
from geo_service.ingest.printable import printable, shown_name

_NAME_CHARS: Final = 30
_LATIN: Final = re.compile(r"[A-Za-z][A-Za-z_ ./-]{0,40}\d{0,3}")
_COLUMN: Final = re.compile(r"(?:列|字段|Column|col|field|f|v|x|y|_c)_?\d{1,4}", re.IGNORECASE)
_ENDINGS_WORDS: Final = """
号 码 名称 类型 类别 种类 数 数量 地址 地点 位置 日期 时间 时段 年度 年份 月份 状态 情况 面积 备注 说明 描述 单位 部门
机关 等级 级别 度 率 比例 坐标 区 县 市 省 街道 乡镇 社区 来源 结果 措施 要求 金额 范围 性质 方式 频次 期限 形式 用途
辖区 派出所 中队 岗位 校名 店名 图层 几何 边界
"""
_ENDINGS: Final = tuple(_ENDINGS_WORDS.split())
_LATIN_NAME: Final = re.compile(r"[A-Z][a-z]+ [A-Z][a-z]+")


def clean_header(header: str) -> str:
    """Return a header as it is shown: trimmed, blanks, line breaks and invisible characters as one space."""
    return re.sub(r"\s+", " ", printable(header, " ")).strip()


def shown_headers(headers: Collection[str], known: Collection[str]) -> list[str]:
    """Return the headers that look like column names; of a person's name or a number nobody learns here.

    Parameters
    ----------
    headers
        Clean headers, without those about people.
    known
        Those among them that the product knows.
    """
    return [
        shown_name(header)[:_NAME_CHARS]
        for header in headers
        if header in known or (looks_like_header(header) and not is_personal_header(header))
    ]


def looks_like_header(header: str) -> bool:
    """Say whether a text looks like the name of a column and not like a cell."""
    plain = unicodedata.normalize("NFKC", header).strip()
    outside = re.sub(r"[(\[【].*?[)\]】]", "", plain).strip() or plain
    if _COLUMN.fullmatch(outside):
        return True
    if _LATIN.fullmatch(outside):
        return _LATIN_NAME.fullmatch(outside) is None
    return len(outside) <= _NAME_CHARS and not re.search("[0-9]", outside) and outside.endswith(_ENDINGS)
