"""Neovim without a screen: keys go in as a user types them, answers are read out of it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.editors.support import PATIENCE, wait


class Neovim:
    """One that runs, with a set-up as its only one."""

    def __init__(self, program: str, set_up: str, folder: Path, environment: Mapping[str, str]) -> None:
        self.program = program
        self.environment = environment
        init = folder / "init.lua"
        init.write_text(set_up, "utf-8")
        self.socket = str(Path(environment["XDG_RUNTIME_DIR"]) / "nvim")
        self.process = subprocess.Popen(
            [program, "--headless", "--clean", "-u", str(init), "--listen", self.socket],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait("Neovim's socket", lambda: Path(self.socket).exists() or self.process.poll() is not None)
            assert self.process.poll() is None, f"Neovim ended with {self.process.returncode}"
        except BaseException:
            self.close()
            raise

    def keys(self, text: str) -> None:
        """Type."""
        self._remote("--remote-send", text)

    def lua(self, body: str) -> Any:
        """What a function with this body gives, by way of JSON."""
        text = f"(function() {body} end)()".replace("'", "''").replace("\n", " ")
        return json.loads(self._remote("--remote-expr", f"json_encode(luaeval('{text}'))"))

    def edit(self, path: Path) -> None:
        """Open a file, with the cursor at its start."""
        self.keys(f"<Esc>:edit! {path}<CR>gg0")
        wait(f"{path.name} in Neovim", lambda: self.lua("return vim.fn.expand('%:p')") == str(path))

    def lines(self) -> list[str]:
        """The text of the buffer."""
        return list(self.lua("return vim.api.nvim_buf_get_lines(0, 0, -1, true)"))

    def cursor(self) -> tuple[int, int]:
        """Line from 1, byte from 0."""
        line, column = self.lua("return vim.api.nvim_win_get_cursor(0)")
        return line, column

    def goto(self, line: int, column: int) -> None:
        """Put the cursor there."""
        self.lua(f"vim.api.nvim_win_set_cursor(0, {{{line}, {column}}}) return 0")

    def diagnostics(self) -> list[dict[str, Any]]:
        """Of the buffer, in order."""
        return list(self.lua("return vim.diagnostic.get(0)"))

    def floating(self) -> str:
        """The text of the floating window; empty without one."""
        return "\n".join(
            self.lua(
                "for _, window in ipairs(vim.api.nvim_list_wins()) do"
                " if vim.api.nvim_win_get_config(window).relative ~= '' then"
                " return vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, true) end end"
                " return {''}"
            )
        )

    def answer(self, text: str) -> None:
        """What is said where a question comes up next; of a choice, the first is taken.

        Questions go by way of the functions that plug-ins for pickers take over: while Neovim's own wait, it
        answers nobody else.
        """
        self.lua(
            f"vim.ui.input = function(_, done) done({json.dumps(text)}) end"
            " vim.ui.select = function(items, _, done) done(items[1]) end"
            " return 0"
        )

    def messages(self) -> str:
        """What it has said so far, its errors too."""
        return str(self.lua("return vim.fn.execute('messages')"))

    def close(self) -> None:
        """End it whatever it is doing."""
        self.process.kill()
        self.process.wait()

    def quit(self) -> int:
        """End it as a user does; its status. The one that sends the keys may find nobody to answer it."""
        self._client("--remote-send", "<Esc><Esc>:qall!<CR>")
        return self.process.wait(PATIENCE)

    def _remote(self, *arguments: str) -> str:
        done = self._client(*arguments)
        assert done.returncode == 0, done.stderr
        # Neovim 0.7 prints values on standard error.
        return done.stdout or done.stderr

    def _client(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [self.program, "--server", self.socket, *arguments]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=PATIENCE)
