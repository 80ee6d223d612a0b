"""Rules, screening, import batches and health as the API shows them."""

import datetime as dt

from pydantic import Field

from geo_service.web.models.output import Output, Text


class CitationOut(Output):
    """Where a rule stands."""

    title: str
    article: str = ""
    in_force_from: dt.date | None = None
    in_force_until: dt.date | None = None


class RuleOut(Output):
    """One distance rule; title and note in the language of the answer."""

    id: str
    version: int
    title: str
    target: str
    categories: list[str]
    stages: list[str] = Field(description="Empty means all")
    districts: list[str] = Field(description="Adcode prefixes; empty means all")
    distance_m: float | None = Field(description="null: the locality must set it")
    method: Text
    alternative_methods: list[str]
    inclusive: bool
    status: str
    meaning: str
    departments: list[str]
    departments_unlicensed: list[str]
    in_force_from: dt.date | None
    in_force_until: dt.date | None
    citation: str = Field(description="All citations as one line, in the language of the law")
    citations: list[CitationOut]
    note: str


class RulePackOut(Output):
    """The rule pack that the service shows."""

    id: str
    version: str
    sha256: str
    title: str
    disclaimer: str
    rules: list[RuleOut]


class ScreeningOut(Output):
    """The screening whose results are shown."""

    id: int | None
    on: dt.date
    rule_pack: str
    rule_pack_version: str
    rule_pack_sha256: str
    data_version: int
    finished_at: dt.datetime
    seconds: float
    exposure_count: int
    stale: bool = Field(description="Data came in after it; screen again")


class BatchOut(Output):
    """One import."""

    id: int | None
    kind: str
    file_name: str
    sha256: str
    crs: str
    format: str
    rows_read: int
    rows_good: int
    dropped_columns: list[str] = Field(description="Names of columns about people, which were not stored")
    demo: bool
    imported_at: dt.datetime | None


class Health(Output):
    """Whether the service can answer."""

    status: str = Field(description="ok")
    version: str
    data_version: int
