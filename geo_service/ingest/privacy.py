"""Columns and cells about people: recognised by header and by value, dropped or masked."""

import re
import unicodedata
from datetime import date
from itertools import pairwise
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

_EXACT: Final = frozenset(
    [
        "姓名",
        "法人",
        "法人代表",
        "法人姓名",
        "法人名称",
        "法定代表人",
        "法代",
        "经营者",
        "经营人",
        "业主",
        "负责人",
        "联系人",
        "责任人",
        "店主",
        "老板",
        "校长",
        "园长",
        "房东",
        "租客",
        "租户",
        "承租人",
        "出租人",
        "户主",
        "房主",
        "身份证",
        "身份证号",
        "身份证号码",
        "证件号",
        "证件号码",
        "公民身份号码",
        "手机",
        "手机号",
        "手机号码",
        "电话",
        "电话号码",
        "联系电话",
        "联系方式",
        "固定电话",
        "座机",
        "微信",
        "微信号",
        "qq",
        "qq号",
        "邮箱",
        "电子邮箱",
        "车牌",
        "车牌号",
        "车牌号码",
        "户籍",
        "户籍地",
        "籍贯",
        "前科",
        "人脸",
        "性别",
        "民族",
        "年龄",
        "出生日期",
        "出生年月",
        "生日",
        "政治面貌",
        "家庭住址",
        "现住址",
        "住址",
        "银行卡",
        "银行账号",
        "护照号",
        "驾驶证号",
        "家长",
        "监护人",
        "班主任",
        "教师姓名",
        "学生姓名",
        "从业人员",
        "照片",
        "指纹",
        "mac",
        "mac地址",
        "imei",
        "imsi",
        "owner",
        "proprietor",
        "person",
        "contact",
        "tel",
        "mobile",
        "phone",
        "fax",
        "email",
        "wechat",
        "gender",
        "sex",
        "age",
        "birthday",
        "birthdate",
        "dob",
        "ethnicity",
        "nationality",
        "landlord",
        "tenant",
        "lessee",
        "occupant",
        "principal",
        "headmaster",
        "surname",
        "firstname",
        "lastname",
        "fullname",
        "passport",
        "legalperson",
        "legalrepresentative",
        "legalrep",
        "idcard",
        "idcardno",
        "idcardnumber",
        "identity",
        "identityno",
        "identitynumber",
        "idno",
        "citizenid",
        "ssn",
        "plate",
        "plateno",
        "platenumber",
        "licenseplate",
        "licenceplate",
        "carplate",
        "criminalrecord",
        "face",
        "faceid",
        "macaddress",
        "macaddr",
        "xingming",
        "xm",
        "faren",
        "frxm",
        "frdb",
        "fddbr",
        "fadingdaibiaoren",
        "lianxiren",
        "lxr",
        "lxdh",
        "lxfs",
        "dianhua",
        "dhhm",
        "shouji",
        "shoujihao",
        "sjh",
        "sjhm",
        "shenfenzheng",
        "sfz",
        "sfzh",
        "sfzhm",
        "sfzhao",
        "zjhm",
        "fuzeren",
        "fzr",
        "jingyingzhe",
        "jyz",
        "chepai",
        "chepaihao",
        "cph",
        "huji",
        "qianke",
        "xiaozhang",
        "yuanzhang",
        "fangdong",
        "zuke",
        "chengzuren",
        "hukou",
        "renlian",
    ]
)
_CONTAINED: Final = [
    "姓名",
    "身份证",
    "身份号码",
    "手机",
    "电话",
    "联系方式",
    "联系人",
    "法定代表人",
    "法人",
    "负责人",
    "经营者",
    "责任人",
    "校长",
    "园长",
    "房东",
    "租客",
    "承租",
    "出租人",
    "户主",
    "房主",
    "车牌",
    "户籍",
    "前科",
    "人脸",
    "出生",
    "家长",
    "监护人",
    "班主任",
    "微信",
    "邮箱",
    "银行卡",
    "家庭住址",
    "护照",
    "从业人员",
    "刑满",
    "吸毒",
    "精神障碍",
    "重点人员",
]
_UNIT_WORDS: Final = ("法人单位", "法人机构", "法人企业", "法人统一社会信用代码")
_ENGLISH_TOKENS: Final = frozenset(
    [
        "owner",
        "phone",
        "mobile",
        "telephone",
        "tel",
        "contact",
        "landlord",
        "tenant",
        "principal",
        "headmaster",
        "birthday",
        "passport",
        "email",
        "wechat",
        "imei",
        "imsi",
    ]
)
_FULL_WIDTH: Final = str.maketrans("０１２３４５６７８９Ｘｘ", "0123456789XX")

# The mobile numbers of China and 18-digit identity numbers; the first pattern only finds candidates.
_CANDIDATE: Final = (
    r"[1１][3-9３-９][0-9０-９][ \-]?[0-9０-９]{4}[ \-]?[0-9０-９]{4}|[0-9０-９]{17}[0-9０-９XxＸｘ]"
)
_WHOLE_CELL: Final = r"^\s*[1-9１-９][0-9０-９]{16}[0-9０-９XxＸｘ]\s*$"
_MOBILE: Final = re.compile(r"(?<![0-9A-Za-z.])(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?![0-9A-Za-z.])")
_IDENTITY: Final = re.compile(r"(?<![0-9A-Za-z])[1-9]\d{16}[0-9Xx](?![0-9A-Za-z])")
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_MOSTLY: Final = 0.6
_SAMPLE_ROWS: Final = 20_000


def is_personal_header(header: str) -> bool:
    """Say whether a header names data about people."""
    text = unicodedata.normalize("NFKC", header).strip()
    outside = re.sub(r"[(\[【].*?[)\]】]", "", text) or text
    tokens = re.findall(r"[a-z]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", outside).lower())
    plain = re.sub(r"[\s_\-.:*/]+", "", outside).casefold()
    if any(word in plain for word in _UNIT_WORDS):
        return False
    return (
        plain in _EXACT
        or any(word in plain for word in _CONTAINED)
        or any(token in _ENGLISH_TOKENS for token in tokens)
        or any(f"{first}{second}" in _EXACT for first, second in pairwise(tokens))
    )


def is_identity_number(text: str, *, strict: bool = True) -> bool:
    """Say whether 18 characters are a citizen's identity number (GB 11643-1999).

    Digits 7 to 14 must be a birth date; with `strict` the check character must fit too. A unified social
    credit code of digits only fails already at the date.
    """
    if len(text) != 18 or not text[:17].isdigit():
        return False
    try:
        born = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    if born.year < 1900 or born.year > 2100:
        return False
    if not strict:
        return True
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, text[:17], strict=True))
    return "10X98765432"[total % 11] == text[17].upper()


def is_mobile_number(text: str) -> bool:
    """Say whether a whole cell is a mobile number of mainland China."""
    return _MOBILE.fullmatch(text.translate(_FULL_WIDTH).strip()) is not None


def mostly_personal(cells: Any) -> bool:
    """Say whether most of the non-empty cells of an Arrow text column are mobile or identity numbers."""
    sample = cells.slice(0, _SAMPLE_ROWS)
    filled = sample.filter(pc.greater(pc.utf8_length(sample), 0))
    if len(filled) == 0:
        return False
    candidates = filled.filter(pc.match_substring_regex(filled, _CANDIDATE))
    if len(candidates) < _MOSTLY * len(filled):
        return False
    personal = sum(
        is_mobile_number(text) or is_identity_number(text.translate(_FULL_WIDTH).strip())
        for text in candidates.to_pylist()
    )
    return personal >= _MOSTLY * len(filled)


def mask_cells(cells: Any, *, free_text: bool) -> tuple[Any, int]:
    """Mask mobile and identity numbers in an Arrow text column.

    In free text both are masked wherever they stand. In columns of numbers (`free_text` false: ids and
    licence numbers) only a whole cell that is an identity number with its check digit is, since licence
    numbers may look like either.

    Returns
    -------
    cells, count
        The column, and how many of its cells were changed.
    """
    candidate = _CANDIDATE if free_text else _WHOLE_CELL
    flags = pc.fill_null(pc.match_substring_regex(cells, candidate), False)
    if not pc.any(flags).as_py():
        return cells, 0
    before = cells.filter(flags).to_pylist()
    after = [mask_text(text) if free_text else _mask_number(text) for text in before]
    changed = sum(one != other for one, other in zip(before, after, strict=True))
    if changed == 0:
        return cells, 0
    whole = cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells
    mask = flags.combine_chunks() if isinstance(flags, pa.ChunkedArray) else flags
    masked = pc.replace_with_mask(whole, mask, pa.array(after, whole.type))
    return pa.chunked_array([masked]), changed


def mask_text(text: str) -> str:
    """Mask mobile and identity numbers in one text: the last digits become asterisks."""
    plain = text.translate(_FULL_WIDTH)
    for pattern in (_IDENTITY, _MOBILE):
        for match in reversed(list(pattern.finditer(plain))):
            if pattern is _IDENTITY and not is_identity_number(match.group(), strict=False):
                continue
            start, end = match.span()
            stars = re.sub(r"[0-9A-Za-z]", "*", plain[start + 3 : end])
            text = text[:start] + plain[start : start + 3] + stars + text[end:]
            plain = plain[:start] + plain[start : start + 3] + stars + plain[end:]
    return text


def _mask_number(text: str) -> str:
    plain = text.translate(_FULL_WIDTH).strip()
    return plain[:3] + "*" * 15 if is_identity_number(plain) else text
