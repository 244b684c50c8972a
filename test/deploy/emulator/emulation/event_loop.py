"""The event loop of the emulator, for threads that want something run on it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

_loops: list[asyncio.AbstractEventLoop] = []


def remember() -> None:
    """Take the running loop for the emulator's."""
    _loops[:] = [asyncio.get_running_loop()]


def run_soon(act: Callable[[], Any]) -> None:
    """Call a function on the loop; not at all before there is one."""
    for loop in _loops:
        loop.call_soon_threadsafe(act)
