"""``qbc-lsp``: the language server, on standard input and output or on a port."""

from __future__ import annotations

import sys

try:
    import vm  # noqa: F401
except ImportError as error:
    if sys.platform != "win32":
        raise
    sys.exit(f"error: {error}")

import argparse
import asyncio
import logging

from lsp.collector import Collector
from vm import install


def main() -> None:
    """Entry point. On standard input and output the process ends with 1 where the editor did not take its leave, as the
    protocol has it."""
    collector = Collector()
    parser = argparse.ArgumentParser("qbc-lsp", description="The language server of QBC and σ.")
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--stdio", action="store_true", help="speak on standard input and output (the default)")
    way.add_argument("--tcp", metavar="HOST:PORT", help="wait for an editor on a port")
    options = parser.parse_args()
    host, _, port = (options.tcp or ":0").rpartition(":")
    if not port.isdigit() or int(port) > 65535 or (options.tcp and not host):
        parser.error(f"'{options.tcp}' is no HOST:PORT, such as 127.0.0.1:7777")
    logging.basicConfig(stream=sys.stderr, level=logging.ERROR, format="%(levelname)s: %(message)s")
    try:
        from lsp.server import make
        from lsp.tcp import serve
    except ModuleNotFoundError as missing:
        if missing.name not in ("pygls", "lsprotocol"):
            raise
        sys.exit(f"qbc-lsp needs '{missing.name}': {install.advice('lsp')}")
    server = make()
    server.collector = collector
    collector.started()
    try:
        if options.tcp:
            asyncio.run(serve(server, host, int(port)))
        else:
            server.start_io()
    finally:
        # Who is gone waits for no answer.
        server.stop_working()
    if not (options.tcp or server.is_dismissed):
        sys.exit(1)


if __name__ == "__main__":
    main()
