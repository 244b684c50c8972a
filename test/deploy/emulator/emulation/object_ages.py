"""Objects that count as older than they are: what happens to old ones can't be waited for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def age_object(bucket: str, key: str, hours: str) -> dict[str, str]:
    """Let the current version of an object have been written some hours ago; tell when."""
    from ministack.services import s3

    owner = s3._bucket_owner_account(bucket)
    record = s3._buckets.get_scoped(owner, None, bucket)["objects"][key]
    written = datetime.now(UTC) - timedelta(hours=float(hours))
    record["last_modified"] = written.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"lastModified": record["last_modified"]}
