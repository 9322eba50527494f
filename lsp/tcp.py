"""The server on a port, for one editor: it ends with the connection, however that ends."""

from __future__ import annotations

import asyncio
import logging
import threading

from pygls.io_ import run_async

from lsp.server import Server

_LOG = logging.getLogger(__name__)


async def serve(server: Server, host: str, port: int) -> None:
    """Wait for an editor and speak with it until it goes. Others that come meanwhile are sent away: the server knows
    one editor's documents. Raises :class:`OSError` where there is no such port to have."""
    is_over = asyncio.Event()
    is_taken = False

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal is_taken
        if is_taken:
            writer.close()
            return
        is_taken = True
        server.protocol.set_writer(writer)
        try:
            await run_async(threading.Event(), reader, server.protocol, _LOG, server.report_server_error)
        except (OSError, asyncio.IncompleteReadError, ValueError) as fault:
            # In the middle of a message, or what it sends is none.
            _LOG.error("the editor is gone: %s", fault)
        finally:
            writer.close()
            is_over.set()

    async with await asyncio.start_server(speak, host, port):
        await is_over.wait()
