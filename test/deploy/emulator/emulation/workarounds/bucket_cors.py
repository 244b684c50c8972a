"""Cross-origin requests to buckets are answered by the rules of the bucket.

The emulator lets everything through unless it checks all signatures; then it
does what is done here for every bucket that exists.
"""

from __future__ import annotations

from typing import Any

from .workaround import Workaround

_PREFIX = "access-control-"


def _apply() -> None:
    from ministack import app
    from ministack.services import s3

    preflight = app._handle_options_request
    dispatch = app._dispatch_service_request

    def preflight_of_bucket(
        method: str, path: str, headers: dict[str, str], query: Any, request_id: str
    ) -> Any:
        target = app._s3_cors_target(headers.get("host", ""), path)
        if method != "OPTIONS" or target is None:
            return preflight(method, path, headers, query, request_id)
        return s3.cors_preflight(*target, headers)

    async def dispatch_with_rules(
        method: str, path: str, headers: dict[str, str], *rest: Any, **named: Any
    ) -> Any:
        status, answered, body = await dispatch(method, path, headers, *rest, **named)
        target = app._s3_cors_target(headers.get("host", ""), path)
        if target:
            allowed = s3.cors_response_headers(target[0], method, headers)
            kept = {
                name: value
                for name, value in answered.items()
                if not name.lower().startswith(_PREFIX)
            }
            answered = {**kept, **allowed}
        return status, answered, body

    app._handle_options_request = preflight_of_bucket
    app._dispatch_service_request = dispatch_with_rules


WORKAROUND = Workaround(
    "bucket-cors",
    "every cross-origin request to a bucket is allowed, whatever the bucket's rules say",
    _apply,
    ("AWS::S3::Bucket",),
)
