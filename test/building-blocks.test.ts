import { RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { SqsDestination } from 'aws-cdk-lib/aws-s3-notifications';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { describe, expect, test } from 'vitest';
import { AccessLogBucket } from '../lib/building-blocks/access-log-bucket';
import { Monitoring } from '../lib/building-blocks/monitoring';
import { MySqlDatabase } from '../lib/building-blocks/mysql-database';
import { NetworkTiers } from '../lib/building-blocks/network-tiers';
import { silenceProviders } from '../lib/building-blocks/silent-providers';
import { PRODUCTION, type Profile, SANDBOX } from '../lib/profile';
import { resourcesOf, type StackTemplate, templateOf, theOnly } from './support/apps';

function synthesize(add: (scope: Construct) => void): StackTemplate {
  return templateOf((app) => {
    const stack = new Stack(app, 'Stack');
    add(stack);
    return stack;
  });
}

describe('NetworkTiers', () => {
  const tiers = [
    { name: 'Public', subnetType: ec2.SubnetType.PUBLIC },
    { name: 'Private', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
  ];
  const natGateways = (props: { profile?: Profile; natGateways?: number }, reserved = false) => {
    const [front, back] = tiers;
    const template = synthesize((scope) => {
      if (front && back) new NetworkTiers(scope, 'Net', { ...props, tiers: [front, { ...back, reserved }] });
    });
    return Object.keys(resourcesOf(template, 'AWS::EC2::NatGateway')).length;
  };

  test('takes the number of NAT gateways from the profile, unless it is told or has no private tier', () => {
    expect(natGateways({})).toBe(2);
    expect(natGateways({ profile: SANDBOX })).toBe(1);
    expect(natGateways({ natGateways: 1 })).toBe(1);
    expect(natGateways({}, true)).toBe(0);
  });

  test('hands out no public address by itself', () => {
    const template = synthesize((scope) => new NetworkTiers(scope, 'Net', { tiers }));
    const given = Object.values(resourcesOf(template, 'AWS::EC2::Subnet')).map(
      ({ Properties }) => Properties.MapPublicIpOnLaunch,
    );
    expect(given).toEqual([false, false, false, false]);
  });
});

describe('MySqlDatabase', () => {
  test.each([
    ['production', PRODUCTION, true],
    ['sandbox', SANDBOX, false],
  ])('has the standby that the %s profile says', (_, profile, multiAz) => {
    const template = synthesize((scope) => {
      const vpc = new ec2.Vpc(scope, 'Vpc');
      new MySqlDatabase(scope, 'Db', {
        vpc,
        vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
        profile,
      });
    });
    expect(theOnly(template, 'AWS::RDS::DBInstance').Properties.MultiAZ).toBe(multiAz);
  });
});

describe('MySqlDatabase has Database Insights', () => {
  test.each([
    ['t4g.micro', false],
    ['t4g.small', false],
    ['t4g.medium', true],
    ['m8g.large', true],
  ])('where RDS has it: %s', (size, hasInsights) => {
    const template = synthesize((scope) => {
      const vpc = new ec2.Vpc(scope, 'Vpc');
      const vpcSubnets = { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS };
      const databaseInstanceType = new ec2.InstanceType(size);
      new MySqlDatabase(scope, 'Db', { vpc, vpcSubnets, databaseInstanceType });
    });
    const { DatabaseInsightsMode, EnablePerformanceInsights } = theOnly(
      template,
      'AWS::RDS::DBInstance',
    ).Properties;
    expect([EnablePerformanceInsights, DatabaseInsightsMode]).toEqual(
      hasInsights ? [true, 'standard'] : [undefined, undefined],
    );
  });
});

describe('MySqlDatabase with storage', () => {
  const storageOf = (allocatedStorage: number) => {
    const template = synthesize((scope) => {
      const vpc = new ec2.Vpc(scope, 'Vpc');
      const vpcSubnets = { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS };
      const database = new MySqlDatabase(scope, 'Db', { vpc, vpcSubnets, allocatedStorage });
      database.addMonitoring(new Monitoring(scope, 'Monitoring'));
    });
    const alarms = Object.values(resourcesOf(template, 'AWS::CloudWatch::Alarm'));
    const alarm = alarms.find(({ Properties }) => Properties.MetricName === 'FreeStorageSpace');
    return [
      theOnly(template, 'AWS::RDS::DBInstance').Properties.MaxAllocatedStorage,
      alarm?.Properties.Threshold,
    ];
  };

  test.each([
    ['may grow to five times of it', 100, [500, 10 * 2 ** 30]],
    ['may grow to what gp3 takes', 20_000, [65_536, 2000 * 2 ** 30]],
    ['stays where there is no room to grow', 60_000, [undefined, 6000 * 2 ** 30]],
    ['that is not known yet stays', Token.asNumber({ Ref: 'Size' }), [undefined, 2 * 2 ** 30]],
  ])('%s', (_, allocatedStorage, expected) => {
    expect(storageOf(allocatedStorage)).toEqual(expected);
  });
});

describe('AccessLogBucket', () => {
  test('expires with the logs of its profile, and admits TLS only', () => {
    const template = synthesize((scope) => new AccessLogBucket(scope, 'Logs', { profile: SANDBOX }));
    expect(theOnly(template, 'AWS::S3::Bucket').Properties).toMatchObject({
      LifecycleConfiguration: { Rules: [{ ExpirationInDays: 7, Status: 'Enabled' }] },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerPreferred' }] },
    });
    const [policy] = Object.values(resourcesOf(template, 'AWS::S3::BucketPolicy'));
    expect(JSON.stringify(policy?.Properties)).toContain('"aws:SecureTransport":"false"');
  });
});

describe('silenceProviders', () => {
  test('takes the right to write logs from the providers that empty a bucket and set its notifications', () => {
    const template = synthesize((scope) => {
      const bucket = new Bucket(scope, 'Bucket', {
        autoDeleteObjects: true,
        removalPolicy: RemovalPolicy.DESTROY,
      });
      bucket.addObjectCreatedNotification(new SqsDestination(new Queue(scope, 'Queue')));
      silenceProviders(scope);
    });
    const roles = Object.values(resourcesOf(template, 'AWS::IAM::Role'));
    expect(roles.map(({ Properties }) => Properties.ManagedPolicyArns)).toEqual([[], []]);
  });
});
