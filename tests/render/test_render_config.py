"""The data block of the map page: complete words, and no way out of its element."""

import json
import re

import jinja2
from hypothesis import given
from hypothesis import strategies as st

from geo_service.i18n import translator
from geo_service.model import vocabulary
from geo_service.render import MAP_URLS, asset_text, json_block, page_config
from geo_service.render.script_texts import SCRIPT_TEXTS

BOUNDS = (112.25, 28.38, 114.17, 29.87)
_CALL = re.compile(r'\bt\(\s*"((?:[^"\\]|\\.)*)"')


def test_script_and_catalogue_know_the_same_texts():
    used = set(_CALL.findall(asset_text("map.js")))
    assert used == set(SCRIPT_TEXTS)
    assert len(SCRIPT_TEXTS) == len(set(SCRIPT_TEXTS))


def test_script_never_parses_text_as_markup_or_code():
    script = asset_text("map.js")
    for forbidden in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
    ):
        assert forbidden not in script
    assert 'setAttribute("style"' not in script
    assert "http://www.w3.org/2000/svg" in script
    assert re.findall(r"https?://[^\"'`\s]+", script) == ["http://www.w3.org/2000/svg"]


def test_config_translates_and_covers_the_vocabulary():
    config = page_config(language="zh", bounds=BOUNDS, demo=True, as_of="2026-11-23")
    words = config["vocabulary"]
    for family, terms in {
        "categories": vocabulary.CATEGORIES,
        "stages": vocabulary.STAGES,
        "states": vocabulary.SCHOOL_STATES,
        "bands": vocabulary.BANDS,
        "methods": vocabulary.METHODS,
        "meanings": vocabulary.MEANINGS,
        "departments": vocabulary.DEPARTMENTS,
        "rule_statuses": vocabulary.RULE_STATUSES,
        "licence_statuses": vocabulary.LICENCE_STATUSES,
        "forces": vocabulary.FORCES,
        "post_kinds": vocabulary.POST_KINDS,
        "evidence_notes": vocabulary.EVIDENCE_NOTES,
    }.items():
        assert {term["key"]: term["label"] for term in words[family]} == {
            key: term.zh for key, term in terms.items()
        }
    chinese = translator("zh")
    assert config["texts"] == {text: chinese(text) for text in SCRIPT_TEXTS}
    assert config["texts"]["Never inspected"] == "从未检查"
    assert set(config["look"]["states"]) == set(vocabulary.SCHOOL_STATES)
    assert config["urls"] == dict(MAP_URLS)
    assert len(json.dumps(config, ensure_ascii=False).encode()) < 40_000


def test_english_config_has_no_chinese():
    config = page_config(language="en", bounds=BOUNDS)
    assert not re.search(r"[\u4e00-\u9fff]", json.dumps(config, ensure_ascii=False))


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=60), max_size=5))
def test_json_block_gives_back_what_went_in_and_cannot_end_its_element(value):
    text = str(json_block(value))
    assert not set("<>&\u2028\u2029") & set(text)
    assert json.loads(text) == value


def test_hostile_names_stay_data_in_the_block_and_in_jinja_tojson():
    hostile = [
        "</script><script>x()</script>",
        "<!--<script>",
        "{{7*7}}",
        "{% raw",
        "]]>",
        "${x}",
        "'\"`",
        "&lt;",
    ]
    assert json.loads(str(json_block(hostile))) == hostile
    dumped = jinja2.Environment(autoescape=True).from_string("{{ value | tojson }}").render(value=hostile)
    assert not set("<>&'") & set(dumped)
    assert json.loads(dumped) == hostile
