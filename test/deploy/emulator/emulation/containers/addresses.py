"""Loopback addresses of tasks and load balancers: one network of each for every emulator.

Linux accepts any address of 127.0.0.0/8 without being told of it. Emulators
that run side by side must not take each other's addresses, so each holds a
socket that stands for its networks.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator

_TASKS = 8
_BALANCERS = 9
_RESERVATION_PORT = 47113
_NETWORKS = 256
_FIRST_HOST = 2
_LAST_HOST = 254

_turn = threading.Lock()
_held: list[socket.socket] = []
_used: set[str] = set()
_third: list[int] = []


def _reserve() -> int:
    """The third octet of this emulator's networks."""
    for offset in range(_NETWORKS):
        octet = (os.getpid() + offset) % _NETWORKS
        holder = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            holder.bind((f"127.{_TASKS}.{octet}.1", _RESERVATION_PORT))
        except OSError:
            holder.close()
            continue
        _held.append(holder)
        return octet
    raise RuntimeError("no loopback network is free for the tasks of this emulator")


def _hosts(second: int) -> Iterator[str]:
    if not _third:
        _third.append(_reserve())
    for host in range(_FIRST_HOST, _LAST_HOST + 1):
        yield f"127.{second}.{_third[0]}.{host}"


def _take(second: int) -> str:
    with _turn:
        for address in _hosts(second):
            if address not in _used:
                _used.add(address)
                return address
    raise RuntimeError(f"all addresses of 127.{second}.{_third[0]}.0/24 are taken")


def take_task_address() -> str:
    """An address that no task has."""
    return _take(_TASKS)


def take_balancer_address() -> str:
    """An address that no load balancer has."""
    return _take(_BALANCERS)


def give_back(address: str) -> None:
    """Let the address be taken again."""
    with _turn:
        _used.discard(address)
