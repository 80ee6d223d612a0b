"""The memory of answers: bounded, one computation for many, and no memory of failures."""

import gzip
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from geo_service.web.answer_cache import AnswerCache
from geo_service.web.versioned import Versioned


def test_many_threads_cost_one_computation() -> None:
    cache, calls, gate = AnswerCache(), [], threading.Event()

    def compute() -> bytes:
        calls.append(1)
        gate.wait(5)
        return b"answer" * 100

    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(cache.get, "key", compute) for _ in range(8)]
        time.sleep(0.1)
        gate.set()
        answers = [future.result(5) for future in waiting]
    assert len(calls) == 1
    assert {answer.plain for answer in answers} == {b"answer" * 100}
    assert gzip.decompress(answers[0].gzipped) == answers[0].plain


def test_a_failure_is_told_and_forgotten() -> None:
    cache = AnswerCache()
    with pytest.raises(ZeroDivisionError):
        cache.get("key", lambda: bytes(1 // 0))
    assert cache.get("key", lambda: b"now").plain == b"now"


def test_memory_is_bounded_and_the_least_used_goes_first() -> None:
    noise = [bytes((number * 7 + step * step) % 251 for step in range(4000)) for number in range(40)]
    cache = AnswerCache(max_bytes=60_000)
    computed: list[int] = []

    def get(number: int) -> bytes:
        def compute() -> bytes:
            computed.append(number)
            return noise[number]

        return cache.get(str(number), compute).plain

    for number in range(40):
        assert get(number) == noise[number]
        get(0)
        held = sum(500 + sys.getsizeof(key) + entry.size for key, entry in cache._entries.items())
        assert held <= 60_000
    assert computed.count(0) == 1
    get(1)
    assert computed.count(1) == 2


def test_small_answers_under_long_keys_are_bounded_too() -> None:
    cache = AnswerCache(max_bytes=50_000)
    for number in range(200):
        cache.get(f"{number:01000}", lambda: b"{}")
    assert len(cache._entries) < 50

    cache = AnswerCache(max_entries=10)
    for number in range(20):
        cache.get(str(number), lambda: b"{}")
    assert list(cache._entries) == [str(number) for number in range(10, 20)]


def test_the_huge_is_answered_but_not_kept() -> None:
    cache = AnswerCache(max_bytes=1000)
    assert cache.get("huge", lambda: b"x" * 5000).plain == b"x" * 5000
    assert not cache._entries


def test_rows_are_read_once_per_version() -> None:
    calls: list[int] = []
    rows = Versioned(lambda: calls.append(1) or [{"n": len(calls)}])
    assert rows.of("a") is rows.of("a")
    assert rows.of("b") == [{"n": 2}]
    assert len(calls) == 2
