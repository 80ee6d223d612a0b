"""The README is true: its commands exist, its settings are the settings, its links lead somewhere."""

import re
import shlex
import tomllib
from pathlib import Path

import click
import pytest

from geo_service.cli.program import program
from geo_service.settings import Settings
from geo_service.workflows.screen_files import PAIR_COLUMNS

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")
COMMANDS = sorted({line.split("#")[0].strip() for line in re.findall(r"geo-service ([a-z][^`\n]*)", README)})


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_of_the_readme_exists(line):
    words = shlex.split(line)
    command, context = (
        program,
        program.make_context("geo-service", ["--lang", "en", "rules"], resilient_parsing=True),
    )
    while isinstance(command, click.Group):
        found = command.get_command(context, words.pop(0))
        assert found is not None, line
        command = found
    known = {name for parameter in command.get_params(context) for name in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known


def test_every_setting_is_in_the_readme_and_no_other():
    assert set(re.findall(r"GEO_SERVICE_[A-Z_]+", README)) == {
        f"GEO_SERVICE_{name.upper()}" for name in Settings.model_fields
    }


def test_links_and_pictures_lead_to_files():
    targets = re.findall(r"\]\(([^)#:]+)\)", README)
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_columns_of_pairs_are_the_ones_written():
    named = re.search(r"writes\s+`(school_id[^`]*)`", README).group(1)
    assert [name.strip() for name in named.split(",")] == [
        name for name in PAIR_COLUMNS if not name.endswith(("_lon", "_lat"))
    ]


def test_both_commands_are_targets_of_the_makefile():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in ("serve", "test"):
        assert f"make {target}" in README
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)


def test_dependencies_are_pinned_with_hashes():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    pinned = {name.lower() for name in re.findall(r"^([A-Za-z0-9._-]+)==", lock, re.MULTILINE)}
    wanted = {re.match(r"[A-Za-z0-9._-]+", text).group().lower() for text in project["dependencies"]}
    assert wanted <= pinned
    assert "http://" not in lock
    assert "https://" not in lock
