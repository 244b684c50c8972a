"""Handlers that create the thing in the emulator's own service."""

from __future__ import annotations

from ..tiers import ResourceHandler
from . import (
    backup_selection,
    cloudfront_vpc_origin,
    cloudwatch_composite_alarm,
    ec2_address,
    ec2_flow_log,
    ec2_instance,
    ec2_nat_gateway,
    ec2_network_acl,
    ec2_security_group_rule,
    ecs_capacity_providers,
    eks_access_entry,
    eks_pod_identity,
    iam_oidc_provider,
    route53_health_check,
    wafv2_association,
)

HANDLERS: tuple[ResourceHandler, ...] = tuple(
    handler
    for module in (
        backup_selection,
        cloudfront_vpc_origin,
        cloudwatch_composite_alarm,
        ec2_address,
        ec2_flow_log,
        ec2_instance,
        ec2_nat_gateway,
        ec2_network_acl,
        ec2_security_group_rule,
        ecs_capacity_providers,
        eks_access_entry,
        eks_pod_identity,
        iam_oidc_provider,
        route53_health_check,
        wafv2_association,
    )
    for handler in module.HANDLERS
)
