"""The command line: the same workflows as the web, from a terminal."""

from geo_service.cli.program import main

__all__ = ["main"]
