"""The strategies of deployments: in which steps production traffic shifts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .records import ServiceDeployment

WHOLE = 100.0
_SHIFTING = ("BLUE_GREEN", "CANARY", "LINEAR")


def _strategy(service: dict[str, Any]) -> str:
    return str((service.get("deploymentConfiguration") or {}).get("strategy") or "ROLLING")


def shifts_traffic(service: dict[str, Any]) -> bool:
    """Whether deployments of the service have two sides."""
    return _strategy(service) in _SHIFTING


def steps(deployment: ServiceDeployment) -> Iterator[tuple[float, float]]:
    """Shares of the traffic in percent, each with the minutes to stay there before the next."""
    configuration = deployment.service.get("deploymentConfiguration") or {}
    strategy = _strategy(deployment.service)
    # With nobody to be careful with, there is one step.
    if deployment.source and strategy == "CANARY":
        canary = configuration.get("canaryConfiguration") or {}
        minutes = float(canary.get("canaryBakeTimeInMinutes", 10))
        yield float(canary.get("canaryPercent", 5)), minutes
    if deployment.source and strategy == "LINEAR":
        linear = configuration.get("linearConfiguration") or {}
        step = float(linear.get("stepPercent", 10))
        share = step
        while share < WHOLE:
            yield share, float(linear.get("stepBakeTimeInMinutes", 6))
            share += step
    yield WHOLE, 0.0
