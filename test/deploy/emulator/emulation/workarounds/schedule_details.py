"""Schedules made by a template: their time zone, and from when until when they apply."""

from __future__ import annotations

from typing import Any

from .workaround import Workaround, after_create_and_update

_TYPE = "AWS::Scheduler::Schedule"
_DEFAULTS = {"ScheduleExpressionTimezone": "UTC"}
_OPTIONAL = ("StartDate", "EndDate", "KmsKeyArn")


def _complete(name: str, properties: dict[str, Any], attributes: dict[str, Any]) -> None:
    from ministack.services import scheduler

    schedule = scheduler._schedules[f"{properties.get('GroupName', 'default')}/{name}"]
    for key, default in _DEFAULTS.items():
        schedule[key] = properties.get(key, default)
    for key in _OPTIONAL:
        if key in properties:
            schedule[key] = properties[key]
        else:
            schedule.pop(key, None)


def _apply() -> None:
    after_create_and_update(_TYPE, _complete)


WORKAROUND = Workaround(
    "schedule-details",
    "schedules of a template have no time zone, start and end",
    _apply,
    (_TYPE,),
)
