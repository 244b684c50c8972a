"""S3 replication of a template's bucket, and what S3 does with encrypted objects.

The emulator copies objects and delete markers at once, by the configuration that
PutBucketReplication left.
"""

from __future__ import annotations

from typing import Any

from ..properties import without_none
from ..service_call import Answer, refuse_error
from ..xml_body import xml_body
from .workaround import Workaround, wrap_handler

_TYPE = "AWS::S3::Bucket"
_PROPERTY = "ReplicationConfiguration"
_KEY_HEADER = "x-amz-server-side-encryption-aws-kms-key-id"
_ALGORITHM_HEADER = "x-amz-server-side-encryption"


def _filter(rule: dict[str, Any]) -> dict[str, Any] | None:
    given = rule.get("Filter")
    if given is None:
        return None
    both = given.get("And")
    if both:
        return {"And": without_none({"Prefix": both.get("Prefix"), "Tag": both.get("TagFilters")})}
    if given.get("TagFilter"):
        return {"Tag": given["TagFilter"]}
    return {"Prefix": given.get("Prefix", "")}


def _body(configuration: dict[str, Any]) -> bytes:
    """The configuration with the names of the API, which differ from the template's."""
    rules = [
        without_none(
            {
                "ID": rule.get("Id"),
                "Priority": rule.get("Priority"),
                "Prefix": rule.get("Prefix"),
                "Filter": _filter(rule),
                "Status": rule["Status"],
                "SourceSelectionCriteria": rule.get("SourceSelectionCriteria"),
                "DeleteMarkerReplication": rule.get("DeleteMarkerReplication"),
                "Destination": rule["Destination"],
            }
        )
        for rule in configuration["Rules"]
    ]
    return xml_body(_PROPERTY, {"Role": configuration["Role"], "Rule": rules}, {})


def _configure(bucket: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    """A configuration that somebody else made, and no template had, stays as it is."""
    from ministack.services import s3

    if after.get(_PROPERTY):
        refuse_error(s3._put_bucket_replication(bucket, _body(after[_PROPERTY])))
    elif before.get(_PROPERTY):
        refuse_error(s3._delete_bucket_replication(bucket))


def _around_create(create: Any) -> Any:
    def created(logical_id: str, properties: dict[str, Any], stack_name: str) -> Any:
        physical_id, attributes = create(logical_id, properties, stack_name)
        _configure(physical_id, {}, properties)
        return physical_id, attributes

    return created


def _around_update(update: Any) -> Any:
    def updated(physical_id: str, old: dict[str, Any], new: dict[str, Any], *rest: Any) -> Any:
        new_id, attributes = update(physical_id, old, new, *rest)
        _configure(new_id, old if new_id == physical_id else {}, new)
        return new_id, attributes

    return updated


def _refuse_missing_destination(put: Any) -> Any:
    from ministack.services import s3

    def handle(bucket: str, body: bytes) -> Answer:
        before = s3._bucket_replication.get(bucket)
        answer: Answer = put(bucket, body)
        if answer[0] >= 400:
            return answer
        for rule in s3._bucket_replication[bucket]["Rules"]:
            name = rule["Destination"].get("Bucket", "").split(":::")[-1]
            if s3._bucket_owner_account(name) is None:
                s3._bucket_replication.pop(bucket)
                if before:
                    s3._bucket_replication[bucket] = before
                refusal: Answer = s3._error(
                    "InvalidRequest", "Destination bucket must exist.", 400, f"/{bucket}"
                )
                return refusal
        return answer

    return handle


def _encrypt_replicas(replicate: Any) -> Any:
    """Copy objects under a key only where the rule says so, and under the key that it names."""
    from ministack.services import s3

    def handle(bucket: str, key: str, item: dict[str, Any], data: Any, tags: Any = None) -> None:
        rule, _role = s3._replication_rule_for(bucket, key, tags)
        headers = item.get("preserved_headers") or {}
        if rule is None or headers.get(_ALGORITHM_HEADER) != "aws:kms":
            replicate(bucket, key, item, data, tags)
            return
        criteria = (rule.get("SourceSelectionCriteria") or {}).get("SseKmsEncryptedObjects") or {}
        if criteria.get("Status") != "Enabled":
            return
        encryption = rule["Destination"].get("EncryptionConfiguration") or {}
        item["preserved_headers"] = {**headers, _KEY_HEADER: encryption.get("ReplicaKmsKeyID", "")}
        replicate(bucket, key, item, data, tags)
        item["preserved_headers"] = headers

    return handle


def _apply() -> None:
    from ministack.services import s3

    s3._put_bucket_replication = _refuse_missing_destination(s3._put_bucket_replication)
    s3._maybe_replicate = _encrypt_replicas(s3._maybe_replicate)
    wrap_handler(_TYPE, "create", _around_create)
    wrap_handler(_TYPE, "update", _around_update)


WORKAROUND = Workaround(
    "bucket-replication",
    "buckets of a template replicate nothing; a destination may be missing, and an object under a "
    "key is copied under the key of another region",
    _apply,
    (_TYPE,),
)
