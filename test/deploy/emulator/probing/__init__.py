"""Probes: one for each work-around, which tell whether its fault shows."""

from __future__ import annotations

from . import balancers, compute, functions, networks, scaling, stacks, storage
from .emulator import Probe

PROBES: dict[str, Probe] = {
    **balancers.PROBES,
    **compute.PROBES,
    **functions.PROBES,
    **networks.PROBES,
    **scaling.PROBES,
    **stacks.PROBES,
    **storage.PROBES,
}
