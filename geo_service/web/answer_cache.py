"""Map answers kept in memory, plain and compressed, so that many viewers cost one computation."""

import gzip
import sys
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Lock
from typing import Final

GZIP_LEVEL: Final = 5
"""Beyond 5, JSON shrinks by a few percent more and takes twice the time."""
_ENTRY_BYTES: Final = 500
"""What an entry takes beside its contents: three objects, and its place in the table."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The bytes of an answer, and the same compressed."""

    plain: bytes
    gzipped: bytes

    @property
    def size(self) -> int:
        """Bytes held in memory."""
        return len(self.plain) + len(self.gzipped)


class AnswerCache:
    """Answers by key, the least recently used dropped first.

    A key holds the version of the data, so an entry never becomes wrong. Threads that ask for the same key at
    the same time wait for one computation; if it fails, all of them see its error and nothing is kept.

    Parameters
    ----------
    max_bytes
        Upper bound of what is kept, keys and the entries themselves included. An answer over a quarter of it
        is not kept.
    max_entries
        Upper bound of the number of answers.
    """

    def __init__(self, *, max_bytes: int = 64_000_000, max_entries: int = 4_000) -> None:
        self._max_bytes = max_bytes
        self._max_entries = max_entries
        self._entries: OrderedDict[str, Answer] = OrderedDict()
        self._pending: dict[str, Future[Answer]] = {}
        self._lock = Lock()
        self._bytes = 0

    def get(self, key: str, compute: Callable[[], bytes]) -> Answer:
        """Return the answer of a key, computing it if need be."""
        with self._lock:
            found = self._entries.get(key)
            if found is not None:
                self._entries.move_to_end(key)
                return found
            running = self._pending.get(key)
            if running is None:
                mine: Future[Answer] = Future()
                self._pending[key] = mine
        if running is not None:
            return running.result()
        try:
            plain = compute()
            answer = Answer(plain, gzip.compress(plain, GZIP_LEVEL, mtime=0))
        except BaseException as error:
            with self._lock:
                del self._pending[key]
            mine.set_exception(error)
            raise
        with self._lock:
            del self._pending[key]
            self._keep(key, answer)
        mine.set_result(answer)
        return answer

    def _keep(self, key: str, answer: Answer) -> None:
        size = _held(key, answer)
        if size > self._max_bytes // 4:
            return
        self._entries[key] = answer
        self._bytes += size
        while self._bytes > self._max_bytes or len(self._entries) > self._max_entries:
            self._bytes -= _held(*self._entries.popitem(last=False))


def _held(key: str, answer: Answer) -> int:
    """Return the bytes that an entry holds in memory."""
    return _ENTRY_BYTES + sys.getsizeof(key) + answer.size
