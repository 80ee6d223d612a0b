"""What is on record about each school: people as numbers, the four 100 % items, bells, units, inspection."""

import datetime as dt

from geo_service.demo.dice import Dice
from geo_service.demo.names import POLICE_WORDS, numeral
from geo_service.demo.schools import SIZES, School
from geo_service.model.vocabulary import STAGES


def complete_record(school: School, dice: Dice, on: dt.date) -> None:
    """Fill in what is on record about a school whose campus, district and goal are known.

    Bells: primary not before 08:20, secondary not before 08:00. Guards: GB/T 29315-2022 for a day school and
    one more per 300 boarders, short by one at some schools.
    """
    assert school.campus is not None
    boarders = int(school.pupils * SIZES[school.stage][3] * dice.uniform(0.6, 1.2))
    boarders = min(boarders, school.pupils)
    needed = required_guards(school.pupils) + boarders // 300
    guards = max(0, needed + dice.pick((-1, 0, 1, 2), (12, 55, 25, 8)))
    word = dice.pick(POLICE_WORDS)
    morning, noon, afternoon, evening = _bells(school.stage, dice)
    # A point without a stated area has a rough position, often that of the street door of the office.
    accuracy_m = dice.pick((8.0, 10.0)) if school.as_point else dice.pick((0.5, 1.0, 2.0, 3.0))
    school.properties = {
        "stage": STAGES[school.stage].zh,
        "district": school.district,
        "address": f"{school.campus.street} {school.campus.number} 号",
        "land_area_m2": school.land_area_m2,
        "pupils": school.pupils,
        "boarders": boarders,
        "guards": guards,
        "guards_full_time": guards > 0 and dice.chance(0.9),
        "closed_campus": dice.chance(0.94),
        "alarm_and_video": dice.chance(0.9),
        "escort_post": dice.chance(0.78),
        "key_supervision": school.goal == "leads" and dice.chance(0.16),
        "police_station": f"演示{word}派出所",
        "traffic_squadron": f"演示交警{numeral(1 + POLICE_WORDS.index(word) // 2)}中队",
        "bell_morning": morning,
        "bell_noon": noon,
        "bell_afternoon": afternoon,
        "bell_evening": evening,
        "last_inspected_on": _inspected_on(school.goal, dice, on),
        "accuracy_m": accuracy_m,
    }


def required_guards(pupils: int) -> int:
    """Return the guards of a day school by GB/T 29315-2022."""
    if pupils < 100:
        return 1
    return 2 if pupils < 1000 else 3 + (pupils - 1000) // 500


def _bells(stage: str, dice: Dice) -> tuple[str, str | None, str | None, str]:
    first = {"kindergarten": 8 * 60 + 30, "primary": 8 * 60 + 20, "nine_year": 8 * 60 + 20}.get(stage, 8 * 60)
    first = 8 * 60 + 20 if stage in {"special", "twelve_year"} else first
    morning = first + 5 * dice.integer(0, 3)
    if stage == "kindergarten":
        return _clock(morning), None, None, _clock(16 * 60 + 10 + 10 * dice.integer(0, 4))
    is_primary = stage in {"primary", "special"}
    noon = (11 * 60 + 35 if is_primary else 11 * 60 + 55) + 5 * dice.integer(0, 4)
    afternoon = 14 * 60 + 5 * dice.integer(0, 6)
    evening = (16 * 60 + 20 if is_primary else 17 * 60 + 10) + 5 * dice.integer(0, 6)
    return _clock(morning), _clock(noon), _clock(afternoon), _clock(evening)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _inspected_on(goal: str, dice: Dice, on: dt.date) -> str | None:
    """Return when a school was last inspected: never, within 60 days, or longer ago, as its goal wants."""
    if goal == "unknown":
        return None
    never, old = (0.0, 0.12) if goal == "clean" else (0.18, 0.23)
    roll = dice.uniform()
    if roll < never:
        return None
    days = dice.integer(61, 420) if roll < never + old else dice.integer(1, 60)
    return (on - dt.timedelta(days=days)).isoformat()
