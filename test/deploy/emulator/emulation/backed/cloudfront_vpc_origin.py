"""CloudFront origins inside a network; no request goes through them."""

from __future__ import annotations

from typing import Any

from ..properties import tag_list
from ..service_call import parse_xml, refuse_error, required_text
from ..tiers import Properties, Provisioned, ResourceHandler, Tier
from ..xml_body import xml_body
from .cloudfront_vpc_origin_group import join_network, leave_network

_ITEM_TAGS = {"OriginSslProtocols": "SslProtocol", "Tags": "Tag"}
# The network of each origin that is in one.
_networks: dict[str, str] = {}
# What CloudFront fills in when the template leaves them out.
_DEFAULTS = {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "match-viewer"}


def _configuration(properties: Properties) -> dict[str, Any]:
    configuration = {**_DEFAULTS, **properties["VpcOriginEndpointConfig"]}
    # The only name that CloudFormation spells differently from the API.
    if "OriginSSLProtocols" in configuration:
        configuration["OriginSslProtocols"] = configuration.pop("OriginSSLProtocols")
    return configuration


def _attributes(origin_id: str) -> dict[str, Any]:
    from ministack.services import cloudfront

    origin = cloudfront._vpc_origins[origin_id]
    return {
        name: origin[name] for name in ("Arn", "CreatedTime", "Id", "LastModifiedTime", "Status")
    }


def _set_tags(origin_id: str, properties: Properties) -> None:
    from ministack.services import cloudfront

    tags = tag_list(properties)
    cloudfront._tags[cloudfront._vpc_origins[origin_id]["Arn"]] = tags


def _etag(origin_id: str) -> dict[str, str]:
    from ministack.services import cloudfront

    version = cloudfront._vpc_origins[origin_id]["Version"]
    return {"if-match": cloudfront._vpc_origin_etag(version)}


def _create(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
    from ministack.services import cloudfront

    body = xml_body(
        "CreateVpcOriginRequest",
        {"VpcOriginEndpointConfig": _configuration(properties)},
        _ITEM_TAGS,
        counted=True,
    )
    answer = parse_xml(refuse_error(cloudfront._create_vpc_origin(body)))
    origin_id = required_text(answer, "Id")
    _set_tags(origin_id, properties)
    network = join_network(properties["VpcOriginEndpointConfig"])
    if network:
        _networks[origin_id] = network
    return origin_id, _attributes(origin_id)


def _change(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Provisioned:
    from ministack.services import cloudfront

    body = xml_body("VpcOriginEndpointConfig", _configuration(new), _ITEM_TAGS, counted=True)
    refuse_error(cloudfront._update_vpc_origin(physical_id, _etag(physical_id), body))
    _set_tags(physical_id, new)
    return physical_id, _attributes(physical_id)


def _delete(physical_id: str, properties: Properties) -> None:
    from ministack.services import cloudfront

    if physical_id in cloudfront._vpc_origins:
        refuse_error(cloudfront._delete_vpc_origin(physical_id, _etag(physical_id)))
    network = _networks.pop(physical_id, None)
    if network and network not in _networks.values():
        leave_network(network)


HANDLERS = (
    ResourceHandler(
        "AWS::CloudFront::VpcOrigin",
        Tier.BACKED,
        create=_create,
        change=_change,
        delete=_delete,
        tag_property=("Tags", "list"),
        note="CreateVpcOrigin, with CloudFront's security group; no request goes through it",
    ),
)
