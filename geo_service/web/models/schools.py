"""Schools, gates and posts as the API shows them."""

from pydantic import Field

from geo_service.web.models.exposures import ExposureList
from geo_service.web.models.output import Count, Flag, Integer, Number, Output, Text


class ScoreTerm(Output):
    """One named part of a school's score."""

    key: str
    label_zh: str = ""
    label_en: str = ""
    count: Number = None
    weight: Number = None
    value: Number = None


class SchoolRow(Output):
    """A school in a list: what it is and what remains around it."""

    id: str
    name: str
    stage: Text = None
    district: Text = None
    address: Text = None
    lon: Number = None
    lat: Number = None
    pupils: Integer = None
    boarders: Integer = None
    guards: Integer = None
    guards_full_time: Flag = None
    closed_campus: Flag = None
    alarm_and_video: Flag = None
    escort_post: Flag = None
    key_supervision: Flag = None
    last_inspected_on: Text = None
    state: Text = Field(default=None, description="null while there is no screening")
    inspected: Flag = None
    score: Number = None
    inside: Count = 0
    borderline: Count = 0
    survey: Count = 0
    boundary_kind: Text = Field(default=None, description="surveyed, estimated or point")


class SchoolResult(Output):
    """What the current screening says of a school."""

    state: str
    inspected: Flag = None
    score: Number = None
    terms: list[ScoreTerm] = Field(default_factory=list)
    inside: Count = 0
    borderline: Count = 0
    survey: Count = 0
    boundary_kind: Text = None


class GateOut(Output):
    """A gate, and whether a duty post stands within its radius of it."""

    id: str
    school_id: Text = None
    name: Text = None
    is_main: Flag = None
    open_windows: Text = None
    pupils: Integer = None
    lon: Number = None
    lat: Number = None
    covered: Flag = Field(default=None, description="null while there is no screening")
    post_id: Text = None
    post_distance_m: Number = None


class PostOut(Output):
    """A duty post: numbers per force, never names."""

    id: str
    name: Text = None
    kind: Text = None
    school_id: Text = None
    district: Text = None
    windows: Text = None
    radius_m: Number = None
    lon: Number = None
    lat: Number = None
    required: dict[str, int] = Field(default_factory=dict, description="Needed number per force")
    actual: dict[str, int] = Field(default_factory=dict, description="Present number per force")


class SchoolDetail(Output):
    """Everything about one school."""

    id: str
    name: str
    stage: Text = None
    district: Text = None
    address: Text = None
    lon: Number = None
    lat: Number = None
    land_area_m2: Number = None
    pupils: Integer = None
    boarders: Integer = None
    guards: Integer = None
    guards_full_time: Flag = None
    closed_campus: Flag = None
    alarm_and_video: Flag = None
    escort_post: Flag = None
    key_supervision: Flag = None
    police_station: Text = None
    traffic_squadron: Text = None
    bell_morning: Text = None
    bell_noon: Text = None
    bell_afternoon: Text = None
    bell_evening: Text = None
    last_inspected_on: Text = None
    accuracy_m: Number = None
    result: SchoolResult | None = None
    exposures: ExposureList
    gates: list[GateOut]
