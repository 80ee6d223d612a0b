"""Browser files under addresses that carry the hash of their content, so that they may be cached for ever."""

import gzip
from functools import cache
from typing import Final

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from geo_service.render import Asset, asset_manifest
from geo_service.web.caching import accepts_gzip
from geo_service.web.map_shells import MapShells

FOR_EVER: Final = "public, max-age=31536000, immutable"
_GZIP_LEVEL: Final = 9

router = APIRouter(include_in_schema=False)


@router.get("/static/{digest}/{name}")
def get_static_file(digest: str, name: str, request: Request) -> Response:
    """Return a file of the manifest, or the script or style of a map shell; never a path of the disk.

    The address must be exactly one that the service has given out: another hash is 404.
    """
    url = f"/static/{digest}/{name}"
    asset = asset_manifest().get(name)
    shells: MapShells = request.app.state.shells
    if asset is not None and asset.url == url:
        plain, gzipped, media_type = _content(asset)
    elif (text := shells.text_of(url)) is not None:
        plain, media_type = text
        gzipped = gzip.compress(plain, _GZIP_LEVEL, mtime=0)
    else:
        raise HTTPException(404)
    headers = {"Cache-Control": FOR_EVER, "Vary": "Accept-Encoding"}
    if accepts_gzip(request):
        return Response(gzipped, headers=headers | {"Content-Encoding": "gzip"}, media_type=media_type)
    return Response(plain, headers=headers, media_type=media_type)


@cache
def _content(asset: Asset) -> tuple[bytes, bytes, str]:
    """Return a file plain and compressed; the manifest is small and fixed, so all of it may stay in memory."""
    plain = asset.path.read_bytes()
    return plain, gzip.compress(plain, _GZIP_LEVEL, mtime=0), asset.media_type
