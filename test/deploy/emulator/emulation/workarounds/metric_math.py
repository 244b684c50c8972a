"""Alarms on metric math: the emulator refuses `Metrics` in a template.

The alarm is kept as its properties say and can be read with DescribeAlarms.
It is never evaluated: the emulator computes no expressions. A test sets its
state with SetAlarmState.
"""

from __future__ import annotations

from typing import Any

from ..properties import truth
from .workaround import Workaround

_PLACEHOLDER = {"MetricName": "metric-math", "Namespace": "metric-math"}
_OF_ONE_METRIC = ("MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Period", "Unit")


def _as_answered(query: dict[str, Any]) -> dict[str, Any]:
    """One query with the types that the API answers; templates may carry strings."""
    answered = dict(query)
    if "ReturnData" in query:
        answered["ReturnData"] = truth(query["ReturnData"])
    if "MetricStat" in query:
        answered["MetricStat"] = {
            **query["MetricStat"],
            "Period": int(query["MetricStat"]["Period"]),
        }
    return answered


def _apply() -> None:
    from ministack.services.cloudformation import provisioners

    record = provisioners._cw_metric_alarm_record

    def with_metric_math(name: str, properties: dict[str, Any]) -> dict[str, Any]:
        queries = properties.get("Metrics")
        if not queries:
            return record(name, properties)
        single = {key: value for key, value in properties.items() if key != "Metrics"}
        alarm = record(name, {"Threshold": 0, **single, **_PLACEHOLDER})
        for key in _OF_ONE_METRIC:
            alarm.pop(key, None)
        if "Threshold" not in properties:
            alarm.pop("Threshold")
        if properties.get("ThresholdMetricId"):
            alarm["ThresholdMetricId"] = properties["ThresholdMetricId"]
        alarm["Metrics"] = [_as_answered(query) for query in queries]
        return alarm

    provisioners._cw_metric_alarm_record = with_metric_math


WORKAROUND = Workaround(
    "metric-math",
    "AWS::CloudWatch::Alarm with Metrics (metric math) fails the deployment",
    _apply,
    ("AWS::CloudWatch::Alarm",),
)
