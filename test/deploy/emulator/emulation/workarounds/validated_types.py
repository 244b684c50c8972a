"""Bodies of a content type for which a method of a REST API has no model: they are not validated.

The emulator takes the model for JSON. On AWS "if no matching content type is
found, request validation is not performed":
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html
"""

from __future__ import annotations

from typing import Any

from .workaround import Workaround


def _apply() -> None:
    from ministack.services import apigateway_v1

    check = apigateway_v1._check_request_validation

    def check_known_types(
        method: dict[str, Any], api_id: str, request: Any, headers: Any, *rest: Any
    ) -> Any:
        models = method.get("requestModels") or {}
        given = apigateway_v1._header_ci(headers, "content-type") or "application/json"
        content_type = given.split(";", 1)[0].strip()
        model = models.get(content_type)
        known = {content_type: model} if model else {}
        return check({**method, "requestModels": known}, api_id, request, headers, *rest)

    apigateway_v1._check_request_validation = check_known_types


WORKAROUND = Workaround(
    "validated-types",
    "a REST API validates bodies of all content types by the model for JSON",
    _apply,
    ("AWS::ApiGateway::Method",),
)
