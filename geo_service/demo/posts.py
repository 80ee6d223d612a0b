"""Duty posts at some of the gates: escort posts, peak-hour posts and police posts, with numbers, never names."""

from dataclasses import dataclass
from typing import Final

from geo_service.demo.dice import Dice
from geo_service.demo.schools import School
from geo_service.model.vocabulary import FORCES, POST_KINDS

_BEFORE_MIN: Final = 20


@dataclass(slots=True)
class Post:
    """One duty post; position in metres about the town of its school."""

    school: School
    kind: str
    name: str
    x_m: float
    y_m: float
    windows: str
    radius_m: int
    required: dict[str, int]
    actual: dict[str, int]


def place_posts(schools: list[School], seed: int) -> list[Post]:
    """Put posts at some of the gates, so that others have none within 50 m.

    An escort post stands 3 to 9 m in front of its gate. A peak-hour post stands up to 40 m along the street.
    """
    dice = Dice(seed, "posts")
    posts: list[Post] = []
    for school in schools:
        if school.campus is None:
            continue
        promised = bool(school.properties["escort_post"])
        for gate in school.campus.gates:
            escort = (0.72 if promised else 0.15) if gate.is_main else 0.12
            if dice.chance(escort):
                posts.append(_post(school, "escort", gate.at, gate.outward, dice))
            if gate.is_main and school.pupils > 900 and dice.chance(0.3):
                posts.append(_post(school, "peak_duty", gate.at, gate.outward, dice))
            if gate.is_main and school.pupils > 1500 and dice.chance(0.16):
                posts.append(_post(school, "police_post", gate.at, gate.outward, dice))
    return posts


def _post(
    school: School, kind: str, gate: tuple[float, float], outward: tuple[float, float], dice: Dice
) -> Post:
    out, aside = {
        "escort": (dice.uniform(2.5, 5.0), dice.uniform(-7, 7)),
        "peak_duty": (dice.uniform(4.0, 6.0), dice.pick((-1, 1)) * dice.uniform(18, 40)),
        "police_post": (dice.uniform(2.5, 4.0), dice.pick((-1, 1)) * dice.uniform(9, 22)),
    }[kind]
    required = {
        "escort": {"police": 1 if school.pupils > 700 else 0, "auxiliary": 1 + school.pupils // 1200},
        "peak_duty": {"police": 1, "auxiliary": 2},
        "police_post": {"police": 1, "auxiliary": 1},
    }[kind]
    if kind == "escort":
        required |= {
            "school_security": 1 + school.pupils // 1500,
            "staff": 2,
            "community": 1 + school.pupils // 900,
        }
    required = {force: required.get(force, 0) for force in FORCES}
    actual = {
        force: max(0, number - (dice.pick((0, 1, 2), (72, 22, 6)) if number else 0))
        for force, number in required.items()
    }
    return Post(
        school,
        kind,
        f"{school.name}{POST_KINDS[kind].zh}",
        gate[0] + outward[0] * out - outward[1] * aside,
        gate[1] + outward[1] * out + outward[0] * aside,
        "07:30-18:00" if kind == "police_post" else duty_windows(school),
        {"escort": 50, "peak_duty": 80, "police_post": 100}[kind],
        required,
        actual,
    )


def duty_windows(school: School) -> str:
    """Return the windows of a post: from 20 minutes before the morning bell, and 30 minutes at the way home."""
    morning, noon, afternoon, evening = (
        school.properties[f"bell_{part}"] for part in ("morning", "noon", "afternoon", "evening")
    )
    windows = [(morning, -_BEFORE_MIN, 5)]
    if noon is not None and school.stage in {"primary", "nine_year", "junior"}:
        windows += [(noon, -5, 20), (afternoon, -_BEFORE_MIN, 5)]
    windows.append((evening, -10, 30))
    return ";".join(f"{shift(bell, start)}-{shift(bell, end)}" for bell, start, end in windows)


def shift(clock: object, minutes: int) -> str:
    """Return a time of day moved by some minutes."""
    hour, minute = (int(part) for part in str(clock).split(":"))
    moved = hour * 60 + minute + minutes
    return f"{moved // 60:02d}:{moved % 60:02d}"
