"""Probes of what stands before an API: web ACLs and distributions."""

from __future__ import annotations

import json
from typing import Any

from .apis import http_api, rest_api
from .emulator import Emulator, Probe, Resources

# CloudFront's own policy of this name.
_CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"

_VISIBILITY = {
    "CloudWatchMetricsEnabled": False,
    "SampledRequestsEnabled": False,
    "MetricName": "probe",
}


def _acl(default: str, *rules: dict[str, Any]) -> Resources:
    return {
        "Type": "AWS::WAFv2::WebACL",
        "Properties": {
            "Scope": "REGIONAL",
            "DefaultAction": {default: {}},
            "Rules": [*rules],
            "VisibilityConfig": _VISIBILITY,
        },
    }


def _search_strings(emulator: Emulator) -> bool:
    match: dict[str, Any] = {
        "SearchString": "probetext123",
        "FieldToMatch": {"SingleHeader": {"Name": "x-probe"}},
        "PositionalConstraint": "EXACTLY",
        "TextTransformations": [{"Priority": 0, "Type": "NONE"}],
    }
    rule = {
        "Name": "probe",
        "Priority": 0,
        "Action": {"Block": {}},
        "Statement": {"ByteMatchStatement": match},
        "VisibilityConfig": _VISIBILITY,
    }
    stack = emulator.create({"Acl": _acl("Allow", rule)}, {"Acl": {"Ref": "Acl"}})
    name, acl_id, scope = stack.outputs["Acl"].split("|")
    found = emulator.client("wafv2").get_web_acl(Name=name, Id=acl_id, Scope=scope)
    statement = found["WebACL"]["Rules"][0]["Statement"]["ByteMatchStatement"]
    return bool(statement["SearchString"] != match["SearchString"].encode())


def _web_acl_of_stages(emulator: Emulator) -> bool:
    stage = ["arn:aws:apigateway:us-east-1::/restapis/", {"Ref": "Api"}, "/stages/dev"]
    association = {
        "Type": "AWS::WAFv2::WebACLAssociation",
        "DependsOn": "Stage",
        "Properties": {
            "ResourceArn": {"Fn::Join": ["", stage]},
            "WebACLArn": {"Fn::GetAtt": ["Acl", "Arn"]},
        },
    }
    resources = {**rest_api(), "Acl": _acl("Block"), "Association": association}
    api = emulator.create(resources, {"Api": {"Ref": "Api"}}).outputs["Api"]
    path = f"/_aws/execute-api/{api}/dev/"
    headers = {"Content-Type": "application/json"}
    return emulator.status_of(path, "POST", json.dumps({"title": "a"}), headers) != 403


def _bucket_origins(emulator: Emulator) -> bool:
    bucket = {"Type": "AWS::S3::Bucket"}
    arns = [{"Fn::Sub": "${Bucket.Arn}"}, {"Fn::Sub": "${Bucket.Arn}/*"}]
    refuse_http = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": arns,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    let_cloudfront_read = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": ["s3:GetObject", "s3:ListBucket"],
        "Resource": arns,
        "Condition": {
            "StringEquals": {
                "AWS:SourceArn": {
                    "Fn::Sub": "arn:aws:cloudfront::${AWS::AccountId}:distribution/${Distribution}"
                }
            }
        },
    }
    document = {"Version": "2012-10-17", "Statement": [refuse_http, let_cloudfront_read]}
    policy = {
        "Type": "AWS::S3::BucketPolicy",
        "Properties": {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": document},
    }
    control = {
        "Type": "AWS::CloudFront::OriginAccessControl",
        "Properties": {
            "OriginAccessControlConfig": {
                "Name": "probe",
                "OriginAccessControlOriginType": "s3",
                "SigningBehavior": "always",
                "SigningProtocol": "sigv4",
            }
        },
    }
    origin = {
        "Id": "bucket",
        "DomainName": {"Fn::GetAtt": ["Bucket", "RegionalDomainName"]},
        "OriginAccessControlId": {"Ref": "Control"},
        "S3OriginConfig": {"OriginAccessIdentity": ""},
    }
    resources = {
        "Bucket": bucket,
        "Policy": policy,
        "Control": control,
        "Distribution": _distribution(origin),
    }
    stack = emulator.create(
        resources,
        {
            "Bucket": {"Ref": "Bucket"},
            "Name": {"Fn::GetAtt": ["Distribution", "DomainName"]},
        },
    )
    emulator.client("s3").put_object(Bucket=stack.outputs["Bucket"], Key="here", Body=b"a")
    host = {"Host": stack.outputs["Name"]}
    found = [emulator.status_of(path, headers=host) for path in ("/here", "/elsewhere")]
    return found != [200, 404]


def _distribution(origin: dict[str, Any]) -> Resources:
    behavior = {
        "TargetOriginId": origin["Id"],
        "ViewerProtocolPolicy": "allow-all",
        "CachePolicyId": _CACHING_DISABLED,
    }
    configuration = {"Enabled": True, "Origins": [origin], "DefaultCacheBehavior": behavior}
    return {
        "Type": "AWS::CloudFront::Distribution",
        "Properties": {"DistributionConfig": configuration},
    }


def _api_origins(emulator: Emulator) -> bool:
    name = {"Fn::Join": [".", [{"Ref": "Api"}, "execute-api.us-east-1.amazonaws.com"]]}
    origin = {
        "Id": "api",
        "DomainName": name,
        "OriginPath": "/dev",
        "CustomOriginConfig": {"OriginProtocolPolicy": "https-only"},
    }
    stack = emulator.create(
        {**http_api("rawPath", "dev"), "Distribution": _distribution(origin)},
        {"Name": {"Fn::GetAtt": ["Distribution", "DomainName"]}},
    )
    return emulator.status_of("/here", headers={"Host": stack.outputs["Name"]}) != 200


PROBES: dict[str, Probe] = {
    "api-origins": _api_origins,
    "bucket-origins": _bucket_origins,
    "search-strings": _search_strings,
    "web-acl-of-stages": _web_acl_of_stages,
}
