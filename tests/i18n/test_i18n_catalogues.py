"""Catalogues: everything a user may see has a Chinese text, with the same parameters as the English one."""

import re
import string
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import geo_service
from geo_service.i18n import as_language, catalogue, translator

PACKAGE = Path(geo_service.__file__).parent
ROOMS = sorted((PACKAGE / "i18n" / "zh").glob("*.po"))
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2.ext:babel_extract")]


def messages_in_code():
    found = set()
    for _, _, message, _, _ in extract_from_dir(PACKAGE, METHODS, {"**.html": {"silent": "false"}}):
        found.add(message if isinstance(message, str) else message[0])
    return found


def fields(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_every_message_in_code_and_templates_is_translated():
    chinese = catalogue("zh")
    missing = sorted(
        text
        for text in messages_in_code()
        if chinese.gettext(text) == text and re.search("[A-Za-z]{2}", text)
    )
    assert not missing


@pytest.mark.parametrize("room", ROOMS, ids=lambda path: path.stem)
def test_translations_keep_the_parameters(room):
    with room.open("rb") as source:
        for message in read_po(source, locale="zh_Hans_CN", abort_invalid=True):
            if message.id:
                assert message.string, f"{message.id!r} is not translated"
                assert fields(message.string) <= fields(message.id), message.id


def test_no_translation_is_left_over():
    used = messages_in_code()
    for room in ROOMS:
        with room.open("rb") as source:
            stale = [message.id for message in read_po(source) if message.id and message.id not in used]
        assert not stale, room.name


def test_one_message_has_one_translation():
    seen = {}
    for room in ROOMS:
        with room.open("rb") as source:
            for message in read_po(source):
                if message.id:
                    assert seen.setdefault(message.id, message.string) == message.string, message.id


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("zh-CN", "zh"),
        ("zh_Hans", "zh"),
        ("EN-gb", "en"),
        ("fr", None),
        ("", None),
        (None, None),
        ("zhx", None),
    ],
)
def test_language_tags(tag, language):
    assert as_language(tag) == language


def test_english_is_the_message_itself():
    assert translator("en")("Saving") == "Saving"
    assert translator("zh")("Saving") != "Saving"
