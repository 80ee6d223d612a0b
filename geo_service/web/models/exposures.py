"""Exposures as the API shows them: which place lies in reach of which school, by which rule, and how measured."""

from pydantic import Field

from geo_service.web.models.output import Number, Output, Text


class ExposureOut(Output):
    """One pair of school and place under one rule, with the evidence."""

    rule_id: str
    rule_version: str | int
    rule_status: str
    rule_title: str = Field(default="", description="In the language of the answer")
    citation: str = Field(default="", description="In the language of the law")
    school_id: str
    school_name: Text = None
    place_id: str
    place_name: Text = None
    category: Text = None
    method: str
    distance_m: float
    limit_m: float
    margin_m: Number = Field(default=None, description="limit_m minus distance_m")
    uncertainty_m: Number = None
    from_uncertainty_m: Number = None
    to_uncertainty_m: Number = None
    band: str = Field(description="inside or borderline")
    meaning: str = Field(description="suspected_ban, lead or survey_area; never a verdict")
    from_lon: Number = None
    from_lat: Number = None
    to_lon: Number = None
    to_lat: Number = None
    from_what: Text = Field(default=None, description="boundary, gate, main_gate, circle or point")
    departments: list[str] = Field(default_factory=list, description="Keys of the competent departments")
    note: Text = None


class ExposureList(Output):
    """The exposures of one school or place, at most 200 of them."""

    total: int
    items: list[ExposureOut]
