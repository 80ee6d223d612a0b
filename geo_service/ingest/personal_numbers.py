"""Numbers and accounts of people in one text: mobile, landline and identity numbers, WeChat, QQ, e-mail."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final, Literal

# GB/T 2260: the first two digits of a region; 71 to 83 Taiwan, Hong Kong, Macau, 9 foreign permanent residents.
_REGION: Final = r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|9\d)"
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_LAST_BIRTH_YEAR: Final = 2100
# Record numbers are often made of adcode, date and a serial, 18 digits too; from this year on, such a number
# without the right check digit counts as a record number where numbers are expected.
_FIRST_RECORD_YEAR: Final = 2010

_BEFORE: Final = r"(?<![0-9A-Za-z])(?<![0-9]\.)"
_AFTER: Final = r"(?![0-9A-Za-z])(?!\.[0-9])"
_GAP: Final = r" ?[-._ ]? ?"
_DECIMAL: Final = r"\d+\.\d+(?![\d.])"
_MOBILE: Final = re.compile(
    rf"{_BEFORE}(?:\(?(?:\+|00)?86\)?[ -]{{0,2}})?(?!{_DECIMAL})1[3-9]\d"
    rf"(?:{_GAP}\d{{4}}{_GAP}\d{{4}}|\d{_GAP}\d{{3}}{_GAP}\d{{4}}|\d \d{{4}} \d{{3}}|[- ]\d{{3}}[- ]\d{{5}}){_AFTER}"
)
_IDENTITY_18: Final = re.compile(rf"{_BEFORE}{_REGION}(?:[ -]?\d){{15}}[ -]?[\dXx]{_AFTER}")
_IDENTITY_15: Final = re.compile(rf"{_BEFORE}{_REGION}\d{{4}}[ -]?\d{{6}}[ -]?\d{{3}}{_AFTER}")
_ROUNDED: Final = re.compile(rf"{_BEFORE}[1-9]\.\d{{10,17}}[Ee]\+?17{_AFTER}")  # a spreadsheet's 18 digits

_AREA_CODE: Final = r"(?:010|02\d|03(?:1\d|35|49|5\d|7\d|9[1-8])|0[4-9]\d{2})"
_SUBSCRIBER: Final = r"[2-9]\d{2,3}[ -]?\d{4}"
_LANDLINE: Final = re.compile(
    rf"(?<![0-9A-Za-z])(?<![0-9][.-])(?:(?:\+|00)86[ -]?\(?0?[1-9]\d{{1,2}}|\(?{_AREA_CODE})\)?[ .-]{{0,3}}"
    rf"(?P<hide>{_SUBSCRIBER}(?: ?[/、,;] ?{_SUBSCRIBER}(?!\d))*){_AFTER}"
)
_FILLER: Final = r"(?:[ :.,、(\[]|号码?|账号|是|为)*"
_CALL: Final = re.compile(
    r"(?:电话|手机|座机|固话|传真|热线|联系方式|(?<![A-Za-z])(?:tel|phone|mobile|mob|fax))"
    rf"{_FILLER}(?P<hide>\+?\d(?:[ ()._-]{{0,2}}\d){{6,14}}){_AFTER}",
    re.IGNORECASE,
)
_LETTERED: Final = re.compile(
    r"(?<![0-9A-Za-z])(?:v|vx|wx|t)[ :.]*(?P<hide>1[3-9]\d{9})(?![0-9A-Za-z])", re.IGNORECASE
)
_CERTIFICATE: Final = re.compile(
    r"(?:身份证件?|公民身份|证件|(?<![A-Za-z])(?:id ?(?:card|no)?|sfzh?))"
    rf"{_FILLER}(?P<hide>\d{{6}}(?:[ -]?[\dX]){{9,12}}){_AFTER}",
    re.IGNORECASE,
)
_LATIN_WECHAT: Final = r"(?:weixin|wechat|vx|wx)"
_WECHAT: Final = re.compile(
    rf"(?:微信|薇信|微 信){_FILLER}(?:{_LATIN_WECHAT}[ :]+)?"
    r"(?P<hide>[a-z](?=[a-z]*[-_0-9])[-_a-z0-9]{4,30}|[a-z]{6,20}|[1-9]\d{4,11}(?!号))(?![-_0-9a-z])",
    re.IGNORECASE,
)
_WECHAT_LATIN: Final = re.compile(
    rf"(?<![A-Za-z])(?:{_LATIN_WECHAT}号?|v) ?: ?(?P<hide>[a-z][-_a-z0-9]{{4,30}}|[1-9]\d{{4,11}})(?![-_0-9a-z])",
    re.IGNORECASE,
)
_QQ: Final = re.compile(
    rf"(?:(?<![A-Za-z])qq|扣扣)群?{_FILLER}(?P<hide>[1-9]\d{{4,11}})(?![0-9A-Za-z号])", re.IGNORECASE
)
_EMAIL: Final = re.compile(r"(?P<hide>[A-Za-z0-9][\w.+-]{0,63})@[\w-]+\.\w", re.ASCII)
_PLATE: Final = re.compile(
    r"车牌(?:号码?)?[ :是为]*[\u4e00-\u9fff][A-Z](?P<hide>[ .]?[A-Z0-9]{5,6})(?![0-9A-Za-z])", re.IGNORECASE
)
_LABELLED: Final = (_CERTIFICATE, _CALL, _LETTERED, _WECHAT, _WECHAT_LATIN, _QQ, _EMAIL, _PLATE)
_HAN_OR_AT: Final = re.compile("[\u4e00-\u9fff@]")
_LABEL: Final = re.compile("[证话机]|传真|热线|联系|公民|[微薇]|扣扣|车牌|[A-Za-z@]")  # in every labelled one

_DIGIT: Final = "[0-9０-９]"
# Unbounded and of few characters, so that the automaton stays small: a bound made the search fifty times slower.
_BETWEEN: Final = r"[^\p{N}\p{L}]*"
_BLANK: Final = r"[\s\p{Pd}\p{Zs}\p{Cf}\p{Cc}−～~]*"
_LABELS: Final = (
    r"微.?信|薇信|扣扣|车牌|电话|手机|座机|固话|传真|热线|联系方式|[@＠]|[qｑＱ]{2}|weixin|wechat|tel|phone|mob|fax"
    r"|[vwＶＷｖｗ][xＸｘ]|[vＶｖ]\s?[:：]"
)
_OTHER_DIGITS: Final = r"[^\x00-\x7f０-９\P{N}]"  # ① or 𝟏 may be folded to digits
# Patterns of Arrow (RE2) that find every cell in which one of the above may be found, and few others: the
# cells are many, and only those found are looked at one by one.
CANDIDATE_TEXT: Final = rf"(?i)(?:{_DIGIT}{_BETWEEN}){{7}}|{_LABELS}|{_OTHER_DIGITS}"
CANDIDATE_NUMBER: Final = (
    rf"(?i)(?:^|[^0-9A-Za-z])(?:(?:{_DIGIT}{_BLANK}){{15}}"
    rf"|(?:(?:[0０]{{2}})?{_BLANK}[8８][6６]{_BETWEEN})?[1１][3-9３-９](?:{_BETWEEN}{_DIGIT}){{9}})"
    rf"|[0-9]\.[0-9]{{10}}|{_LABELS}|{_OTHER_DIGITS}"
)

Mode = Literal["text", "id", "licence"]
"""What a cell is: free text, an id, or a number such as a licence's, which may look like a landline or have 15 digits."""

_DASHES: Final = dict.fromkeys(map(ord, "‐‑‒–—―−﹣－─～~"), "-")
_DOTS: Final = dict.fromkeys(map(ord, "·•・․。．"), ".")
_FOLDED: Final = {**_DASHES, **_DOTS, ord("（"): "(", ord("）"): ")", ord("【"): "[", ord("："): ":"}


def folded(text: str) -> str:
    """Return a text of the same length in ASCII digits, letters and punctuation as far as possible."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_fold, text.translate(_FOLDED)))


@lru_cache(maxsize=8192)
def _fold(letter: str) -> str:
    if unicodedata.category(letter) in {"Cf", "Zs", "Cc"}:
        return " "
    normal = unicodedata.normalize("NFKC", letter)
    return normal if len(normal) == 1 else letter


def is_identity_number(text: str, *, strict: bool = True) -> bool:
    """Say whether 18 characters are a citizen's identity number (GB 11643-1999).

    Digits 7 to 14 must be a birth date; with `strict` the check character must fit too. A unified social
    credit code of digits only fails already at the date.
    """
    if len(text) != 18 or not (text.isascii() and text[:17].isdigit()):
        return False
    if not _is_date(text[6:14]):
        return False
    if not strict:
        return True
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, text[:17], strict=True))
    return "10X98765432"[total % 11] == text[17].upper()


def is_mobile_number(text: str) -> bool:
    """Say whether a whole cell is a mobile number of mainland China."""
    return _MOBILE.fullmatch(folded(text).strip()) is not None


def is_person_number(text: str) -> bool:
    """Say whether a whole cell is a mobile number or an identity number of 18 or 15 digits."""
    plain = folded(text).strip()
    if _MOBILE.fullmatch(plain) or _ROUNDED.fullmatch(plain):
        return True
    if _IDENTITY_15.fullmatch(plain):
        return _is_born(plain)
    return _IDENTITY_18.fullmatch(plain) is not None and is_identity_number(_digits(plain))


def holds_personal_number(text: str) -> bool:
    """Say whether an id holds a mobile or identity number, or an account of a person."""
    return mask_text(text, "id") != text


def mask_text(text: str, mode: Mode = "text") -> str:
    """Mask numbers and accounts of people; the first three digits, or the area code, stay.

    In ids only mobile and identity numbers are looked for, in licence numbers only those of 18 digits with
    the right check digit, and labelled ones (微信号 …) where there are words at all.
    """
    plain = folded(text)
    masked = _hide_numbers(plain, mode)
    if mode == "text":
        masked = _LANDLINE.sub(_hide_group, masked)
    if _LABEL.search(masked) and (mode == "text" or _HAN_OR_AT.search(masked)):
        for pattern in _LABELLED:
            masked = pattern.sub(_hide_group, masked)
    if masked == plain:
        return text
    return "".join(
        "*" if new == "*" != old else letter for letter, old, new in zip(text, plain, masked, strict=True)
    )


def _hide_numbers(plain: str, mode: Mode) -> str:
    checks: list[tuple[re.Pattern[str], Callable[[str], bool]]] = [
        (_IDENTITY_18, lambda found: _is_citizen(found, mode)),
        (_ROUNDED, lambda found: is_identity_number(str(int(Decimal(found))), strict=False)),
        (_MOBILE, lambda _found: True),
    ]
    if mode != "licence":
        checks.append((_IDENTITY_15, _is_born))
    for pattern, is_personal in checks:
        plain = pattern.sub(
            lambda match, is_personal=is_personal: (  # type: ignore[misc]  # the default binds the loop's value
                match[0][:3] + _hidden(match[0][3:]) if is_personal(match[0]) else match[0]
            ),
            plain,
        )
    return plain


def _hide_group(match: re.Match[str]) -> str:
    start, end = (place - match.start() for place in match.span("hide"))
    return match[0][:start] + _hidden(match[0][start:end]) + match[0][end:]


def _hidden(text: str) -> str:
    return re.sub(r"[0-9A-Za-z]", "*", text)


def _is_citizen(found: str, mode: Mode) -> bool:
    """Say whether 18 digits are an identity number; a wrong check digit is forgiven where numbers are rare."""
    number = _digits(found)
    if is_identity_number(number):
        return True
    if mode == "licence" or number.startswith("9") or not is_identity_number(number, strict=False):
        return False
    return mode == "text" or int(number[6:10]) < _FIRST_RECORD_YEAR


def _is_born(found: str) -> bool:
    """Say whether 15 digits hold a birth date, as identity numbers issued until 1999 do."""
    return _is_date("19" + _digits(found)[6:12])


def _digits(found: str) -> str:
    return re.sub(r"[^0-9Xx]", "", found)


def _is_date(digits: str) -> bool:
    """Say whether eight digits are a date in which somebody living may be born."""
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return False
    return 1900 <= born.year <= _LAST_BIRTH_YEAR
