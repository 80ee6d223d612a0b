"""What is read from the store once per version of the data and then kept in memory."""

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class Versioned(Generic[T]):
    """A value that is read again only when the version of the data has changed. Who gets it does not alter it."""

    def __init__(self, load: Callable[[], T]) -> None:
        self._load = load
        self._lock = Lock()
        self._kept: tuple[str, T] | None = None

    def of(self, version: str) -> T:
        """Return the value of a version; threads that ask at the same time wait for one reading."""
        with self._lock:
            if self._kept is None or self._kept[0] != version:
                self._kept = (version, self._load())
            return self._kept[1]
