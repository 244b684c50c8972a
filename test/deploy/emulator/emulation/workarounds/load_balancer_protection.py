"""A load balancer with deletion protection stays."""

from __future__ import annotations

from typing import Any

from ..service_call import ServiceError
from .workaround import Workaround, wrap_handler

_TYPE = "AWS::ElasticLoadBalancingV2::LoadBalancer"
_PROTECTED = {"Key": "deletion_protection.enabled", "Value": "true"}


def _around_delete(delete: Any) -> Any:
    def deleted(physical_id: str, properties: dict[str, Any]) -> None:
        from ministack.services import alb

        if _PROTECTED in alb._lb_attrs.get(physical_id, []):
            raise ServiceError(
                "OperationNotPermitted",
                f"Load balancer '{physical_id}' cannot be deleted because deletion protection "
                "is enabled",
            )
        delete(physical_id, properties)

    return deleted


WORKAROUND = Workaround(
    "load-balancer-protection",
    "a load balancer is deleted in spite of its deletion protection",
    lambda: wrap_handler(_TYPE, "delete", _around_delete),
    (_TYPE,),
)
