"""Distributions whose origin is an API: the API of that name in the emulator answers.

The emulator refuses to call a name that belongs to AWS.
"""

from __future__ import annotations

import http.client
import re
from typing import Any
from urllib.parse import parse_qs

from ..environment import LOOPBACK
from .workaround import Workaround

_HOST = re.compile(r"([a-z0-9]+)\.execute-api\.[a-z0-9-]+\.amazonaws\.com")


def _apply() -> None:
    from ministack import app
    from ministack.services import cloudfront

    fetch_elsewhere = cloudfront._fetch_from_origin

    async def fetch(
        origin: dict[str, Any],
        method: str,
        uri: str,
        query: str,
        headers: dict[str, str],
        body: bytes,
        is_https: bool,
        client_ip: str,
        forwarded_for: str,
        distribution_arn: str,
    ) -> Any:
        api = _HOST.fullmatch(cloudfront._normalize_origin_host(origin["domain_name"]))
        if not api:
            return await fetch_elsewhere(
                origin,
                method,
                uri,
                query,
                headers,
                body,
                is_https,
                client_ip,
                forwarded_for,
                distribution_arn,
            )
        sent = cloudfront._origin_request_headers(origin, headers, client_ip, forwarded_for)
        sent = {name.lower(): value for name, value in sent.items()}
        if sent["host"] != api.group(0):
            # API Gateway knows itself by its own name, not by the distribution's.
            json_type = {"content-type": "application/json"}
            return 403, "Forbidden", json_type, b'{"message":"Forbidden"}'
        path = f"/_aws/execute-api/{api.group(1)}{origin.get('origin_path') or ''}{uri}"
        status, answered, data = await app._handle_execute_api_request(
            LOOPBACK,
            path,
            method,
            sent,
            body,
            parse_qs(query, keep_blank_values=True),
            raw_path=path,
            raw_query_string=query,
        )
        pairs = [
            (name, value)
            for name, values in answered.items()
            for value in (values if isinstance(values, list) else [values])
        ]
        reason = http.client.responses.get(status, "")
        return status, reason, cloudfront._multidict_from_pairs(pairs), data

    cloudfront._fetch_from_origin = fetch


WORKAROUND = Workaround(
    "api-origins",
    "a distribution does not reach the API that is its origin",
    _apply,
    ("AWS::CloudFront::Distribution",),
)
