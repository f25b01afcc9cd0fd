"""Reads the environment into `Settings`, or says in one sentence per variable what is wrong."""

import os
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from sparekey.settings.model import Settings, Variable, variables

_PREFIX = "SPAREKEY_"


class BadSetting(Exception):
    """The environment cannot be used; the text names every bad variable and what it takes."""


def read(environ: Mapping[str, str]) -> Settings:
    """The settings in `environ`; raises BadSetting naming everything that is wrong at once.

    An unknown `SPAREKEY_` variable is refused: a misspelt limit that silently does nothing is
    worse than a start that fails. An empty variable counts as absent.
    """
    known = {variable.name: field for field, variable in variables().items()}
    complaints = [_unknown(name, known) for name in environ if _is_unknown(name, known)]
    values: dict[str, Any] = {}
    for field, variable in variables().items():
        text = environ.get(variable.name, "").strip()
        if not text:
            continue
        try:
            values[field] = variable.form.read(text)
        except ValueError:
            complaints.append(_complaint(variable, text))
    if complaints:
        raise BadSetting("\n".join(complaints))
    values.setdefault("data_dir", _default_data_dir(environ))
    values.setdefault("keyring", values["data_dir"] / "keyring.json")
    return Settings(**values)


def _complaint(variable: Variable, text: str) -> str:
    got = "a value" if variable.form.is_secret else repr(text[:80])
    return f"{variable.name} has {got}; it takes {variable.form.takes}."


def _is_unknown(name: str, known: Mapping[str, str]) -> bool:
    return name.startswith(_PREFIX) and name not in known


def _unknown(name: str, known: Mapping[str, str]) -> str:
    near = get_close_matches(name, known, n=1)
    hint = f"; did you mean {near[0]}?" if near else "; `sparekey settings` lists them all."
    return f"{name} is not a setting{hint}"


def _default_data_dir(environ: Mapping[str, str]) -> Path:
    if os.geteuid() == 0:
        return Path("/var/lib/sparekey")
    home = environ.get("HOME")
    return (Path(home) if home else Path.home()) / ".local" / "share" / "sparekey"
