"""The demo city: invented, seeded input files in the shape that real ones have, for trying the service.

Nine seats, townships and three market towns on county borders; roads, schools of all stages, gates, places of all
categories, duty posts. Every name begins with 演示 (demo); no name, code, address or number is a real one's.
Only the outlines of the counties and the rough positions of their seats are real.

What is there on purpose:

- schools in every state: with leads, with borderline leads only, with places to survey, clean, never inspected;
- schools given as a point with a land area (boundary estimated), one as a bare point, one without gates on record,
  some with a campus in two parts across a street;
- a place inside a campus (演示·校内小卖部), one near two schools (演示·两校之间歌厅), one at exactly 200 m of a campus
  with both positions stated as exact (演示·界线网吧), and places within 200 m of a school but in the neighbouring
  county (演示·跨界福彩店);
- places that share one point, positions as rough as 50 m, licences expired, about to expire, missing, unknown;
- gates with a duty post within 50 m and gates without, posts with fewer people than required;
- schools that miss one of the four 100 % items or have a guard too few, and some under key supervision (重点督导).
"""

from geo_service.demo.writing import DEFAULT_SEED, REFERENCE_DATE, write_demo

__all__ = ["DEFAULT_SEED", "REFERENCE_DATE", "write_demo"]
