"""Alarms that end a deployment when they go off during it."""

from __future__ import annotations

from typing import Any

_ALARM = "ALARM"


def _ringing(names: list[str]) -> list[str]:
    from ministack.services import cloudwatch

    stores = (cloudwatch._alarms, getattr(cloudwatch, "_composite_alarms", {}))
    return [
        name
        for name in names
        for store in stores
        if (store.get(name) or {}).get("StateValue") == _ALARM
    ]


def alarms_of(service: dict[str, Any]) -> list[str]:
    """The alarms that a service's deployments are to watch."""
    alarms = (service.get("deploymentConfiguration") or {}).get("alarms") or {}
    return list(alarms.get("alarmNames") or []) if alarms.get("enable") else []


class Watch:
    """The alarms of a deployment, from its start on.

    One that is in ALARM at the start lets all of them be ignored, as on AWS:
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html
    """

    def __init__(self, names: list[str]) -> None:
        self._names = [] if _ringing(names) else names

    def ringing(self) -> list[str]:
        """The alarms that have gone off."""
        return _ringing(self._names)
