"""A small server that answers as the service does: strict policy, the map contract, the real templates."""

import functools
import http.server
import json
import threading
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import jinja2
import numpy as np
from markupsafe import Markup
from render.render_city import BOUNDS
from render.render_payloads import City

from geo_service.i18n import HTML_LANG, Language, translator
from geo_service.model.vocabulary import CATEGORIES
from geo_service.render import asset_manifest, map_shell, page_config

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


class _Handler(http.server.BaseHTTPRequestHandler):
    """Answers as the service does: strict policy, the map contract, pages from the real templates."""

    city: City
    requests: list[str]
    language: Language = "zh"
    broken: set[str]

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Stay silent."""

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        self.requests.append(self.path)
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        if url.path in self.broken:
            return self._send(503, "application/problem+json", b"{}")
        if url.path == "/":
            return self._send(200, "text/html; charset=utf-8", self._map_page().encode())
        if url.path.startswith("/static/"):
            return self._static(url.path)
        payload = self._payload(url.path, query)
        if payload is None:
            return self._send(404, "text/plain", b"no such address")
        return self._send(200, "application/json", json.dumps(payload, ensure_ascii=False).encode())

    def _send(self, status: int, media_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        self.wfile.write(body)

    def _static(self, path: str) -> None:
        shell = map_shell(bounds=BOUNDS, language=self.language)
        known = {
            asset.url: (asset.media_type, asset.path.read_bytes()) for asset in asset_manifest().values()
        }
        known[shell.script_url] = ("text/javascript; charset=utf-8", shell.script.encode())
        known[shell.style_url] = ("text/css; charset=utf-8", shell.style.encode())
        if path not in known:
            return self._send(404, "text/plain", b"no such file")
        return self._send(200, *known[path])

    def _map_page(self) -> str:
        shell = map_shell(bounds=BOUNDS, language=self.language)
        config = page_config(language=self.language, bounds=BOUNDS, demo=True, as_of="2026-11-23")
        return (
            template_environment(self.language)
            .get_template("map.html")
            .render(
                **page_context(self.language, active="map"),
                shell_html=Markup(shell.body_html),
                shell_script_url=shell.script_url,
                shell_style_url=shell.style_url,
                config=config,
            )
        )

    def _payload(self, path: str, query: dict[str, str]) -> Any:
        city = self.city
        match path.removeprefix("/api/v1/").split("/"):
            case ["map", "places"]:
                return self._places(query)
            case ["map", "zones"]:
                return {"zones": city.zones}
            case ["map", "roads"]:
                minor = int(query["zoom"]) >= 13
                roads = [
                    r for r in city.roads if minor or r["c"] in ("motorway", "trunk", "primary", "secondary")
                ]
                return {"roads": roads}
            case ["map", "districts"]:
                return city.districts
            case ["map", "summary"]:
                return city.summary()
            case ["map", ("schools" | "gates" | "posts") as kind]:
                return {kind: getattr(city, kind)}
            case ["schools"]:
                return self._table(query)
            case ["schools", key]:
                return city.school_details.get(unquote(key))
            case ["places", key]:
                return city.place_details.get(unquote(key))
        return None

    def _table(self, query: dict[str, str]) -> dict[str, Any]:
        rows = [
            row
            for row in self.city.table()
            if query.get("q", "") in row["name"]
            and all(query.get(key) in (None, row[key]) for key in ("district", "stage", "state"))
        ]
        limit, offset = int(query.get("limit", 50)), int(query.get("offset", 0))
        return {"items": rows[offset : offset + limit], "total": len(rows), "limit": limit, "offset": offset}

    def _places(self, query: dict[str, str]) -> dict[str, Any]:
        west, south, east, north = (float(v) for v in query["bbox"].split(","))
        wanted = set(query["categories"].split(",")) if "categories" in query else set(CATEGORIES)
        hits = [
            p for p in self.city.places if west <= p[1] <= east and south <= p[2] <= north and p[3] in wanted
        ]
        if len(hits) <= 2000:
            return {"mode": "features", "total": len(hits), "places": hits}
        cell = 360 / 256 / 2 ** int(query["zoom"]) * 64
        cells: dict[tuple[int, int], list[Any]] = {}
        for place in hits:
            cells.setdefault((int(place[1] / cell), int(place[2] / cell)), []).append(place)
        clusters = [
            [
                float(np.mean([p[1] for p in group])),
                float(np.mean([p[2] for p in group])),
                len(group),
                sum(p[4] == "inside" for p in group),
                sum(p[4] == "borderline" for p in group),
            ]
            for group in cells.values()
        ]
        return {"mode": "clusters", "total": len(hits), "clusters": clusters}


def template_environment(language: Language) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("geo_service.web", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.globals["_"] = translator(language)
    return environment


def page_context(language: Language, *, active: str) -> dict[str, Any]:
    return {
        "lang": language,
        "html_lang": HTML_LANG[language],
        "other_lang_url": f"/?lang={'en' if language == 'zh' else 'zh'}",
        "demo": True,
        "stale_because": None,
        "screened_on": "2026-11-23",
        "asset": lambda name: asset_manifest()[name].url,
        "active": active,
    }


@dataclass
class Served:
    """A running fixture server."""

    url: str
    city: City
    requests: list[str]
    broken: set[str]


def serve_city(city: City, language: Language = "zh") -> tuple[http.server.ThreadingHTTPServer, Served]:
    requests: list[str] = []
    broken: set[str] = set()
    handler = type(
        "Handler", (_Handler,), {"city": city, "requests": requests, "language": language, "broken": broken}
    )
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=functools.partial(server.serve_forever, poll_interval=0.05), daemon=True).start()
    return server, Served(f"http://127.0.0.1:{server.server_port}", city, requests, broken)
