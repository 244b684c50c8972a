"""Probes: one for each work-around, which tell whether its fault shows."""

from __future__ import annotations

from . import (
    apis,
    balancers,
    compute,
    events,
    functions,
    guards,
    networks,
    scaling,
    stacks,
    storage,
    tables,
)
from .emulator import Probe

PROBES: dict[str, Probe] = {
    **apis.PROBES,
    **balancers.PROBES,
    **compute.PROBES,
    **events.PROBES,
    **functions.PROBES,
    **guards.PROBES,
    **networks.PROBES,
    **scaling.PROBES,
    **stacks.PROBES,
    **storage.PROBES,
    **tables.PROBES,
}
