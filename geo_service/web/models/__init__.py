"""Output models of the JSON API; stored rows never leave as they are."""
