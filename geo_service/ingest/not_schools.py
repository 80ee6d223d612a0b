"""Institutions that are no schools of these rules: universities, colleges, training and driving firms."""

import re
import unicodedata
from typing import Final

_REMARK: Final = re.compile(r"[(\[【].*?[)\]】]")
_ADULTS: Final = r"老年(?:大学|学校)|(?:广播)?电视大学|开放大学|党校|行政学院|老干部大学"
_HIGHER: Final = re.compile(
    rf"{_ADULTS}|大学(?![路街道巷城里村])|(?<!技师)学院(?![路街道巷里村])|高等(?:专科|职业(?:技术)?)?学校"
    r"|\buniversity\b|\bpolytechnic\b"  # an English college may be a secondary school
)
_ALWAYS: Final = re.compile(_ADULTS)
_SCHOOL: Final = re.compile(
    r"附属|附中|附小|附幼|中学|小学|幼儿园|幼稚园|学前|中专|中职|职中|职高|技校|技工|初中|高中|(?<!专科)(?<!职业)(?<!技术)(?<!高等)学校"
    r"|\bschool\b|\bkindergarten\b|\bnursery\b"
)
_TRAINING: Final = re.compile(
    r"培训(?:学校|机构|中心|部|班|基地|点|公司|有限公司|学院)?$|培训(?:学校|机构|班|有限公司)"
    r"|驾校|驾驶(?:员|技术|技能)?(?:培训)?(?:学校|中心)|驾驶员|驾培|补习|(?:课外|学科|作业|校外)?辅导(?:学校|机构|中心|班|站|部)"
    r"|\bdriving school\b|\btraining (?:cent(?:er|re)|school)\b|\btutoring\b|\bcram school\b"
)
_STAGE_HIGHER: Final = re.compile(
    rf"{_ADULTS}|大学|(?<!技师)学院|高等|高校|高职|大专|(?<!中等)专科|本科|研究生|成人教育|继续教育|university|college"
)
_STAGE_TRAINING: Final = re.compile(r"培训|驾校|驾驶|驾培|补习|辅导|training|driving|tutoring")


def is_other_institution(name: str) -> bool:
    """Say whether a name is one of a university, a college, or a training or driving firm.

    A school of such a house (大学附属小学), schools in a street called after one (学院路小学), and vocational
    secondary schools (职业中专, 技工学校) are schools. 技师学院 is left open, since it may be either.
    """
    plain = unicodedata.normalize("NFKC", name).casefold().strip()
    plain = _REMARK.sub("", plain).strip() or plain
    if "附属" not in plain and _TRAINING.search(plain):
        return True
    if _ALWAYS.search(plain) and "附属" not in plain:
        return True
    return _HIGHER.search(plain) is not None and _SCHOOL.search(plain) is None


def is_other_stage(text: str) -> bool:
    """Say whether a cell of a stage column means something else than a school, such as 高等职业学校."""
    plain = unicodedata.normalize("NFKC", text).casefold().strip()
    if "附属" in plain:
        return False
    if _STAGE_TRAINING.search(plain):
        return True
    return _STAGE_HIGHER.search(plain) is not None and not re.search(
        r"附[中小幼]|小学|中学|幼儿|中职|中专|高中|初中|特殊|技工", plain
    )
