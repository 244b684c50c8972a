"""An alarm on a percentile has no other statistic besides."""

from __future__ import annotations

from typing import Any

from .workaround import Workaround


def _apply() -> None:
    from ministack.services.cloudformation import provisioners

    record = provisioners._cw_metric_alarm_record

    def with_one_statistic(name: str, properties: dict[str, Any]) -> dict[str, Any]:
        alarm: dict[str, Any] = record(name, properties)
        if alarm.get("ExtendedStatistic"):
            # The emulator's answers tell it only where it is there.
            alarm.pop("Statistic", None)
        return alarm

    provisioners._cw_metric_alarm_record = with_one_statistic


WORKAROUND = Workaround(
    "extended-statistics",
    "an alarm on a percentile answers the statistic Average too",
    _apply,
    ("AWS::CloudWatch::Alarm",),
)
