"""How far ``qbc run --shots`` is: on a terminal only, after a second, and taken away at the end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

from tests.cli.test_commands import call, put
from tests.cli.test_shots import BELL, ENVIRONMENT

WAITS = """
main: QSYSCALL 6
      QADD r4, r0, 400000000
@wait:
      QSYSCALL 6
      QJLT r0, r4, @wait
      QHALT
"""
"""Each shot lasts 0.4 s."""
AT_ONCE = "import qbcc.cli.running as running; running._PROGRESS_AFTER = 0.0; from qbcc.cli.qbc import main; main()"
AS_USUAL = "from qbcc.cli.qbc import main; main()"


def on_a_terminal(folder: Path, code: str, *options: str, stop_at: bytes = b"") -> tuple[int, bytes, str]:
    """Exit status, standard output, and what a terminal gets as standard error; Ctrl-C once it has ``stop_at``."""
    leader, follower = os.openpty()
    seen = bytearray()

    def read() -> None:
        while True:
            try:
                data = os.read(leader, 65536)
            except OSError:
                return
            if not data:
                return
            seen.extend(data)
            if stop_at and stop_at in seen:
                process.send_signal(signal.SIGINT)

    settings = {**ENVIRONMENT, "TERM": "xterm", "COLUMNS": "100"}
    command = [sys.executable, "-c", code, "run", "p.qbc", *options]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=follower, env=settings)
    os.close(follower)
    reader = threading.Thread(target=read)
    reader.start()
    output, _ = process.communicate(timeout=120)
    reader.join(timeout=60)
    os.close(leader)
    return process.returncode, output, seen.decode()


def test_shots_that_take_long_show_how_many_are_done(tmp_path: Path) -> None:
    put(tmp_path, "p.qbc", WAITS)
    status, output, seen = on_a_terminal(tmp_path, AS_USUAL, "--shots", "5")
    assert status == 0
    assert output.startswith(b"5 shots")
    assert "of 5 shots" in seen
    # Every shot is executed by itself: there is nothing to say of paths.
    assert "path" not in seen
    # The line is taken away, before anything else is said.
    assert seen.rindex("\x1b[2K") > seen.rindex("of 5 shots")
    assert seen.rindex("by itself") > seen.rindex("\x1b[2K")


def test_the_paths_are_shown(tmp_path: Path) -> None:
    put(tmp_path, "p.qbc", BELL)
    status, output, seen = on_a_terminal(tmp_path, AT_ONCE, "--shots", "1000", "--seed", "1")
    assert status == 0
    assert output.startswith(b"1,000 shots")
    assert "1,000 of 1,000 shots, 2 paths" in seen


def test_what_is_quick_shows_nothing(tmp_path: Path) -> None:
    put(tmp_path, "p.qbc", "QHALT")
    status, _, seen = on_a_terminal(tmp_path, AS_USUAL, "--shots", "1000")
    assert (status, "of 1,000 shots" in seen) == (0, False)


def test_nothing_is_shown_elsewhere(tmp_path: Path) -> None:
    put(tmp_path, "p.qbc", BELL)
    settings = {**ENVIRONMENT, "TERM": "xterm"}
    command = [sys.executable, "-c", AT_ONCE, "run", "p.qbc", "--shots", "1000"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, env=settings, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(call("qbc", "run", "p.qbc", "--shots", "3", "--json", cwd=tmp_path).stdout)["shots"] == 3


def test_json_is_whole_beside_it(tmp_path: Path) -> None:
    put(tmp_path, "p.qbc", BELL)
    status, output, seen = on_a_terminal(tmp_path, AT_ONCE, "--shots", "1000", "--json")
    assert (status, json.loads(output)["shots"]) == (0, 1000)
    assert "of 1,000 shots" in seen


def test_a_run_that_is_stopped_takes_it_away(tmp_path: Path) -> None:
    put(tmp_path, "p.qbc", WAITS)
    status, _, seen = on_a_terminal(tmp_path, AT_ONCE, "--shots", "1000", stop_at=b"2 of 1,000 shots")
    assert status == 130
    last = seen.rindex("of 1,000 shots \x1b")
    # The cursor is there again, whoever ended the process.
    assert last < seen.rindex("\x1b[2K")
    assert last < seen.rindex("\x1b[?25h")
