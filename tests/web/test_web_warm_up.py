"""Warming up: the start page's questions are answered from memory before anybody has asked."""

import gzip
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from web.small_city import BASE, fill

from geo_service.settings import Settings
from geo_service.store import Store
from geo_service.web import create_app
from geo_service.web.warm_up import warm_up, warm_up_in_background

PREPARED = (
    "schools",
    "zones?bbox=112.5,28.9,114,30",
    "zones?bbox=112.6,29,113.9,29.9",
    "districts",
    "summary",
)


def test_the_first_questions_find_their_answers(app: FastAPI, client: TestClient) -> None:
    warm_up(app)
    held = dict(app.state.answers._entries)
    for question in PREPARED:
        answer = client.get(f"/api/v1/map/{question}", headers={"Accept-Encoding": "gzip"})
        assert any(answer.content == gzip.decompress(entry.gzipped) for entry in held.values()), question
    assert app.state.answers._entries.keys() == held.keys(), "a question was computed anew"
    assert len(client.get("/api/v1/map/zones?bbox=112.5,28.9,114,30").json()["zones"]) == 17 * 3


def test_a_part_of_the_area_has_its_own_zones(client: TestClient) -> None:
    zones = client.get("/api/v1/map/zones?bbox=113.09,29.36,113.11,29.38").json()["zones"]
    assert {zone["school_id"] for zone in zones} == {"S1"}


def test_a_failure_is_logged_and_harms_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "store.sqlite"
    with Store.open(str(path), create=True) as store:
        fill(store)
    logged: list[str] = []
    monkeypatch.setattr("geo_service.web.warm_up.LOG.exception", logged.append)
    monkeypatch.setattr("geo_service.web.warm_up.map_zones", lambda *_: 1 // 0)
    app = create_app(Settings(store=str(path)))
    with TestClient(app, base_url=BASE) as client:
        warm_up_in_background(app).join(30)
        assert logged == ["warm_up_failed"]
        assert client.get("/api/v1/map/zones").status_code == 200
