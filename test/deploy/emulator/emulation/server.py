"""The HTTP server around the emulator.

ministack's own entry point listens on all interfaces unless told otherwise and
installs signal handlers that wait for running requests. Here the socket is
bound first, so that a free port stays ours, and signals are left alone.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import socket
import sys
import threading
import time
from typing import Any
from urllib.parse import parse_qsl

from . import event_loop
from .environment import LOOPBACK

CONTROL_PREFIX = "/_emulator/"
_POLL_SECONDS = 0.05


def bind_loopback(port: int) -> socket.socket:
    """A socket on the loopback interface; port 0 takes a free one."""
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind((LOOPBACK, port))
    return bound


async def _answer(send: Any, document: Any) -> None:
    body = json.dumps(document, default=str).encode()
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _body(receive: Any) -> dict[str, Any]:
    """The JSON object of a request; nothing without a body."""
    content = b""
    more = True
    while more:
        message = await receive()
        content += message.get("body", b"")
        more = message.get("more_body", False)
    return dict(json.loads(content)) if content else {}


def with_control_paths(app: Any, documents: dict[str, Any]) -> Any:
    """The emulator's app, with paths of ours that answer documents as JSON.

    What stands in the query, and in a JSON object as the body, becomes the arguments of the
    function that makes the document.
    """

    async def wrapped(scope: Any, receive: Any, send: Any) -> None:
        path = scope.get("path", "")
        if scope["type"] == "http" and path.startswith(CONTROL_PREFIX):
            document = documents.get(path[len(CONTROL_PREFIX) :])
            arguments = {
                **dict(parse_qsl(scope.get("query_string", b"").decode())),
                **await _body(receive),
            }
            answer = document(**arguments) if document else {"paths": sorted(documents)}
            await _answer(send, answer)
            return
        await app(scope, receive, send)

    return wrapped


def announce(port: int) -> None:
    """Tell on standard output once the emulator answers."""

    def poll() -> None:
        while True:
            try:
                socket.create_connection((LOOPBACK, port)).close()
            except OSError:
                time.sleep(_POLL_SECONDS)
                continue
            url = f"http://{LOOPBACK}:{port}"
            ready = {"ready": True, "url": url, "port": port, "pid": os.getpid()}
            print(json.dumps(ready), flush=True)
            return

    threading.Thread(target=poll, daemon=True, name="announce").start()


async def _serve(app: Any, bound: socket.socket, log_level: str) -> None:
    from hypercorn.asyncio import serve
    from hypercorn.config import Config

    event_loop.remember()
    configuration = Config()
    configuration.bind = [f"fd://{bound.fileno()}"]
    configuration.keep_alive_timeout = 75
    configuration.loglevel = log_level
    forever = asyncio.Event()
    await serve(app, configuration, shutdown_trigger=forever.wait)


def run_server(app: Any, bound: socket.socket, log_level: str) -> None:
    """Serve until a signal ends the process."""
    logging.getLogger("hypercorn.access").setLevel(logging.WARNING)
    asyncio.run(_serve(app, bound, log_level))


def run_stock_server() -> None:
    """ministack's own entry point, to show how it behaves without our server."""
    from ministack import app

    # It reads a command line of its own.
    sys.argv = sys.argv[:1]
    app.main()
