"""GetWebACLForResource answers nothing, and no error, for a resource that has no web ACL."""

from __future__ import annotations

from typing import Any

from ..service_call import Answer
from .workaround import Workaround


def _apply() -> None:
    from ministack.core.responses import json_response
    from ministack.services import waf

    get = waf._get_web_acl_for_resource

    def answered(data: dict[str, Any]) -> Answer:
        is_protected = waf._associations.get(data.get("ResourceArn", ""))
        answer: Answer = get(data) if is_protected else json_response({})
        return answer

    waf._get_web_acl_for_resource = answered


WORKAROUND = Workaround(
    "unprotected-resources",
    "GetWebACLForResource answers an error for a resource that has no web ACL",
    _apply,
    ("AWS::WAFv2::WebACLAssociation",),
)
