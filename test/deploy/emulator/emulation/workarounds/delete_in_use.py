"""Deletions that other services than EC2 refuse while something uses the resource.

A stack of us-east-1 holds the certificate and the web ACL of a distribution of
another region's stack: destroyed in the wrong order, it has to fail. What a
replacement leaves behind is deleted without this check.
"""

from __future__ import annotations

from typing import Any

from ..forwarding import target_groups
from .delete_dependencies import refuse_while_used
from .workaround import Workaround, wrap_handler


def _distributions_with(used_id: str) -> list[str]:
    from ministack.services import cloudfront

    return [
        distribution["ARN"]
        for distribution in cloudfront._distributions.values()
        if f">{used_id}<" in distribution["config_xml"]
    ]


def _users_of_certificate(arn: str) -> list[str]:
    from ministack.services import alb

    users = [
        listener["LoadBalancerArn"]
        for listener in alb._listeners.values()
        if any(
            (known.get("CertificateArn") if isinstance(known, dict) else known) == arn
            for known in listener.get("Certificates") or []
        )
    ]
    return users + _distributions_with(arn)


def _users_of_web_acl(physical_id: str) -> list[str]:
    from ministack.services import waf

    _name, uid, scope = physical_id.split("|")
    arn = (waf.web_acl_record(uid, scope) or {}).get("ARN", "")
    users = [resource for resource, used in waf._associations.items() if used == arn]
    return users + (_distributions_with(arn) if arn else [])


def _users_of_target_group(arn: str) -> list[str]:
    from ministack.services import alb

    return [
        rule_arn
        for rule_arn, rule in alb._rules.items()
        if any(arn in target_groups(action) for action in rule["Actions"])
    ]


_USERS = {
    "AWS::CertificateManager::Certificate": (_users_of_certificate, "ResourceInUseException"),
    "AWS::CloudFront::OriginAccessControl": (_distributions_with, "OriginAccessControlInUse"),
    "AWS::CloudFront::VpcOrigin": (_distributions_with, "CannotDeleteEntityWhileInUse"),
    "AWS::ElasticLoadBalancingV2::TargetGroup": (_users_of_target_group, "ResourceInUse"),
    "AWS::WAFv2::WebACL": (_users_of_web_acl, "WAFAssociatedItemException"),
}


def _tell_users_of_certificates() -> None:
    from ministack.services import acm

    shape = acm._cert_shape

    def with_users(certificate: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = shape(certificate)
        users = _users_of_certificate(certificate["CertificateArn"])
        return {**answer, "InUseBy": [*answer["InUseBy"], *dict.fromkeys(users)]}

    acm._cert_shape = with_users


def _apply() -> None:
    for resource_type, (users_of, code) in _USERS.items():
        wrap_handler(resource_type, "delete", refuse_while_used(users_of, code))
    _tell_users_of_certificates()


WORKAROUND = Workaround(
    "delete-in-use",
    "certificates, web ACLs, target groups and origins are deleted while something uses them",
    _apply,
    tuple(_USERS),
)
