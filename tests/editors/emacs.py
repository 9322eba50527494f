"""Emacs without a screen: a daemon, which is asked to press keys and to say what came of it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tests.editors.support import PATIENCE, wait

_NAME: Final = "qbc"


class Emacs:
    """One that runs, with a set-up as the user's only one."""

    def __init__(self, set_up: str, folder: Path, environment: Mapping[str, str]) -> None:
        self.environment = environment
        self.said = folder / "said.json"
        init = Path(environment["HOME"]) / ".emacs.d" / "init.el"
        init.parent.mkdir()
        init.write_text(set_up, "utf-8")
        # A new home has no cache of machine code, and making one takes longer than a test.
        (init.parent / "early-init.el").write_text("(setq native-comp-deferred-compilation nil)\n", "utf-8")
        socket = Path(environment["XDG_RUNTIME_DIR"]) / "emacs" / _NAME
        self.log = folder / "emacs.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                ["emacs", f"--fg-daemon={_NAME}"],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        try:
            wait("Emacs", lambda: socket.exists() or self.process.poll() is not None)
            assert self.process.poll() is None, self.log.read_text("utf-8")
        except BaseException:
            self.close()
            raise

    def lisp(self, form: str) -> Any:
        """The value of a form in the buffer of the window, by way of JSON."""
        self.said.unlink(missing_ok=True)
        inner = f"(with-current-buffer (window-buffer) {form})"
        self._client(f'(let ((value {inner})) (with-temp-file "{self.said}" (insert (json-encode value))))')
        return json.loads(self.said.read_text("utf-8"))

    def keys(self, keys: str) -> None:
        """Press keys, as ``kbd`` writes them."""
        self.lisp(f"(progn (execute-kbd-macro (kbd {json.dumps(keys)})) t)")

    def command(self, name: str) -> None:
        """A command that waits for the server and stops doing so when a key comes, as it may behind others."""
        self.lisp(f"(progn (call-interactively #'{name}) t)")

    def edit(self, path: Path) -> None:
        """Open a file, with the cursor at its start."""
        self.keys(f"C-x C-f C-a C-k {path} RET M-<")

    def text(self) -> str:
        """The text of the buffer."""
        return str(self.lisp("(buffer-substring-no-properties 1 (point-max))"))

    def place(self) -> tuple[str, int, int]:
        """The buffer, the line from 1, the column from 0."""
        name, line, column = self.lisp("(list (buffer-name) (line-number-at-pos) (current-column))")
        return name, line, column

    def goto(self, text: str) -> None:
        """Put the cursor on the first place of a text."""
        self.lisp(f"(progn (goto-char 1) (search-forward {json.dumps(text)}) (goto-char (match-beginning 0)) t)")

    def diagnostics(self) -> list[tuple[str, str]]:
        """What is underlined in the buffer, and what is said of it, in order."""
        found = self.lisp(
            "(vconcat (mapcar (lambda (each) (list (buffer-substring-no-properties"
            " (flymake-diagnostic-beg each) (flymake-diagnostic-end each)) (flymake-diagnostic-text each)))"
            " (flymake-diagnostics)))"
        )
        return [(place, text) for place, text in found]

    def buffer(self, part: str) -> str:
        """The text of the buffer that has this in its name; empty without one."""
        return str(
            self.lisp(
                f"(let ((found (seq-find (lambda (each) (string-search {json.dumps(part)} (buffer-name each)))"
                " (buffer-list))))"
                ' (if found (with-current-buffer found (buffer-substring-no-properties 1 (point-max))) ""))'
            )
        )

    def quit(self) -> int:
        """End it as a user does; its status."""
        self._client("(kill-emacs)", is_answered=False)
        return self.process.wait(PATIENCE)

    def close(self) -> None:
        """End it whatever it is doing."""
        self.process.kill()
        self.process.wait()

    def _client(self, form: str, is_answered: bool = True) -> None:
        command = ["emacsclient", "-s", _NAME, "--eval", form]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=PATIENCE)
        assert done.returncode == 0 or not is_answered, f"{done.stdout}{done.stderr}\n{form}"
