"""What all output models share: unknown keys of a row are left out, missing values are null, lists are pages."""

import datetime as dt
import math
from collections.abc import Mapping
from typing import Annotated, Any, Generic, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _plain(value: object) -> object:
    """Return a cell of a table as a plain Python value: missing markers become None, numpy scalars numbers."""
    if isinstance(value, dt.date | dt.datetime):
        return value
    item = getattr(value, "item", None)
    if callable(item) and getattr(value, "ndim", None) == 0:
        value = item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if type(value).__name__ in {"NAType", "NaTType"}:
        return None
    return value


Number = Annotated[float | None, BeforeValidator(_plain)]
Integer = Annotated[int | None, BeforeValidator(_plain)]
Flag = Annotated[bool | None, BeforeValidator(_plain)]
Text = Annotated[str | None, BeforeValidator(_plain)]
Count = Annotated[int, BeforeValidator(lambda value: _plain(value) or 0), Field(ge=0)]


class Output(BaseModel):
    """An answer. It is made with `of` from a stored row."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    @classmethod
    def of(cls, row: Mapping[str, Any], **more: Any) -> Self:
        """Build the answer from a stored row and what was added to it."""
        return cls.model_validate({**row, **more})


_T = TypeVar("_T")


class Page(Output, Generic[_T]):
    """A bounded part of a list."""

    items: list[_T]
    total: int = Field(ge=0, description="How many match, on all pages")
    limit: int
    offset: int
