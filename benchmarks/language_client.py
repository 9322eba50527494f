"""An editor's side of the language server's protocol that does as little as it can: what is measured is the server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final

from benchmarks.contenders import BenchmarkError

PATIENCE: Final = 60.0
"""Seconds for one answer."""
Message = dict[str, Any]


class LanguageClient:
    """One server, as a process of its own, over its standard input and output."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "lsp", "--stdio"]
        # As where it is installed: a module is compiled once, and not at each start.
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._input, self._output = self._process.stdin, self._process.stdout
        self._requests = 0

    def __enter__(self) -> LanguageClient:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._process.kill()
        self._process.wait()
        self._input.close()
        self._output.close()

    def tell(self, method: str, params: Message) -> None:
        """A notification."""
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    def ask(self, method: str, params: Message) -> Any:
        """The result of a request."""
        self._requests += 1
        number = self._requests
        self._send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        found = self.wait(lambda message: message.get("id") == number and "method" not in message)
        if "error" in found:
            raise BenchmarkError(f"{method}: {found['error']['message']}")
        return found["result"]

    def wait(self, is_wanted: Callable[[Message], bool]) -> Message:
        """The next message that is wanted. What the server asks gets no answer but null."""
        alarm = threading.Timer(PATIENCE, self._process.kill)
        alarm.start()
        try:
            while True:
                message = self._receive()
                if is_wanted(message):
                    return message
                if "id" in message and "method" in message:
                    self._send({"jsonrpc": "2.0", "id": message["id"], "result": None})
        finally:
            alarm.cancel()

    def _send(self, message: Message) -> None:
        body = json.dumps(message).encode()
        self._input.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._input.flush()

    def _receive(self) -> Message:
        length = 0
        while (line := self._output.readline().strip()) or not length:
            name, colon, value = line.partition(b":")
            if not colon:
                raise BenchmarkError("the language server has ended, or does not answer")
            if name.lower() == b"content-length":
                length = int(value)
        found: Message = json.loads(self._output.read(length))
        return found
