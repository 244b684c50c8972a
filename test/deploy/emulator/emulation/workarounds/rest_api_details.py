"""REST APIs made by a template: what their requests are checked for, and their access logs' settings."""

from __future__ import annotations

from typing import Any

from ..properties import truth
from .workaround import Workaround, after_create_and_update, wrap_handler

_VALIDATOR = "AWS::ApiGateway::RequestValidator"
_METHOD = "AWS::ApiGateway::Method"
_STAGE = "AWS::ApiGateway::Stage"


def _validator(physical_id: str, properties: dict[str, Any], attributes: dict[str, Any]) -> None:
    from ministack.services import apigateway_v1

    apigateway_v1._request_validators.setdefault(properties["RestApiId"], {})[physical_id] = {
        "id": physical_id,
        "name": properties.get("Name", ""),
        "validateRequestBody": truth(properties.get("ValidateRequestBody")),
        "validateRequestParameters": truth(properties.get("ValidateRequestParameters")),
    }


def _around_validator_delete(delete: Any) -> Any:
    def deleted(physical_id: str, properties: dict[str, Any]) -> None:
        from ministack.services import apigateway_v1

        delete(physical_id, properties)
        validators = apigateway_v1._request_validators.get(properties["RestApiId"]) or {}
        validators.pop(physical_id, None)

    return deleted


def _method(physical_id: str, properties: dict[str, Any], attributes: dict[str, Any]) -> None:
    from ministack.services import apigateway_v1

    resource = apigateway_v1._resources[properties["RestApiId"]][properties["ResourceId"]]
    method = resource["resourceMethods"][properties["HttpMethod"]]
    if properties.get("RequestValidatorId"):
        method["requestValidatorId"] = properties["RequestValidatorId"]
    else:
        method.pop("requestValidatorId", None)


def _stage(physical_id: str, properties: dict[str, Any], attributes: dict[str, Any]) -> None:
    from ministack.services import apigateway_v1

    settings = properties.get("AccessLogSetting") or {}
    stage = apigateway_v1._stages_v1[properties["RestApiId"]][properties["StageName"]]
    names = {"destinationArn": "DestinationArn", "format": "Format"}
    stage["accessLogSettings"] = {
        name: settings[given] for name, given in names.items() if given in settings
    }


def _apply() -> None:
    after_create_and_update(_VALIDATOR, _validator)
    wrap_handler(_VALIDATOR, "delete", _around_validator_delete)
    after_create_and_update(_METHOD, _method)
    after_create_and_update(_STAGE, _stage)


WORKAROUND = Workaround(
    "rest-api-details",
    "REST APIs of a template let every request through their validators, and stages have no "
    "settings of their access logs",
    _apply,
    (_VALIDATOR, _METHOD, _STAGE),
)
