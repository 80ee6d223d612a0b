"""The payloads of the map contract, held together as one city."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class City:
    """All payloads of the map contract."""

    schools: list[dict[str, Any]] = field(default_factory=list)
    zones: list[dict[str, Any]] = field(default_factory=list)
    places: list[list[Any]] = field(default_factory=list)
    gates: list[dict[str, Any]] = field(default_factory=list)
    posts: list[dict[str, Any]] = field(default_factory=list)
    roads: list[dict[str, Any]] = field(default_factory=list)
    districts: dict[str, Any] = field(default_factory=dict)
    place_details: dict[str, Any] = field(default_factory=dict)
    school_details: dict[str, Any] = field(default_factory=dict)

    def summary(self) -> dict[str, Any]:
        states: dict[str, int] = {}
        for school in self.schools:
            states[school["state"]] = states.get(school["state"], 0) + 1
        by_category: dict[str, dict[str, int]] = {}
        for place in self.places:
            row = by_category.setdefault(place[3], {"total": 0, "inside": 0, "borderline": 0, "survey": 0})
            row["total"] += 1
            if place[4]:
                row[place[4]] += 1
        covered = sum(gate["covered"] for gate in self.gates)
        return {
            "schools": {"total": len(self.schools), "by_state": states},
            "places": {"total": len(self.places), "by_category": by_category},
            "gates": {
                "total": len(self.gates),
                "covered": covered,
                "uncovered": len(self.gates) - covered,
            },
            "posts": {"total": len(self.posts)},
        }

    def table(self) -> list[dict[str, Any]]:
        rows = [
            {key: value for key, value in school.items() if key != "geometry"}
            | {"last_inspected_on": school["inspected_on"], "boundary_kind": school["boundary"]}
            for school in self.schools
        ]
        return sorted(rows, key=lambda row: (-row["score"], row["name"]))

    def bundle(self) -> dict[str, Any]:
        return {
            "schools": {"data_version": 1, "schools": self.schools},
            "zones": {"zones": self.zones},
            "places": {"mode": "features", "total": len(self.places), "places": self.places},
            "gates": {"gates": self.gates},
            "posts": {"posts": self.posts},
            "roads": {"roads": self.roads},
            "districts": self.districts,
            "summary": self.summary(),
            "placeDetails": self.place_details,
            "schoolDetails": self.school_details,
            "table": self.table(),
        }
