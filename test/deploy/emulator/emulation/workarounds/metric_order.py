"""What GetMetricData answers: the newest value first unless asked otherwise, by whole minutes.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
"""

from __future__ import annotations

import json
from typing import Any

from .workaround import Workaround

_MINUTE_SECONDS = 60
_OLDEST_FIRST = "TimestampAscending"


def _apply() -> None:
    from ministack.services import cloudwatch

    get = cloudwatch._get_metric_data

    def got(parameters: Any, data: Any, is_cbor: bool, is_json: bool = False) -> Any:
        if not (is_cbor or is_json):
            return get(parameters, data, is_cbor, is_json)
        start = cloudwatch._parse_ts(data.get("StartTime"))
        rounded = None if start is None else start // _MINUTE_SECONDS * _MINUTE_SECONDS
        answer = get(parameters, {**data, "StartTime": rounded}, False, True)
        if answer[0] >= 400:
            return answer
        results = json.loads(answer[2])["MetricDataResults"]
        if data.get("ScanBy") != _OLDEST_FIRST:
            for result in results:
                result["Timestamps"].reverse()
                result["Values"].reverse()
        if is_json:
            return answer[0], answer[1], json.dumps({"MetricDataResults": results}).encode()
        in_cbor = [cloudwatch._cbor_metric_data_result(result) for result in results]
        return cloudwatch._cbor_ok({"MetricDataResults": in_cbor})

    cloudwatch._get_metric_data = got


WORKAROUND = Workaround(
    "metric-order",
    "GetMetricData always answers the oldest value first, and none of the minute that has begun",
    _apply,
)
