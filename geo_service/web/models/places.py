"""Places as the API shows them: premises, never people."""

from pydantic import Field

from geo_service.web.models.exposures import ExposureOut
from geo_service.web.models.output import Number, Output, Text


class PlaceRow(Output):
    """A place in a list."""

    id: str
    name: str
    category: str
    district: Text = None
    address: Text = None
    licence_status: Text = None
    licence_expiry: Text = None
    lon: Number = None
    lat: Number = None
    band: Text = Field(
        default=None,
        description="The strongest standing in the current screening: inside, borderline, survey",
    )


class PlaceDetail(PlaceRow):
    """Everything about one place, with the exposures it causes (at most 200)."""

    licence_no: Text = None
    accuracy_m: Number = None
    exposures: list[ExposureOut]
