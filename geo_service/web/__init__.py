"""The web entrance: pages, JSON API, and the server, for this machine only until users exist."""

from geo_service.web.app import create_app
from geo_service.web.server import serve

__all__ = ["create_app", "serve"]
