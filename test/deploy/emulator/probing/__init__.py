"""Probes: one for each work-around, which tell whether its fault shows."""

from __future__ import annotations

from . import (
    apis,
    balancers,
    compute,
    containers,
    databases,
    events,
    functions,
    guards,
    networks,
    recovery,
    scaling,
    stacks,
    storage,
    tables,
    workflows,
)
from .emulator import Probe

PROBES: dict[str, Probe] = {
    **apis.PROBES,
    **balancers.PROBES,
    **compute.PROBES,
    **containers.PROBES,
    **databases.PROBES,
    **events.PROBES,
    **functions.PROBES,
    **guards.PROBES,
    **networks.PROBES,
    **recovery.PROBES,
    **scaling.PROBES,
    **stacks.PROBES,
    **storage.PROBES,
    **tables.PROBES,
    **workflows.PROBES,
}
