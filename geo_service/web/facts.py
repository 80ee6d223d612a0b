"""Facts about the store that stand on every page and version every map answer; refreshed when data change."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from secrets import token_hex
from threading import Lock
from typing import Final, Literal

import geopandas as gpd

from geo_service.rules import RulePack, load_pack, parse_pack
from geo_service.store import ScreeningRun, Store

Bounds = tuple[float, float, float, float]
"""West, south, east, north in degrees."""
StaleReason = Literal["data", "age"]

MAX_SCREENING_AGE_DAYS: Final = 30
"""After so many days without a screening, shops have opened that no green school knows of."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the store holds, in brief.

    `districts` are names by adcode, `bounds` the start view of the map, `pack` the rules that the current
    results came from (the default pack while there are none; None before the store was asked). `epoch` counts
    how often the data have gone back to an older version (a restored backup) under the running service.
    """

    data_version: int
    screening: ScreeningRun | None
    demo: bool
    districts: dict[str, str]
    bounds: Bounds
    pack: RulePack | None
    today: dt.date
    epoch: int = 0

    @property
    def stale(self) -> bool:
        """Whether the results of the current screening no longer tell how things are."""
        return self.stale_because is not None

    @property
    def stale_because(self) -> StaleReason | None:
        """Why the results are stale: `data` came in after the screening, or it was a long time (`age`) ago.

        Demo data do not age: nothing changes around invented schools.
        """
        if self.screening is None:
            return None
        if self.screening.data_version != self.data_version:
            return "data"
        old = self.today - self.screening.on > dt.timedelta(days=MAX_SCREENING_AGE_DAYS)
        return "age" if old and not self.demo else None

    @property
    def as_of(self) -> str | None:
        """Day of the current screening."""
        return self.screening.on.isoformat() if self.screening else None

    @property
    def version(self) -> str:
        """Text that changes whenever an answer about the data may change.

        It differs between runs of the service: another store on the same port may have the same numbers.
        """
        return f"{_RUN}-{self.epoch}-{self.data_version}-{self.screening.id if self.screening else 0}"


YUEYANG: Final[Bounds] = (112.25, 28.38, 114.17, 29.87)
"""Start view while there is nothing to show: the city the default rule pack is for."""
_RUN: Final = token_hex(4)
_MIN_SPAN_DEG: Final = 0.02
_MARGIN: Final = 0.03

NO_FACTS: Final = Facts(
    data_version=-1,
    screening=None,
    demo=False,
    districts={},
    bounds=YUEYANG,
    pack=None,
    today=dt.date.min,
)


def local_today() -> dt.date:
    """Return the day it is where the service runs: the day that its readers see on their own clocks."""
    return dt.datetime.now().astimezone().date()


class FactKeeper:
    """Reads the facts; asks the store for little more than two numbers while nothing has changed.

    `last` is what was known last, for pages that must not touch the store (errors).
    """

    def __init__(self, store: Store, *, today: Callable[[], dt.date] = local_today) -> None:
        self._store = store
        self._today = today
        self._lock = Lock()
        self._asked = self._kept = 0
        self.last = NO_FACTS

    def now(self) -> Facts:
        """Return the facts as they are now. The version is read first: facts may be newer, never older, than it."""
        with self._lock:
            self._asked += 1
            ticket = self._asked
            last = self.last
        facts = self._refreshed(last)
        if facts is not last:
            with self._lock:
                # Of threads that read at the same time, the one that began last knows best. Versions do not tell:
                # a restored backup has a lower one.
                if ticket > self._kept:
                    self._kept, self.last = ticket, facts
        return facts

    def _refreshed(self, last: Facts) -> Facts:
        today = self._today()
        data_version = self._store.data_version()
        screening = self._store.current_screening()
        screening_id = screening.id if screening else None
        if last.data_version == data_version:
            if (last.screening.id if last.screening else None) == screening_id:
                return last if last.today == today else replace(last, today=today)
            demo, districts, bounds = last.demo, last.districts, last.bounds
        else:
            demo = self._store.is_demo()
            boundaries = self._store.load_layer("boundaries", columns=["name"])
            districts = {str(key): str(name) for key, name in boundaries["name"].items()}
            schools = self._store.load_layer("schools", columns=[])
            bounds = _start_view(schools if len(schools) else boundaries)
        return Facts(
            data_version=data_version,
            screening=screening,
            demo=demo,
            districts=districts,
            bounds=bounds,
            pack=self._pack_of(screening),
            today=today,
            epoch=last.epoch + (data_version < last.data_version),
        )

    def _pack_of(self, screening: ScreeningRun | None) -> RulePack:
        """Return the pack that the current results came from; the default one where the store has no text of it."""
        default = load_pack()
        if screening is None or screening.rule_pack_sha256 == default.sha256:
            return default
        text = self._store.rule_pack(screening.rule_pack_sha256)
        return default if text is None else parse_pack(text, screening.rule_pack)


def _start_view(frame: gpd.GeoDataFrame) -> Bounds:
    """Return the extent of a layer with a small margin, never a point, cut to the world."""
    if frame.empty:
        return YUEYANG
    west, south, east, north = (float(edge) for edge in frame.total_bounds)
    wider = max((_MIN_SPAN_DEG - (east - west)) / 2, (east - west) * _MARGIN)
    higher = max((_MIN_SPAN_DEG - (north - south)) / 2, (north - south) * _MARGIN)
    low = max(west - wider, -180.0), max(south - higher, -90.0)
    high = min(east + wider, 180.0), min(north + higher, 90.0)
    view = (*low, *high)
    return round(view[0], 4), round(view[1], 4), round(view[2], 4), round(view[3], 4)
