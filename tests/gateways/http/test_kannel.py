"""Our wire and a real Kannel: a text goes, its receipt and a customer's text come back."""

import json
import subprocess
import sys
from pathlib import Path

from sparekey.gateways import Incoming, Outcome, Report
from tests.gateways.http.cases import TEXT, heard, raw
from tests.gateways.http.kannel_house import FAKE_SMSC, OURS
from tests.gateways.http.providers.others import KANNEL
from tests.structure.tree import ROOT
from tests.world.skips import file, program, root


def test_a_real_kannel_takes_a_text_reports_it_and_brings_an_answer(tmp_path: Path):
    root("a network of its own")
    program("bearerbox", package="kannel")
    file(FAKE_SMSC, package="kannel-extras")
    told = subprocess.run(
        [program("unshare", package="util-linux"), "--net",
         sys.executable, "-m", "tests.gateways.http.kannel_house", str(tmp_path)],
        capture_output=True, text=True, timeout=90, cwd=ROOT, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr[-2000:]
    scene = json.loads(told.stdout)
    came = [raw(query=path.partition("/hooks/kannel")[2], method=m) for m, path in scene["heard"]]
    carrier = (tmp_path / "fakesmsc.log").read_text()
    said = [one for callback in came for one in heard("kannel").read(KANNEL, callback)]

    assert f"text {TEXT}" in carrier
    assert "ucs-2 %061%06E%062%06C%00+%001%002%003%004%00+%005%006%007%008" in carrier
    assert (scene["ref"], scene["wrong_password"]) == (None, "misconfigured")
    assert scene["advice"] is None
    assert "403" in scene["advice_for_a_wrong_password"]
    assert Report(Outcome.DELIVERED, id=OURS) in said
    [answer] = [one for one in said if isinstance(one, Incoming)]
    assert (answer.sender, answer.to, answer.text) == ("+447700900123", "12345", "NEIN")
