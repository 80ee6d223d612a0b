"""Dates, times of day and time windows in the forms that Chinese tables use."""

import datetime as dt
import re
import unicodedata
from typing import Final

_DATE: Final = re.compile(
    r"(\d{4})(?:年|[-/.])(\d{1,2})(?:月|[-/.])(\d{1,2})日?(?:[ t]*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?z?)?"
)
_DIGITS: Final = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SERIAL: Final = re.compile(r"(\d{5})(?:\.\d+)?")
_EXCEL_EPOCH: Final = dt.date(1899, 12, 30)
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
NO_EXPIRY: Final = frozenset({"长期", "长期有效", "永久", "永久有效", "无固定期限", "长久", "无期限"})

_TIME: Final = re.compile(
    r"(上午|早上|中午|下午|晚上|傍晚|am|pm)?\s*(\d{1,2})(?::|时|点)(?:(\d{1,2})分?|(半))?(?::\d{2}(?:\.\d+)?)?\s*(am|pm)?"
)
_FOUR_DIGITS: Final = re.compile(r"(\d{2})(\d{2})")
_FRACTION: Final = re.compile(r"0?\.\d+")
_BETWEEN_WINDOWS: Final = re.compile(r"[;,、，；\n|]+|(?<=[\d分半m])\s+(?=\d)|和|及")
_ALL_DAY: Final = frozenset({"全天", "全天候", "全天开放", "24小时", "二十四小时", "24小时开放", "24h"})
_INSIDE_WINDOW: Final = re.compile(r"\s*(?:-+|–|—+|~|～|至|到)\s*")


def parse_date(text: str) -> str | None:
    """Return a date as `YYYY-MM-DD`, or None if the text is not certainly one.

    Read are 2024-03-05, 2024/3/5, 2024.3.5, 20240305, 2024年3月5日, each also with a time of day, and the
    serial numbers of Excel (days since 1899-12-30). Dates without a century or with the year last are not:
    they can be read in two ways.
    """
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    match = _DATE.fullmatch(plain) or _DIGITS.fullmatch(plain)
    try:
        if match:
            day = dt.date(int(match[1]), int(match[2]), int(match[3]))
        elif (serial := _SERIAL.fullmatch(plain)) is not None:
            day = _EXCEL_EPOCH + dt.timedelta(days=int(serial[1]))
        else:
            return None
    except ValueError:
        return None
    return day.isoformat() if _FIRST_YEAR <= day.year <= _LAST_YEAR else None


def parse_time(text: str) -> str | None:
    """Return a time of day as `HH:MM`, or None.

    Read are 7:50, 07:50:00, 7点50分, 7时半, 下午2:30, 2:30 pm, 0750, and the fractions of a day of Excel.
    """
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    if _FRACTION.fullmatch(plain):
        minutes = round(float(plain) * 24 * 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}" if minutes < 24 * 60 else None
    digits = _FOUR_DIGITS.fullmatch(plain)
    if digits:
        hour, minute, half_day = int(digits[1]), int(digits[2]), ""
    else:
        match = _TIME.fullmatch(plain)
        if not match:
            return None
        hour, minute = int(match[2]), 30 if match[4] else int(match[3] or 0)
        half_day = match[1] or match[5] or ""
        if match[3] is None and match[4] is None and ":" in plain:
            return None
    if half_day in {"下午", "晚上", "傍晚", "pm"} and hour < 12:
        hour += 12
    elif half_day == "am" and hour == 12:
        hour = 0
    elif half_day == "中午" and hour < 3:
        hour += 12
    return f"{hour:02d}:{minute:02d}" if hour < 24 and minute < 60 else None


def parse_windows(text: str) -> tuple[str | None, str | None]:
    """Return time windows as `07:20-08:10;16:30-17:20` and no code, or None and a fault code.

    Windows are put in order; 全天 is 00:00-23:59. `window-order` means that one ends before, or when, it starts.
    """
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    if plain in _ALL_DAY:
        return "00:00-23:59", None
    windows = []
    for part in _BETWEEN_WINDOWS.split(_INSIDE_WINDOW.sub("-", plain)):
        if not part.strip():
            continue
        ends = part.strip().split("-")
        if len(ends) != 2:
            return None, "not-a-window"
        start, end = parse_time(ends[0]), parse_time(ends[1])
        if start is None or end is None:
            return None, "not-a-window"
        if end <= start:
            return None, "window-order"
        windows.append(f"{start}-{end}")
    return (";".join(sorted(windows)), None) if windows else (None, "not-a-window")
