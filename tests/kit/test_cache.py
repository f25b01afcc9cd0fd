"""A cache forgets in time and never grows."""

from sparekey.kit.cache import Cache


def test_a_value_is_forgotten_when_its_time_is_over():
    cache: Cache[str, int] = Cache(size=10, seconds=5)
    cache.put("a", 1, now=100)

    assert cache.get("a", 104.9) == 1
    assert cache.get("a", 105) is None
    assert len(cache) == 0


def test_the_oldest_value_makes_room():
    cache: Cache[str, int] = Cache(size=2, seconds=5)
    for number, name in enumerate("abc"):
        cache.put(name, number, now=100)

    assert [cache.get(name, 100) for name in "abc"] == [None, 1, 2]


def test_a_value_kept_again_is_young_again():
    cache: Cache[str, int] = Cache(size=2, seconds=5)
    cache.put("a", 1, now=100)
    cache.put("b", 2, now=101)
    cache.put("a", 3, now=104)
    cache.put("c", 4, now=104)

    assert [cache.get(name, 105) for name in "abc"] == [3, None, 4]


def test_a_clock_that_was_set_back_makes_values_old_not_eternal():
    cache: Cache[str, int] = Cache(size=2, seconds=5)
    cache.put("a", 1, now=100)

    assert cache.get("a", 50) is None


def test_a_value_can_be_dropped_at_once():
    cache: Cache[str, int] = Cache(size=2, seconds=5)
    cache.put("a", 1, now=100)
    cache.forget("a")

    assert cache.get("a", 100) is None
