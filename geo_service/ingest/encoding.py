"""The encoding of a text file: UTF-8, GB18030 or UTF-16, with care for bytes that are valid in two."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from geo_service.errors import FileUnreadable
from geo_service.i18n import N_
from geo_service.ingest.content import cut_off

_BLOCK_BYTES: Final = 1024 * 1024
_SAMPLE_BYTES: Final = 256 * 1024
_HAN: Final = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
_LATIN_WORD: Final = re.compile(
    "[A-Za-z][\u00c0-\u024f]|[\u00c0-\u024f][A-Za-z]|[A-Za-z0-9)][\u00b0\u00b2\u00b3]"
)
_COMMON_HAN_LEADS: Final = range(0xB0, 0xD8)  # level 1 of GB 2312: the 3 755 most used characters
_MIXED_SHARE: Final = 0.1

State = Literal["valid", "cut", "invalid"]


@dataclass(frozen=True, slots=True)
class Encoding:
    """How to decode a file; `rescued` if its bytes were valid UTF-8 too, but meaningless in it."""

    codec: str
    label: str
    rescued: bool = False


def detect_encoding(path: Path) -> Encoding:
    """Find the encoding of a text file by decoding all of it.

    The GBK bytes of words such as 学校, 小学, 路 are valid UTF-8 (Cyrillic and extended Latin letters).
    Where UTF-8 gives only such letters and GB18030 gives common Han characters, GB18030 is taken.

    Raises
    ------
    FileUnreadable
        If no encoding fits, if NUL bytes show that it is no text, or if the last character is cut.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _utf16(path, "utf-16")
    zeros = {at % 2 for at, byte in enumerate(head) if byte == 0}
    if len(zeros) == 1 and head.count(0) > len(head) // 8:
        return _utf16(path, "utf-16-le" if zeros == {1} else "utf-16-be")
    if any(0 in block for block in _blocks(path)):
        raise _nul_bytes(path)
    utf8 = _state(path, "utf-8")
    if head.startswith(codecs.BOM_UTF8):
        if utf8 == "cut":
            raise cut_off(path)
        if utf8 == "valid":
            return Encoding("utf-8-sig", "UTF-8 (BOM)")
        _refuse_mixed(path)
        raise _unknown(path)
    sample = _sample(path)
    if utf8 == "valid" and (not sample or _HAN.search(sample.decode("utf-8", "ignore"))):
        return Encoding("utf-8", "UTF-8")
    chinese = _state(path, "gb18030")
    if utf8 != "invalid" and (chinese == "invalid" or not gb18030_fits_better(sample)):
        if utf8 == "cut":
            raise cut_off(path)
        return Encoding("utf-8", "UTF-8")
    if utf8 == "invalid":
        _refuse_mixed(path)
    if chinese == "valid":
        return Encoding("gb18030", "GB18030", rescued=utf8 != "invalid")
    if chinese == "cut":
        raise cut_off(path)
    raise _unknown(path)


def _refuse_mixed(path: Path) -> None:
    """Refuse a file in which many lines are Chinese in UTF-8 and others are not UTF-8 at all.

    A line of GB18030 is next to never valid UTF-8 that gives common Han characters.

    Raises
    ------
    FileUnreadable
        Naming the first line that is not UTF-8.
    """
    chinese = other = first_other = 0
    with path.open("rb") as file:
        for number, line in enumerate(iter(lambda: file.readline(_BLOCK_BYTES), b""), 1):
            if line.isascii():
                continue
            try:
                text = line.decode("utf-8")
            except UnicodeDecodeError:
                other += 1
                first_other = first_other or number
                continue
            han = [char for char in text if _HAN.match(char)]
            chinese += bool(han) and 2 * sum(map(_is_common_han, han)) >= len(han)
    if chinese and chinese >= _MIXED_SHARE * (chinese + other):
        raise FileUnreadable(
            N_("{file} mixes encodings: line {line} is not UTF-8, {count} other lines are."),
            hint=N_("Save the parts one by one as CSV UTF-8 and put them together again."),
            file=path.name,
            line=first_other,
            count=chinese,
        )


def gb18030_fits_better(sample: bytes) -> bool:
    """Say whether bytes that both encodings accept are meant as GB18030."""
    as_utf8, as_gb = sample.decode("utf-8", "ignore"), sample.decode("gb18030", "ignore")
    if _HAN.search(as_utf8):
        return False
    foreign = sum(not char.isascii() for char in as_utf8)
    latin = len(_LATIN_WORD.findall(as_utf8))
    chinese = [char for char in as_gb if not char.isascii()]
    common = sum(_is_common_han(char) for char in chinese)
    return latin * 2 < foreign and common * 2 >= len(chinese) > 0


def _is_common_han(char: str) -> bool:
    try:
        return char.encode("gb2312")[0] in _COMMON_HAN_LEADS
    except UnicodeEncodeError:
        return False


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            yield block


def _state(path: Path, codec: str) -> State:
    decoder = codecs.getincrementaldecoder(codec)()
    try:
        for block in _blocks(path):
            decoder.decode(block)
    except UnicodeDecodeError:
        return "invalid"
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cut"
    return "valid"


def _sample(path: Path) -> bytes:
    sample = bytearray()
    with path.open("rb") as file:
        while len(sample) < _SAMPLE_BYTES and (line := file.readline(_BLOCK_BYTES)):
            if not line.isascii():
                sample += line
    return bytes(sample)


def _utf16(path: Path, codec: str) -> Encoding:
    decoder = codecs.getincrementaldecoder(codec)()
    try:
        if any("\0" in decoder.decode(block) for block in _blocks(path)):
            raise _nul_bytes(path)
    except UnicodeDecodeError:
        raise _unknown(path) from None
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise cut_off(path) from None
    return Encoding(codec, "UTF-16")


def _nul_bytes(path: Path) -> FileUnreadable:
    return FileUnreadable(
        N_("{file} contains NUL bytes, so it is not a text table."),
        hint=N_("Export it again as CSV in UTF-8, or as XLSX."),
        file=path.name,
    )


def _unknown(path: Path) -> FileUnreadable:
    return FileUnreadable(
        N_("{file} is neither UTF-8 nor GB18030 nor UTF-16."),
        hint=N_("Save it as CSV UTF-8."),
        file=path.name,
    )
