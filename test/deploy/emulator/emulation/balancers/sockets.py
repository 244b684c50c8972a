"""Real sockets of listeners: what comes in goes through the emulator's own load balancer."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from ..event_loop import run_soon
from .certificates import certificate_files

logger = logging.getLogger("balancers")

_HTTPS = "HTTPS"
_STAND_IN = 30_000
_PATIENCE_SECONDS = 5.0
_LOOK_AGAIN_SECONDS = 0.02


@dataclass(frozen=True)
class Place:
    """Where a listener is reached: an address of its load balancer, and its port."""

    address: str
    port: int
    protocol: str
    account: str
    region: str
    balancer: str
    names: tuple[str, ...]


async def _body(receive: Any) -> bytes:
    content, more = b"", True
    while more:
        message = await receive()
        content += message.get("body", b"")
        more = message.get("more_body", False)
    return content


def _application(place: Place) -> Callable[..., Any]:
    async def answer(scope: Any, receive: Any, send: Any) -> None:
        from ministack import app
        from ministack.core.responses import request_scope
        from ministack.services import alb

        if scope["type"] != "http":
            return
        query = scope["query_string"].decode("latin-1")
        headers = {
            name.decode("latin-1"): text.decode("latin-1") for name, text in scope["headers"]
        }
        content = await _body(receive)
        with request_scope(place.account, place.region):
            balancer = alb._lbs.get(place.balancer)
            response = (503, {}, b"")
            if balancer is not None:
                response = await alb.dispatch_request(
                    balancer,
                    scope["method"],
                    scope["path"],
                    headers,
                    content,
                    parse_qs(query, keep_blank_values=True),
                    place.port,
                    client_ip=(scope.get("client") or (place.address,))[0],
                    raw_query_string=query,
                    raw_path=scope["raw_path"].decode("latin-1").partition("?")[0],
                )
            await app._send_if_handled(send, response, receive, head=scope["method"] == "HEAD")

    return answer


def _bound(place: Place) -> int:
    """The descriptor of a listening socket; for a port that this user may not take, another one stands."""
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        try:
            bound.bind((place.address, place.port))
        except PermissionError:
            bound.bind((place.address, place.port + _STAND_IN))
    except OSError:
        bound.close()
        raise
    bound.listen()
    bound.setblocking(False)
    return bound.detach()


class Listening:
    """A socket that listens until it is closed."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._closed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._descriptor: int | None = None
        try:
            self._descriptor = _bound(place)
        except OSError as error:
            # The listener that was there before may need a moment to go.
            if error.errno != errno.EADDRINUSE:
                raise
        run_soon(self._start)

    def _start(self) -> None:
        self._task = asyncio.ensure_future(self._serve())

    async def _bind(self) -> int | None:
        end = time.monotonic() + _PATIENCE_SECONDS
        while not self._closed.is_set():
            try:
                return _bound(self._place)
            except OSError as error:
                if time.monotonic() > end:
                    _warn(self._place, error)
                    return None
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)
        return None

    async def _serve(self) -> None:
        from hypercorn.asyncio import serve
        from hypercorn.config import Config

        if self._descriptor is None:
            self._descriptor = await self._bind()
        if self._descriptor is None:
            return
        configuration = Config()
        configuration.bind = [f"fd://{self._descriptor}"]
        # The idle timeout of a load balancer, after which it closes a connection.
        configuration.keep_alive_timeout = 60
        configuration.graceful_timeout = 1
        configuration.errorlog = None
        if self._place.protocol == _HTTPS:
            configuration.certfile, configuration.keyfile = certificate_files(self._place.names)
        await serve(_application(self._place), configuration, shutdown_trigger=self._closed.wait)

    def close(self) -> None:
        """Listen no longer."""
        run_soon(self._closed.set)


def _warn(place: Place, error: OSError) -> None:
    logger.warning("no socket for %s:%d: %s", place.address, place.port, error.strerror)


def open_socket(place: Place) -> Listening | None:
    """Listen at a place; a port that can't be taken is left out, with a word in the log."""
    try:
        return Listening(place)
    except OSError as error:
        _warn(place, error)
        return None
