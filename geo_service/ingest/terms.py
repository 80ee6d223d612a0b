"""Words of the vocabulary in cells: exact after normalisation, then contained, never guessed."""

import difflib
import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from geo_service.model.vocabulary import Term

_NOISE: Final = re.compile(r"[\s()\[\]【】《》\"'“”‘’·.,:;、，。：；_-]+")
_ACCENTS: Final = re.compile("[\u0300-\u036f]")
_HAN: Final = re.compile("[\u4e00-\u9fff]")
_COMMON_SIGNS: Final = frozenset("店馆厅室吧场所点站城屋房铺行")
_LATIN_CONTAINED: Final = frozenset({"ktv"})
_EXTRA: Final[Mapping[str, str]] = MappingProxyType(
    {"unclassified": "residential", "livingstreet": "residential"}
)

TRUE_WORDS: Final = frozenset(
    {
        "是",
        "有",
        "1",
        "true",
        "yes",
        "y",
        "t",
        "√",
        "✓",
        "✔",
        "对",
        "已",
        "已配备",
        "已落实",
        "已实现",
        "达标",
        "是的",
        "on",
    }
)
FALSE_WORDS: Final = frozenset(
    {
        "否",
        "无",
        "0",
        "false",
        "no",
        "n",
        "f",
        "×",
        "✗",
        "✘",
        "x",
        "错",
        "未",
        "未配备",
        "未落实",
        "未实现",
        "未达标",
        "没有",
        "不是",
        "off",
    }
)

_MAIN_GATES: Final = frozenset({"正门", "主门", "大门", "主校门", "正大门", "main"})
_OTHER_GATES: Final = frozenset(
    {"副门", "侧门", "后门", "边门", "小门", "便门", "非正门", "消防通道", "side"}
)

# Names of schools: the pattern that ends last decides, so that 大学附属小学 is a primary school.
_STAGE_NAMES: Final = (
    (re.compile(r"幼儿园|幼稚园|托幼园|附幼|学前班|kindergarten|nursery"), "kindergarten"),
    (
        re.compile(
            r"小学|完小|教学点|附小|(?:[一二三四五六七八九十]|实验)小(?![一-鿿])|primary school|elementary school"
        ),
        "primary",
    ),
    (re.compile(r"九年一贯制?(?:学校)?|九年制(?:学校)?"), "nine_year"),
    (re.compile(r"十二年一贯制?(?:学校)?|十二年制(?:学校)?"), "twelve_year"),
    (re.compile(r"初级中学|初中|junior (?:high|middle|secondary) school"), "junior"),
    (re.compile(r"高级中学|高中|senior (?:high|middle|secondary) school"), "senior"),
    (re.compile(r"完全中学|完中"), "complete"),
    (
        re.compile(
            r"职业(?:技术|教育|高级)*(?:学校|中学|中专|高中|中心)|中等专业学校|中等职业.*?学校|职业中专.*?学校"
            r"|职中|职高|中专(?:学校)?|技工学校|技校|职教中心|vocational .*?school"
        ),
        "vocational",
    ),
    (
        re.compile(
            r"特殊教育(?:学校|中心)?|特教学校|聋哑?(?:人)?学校|盲(?:人)?学校|盲聋哑学校|启智学校|培智学校"
        ),
        "special",
    ),
    (re.compile(r"专门学校|工读学校"), "specialised"),
)
_CODE_STAGES: Final = {
    "11": "kindergarten",
    "21": "primary",
    "36": "vocational",
    "37": "specialised",
    "51": "special",
}


def normal_word(text: str) -> str:
    """Return a word without case, width, accents, blanks and punctuation."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    if not plain.isascii():  # café and cafe are one word
        plain = unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", plain)))
    return _NOISE.sub("", plain)


def match_term(text: str, terms: Mapping[str, Term], *, contained: bool) -> str | None:
    """Return the key of the term that a cell means, or None; see `find_key`."""
    return find_key(text, word_table(terms), contained=contained)


def find_key(text: str, words: Mapping[str, str], *, contained: bool) -> str | None:
    """Return the key that a cell means, or None.

    Parameters
    ----------
    words
        Keys by normalised words, from `word_table`.
    contained
        Also accept a longer text in which the words of exactly one term occur (`幸福网吧（个体）`); a word
        inside a longer word of another term does not count (酒店 in 电竞酒店).
    """
    plain = normal_word(text)
    if plain in words:
        return words[plain]
    if not contained:
        return None
    spans = [
        (match.start(), match.end(), key)
        for word, key in words.items()
        if word in plain and len(word) > 1 and (_HAN.search(word) or word in _LATIN_CONTAINED)
        for match in re.finditer(re.escape(word), plain)
    ]
    keys = {
        key
        for start, end, key in spans
        if not any(
            first <= start and end <= last and (first, last) != (start, end) for first, last, _other in spans
        )
    }
    return keys.pop() if len(keys) == 1 else None


def similar_terms(text: str, terms: Mapping[str, Term], *, count: int = 3) -> list[str]:
    """Return the Chinese labels of the terms whose words are most like a text, the likest first."""
    words = word_table(terms)
    plain = normal_word(text)[:60]
    close = difflib.get_close_matches(plain, words, n=12, cutoff=0.4)
    close += [word for word in words if _HAN.search(word) and len(set(word) & set(plain)) >= 2]
    telling = set(plain) - _COMMON_SIGNS  # 足疗店 and 快捷酒店 share nothing but 店
    close = [word for word in close if set(word) & telling]
    return list(dict.fromkeys(terms[words[word]].zh for word in close))[:count]


def parse_boolean(text: str) -> bool | None:
    """Return yes or no as spreadsheets write it, or None."""
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    plain = plain.removesuffix(".0")
    if plain in TRUE_WORDS:
        return True
    return False if plain in FALSE_WORDS else None


def parse_main_gate(text: str) -> bool | None:
    """Return whether a cell says that a gate is the main one: 是 and 否, or the kind of gate, or None."""
    plain = normal_word(text)
    if plain in _MAIN_GATES:
        return True
    return False if plain in _OTHER_GATES else parse_boolean(text)


def stage_of_name(name: str, code: str | None = None) -> str | None:
    """Return the stage that a school's name says, else the one of its 10-digit id code, else None.

    中学 alone says neither junior nor senior, so it gives None.
    """
    plain = unicodedata.normalize("NFKC", name).casefold()
    found = max(
        (
            (match.end(), match.end() - match.start(), stage)
            for pattern, stage in _STAGE_NAMES
            for match in pattern.finditer(plain)
        ),
        default=None,
    )
    if found is not None:
        return found[2]
    if code is not None and re.fullmatch(r"[1-9]\d{9}", code):
        return _CODE_STAGES.get(code[:2])
    return None


def word_table(terms: Mapping[str, Term]) -> dict[str, str]:
    """Return the keys of terms by their normalised words: keys and labels go before aliases."""
    words: dict[str, str] = {}
    for term in terms.values():
        for word in (term.key, term.zh, term.en):
            words.setdefault(normal_word(word), term.key)
    for term in terms.values():
        for word in term.aliases:
            words.setdefault(normal_word(word), term.key)
    words.update({word: key for word, key in _EXTRA.items() if key in terms and word not in words})
    return words
