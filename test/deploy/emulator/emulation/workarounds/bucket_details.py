"""S3 buckets made by a template: their tags, encryption, lifecycle, ownership and logging.

The custom resource that empties a bucket before its deletion looks for the
bucket's tag first, and leaves a bucket without it alone.
"""

from __future__ import annotations

from typing import Any

from ..properties import tag_list, without_none
from ..service_call import refuse_error
from ..xml_body import xml_body
from .workaround import Workaround, after_create_and_update

_TYPE = "AWS::S3::Bucket"


def _tagging(properties: dict[str, Any]) -> bytes | None:
    tags = tag_list(properties)
    return xml_body("Tagging", {"TagSet": tags}, {"TagSet": "Tag"}) if tags else None


def _encryption(properties: dict[str, Any]) -> bytes | None:
    rules = (properties.get("BucketEncryption") or {}).get("ServerSideEncryptionConfiguration")
    if not rules:
        return None
    default = rules[0].get("ServerSideEncryptionByDefault") or {}
    rule = without_none(
        {
            "ApplyServerSideEncryptionByDefault": without_none(
                {
                    "SSEAlgorithm": default.get("SSEAlgorithm"),
                    "KMSMasterKeyID": default.get("KMSMasterKeyID"),
                }
            ),
            "BucketKeyEnabled": rules[0].get("BucketKeyEnabled"),
        }
    )
    return xml_body("ServerSideEncryptionConfiguration", {"Rule": rule}, {})


def _transitions(rule: dict[str, Any], kind: str, days: str, of_template: str) -> dict[str, Any]:
    """The transitions of a kind; a template may give the only one outside of the list."""
    given = [*(rule.get(f"{kind}s") or []), *filter(None, [rule.get(kind)])]
    return {
        kind: [
            without_none(
                {
                    days: item.get(of_template),
                    "StorageClass": item["StorageClass"],
                    "NewerNoncurrentVersions": item.get("NewerNoncurrentVersions"),
                }
            )
            for item in given
        ]
    }


def _filter(rule: dict[str, Any]) -> dict[str, Any]:
    conditions: dict[str, Any] = without_none(
        {
            "Prefix": rule.get("Prefix"),
            "ObjectSizeGreaterThan": rule.get("ObjectSizeGreaterThan"),
            "ObjectSizeLessThan": rule.get("ObjectSizeLessThan"),
            "Tag": rule.get("TagFilters") or None,
        }
    )
    if len(conditions) + len(conditions.get("Tag", [])[1:]) > 1:
        return {"And": conditions}
    return conditions or {"Prefix": ""}


def _lifecycle_rule(rule: dict[str, Any]) -> dict[str, Any]:
    """One rule with the names of the API, which differ from the template's."""
    noncurrent = rule.get("NoncurrentVersionExpiration") or {}
    abort = rule.get("AbortIncompleteMultipartUpload") or {}
    days = rule.get("ExpirationInDays")
    marker = rule.get("ExpiredObjectDeleteMarker")
    expiration = without_none({"Days": days, "ExpiredObjectDeleteMarker": marker})
    keep = noncurrent.get("NewerNoncurrentVersions")
    return without_none(
        {
            "ID": rule.get("Id"),
            "Status": rule["Status"],
            "Filter": _filter(rule),
            "Expiration": expiration or None,
            "NoncurrentVersionExpiration": without_none(
                {
                    "NoncurrentDays": noncurrent.get("NoncurrentDays"),
                    "NewerNoncurrentVersions": keep,
                }
            )
            or None,
            "AbortIncompleteMultipartUpload": without_none(
                {"DaysAfterInitiation": abort.get("DaysAfterInitiation")}
            )
            or None,
            **_transitions(rule, "Transition", "Days", "TransitionInDays"),
            **_transitions(
                rule, "NoncurrentVersionTransition", "NoncurrentDays", "TransitionInDays"
            ),
        }
    )


def _lifecycle(properties: dict[str, Any]) -> bytes | None:
    rules = (properties.get("LifecycleConfiguration") or {}).get("Rules")
    if not rules:
        return None
    body = b"".join(xml_body("Rule", _lifecycle_rule(rule), {}) for rule in rules)
    return b"<LifecycleConfiguration>" + body + b"</LifecycleConfiguration>"


def _logging(name: str, properties: dict[str, Any]) -> bytes:
    logging = properties.get("LoggingConfiguration")
    if not logging:
        return b"<BucketLoggingStatus/>"
    enabled = {
        "TargetBucket": logging.get("DestinationBucketName", name),
        "TargetPrefix": logging.get("LogFilePrefix", ""),
    }
    return xml_body("BucketLoggingStatus", {"LoggingEnabled": enabled}, {})


def _ownership(properties: dict[str, Any]) -> bytes | None:
    rules = (properties.get("OwnershipControls") or {}).get("Rules")
    return xml_body("OwnershipControls", {"Rule": rules[0]}, {}) if rules else None


def _complete(name: str, properties: dict[str, Any], attributes: dict[str, Any]) -> None:
    from ministack.services import s3

    for body, put, remove in (
        (_tagging(properties), s3._put_bucket_tagging, s3._delete_bucket_tagging),
        (_encryption(properties), s3._put_bucket_encryption, s3._delete_bucket_encryption),
        (_lifecycle(properties), s3._put_bucket_lifecycle, s3._delete_bucket_lifecycle),
    ):
        refuse_error(put(name, body) if body else remove(name))
    ownership = _ownership(properties)
    if ownership:
        refuse_error(s3._put_bucket_ownership_controls(name, ownership))
    refuse_error(s3._put_bucket_logging(name, _logging(name, properties)))
    attributes.setdefault("DualStackDomainName", f"{name}.s3.dualstack.amazonaws.com")


def _apply() -> None:
    from ministack.services.cloudformation.provisioners import _STACK_TAG_PROPERTY

    _STACK_TAG_PROPERTY[_TYPE] = ("Tags", "list")
    after_create_and_update(_TYPE, _complete)


WORKAROUND = Workaround(
    "bucket-details",
    "S3 buckets of a template have no tags (so that none is emptied by autoDeleteObjects), "
    "no encryption, lifecycle, ownership and logging",
    _apply,
    (_TYPE,),
)
