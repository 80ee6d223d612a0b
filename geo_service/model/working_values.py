"""Working values: what is assumed where a record does not say, in one file that a locality may replace."""

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Final


@dataclass(frozen=True, slots=True)
class WorkingValues:
    """Assumptions that feed the uncertainty of results; every result that used one is marked.

    `position_accuracy_m`: accuracy of a position whose record states none. `estimated_boundary_share`: how far
    the boundary of a real campus strays from its equivalent circle, as a share of the radius. `point_campus_m`:
    uncertainty of measuring from a school known only as a point. `post_radius_m`: reach of a duty post that
    states none. `inspection_valid_days`: how long an inspection on record vouches for a zone.
    """

    position_accuracy_m: float
    estimated_boundary_share: float
    point_campus_m: float
    post_radius_m: float
    inspection_valid_days: int


def load_working_values() -> WorkingValues:
    """Read the working values that ship with the service."""
    return WorkingValues(
        **tomllib.loads(files(__package__).joinpath("working_values.toml").read_text("utf-8"))
    )


WORKING_VALUES: Final = load_working_values()
