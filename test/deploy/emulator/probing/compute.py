"""Probes of instances, addresses, databases and alarms."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.request import Request, urlopen

from .emulator import Emulator, Probe, Resources
from .networks import subnet


def _instance() -> Resources:
    return {
        **subnet(),
        "Instance": {
            "Type": "AWS::EC2::Instance",
            "Properties": {
                "ImageId": "ami-0c2023a1b2c3d4e5f",
                "InstanceType": "t3.micro",
                "SubnetId": {"Ref": "Subnet"},
                "UserData": {"Fn::Base64": "#!/bin/sh"},
            },
        },
    }


def _instance_answers(emulator: Emulator) -> bool:
    stack = emulator.create(_instance(), {"Instance": {"Ref": "Instance"}})
    answer = emulator.client("ec2").describe_instance_attribute(
        InstanceId=stack.outputs["Instance"], Attribute="userData"
    )
    return not answer["UserData"].get("Value")


def _address_answers(emulator: Emulator) -> bool:
    stack = emulator.create(
        {
            **_instance(),
            "Address": {
                "Type": "AWS::EC2::EIP",
                "Properties": {"Domain": "vpc", "InstanceId": {"Ref": "Instance"}},
            },
        },
        {"Address": {"Fn::GetAtt": ["Address", "AllocationId"]}},
    )
    ec2 = emulator.client("ec2")
    [address] = ec2.describe_addresses(AllocationIds=[stack.outputs["Address"]])["Addresses"]
    ec2.allocate_address(Domain="vpc")
    of_this_name = ec2.describe_addresses(PublicIps=[address["PublicIp"]])["Addresses"]
    return not address.get("PrivateIpAddress") or len(of_this_name) > 1


def _terminated_instances(emulator: Emulator) -> bool:
    stack = emulator.create(_instance(), {"Instance": {"Ref": "Instance"}})
    ec2 = emulator.client("ec2")
    ec2.terminate_instances(InstanceIds=[stack.outputs["Instance"]])
    volumes = ec2.describe_volumes()["Volumes"]
    return any(
        attachment["InstanceId"] == stack.outputs["Instance"]
        for volume in volumes
        for attachment in volume["Attachments"]
    )


def _filters(emulator: Emulator) -> bool:
    ec2 = emulator.client("ec2")
    ec2.allocate_address(Domain="vpc")
    nobody: list[Any] = [{"Name": "instance-id", "Values": ["i-00000000000000000"]}]
    pattern: list[Any] = [{"Name": "group-name", "Values": ["defa*"]}]
    ignored = bool(ec2.describe_addresses(Filters=nobody)["Addresses"])
    unpatterned = not ec2.describe_security_groups(Filters=pattern)["SecurityGroups"]
    return ignored or unpatterned


def _database_details(emulator: Emulator) -> bool:
    stack = emulator.create(
        {
            "Database": {
                "Type": "AWS::RDS::DBInstance",
                "DeletionPolicy": "Delete",
                "Properties": {
                    "Engine": "mysql",
                    "DBInstanceClass": "db.t4g.micro",
                    "AllocatedStorage": "20",
                    "MasterUsername": "admin",
                    "ManageMasterUserPassword": True,
                },
            }
        },
        {"Secret": {"Fn::GetAtt": ["Database", "MasterUserSecret.SecretArn"]}},
    )
    return not stack.created


def _metric_math(emulator: Emulator) -> bool:
    stack = emulator.create(
        {
            "Alarm": {
                "Type": "AWS::CloudWatch::Alarm",
                "Properties": {
                    "ComparisonOperator": "GreaterThanThreshold",
                    "EvaluationPeriods": 1,
                    "Threshold": 1,
                    "Metrics": [{"Id": "sum", "Expression": "1 + 1", "ReturnData": True}],
                },
            }
        }
    )
    return not stack.created


def _extended_statistics(emulator: Emulator) -> bool:
    stack = emulator.create(
        {
            "Alarm": {
                "Type": "AWS::CloudWatch::Alarm",
                "Properties": {
                    "ComparisonOperator": "GreaterThanThreshold",
                    "EvaluationPeriods": 1,
                    "Threshold": 1,
                    "Namespace": "probe",
                    "MetricName": "probe",
                    "Period": 60,
                    "ExtendedStatistic": "p99",
                },
            }
        },
        {"Alarm": {"Ref": "Alarm"}},
    )
    found = emulator.client("cloudwatch").describe_alarms(AlarmNames=[stack.outputs["Alarm"]])
    return "Statistic" in found["MetricAlarms"][0]


def _dashboard_times(emulator: Emulator) -> bool:
    emulator.create(
        {"Board": {"Type": "AWS::CloudWatch::Dashboard", "Properties": {"DashboardBody": "{}"}}}
    )
    # boto3 takes a text, too, so that the answer itself is looked at.
    request = Request(
        emulator.url,
        b"{}",
        {
            "Authorization": f"AWS4-HMAC-SHA256 Credential=test/20260101/{emulator.region}/"
            "monitoring/aws4_request, SignedHeaders=host, Signature=0",
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Target": "GraniteServiceVersion20100801.ListDashboards",
        },
    )
    with urlopen(request) as answer:
        entries = json.load(answer)["DashboardEntries"]
    return not all(isinstance(entry["LastModified"], float) for entry in entries)


def _metric_order(emulator: Emulator) -> bool:
    metric = {"Namespace": "probe", "MetricName": "order"}
    client = emulator.client("cloudwatch")
    now = datetime.now(UTC)
    for value, ago in ((1, timedelta(minutes=2)), (2, timedelta())):
        datum = {"MetricName": metric["MetricName"], "Value": value, "Timestamp": now - ago}
        client.put_metric_data(Namespace=metric["Namespace"], MetricData=[datum])
    stat = {"Metric": metric, "Period": 60, "Stat": "Maximum"}

    def values(start: datetime) -> list[float]:
        found: list[float] = client.get_metric_data(
            MetricDataQueries=[{"Id": "probe", "MetricStat": stat}],
            StartTime=start,
            EndTime=now + timedelta(minutes=1),
        )["MetricDataResults"][0]["Values"]
        return found

    begun = now.replace(second=0, microsecond=0) + timedelta(seconds=59)
    return values(now - timedelta(minutes=5)) != [2, 1] or values(begun) != [2]


PROBES: dict[str, Probe] = {
    "address-answers": _address_answers,
    "dashboard-times": _dashboard_times,
    "database-details": _database_details,
    "extended-statistics": _extended_statistics,
    "filters": _filters,
    "instance-answers": _instance_answers,
    "metric-math": _metric_math,
    "metric-order": _metric_order,
    "terminated-instances": _terminated_instances,
}
