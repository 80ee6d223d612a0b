"""Lines below a table that are no records: totals, remarks, who filled it in."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final, TypeVar

from geo_service.ingest.table import Findings

_FOOTER: Final = re.compile(
    r"(?:合\s*计|总\s*计|小\s*计|共\s*计|汇\s*总|(?:附|备)?注\s*\d?\s*[:、.]|(?:填表|填报)?说明\s*:"
    r"|(?:填表|制表|填报|审核|复核|审批|校对|统计|负责|经办|联系)(?:人|单位|日期|时间|电话)|制表\s*:|审核\s*:"
    r"|单位\s*(?:[(]?\s*(?:盖章|公章)|负责人)|[(]?盖章|日期\s*:|total\b|note\s*:)"
)
_Cells = TypeVar("_Cells", bound=Sequence[object])


def without_footers(
    rows: Iterable[tuple[int, _Cells]], located: Collection[int], findings: Findings
) -> Iterator[tuple[int, _Cells]]:
    """Yield numbered rows but for the footers at their end, which a note counts.

    Parameters
    ----------
    rows
        Row numbers and cells, empty ones as "" or None.
    located
        Positions of the coordinate columns: a row that fills one of them is a record, whatever it says.
    """
    held: list[tuple[int, _Cells]] = []
    footers = 0
    for number, cells in rows:
        filled = [(place, cell) for place, cell in enumerate(cells) if cell not in {"", None}]
        if filled and _is_footer(filled, located):
            footers += 1
        elif filled:
            yield from held
            held, footers = [], 0
            yield number, cells
            continue
        elif not held:
            yield number, cells
            continue
        held.append((number, cells))
    if footers:
        findings.note("footer", count=footers, row=held[0][0])


def _is_footer(filled: list[tuple[int, object]], located: Collection[int]) -> bool:
    if any(place in located for place, _cell in filled[1:]):
        return False
    return _FOOTER.match(unicodedata.normalize("NFKC", str(filled[0][1])).strip().casefold()) is not None
