"""Probes: one for each work-around, which tell whether its fault shows."""

from __future__ import annotations

from . import (
    apis,
    balancers,
    clusters,
    compute,
    containers,
    databases,
    events,
    functions,
    guards,
    messages,
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
    **clusters.PROBES,
    **compute.PROBES,
    **containers.PROBES,
    **databases.PROBES,
    **events.PROBES,
    **functions.PROBES,
    **guards.PROBES,
    **messages.PROBES,
    **networks.PROBES,
    **recovery.PROBES,
    **scaling.PROBES,
    **stacks.PROBES,
    **storage.PROBES,
    **tables.PROBES,
    **workflows.PROBES,
}
