"""The JSON API: one file per kind of record."""

from typing import Final

API: Final = "/api/v1"
"""Prefix of every address of the API; a breaking change gets a new one."""
