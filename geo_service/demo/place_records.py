"""What is on record about each place: its sign, its category as a table would say it, its licence."""

import datetime as dt
from typing import Final

from geo_service.demo.dice import Dice
from geo_service.demo.names import SIGN_WORDS, SUFFIXES, numeral
from geo_service.demo.places import TOTALS, Place

_LICENSED: Final = frozenset(TOTALS) - {"rental", "stall", "aftercare", "chess_mahjong"}
_LICENCE_WORDS: Final = {
    "tobacco": "烟",
    "ecig": "烟",
    "hotel_budget": "旅",
    "firework": "花",
    "hazchem": "危",
}


def complete_records(places: list[Place], seed: int, on: dt.date) -> None:
    """Give each place its sign, its category as a table would say it, and its licence.

    Rentals are named by building; stalls and rentals have no licence. About one licence in fifteen has expired
    at the reference date, as many expire within 60 days after it, and one place in 25 has none.
    """
    dice = Dice(seed, "records")
    taken: dict[str, int] = {}
    for number, place in enumerate(places, start=1):
        category = place.category
        suffix, text = _sign(category, dice)
        place.category_text = text
        word = dice.pick(SIGN_WORDS)
        if category == "rental":
            name = f"演示·{word}{dice.integer(1, 28)}栋{suffix}"
        else:
            name = f"演示·{word}{suffix}"
        again = taken[name] = taken.get(name, 0) + 1
        branch = (
            ""
            if again == 1
            else (f"（{numeral(again)}号）" if category in {"rental", "stall"} else f"（{numeral(again)}店）")
        )
        place.name = place.name or name + branch
        place.licence_status, place.licence_expiry, place.licence_no = _licence(category, number, dice, on)


def _sign(category: str, dice: Dice) -> tuple[str, str]:
    choices = SUFFIXES[category]
    weights = [3.0, *(1.5 for _ in choices[1:])]
    return dice.pick(choices, weights)


def _licence(category: str, number: int, dice: Dice, on: dt.date) -> tuple[str, str, str]:
    roll = dice.uniform()
    if category not in _LICENSED:
        return ("有证" if category != "rental" and roll < 0.35 else "未知", "", "")
    if roll < 0.04:
        return "无证", "", ""
    if roll < 0.08:
        return "未知", "", ""
    days = dice.integer(61, 1500)
    if roll < 0.14:
        days = -dice.integer(1, 240)
    elif roll < 0.20:
        days = dice.integer(0, 60)
    licence_no = f"演示{_LICENCE_WORDS.get(category, '证')}字第 {number:05d} 号"
    return "有证", (on + dt.timedelta(days=days)).isoformat(), licence_no
