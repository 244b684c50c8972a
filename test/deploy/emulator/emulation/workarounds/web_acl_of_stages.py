"""The web ACL of a REST API's stage inspects requests, as far as its rules look for texts.

Managed and rate-based rules match nothing here.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from .workaround import Workaround

Request = dict[str, Any]

_POSITIONS: dict[str, Callable[[str, str], bool]] = {
    "EXACTLY": lambda text, searched: text == searched,
    "STARTS_WITH": lambda text, searched: text.startswith(searched),
    "ENDS_WITH": lambda text, searched: text.endswith(searched),
    "CONTAINS": lambda text, searched: searched in text,
}


def _text_of(field: dict[str, Any], request: Request) -> str | None:
    if "SingleHeader" in field:
        name = str(field["SingleHeader"].get("Name", "")).lower()
        values = {key.lower(): value for key, value in request["headers"].items()}
        return values.get(name)
    return next((str(request[part]) for part in ("UriPath", "Method") if part in field), None)


def _has_bytes(match: dict[str, Any], request: Request) -> bool:
    text = _text_of(match["FieldToMatch"], request)
    if text is None:
        return False
    for change in match.get("TextTransformations") or []:
        text = text.lower() if change["Type"] == "LOWERCASE" else text
    searched = base64.b64decode(match["SearchString"]).decode()
    compare = _POSITIONS.get(match["PositionalConstraint"])
    return compare is not None and compare(text, searched)


def _matches(statement: dict[str, Any], request: Request) -> bool:
    if "ByteMatchStatement" in statement:
        return _has_bytes(statement["ByteMatchStatement"], request)
    if "NotStatement" in statement:
        return not _matches(statement["NotStatement"]["Statement"], request)
    for kind, combine in (("AndStatement", all), ("OrStatement", any)):
        if kind in statement:
            return combine(_matches(each, request) for each in statement[kind]["Statements"])
    return False


def _lets_through(acl: dict[str, Any], request: Request) -> bool:
    for rule in sorted(acl.get("Rules") or [], key=lambda rule: int(rule["Priority"])):
        action = rule.get("Action") or {}
        if _matches(rule.get("Statement") or {}, request):
            if "Allow" in action:
                return True
            if "Block" in action:
                return False
    return "Block" not in acl["DefaultAction"]


def _acl_of(region: str, api_id: str, stage: str) -> dict[str, Any] | None:
    from ministack.services import waf

    arn = f"arn:aws:apigateway:{region}::/restapis/{api_id}/stages/{stage}"
    acl_arn = waf._associations.get(arn)
    return waf._resolve_local_web_acl(acl_arn)[0] if acl_arn else None


def _apply() -> None:
    from ministack.core.responses import new_uuid, request_scope
    from ministack.services import apigateway_v1

    execute = apigateway_v1.handle_execute

    async def executed(
        api_id: str, stage: str, method: str, path: str, headers: Any, body: Any, query: Any
    ) -> Any:
        scope = apigateway_v1.find_api_scope(api_id)
        deployed = apigateway_v1.stages_for_api(api_id).get(stage)
        if scope and deployed:
            with request_scope(*scope):
                acl = _acl_of(scope[1], api_id, stage)
                uri = f"/{stage}{path}"
                request = {"headers": headers or {}, "UriPath": uri, "Method": method}
                if acl and not _lets_through(acl, request):
                    error = apigateway_v1._GatewayError(
                        "WAF_FILTERED", "Forbidden", "ForbiddenException"
                    )
                    return apigateway_v1._gateway_error_response(
                        error,
                        {
                            "api_id": api_id,
                            "stage_name": stage,
                            "stage": deployed,
                            "headers": headers or {},
                            "query_params": query or {},
                            "path_params": {},
                            "resource_path": "",
                            "request_id": new_uuid(),
                        },
                    )
        return await execute(api_id, stage, method, path, headers, body, query)

    apigateway_v1.handle_execute = executed


WORKAROUND = Workaround(
    "web-acl-of-stages",
    "the web ACL of a REST API's stage lets every request through",
    _apply,
    ("AWS::WAFv2::WebACLAssociation", "AWS::WAFv2::WebACL"),
)
