"""When a dashboard was changed: a number of seconds, not a text, where the answer is JSON."""

from __future__ import annotations

import json
from typing import Any

from .workaround import Workaround


def _with_number(entry: dict[str, Any]) -> dict[str, Any]:
    from ministack.services import cloudwatch

    changed = cloudwatch._dashboards[entry["DashboardName"]]["LastModified"]
    return {**entry, "LastModified": float(changed)}


def _apply() -> None:
    from ministack.services import cloudwatch

    list_dashboards = cloudwatch._list_dashboards

    def listed(parameters: Any, data: Any, is_cbor: bool, is_json: bool = False) -> Any:
        answer = list_dashboards(parameters, data, is_cbor, is_json)
        if not is_json or answer[0] >= 400:
            return answer
        status, headers, body = answer
        entries = json.loads(body)["DashboardEntries"]
        numbered = {"DashboardEntries": [_with_number(entry) for entry in entries]}
        return status, headers, json.dumps(numbered).encode()

    cloudwatch._list_dashboards = listed


WORKAROUND = Workaround(
    "dashboard-times",
    "ListDashboards answers JSON with times that are no numbers, which the SDK for JavaScript refuses",
    _apply,
    ("AWS::CloudWatch::Dashboard",),
)
