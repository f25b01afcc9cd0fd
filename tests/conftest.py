"""Fixtures for every test live in `tests/world`, one module per part of the played outside."""

pytest_plugins = [
    "tests.world.skips",
    "tests.world.order",
    "tests.world.garbage",
    "tests.world.basics",
    "tests.world.postgres",
    "tests.world.figures",
    "tests.world.deployment",
    "tests.world.simulated",
    "tests.world.mail",
    "tests.world.provider",
    "tests.world.carriers",
    "tests.world.shop",
]
