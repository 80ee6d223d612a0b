"""Cells as spreadsheets write them: numbers, dates, times, windows, words; written out, they read back the same."""

import datetime as dt
import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_service.ingest.dates import parse_date, parse_time, parse_windows
from geo_service.ingest.numbers import AREA_UNITS, LENGTH_UNITS, SPEED_UNITS, parse_number, parse_numbers
from geo_service.ingest.terms import match_term, parse_boolean, similar_terms, stage_of_name
from geo_service.model.vocabulary import CATEGORIES, LICENCE_STATUSES, STAGES

FULL_WIDTH = str.maketrans("0123456789.,-:", "０１２３４５６７８９．，－：")
WIDTHS = st.sampled_from([str, lambda text: text.translate(FULL_WIDTH)])


@given(
    st.floats(-1e12, 1e12, allow_nan=False).filter(lambda value: value == 0 or abs(value) > 1e-90),
    WIDTHS,
    st.sampled_from(["", " ", "\u3000"]),
)
def test_numbers_read_back(value, width, blank):
    text = blank + width(repr(value)) + blank
    assert parse_number(text) == value


@given(st.integers(-(10**12), 10**12), WIDTHS)
def test_thousands_separators(value, width):
    assert parse_number(width(f"{value:,}")) == value


@given(st.lists(st.one_of(st.floats(-1e9, 1e9).map(repr), st.text(max_size=8), st.none()), max_size=20))
def test_columns_and_cells_agree(cells):
    trimmed = [cell.strip() or None if cell is not None else None for cell in cells]
    values, bad = parse_numbers(pa.array(trimmed, pa.string()))
    for cell, value, flag in zip(trimmed, values, bad, strict=True):
        single = parse_number(cell) if cell is not None else None
        assert (single is None) == math.isnan(value)
        assert single is None or (single == value and not flag)


@pytest.mark.parametrize(
    ("text", "units", "value"),
    [
        ("30亩", AREA_UNITS, 20_000),
        ("2公顷", AREA_UNITS, 20_000),
        ("1,200㎡", AREA_UNITS, 1200),
        ("1200 m2", AREA_UNITS, 1200),
        ("0.5公里", LENGTH_UNITS, 500),
        ("50米", LENGTH_UNITS, 50),
        ("30 mph", SPEED_UNITS, 48.28032),
        ("113.5°E", {"°e": 1.0}, 113.5),
    ],
)
def test_units(text, units, value):
    assert parse_number(text, units) == pytest.approx(value)


@pytest.mark.parametrize(
    "text", ["", "abc", "1,23", "1.2.3", "12,34,56", "nan", "inf", "1e999", "--5", "0x10", "五", "113°12′"]
)
def test_what_is_no_number(text):
    assert parse_number(text) is None


DATES = st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31))
DATE_FORMS = st.sampled_from(
    [
        lambda day: day.isoformat(),
        lambda day: f"{day.year}/{day.month}/{day.day}",
        lambda day: f"{day.year}.{day.month:02d}.{day.day:02d}",
        lambda day: f"{day.year}{day.month:02d}{day.day:02d}",
        lambda day: f"{day.year}年{day.month}月{day.day}日",
        lambda day: f"{day.isoformat()} 00:00:00",
        lambda day: f"{day.isoformat()}T08:30:00Z",
    ]
)


@given(DATES, DATE_FORMS, WIDTHS)
def test_dates_read_back(day, form, width):
    assert parse_date(width(form(day))) == day.isoformat()


@given(st.dates(dt.date(1954, 10, 4), dt.date(2173, 1, 1)))
def test_excel_serials_are_days_since_1899(day):
    serial = (day - dt.date(1899, 12, 30)).days
    assert parse_date(str(serial)) == parse_date(f"{serial}.5") == day.isoformat()


@pytest.mark.parametrize(
    "text", ["05/03/2024", "24-3-5", "2024-13-01", "2024-02-30", "2024年3月", "1899-01-01", "长期", "x"]
)
def test_what_is_no_certain_date(text):
    assert parse_date(text) is None


TIMES = st.times().map(lambda time: time.replace(second=0, microsecond=0))
TIME_FORMS = st.sampled_from(
    [
        lambda time: f"{time.hour}:{time.minute:02d}",
        lambda time: f"{time.hour:02d}:{time.minute:02d}:00",
        lambda time: f"{time.hour}点{time.minute}分",
        lambda time: f"{time.hour}时{time.minute:02d}分",
        lambda time: f"{time.hour:02d}{time.minute:02d}",
        lambda time: (
            repr((time.hour * 60 + time.minute) / 1440)
            if time > dt.time(0, 1)
            else "0:00"
            if time == dt.time()
            else "0:01"
        ),
        lambda time: time.strftime("%I:%M %p"),
    ]
)


@given(TIMES, TIME_FORMS, WIDTHS)
def test_times_read_back(time, form, width):
    assert parse_time(width(form(time))) == time.strftime("%H:%M")


@pytest.mark.parametrize(
    ("text", "time"), [("下午2:30", "14:30"), ("7点半", "07:30"), ("8点", "08:00"), ("中午12点", "12:00")]
)
def test_spoken_times(text, time):
    assert parse_time(text) == time


@pytest.mark.parametrize("text", ["25:00", "12:60", "7:", "7:5:", "上午", "750", "1.5"])
def test_what_is_no_time(text):
    assert parse_time(text) is None


@given(
    st.lists(st.tuples(TIMES, TIMES).filter(lambda pair: pair[0] < pair[1]), min_size=1, max_size=4),
    TIME_FORMS.filter(lambda form: "." not in form(dt.time(7, 5)) and "M" not in form(dt.time(7, 5))),
    st.sampled_from(["-", "—", "~", "～", "至", " - ", "到"]),
    st.sampled_from([";", "；", "、", ",", " ", "\n"]),
)
def test_windows_read_back(windows, form, between, after):
    text = after.join(f"{form(start)}{between}{form(end)}" for start, end in windows)
    expected = ";".join(sorted(f"{start:%H:%M}-{end:%H:%M}" for start, end in windows))
    assert parse_windows(text) == (expected, None)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("8:00-7:00", "window-order"),
        ("8:00", "not-a-window"),
        ("早晚", "not-a-window"),
        (";", "not-a-window"),
    ],
)
def test_bad_windows(text, code):
    assert parse_windows(text) == (None, code)


@given(st.text(max_size=30))
def test_parsers_take_any_text(text):
    for parse in (parse_number, parse_date, parse_time, parse_windows, parse_boolean, stage_of_name):
        parse(text)
    match_term(text, CATEGORIES, contained=True)
    similar_terms(text, CATEGORIES)


@pytest.mark.parametrize(
    "term", [*CATEGORIES.values(), *STAGES.values(), *LICENCE_STATUSES.values()], ids=lambda term: term.key
)
def test_every_word_of_the_vocabulary_means_its_term(term):
    terms = next(table for table in (CATEGORIES, STAGES, LICENCE_STATUSES) if term in table.values())
    for word in (term.key, term.zh, term.en, *term.aliases):
        for form in (word, f" {word.upper()}　", f"{word[:1]} {word[1:]}"):
            assert match_term(form, terms, contained=False) == term.key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("幸福网吧（个体）", "net_cafe"),
        ("快捷电竞酒店", "esports_hotel"),
        ("互联网上网服务营业场所(网吧)", "net_cafe"),
        ("量贩式ktv", "ktv"),
        ("网吧、酒吧", None),
        ("Barber shop", None),
        ("理发店", None),
        ("", None),
    ],
)
def test_contained_words_count_only_when_unambiguous(text, key):
    assert match_term(text, CATEGORIES, contained=True) == key


def test_similar_words_are_named():
    assert "网吧" in similar_terms("网巴", CATEGORIES)
    assert similar_terms("zzz", CATEGORIES) == []


@pytest.mark.parametrize(
    ("name", "stage"),
    [
        ("演示大学附属小学", "primary"),
        ("演示小学附属幼儿园", "kindergarten"),
        ("演示第一初级中学", "junior"),
        ("演示高级中学", "senior"),
        ("演示职业高级中学", "vocational"),
        ("演示中等专业学校", "vocational"),
        ("演示九年一贯制学校", "nine_year"),
        ("演示十二年一贯制学校", "twelve_year"),
        ("演示特殊教育学校", "special"),
        ("清华附小", "primary"),
        ("演示第三中学", None),
        ("演示学校", None),
        ("Demo Primary School", "primary"),
    ],
)
def test_stage_of_a_name(name, stage):
    assert stage_of_name(name) == stage


def test_stage_of_an_id_code():
    assert stage_of_name("演示学校", "2143000001") == "primary"
    assert stage_of_name("演示学校", "3143000001") is None
    assert stage_of_name("演示学校", "21") is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("是", True),
        ("有", True),
        ("1", True),
        ("TRUE", True),
        ("√", True),
        ("否", False),
        ("无", False),
        ("０", False),
        ("no", False),
        ("也许", None),
    ],
)
def test_booleans(text, value):
    assert parse_boolean(text) is value


def test_numbers_keep_every_digit():
    texts = ["113.12345678901234", "0.1", "-7e-3"]
    values, bad = parse_numbers(pa.array(texts))
    assert not bad.any()
    assert np.array_equal(values, [float(text) for text in texts])
