"""The legal distance rules as data: packs in TOML, checked when loaded, looked up by place, school and date."""

from geo_service.rules.loading import default_pack_file, load_pack, parse_pack
from geo_service.rules.pack import Citation, Rule, RulePack

__all__ = ["Citation", "Rule", "RulePack", "default_pack_file", "load_pack", "parse_pack"]
