"""School perimeter safety zones: which surroundings still need cleanup, and why."""

__version__ = "0.1.0"
