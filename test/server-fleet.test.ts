import { Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import { describe, expect, test } from 'vitest';
import { Intranet } from '../lib/intranet/intranet';
import { SANDBOX } from '../lib/profile';
import { createApp, resourcesOf, templateOf, theOnly } from './support/apps';

const CLIENTS = { profile: SANDBOX, clientRanges: ['10.0.0.0/8'] };

interface Statement {
  readonly Sid?: string;
  readonly Action: string[];
  readonly Principal: unknown;
  readonly Condition: unknown;
}

describe('a key for the volumes', () => {
  test('lets the account use it by way of EC2, as Auto Scaling does under its own role, and nothing else', () => {
    const template = templateOf((app) => {
      const stack = new Stack(app, 'Stack');
      new Intranet(stack, 'Intranet', { ...CLIENTS, key: new kms.Key(stack, 'Key') });
      return stack;
    });
    const { KeyPolicy } = theOnly(template, 'AWS::KMS::Key').Properties as {
      KeyPolicy: { Statement: Statement[] };
    };
    const added = KeyPolicy.Statement.filter(({ Sid }) => Sid === 'VolumesOfThisAccount');
    expect(added).toHaveLength(1);
    expect(added[0]?.Action).toEqual(expect.arrayContaining(['kms:CreateGrant', 'kms:GenerateDataKey*']));
    expect(added[0]?.Action).not.toContain('kms:*');
    expect(added[0]?.Condition).toEqual({
      StringEquals: {
        'kms:CallerAccount': { Ref: 'AWS::AccountId' },
        'kms:ViaService': { 'Fn::Join': ['', ['ec2.', { Ref: 'AWS::Region' }, '.amazonaws.com']] },
      },
    });
    const [launchTemplate] = Object.values(resourcesOf(template, 'AWS::EC2::LaunchTemplate'));
    expect(JSON.stringify(launchTemplate)).toContain('KmsKeyId');
  });

  test.each([
    ['that is imported, and whose policy can not be changed, is warned about', true],
    ['that is made here is not warned about', false],
  ])('%s', (_, isImported) => {
    const stack = new Stack(createApp(), 'Stack');
    const arn = 'arn:aws:kms:ap-northeast-1:123456789012:key/12345678-1234-1234-1234-123456789012';
    const key = isImported ? kms.Key.fromKeyArn(stack, 'Key', arn) : new kms.Key(stack, 'Key');
    new Intranet(stack, 'Intranet', { ...CLIENTS, key });
    const warnings = Annotations.fromStack(stack).findWarning(
      '*',
      Match.stringLikeRegexp('AWSServiceRoleForAutoScaling'),
    );
    expect(warnings.length > 0).toBe(isImported);
  });
});
