"""Probes of buckets."""

from __future__ import annotations

from .emulator import Emulator, Probe, Resources, Stack, refused

_BUCKET: Resources = {
    "Bucket": {
        "Type": "AWS::S3::Bucket",
        "Properties": {"Tags": [{"Key": "probe", "Value": "yes"}]},
    }
}


def _bucket(emulator: Emulator) -> Stack:
    return emulator.create(_BUCKET, {"Bucket": {"Ref": "Bucket"}})


def _bucket_details(emulator: Emulator) -> bool:
    name = _bucket(emulator).outputs["Bucket"]
    return refused(emulator.client("s3").get_bucket_tagging, Bucket=name)


def _bucket_not_empty(emulator: Emulator) -> bool:
    stack = _bucket(emulator)
    emulator.client("s3").put_object(Bucket=stack.outputs["Bucket"], Key="a", Body=b"a")
    return emulator.delete(stack).status == "DELETE_COMPLETE"


def _managed_key(emulator: Emulator) -> bool:
    name = _bucket(emulator).outputs["Bucket"]
    return refused(
        emulator.client("s3").put_object,
        Bucket=name,
        Key="a",
        Body=b"a",
        ServerSideEncryption="aws:kms",
    )


PROBES: dict[str, Probe] = {
    "bucket-details": _bucket_details,
    "bucket-not-empty": _bucket_not_empty,
    "managed-key": _managed_key,
}
