"""Functions that a rule or a schedule calls: a failed event is tried again and reported.

Services hand events to a function asynchronously, so its own settings for
asynchronous events apply.
"""

from __future__ import annotations

import json

from .workaround import Workaround


def _apply() -> None:
    from ministack.services import eventbridge, lambda_svc

    def dispatch(arn: str, payload: str) -> None:
        try:
            event = json.loads(payload)
        except (json.JSONDecodeError, TypeError):
            event = {"body": payload}
        function, configuration, _name = lambda_svc._get_func_record_for_ref(arn)
        if function and configuration:
            record = lambda_svc._execution_record_for_config(function, configuration)
            lambda_svc.invoke_async_with_retry(record, event)

    eventbridge._dispatch_to_lambda = dispatch


WORKAROUND = Workaround(
    "event-retries",
    "a function that fails after a rule or a schedule called it is neither called again nor is "
    "its dead-letter queue or destination told",
    _apply,
    ("AWS::Events::Rule", "AWS::Scheduler::Schedule"),
)
