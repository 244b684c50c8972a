"""The resource that a web ACL protects; requests are inspected before REST APIs, by own rules only."""

from __future__ import annotations

from ..service_call import refuse_error
from ..tiers import Properties, Provisioned, ResourceHandler, Tier


def _create(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
    from ministack.services import waf

    resource_arn, acl_arn = properties["ResourceArn"], properties["WebACLArn"]
    refuse_error(waf._associate_web_acl({"ResourceArn": resource_arn, "WebACLArn": acl_arn}))
    return f"{acl_arn}|{resource_arn}", {}


def _delete(physical_id: str, properties: Properties) -> None:
    from ministack.services import waf

    resource_arn = properties["ResourceArn"]
    # A resource has one web ACL: after a change it may be another's already.
    if waf._associations.get(resource_arn) == properties["WebACLArn"]:
        refuse_error(waf._disassociate_web_acl({"ResourceArn": resource_arn}))


HANDLERS = (
    ResourceHandler(
        "AWS::WAFv2::WebACLAssociation",
        Tier.BACKED,
        create=_create,
        delete=_delete,
        note="AssociateWebACL; requests are inspected before REST APIs, by own rules only",
    ),
)
