"""Messages that go back from a dead-letter queue to where they came from."""

from __future__ import annotations

import json
import time
from typing import Any
from uuid import uuid4

from .workaround import Workaround

_tasks: list[dict[str, Any]] = []


def _is_dead_letter_queue(arn: str) -> bool:
    from ministack.services import sqs

    for queue in sqs._queues.values():
        policy = queue["attributes"].get("RedrivePolicy")
        if policy and json.loads(policy).get("deadLetterTargetArn") == arn:
            return True
    return False


def _target_of(message: dict[str, Any], destination: str | None) -> Any:
    from ministack.services import sqs

    arn = destination or message["sys"].get("DeadLetterQueueSourceArn", "")
    queue = sqs._queue_by_arn(arn)
    if queue is None:
        raise sqs._Err("ResourceNotFoundException", f"There is no queue {arn}.", 404)
    return queue


def _start(data: dict[str, Any], _queue_url: str) -> dict[str, Any]:
    from ministack.services import sqs

    source, destination = data.get("SourceArn", ""), data.get("DestinationArn")
    queue = sqs._queue_by_arn(source)
    if queue is None:
        raise sqs._Err(
            "ResourceNotFoundException", f"The resource that you specified: {source} doesn't exist."
        )
    if not _is_dead_letter_queue(source):
        raise sqs._Err("InvalidParameterValue", "Source queue must be configured as a DLQ.")
    moving = [message for message in queue["messages"] if message["visible_at"] <= time.time()]
    targets = [_target_of(message, destination) for message in moving]
    for message, target in zip(moving, targets, strict=True):
        fresh = {**message["sys"]}
        fresh.pop("DeadLetterQueueSourceArn", None)
        unread = {"receive_count": 0, "first_receive_at": None, "receipt_handle": None}
        target["messages"].append({**message, **unread, "sys": fresh})
        queue["messages"].remove(message)
    handle = uuid4().hex
    _tasks.insert(
        0,
        {
            "Status": "COMPLETED",
            "SourceArn": source,
            **({"DestinationArn": destination} if destination else {}),
            "ApproximateNumberOfMessagesMoved": len(moving),
            "ApproximateNumberOfMessagesToMove": len(moving),
            "StartedTimestamp": int(time.time() * 1000),
        },
    )
    return {"TaskHandle": handle}


def _list(data: dict[str, Any], _queue_url: str) -> dict[str, Any]:
    found = [task for task in _tasks if task["SourceArn"] == data.get("SourceArn")]
    return {"Results": found[: int(data.get("MaxResults") or 1)]}


def _apply() -> None:
    from ministack.services import sqs

    sqs._HANDLERS["StartMessageMoveTask"] = _start
    sqs._HANDLERS["ListMessageMoveTasks"] = _list


WORKAROUND = Workaround(
    "message-moves",
    "SQS does not know how to move the messages of a dead-letter queue back",
    _apply,
    ("AWS::SQS::Queue",),
)
