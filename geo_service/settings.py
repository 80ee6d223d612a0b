"""Settings of the entrances, read from the environment (GEO_SERVICE_…); rooms below take arguments instead."""

from typing import Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from geo_service.errors import SettingsRefused
from geo_service.i18n import DEFAULT_LANGUAGE, N_, Language


class Settings(BaseSettings):
    """What an operator may choose.

    There are no secrets among them: a PostgreSQL password belongs in the server's own place for it
    (`~/.pgpass` or `PGPASSWORD`), and the address is kept out of `repr` in case it carries one.
    """

    model_config = SettingsConfigDict(env_prefix="GEO_SERVICE_", frozen=True, extra="forbid")

    store: str = Field(default="geo-service.sqlite", min_length=1, repr=False)
    """Path of the SQLite file, or a `postgresql://` address."""
    host: str = "127.0.0.1"
    """Address to listen on; only loopback is accepted while the service has no users."""
    port: int = Field(default=8000, ge=0, le=65535)
    """Port to listen on; 0 takes a free one."""
    language: Language = DEFAULT_LANGUAGE
    """Language of pages and answers where the reader has not chosen one."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_json: bool = False
    """One JSON object per log line instead of readable text."""


def read_settings(**chosen: object) -> Settings:
    """Return the settings of the environment, overridden by `chosen` (command-line options).

    Raises
    ------
    SettingsRefused
        Names every setting whose value is refused, never the value.
    """
    try:
        return Settings(**chosen)  # type: ignore[arg-type]  # options arrive untyped; the model checks them
    except ValidationError as error:
        names = sorted(
            {f"GEO_SERVICE_{str(fault['loc'][0]).upper()}" for fault in error.errors() if fault["loc"]}
        )
        raise SettingsRefused(
            N_("These settings have values that are not allowed: {names}."),
            hint=N_(
                "Correct them in the environment or on the command line; geo-service serve --help lists them."
            ),
            names=", ".join(names),
        ) from error
