"""Identity providers that sign in by OpenID Connect, such as a cluster's own."""

from __future__ import annotations

from ..properties import tag_list
from ..service_call import flatten, parse_xml, refuse_error, required_text
from ..tiers import Properties, Provisioned, ResourceHandler, Tier


def _create(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
    from ministack.services import iam

    parameters = {
        "Url": properties["Url"],
        "ClientIDList": {"member": properties.get("ClientIdList") or []},
        "ThumbprintList": {"member": properties.get("ThumbprintList") or []},
        "Tags": {"member": tag_list(properties)},
    }
    made = parse_xml(refuse_error(iam._create_oidc_provider(flatten(parameters))))
    arn = required_text(made, "OpenIDConnectProviderArn")
    return arn, {"Arn": arn}


def _change(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Provisioned:
    from ministack.services import iam

    provider = iam._oidc_providers[physical_id]
    provider["ClientIDList"] = list(new.get("ClientIdList") or [])
    provider["ThumbprintList"] = list(new.get("ThumbprintList") or [])
    provider["Tags"] = tag_list(new)
    return physical_id, {"Arn": physical_id}


def _delete(physical_id: str, properties: Properties) -> None:
    from ministack.services import iam

    if physical_id in iam._oidc_providers:
        refuse_error(iam._delete_oidc_provider(flatten({"OpenIDConnectProviderArn": physical_id})))


HANDLERS = (
    ResourceHandler(
        "AWS::IAM::OIDCProvider",
        Tier.BACKED,
        create=_create,
        change=_change,
        delete=_delete,
        create_only=frozenset({"Url"}),
        tag_property=("Tags", "list"),
        note="CreateOpenIDConnectProvider; nobody signs in by it",
    ),
)
