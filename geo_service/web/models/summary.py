"""Counts for legend and overview."""

from pydantic import Field

from geo_service.web.models.output import Output, Text


class DistrictCounts(Output):
    """Schools of one district by state."""

    district: Text
    name: Text
    total: int
    by_state: dict[str, int]


class SchoolCounts(Output):
    """Schools by state; `not_screened` are those without a result."""

    total: int
    by_state: dict[str, int]
    by_district: list[DistrictCounts]


class StandingCounts(Output):
    """Places by their strongest standing."""

    total: int
    inside: int
    borderline: int
    survey: int


class PlaceCounts(StandingCounts):
    """Places by standing, and the same per category."""

    by_category: dict[str, StandingCounts]


class ExposureCounts(Output):
    """Exposures by band and by what they may be called."""

    total: int
    by_band: dict[str, int]
    by_meaning: dict[str, int]


class GateCounts(Output):
    """Gates with and without a duty post; `unknown` are those that were not screened."""

    total: int
    covered: int
    uncovered: int
    unknown: int


class PostCounts(Output):
    """Duty posts by kind; the key is empty where the kind is not known."""

    total: int
    by_kind: dict[str, int]


class Summary(Output):
    """What the store holds and what the current screening says of it."""

    data_version: int
    demo: bool = Field(description="Whether the store holds, or ever held, demo data")
    schools: SchoolCounts
    places: PlaceCounts
    exposures: ExposureCounts
    gates: GateCounts
    posts: PostCounts
