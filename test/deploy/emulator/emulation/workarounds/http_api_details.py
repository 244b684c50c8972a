"""HTTP APIs made by a template: the throttling and metrics of their stages."""

from __future__ import annotations

from typing import Any

from .workaround import Workaround, after_create_and_update

_TYPE = "AWS::ApiGatewayV2::Stage"


def _complete(physical_id: str, properties: dict[str, Any], attributes: dict[str, Any]) -> None:
    from ministack.services import apigateway
    from ministack.services.cloudformation.provisioners import _pascal_to_camel

    stage = apigateway._stages[properties["ApiId"]][properties["StageName"]]
    stage["defaultRouteSettings"] = _pascal_to_camel(properties.get("DefaultRouteSettings") or {})
    stage["routeSettings"] = {
        route: _pascal_to_camel(settings)
        for route, settings in (properties.get("RouteSettings") or {}).items()
    }


def _apply() -> None:
    after_create_and_update(_TYPE, _complete)


WORKAROUND = Workaround(
    "http-api-details",
    "GetStage answers no throttling and metrics of an HTTP API's stage that a template made",
    _apply,
    (_TYPE,),
)
