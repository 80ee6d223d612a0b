"""The districts that a reader may choose among: those that have no parts of their own."""

from geo_service.store import Store
from geo_service.web.gates_and_posts import Rows


def district_rows(store: Store) -> Rows:
    """Return `key` (adcode) and `label` (name) of each district, ordered by adcode.

    A city stands in the table of boundaries beside its own districts; schools belong to the districts.
    """
    frame = store.load_layer("boundaries", columns=["name", "parent"])
    parents = set(frame["parent"].dropna())
    return [
        {"key": str(key), "label": str(name)} for key, name in frame["name"].items() if key not in parents
    ]
