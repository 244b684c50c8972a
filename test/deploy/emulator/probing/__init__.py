"""Probes: one for each work-around, which tell whether its fault shows."""

from __future__ import annotations

from . import compute, functions, networks, stacks, storage
from .emulator import Probe

PROBES: dict[str, Probe] = {
    **compute.PROBES,
    **functions.PROBES,
    **networks.PROBES,
    **stacks.PROBES,
    **storage.PROBES,
}
