"""Rule packs: the default one says what the domain says, and a bad one is refused with file, key and reason."""

import datetime as dt
import tomllib

import pytest

from geo_service.errors import RulePackRefused
from geo_service.model.vocabulary import CATEGORIES, STAGES
from geo_service.rules import default_pack_file, load_pack

ON = dt.date(2026, 10, 31)

# id: metres, method, status; the table of the domain, typed in a second time
EXPECTED = {
    "NET-200": (200, "boundary_straight", "law"),
    "NET-KG": (200, "boundary_straight", "local_unverified"),
    "ENT-200": (200, "boundary_straight", "local_unverified"),
    "TOB-50": (50, "gate_radius", "local_unverified"),
    "TOB-100C": (100, "boundary_straight", "campaign"),
    "ECIG": (None, None, "needs_local_value"),
    "ALC": (None, None, "needs_local_value"),
    "LOT-200": (200, "gate_radius", "local_unverified"),
    "FIRE-100": (100, "boundary_straight", "law"),
    "STALL-100": (100, "gate_road", "local_unverified"),
    "ROAD-150": (150, "gate_road", "law"),
    "SURVEY-200": (200, "boundary_straight", "campaign"),
}


def test_default_pack_holds_the_figures_of_the_domain():
    pack = load_pack()
    assert {rule.id: (rule.distance_m, rule.method, rule.status) for rule in pack.rules} == EXPECTED
    assert all(rule.citations for rule in pack.rules)
    assert "待当地确认" in pack.title_zh


def test_only_law_and_confirmed_local_rules_suspect_a_ban():
    meanings = {rule.id: rule.meaning for rule in load_pack().rules}
    assert {rule for rule, meaning in meanings.items() if meaning == "suspected_ban"} == {
        "NET-200",
        "FIRE-100",
        "ROAD-150",
    }
    assert meanings["SURVEY-200"] == meanings["TOB-100C"] == "survey_area"


def test_every_combination_gets_exactly_the_rules_that_name_it():
    pack = load_pack()
    for category in CATEGORIES:
        for stage in [*STAGES, None]:
            for district in ("430602", "110105", None):
                found = {
                    rule.id
                    for rule in pack.rules_for(on=ON, category=category, stage=stage, district=district)
                }
                expected = {
                    rule.id
                    for rule in pack.rules
                    if category in rule.categories
                    and (stage is None or not rule.stages or stage in rule.stages)
                    and (district is None or rule.id != "TOB-100C" or district.startswith("4306"))
                }
                assert found == expected


def test_validity_ends_count():
    rule = load_pack().get("NET-200").model_copy(update={"in_force_until": dt.date(2026, 12, 31)})
    days = [dt.date(2002, 11, 14), dt.date(2002, 11, 15), dt.date(2026, 12, 31), dt.date(2027, 1, 1)]
    assert [rule.in_force(day) for day in days] == [False, True, True, False]


def test_a_copy_of_the_default_pack_is_a_pack(tmp_path):
    copy = tmp_path / "mine.toml"
    copy.write_bytes(default_pack_file().read_bytes())
    assert load_pack(copy) == load_pack()


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        ('id = "NET-200"', 'id = "TOB-50"', "TOB-50"),
        ('categories = ["net_cafe"]', 'categories = ["netcafe"]', "NET-200.categories"),
        ("distance_m = 200", "distance_m = -5", "NET-200.distance_m"),
        ("distance_m = 200", 'distance_m = "far"', "NET-200.distance_m"),
        ('method = "boundary_straight"', 'method = "crow"', "NET-200.method"),
        ('status = "law"', 'status = "rumour"', "NET-200.status"),
        ('departments = ["culture"]', "departments = []", "NET-200.departments"),
        ("distance_m = 200\n", "", "NET-200"),
        ("in_force_from = 2002-11-15", "in_force_from = 2002-13-15", "TOML"),
        ('status = "law"', 'status = "law"\ncolour = "red"', "NET-200.colour"),
        ("format = 1", "format = 2", "format"),
        ('id = "yueyang-default"', "", "id"),
    ],
)
def test_a_bad_pack_is_refused_with_file_key_and_reason(tmp_path, before, after, named):
    text = default_pack_file().read_text("utf-8")
    assert before in text
    bad = tmp_path / "bad.toml"
    bad.write_text(text.replace(before, after, 1), "utf-8")
    with pytest.raises(RulePackRefused) as refused:
        load_pack(bad)
    assert "bad.toml" in str(refused.value)
    assert named in str(refused.value)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"= 3", b"x" * 1_000_001])
def test_what_is_no_toml_is_refused(tmp_path, content):
    bad = tmp_path / "bad.toml"
    bad.write_bytes(content)
    with pytest.raises(RulePackRefused, match=r"bad\.toml"):
        load_pack(bad)


def test_a_missing_pack_is_named(tmp_path):
    with pytest.raises(RulePackRefused, match=r"none\.toml"):
        load_pack(tmp_path / "none.toml")


def test_all_faults_are_told_together(tmp_path):
    pack = tomllib.loads(default_pack_file().read_text("utf-8"))
    assert len(pack["rules"]) == len(EXPECTED)
    text = default_pack_file().read_text("utf-8")
    bad = tmp_path / "bad.toml"
    bad.write_text(text.replace('method = "boundary_straight"', 'method = "crow"'), "utf-8")
    with pytest.raises(RulePackRefused) as refused:
        load_pack(bad)
    assert all(rule in str(refused.value) for rule in ("NET-200", "ENT-200", "SURVEY-200"))
