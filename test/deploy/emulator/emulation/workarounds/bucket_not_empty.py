"""A bucket with objects or versions in it is not deleted; the emulator drops them all."""

from __future__ import annotations

from typing import Any

from ..service_call import refuse_error
from .workaround import Workaround, wrap_handler


def _around_delete(delete: Any) -> Any:
    def deleted(physical_id: str, properties: dict[str, Any]) -> None:
        from ministack.services import s3

        if physical_id in s3._buckets:
            refuse_error(s3._delete_bucket(physical_id))

    return deleted


def _apply() -> None:
    wrap_handler("AWS::S3::Bucket", "delete", _around_delete)


WORKAROUND = Workaround(
    "bucket-not-empty",
    "deleting a stack deletes its buckets with everything in them",
    _apply,
    ("AWS::S3::Bucket",),
)
