import { NestedStack, Stack, Stage, Validations } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import { describe, expect, test } from 'vitest';
import { CampaignSiteStack } from '../lib/campaign-site/campaign-site-stack';
import { SANDBOX } from '../lib/profile';
import { OPEN_RULES } from './compliance';
import { ESTATE } from './support/estate';
import { renderLedger } from './support/ledger';
import { type Finding, validate } from './support/validation';

const REGULATED = ['NIST.800.53.R5', 'PCI.DSS.321', 'HIPAA.Security'];

const results = ESTATE.map((part) => ({ ...part, ...validate(part.addStacks) }));
const findings = results.flatMap((result) => result.findings);

/** The pattern that a finding is about: the id of its stack or stage. */
function patternOf({ path }: Finding): string {
  return path.split('/')[0] ?? '';
}

function isListed(finding: Finding): boolean {
  return OPEN_RULES.some(
    ({ rule, patterns }) => rule === finding.rule && patterns.includes(patternOf(finding)),
  );
}

describe.each(results)('$name', (result) => {
  test('breaks no rule that is not acknowledged or listed', () => {
    const open = result.findings.filter((finding) => !REGULATED.includes(finding.pack) || !isListed(finding));
    expect(open).toEqual([]);
  });

  test('acknowledges nothing that it does not break', () => {
    expect(result.stale).toEqual([]);
  });
});

test('every entry of compliance.ts is found in each of its patterns', () => {
  const regulated = findings.filter(({ pack }) => REGULATED.includes(pack));
  const unmatched = OPEN_RULES.flatMap(({ rule, patterns }) =>
    patterns
      .filter(
        (pattern) => !regulated.some((finding) => finding.rule === rule && patternOf(finding) === pattern),
      )
      .map((pattern) => `${rule} in ${pattern}`),
  );
  expect(unmatched).toEqual([]);
});

test('the ledger of acknowledgements is up to date', async () => {
  const ledger = renderLedger(results.flatMap((result) => result.acknowledgements));
  await expect(ledger).toMatchFileSnapshot('acknowledgements.md');
});

describe('the gate turns red at', () => {
  const rulesBrokenBy = (mutate: (stack: Stack, site: CampaignSiteStack['site']) => void) => {
    const { findings: found } = validate((app) => {
      const stack = new CampaignSiteStack(app, 'CampaignSite', { profile: SANDBOX });
      mutate(stack, stack.site);
    });
    return found.filter((finding) => !isListed(finding)).map(({ pack, rule }) => `${pack}: ${rule}`);
  };

  test('a public bucket', () => {
    const rules = rulesBrokenBy((stack) => {
      new s3.Bucket(stack, 'Public', {
        publicReadAccess: true,
        blockPublicAccess: s3.BlockPublicAccess.BLOCK_ACLS_ONLY,
      });
    });
    expect(rules).toContain('AwsSolutions: S2');
    expect(rules).toContain('NIST.800.53.R5: S3BucketLevelPublicAccessProhibited');
  });

  test("an SSH port that is open to everyone, in a group of its own and in the web server's", () => {
    const inNewGroup = rulesBrokenBy((stack, { vpc }) => {
      const group = new ec2.SecurityGroup(stack, 'Open', { vpc, description: 'open' });
      group.addIngressRule(ec2.Peer.anyIpv4(), ec2.Port.SSH);
    });
    expect(inNewGroup).toContain('AwsSolutions: EC23');
    const inServersGroup = rulesBrokenBy((_, site) => site.serverConnections.allowFromAnyIpv4(ec2.Port.SSH));
    expect(inServersGroup).toContain('AwsSolutions: EC23');
    expect(inServersGroup).toContain('NIST.800.53.R5: EC2RestrictedSSH');
  });

  test('an unencrypted volume', () => {
    const rules = rulesBrokenBy((stack, { vpc }) => {
      new ec2.Volume(stack, 'Volume', {
        availabilityZone: vpc.availabilityZones[0] ?? '',
        size: { toGibibytes: () => 8 } as never,
        encrypted: false,
      });
    });
    expect(rules).toContain('AwsSolutions: EC26');
  });

  test('a wildcard policy', () => {
    const rules = rulesBrokenBy(addWildcardPolicy);
    expect(rules).toContain('AwsSolutions: IAM5[Action::s3:*]');
    expect(rules).toContain('AwsSolutions: IAM5[Resource::*]');
  });

  test('a template that CloudFormation would refuse', () => {
    const rules = rulesBrokenBy((stack) => {
      new s3.CfnBucket(stack, 'Bucket', { accessControl: 'NoSuchControl' });
    });
    expect(rules.filter((rule) => rule.startsWith('CloudFormation Validate'))).not.toEqual([]);
  });

  describe.each<[string, (stage: Stage) => Stack]>([
    ['a stage', (stage) => new Stack(stage, 'Till', { env: { region: 'ap-northeast-3' } })],
    [
      'a stack that is nested in one of a stage',
      (stage) => new NestedStack(new Stack(stage, 'Till'), 'Drawer'),
    ],
  ])('%s', (_, stackIn) => {
    test.each<[string, (stack: Stack) => void, string]>([
      ['with a wildcard policy', addWildcardPolicy, 'AwsSolutions: IAM5[Action::s3:*]'],
      [
        'with an unencrypted volume',
        (stack) => new ec2.CfnVolume(stack, 'Volume', { availabilityZone: 'a', size: 8, encrypted: false }),
        'AwsSolutions: EC26',
      ],
      [
        'that CloudFormation would refuse',
        (stack) => new s3.CfnBucket(stack, 'Bucket', { accessControl: 'NoSuchControl' }),
        'CloudFormation Validate: E3045',
      ],
    ])('%s', (__, breakIt, rule) => {
      const { findings: found } = validate((app) => breakIt(stackIn(new Stage(app, 'Shop'))));
      const matching = found.filter((finding) => `${finding.pack}: ${finding.rule}` === rule);
      expect(matching.map(patternOf)).toEqual(['Shop']);
    });

    test('with an acknowledgement of a rule that is not broken', () => {
      const { acknowledgements, stale } = validate((app) => {
        const stack = stackIn(new Stage(app, 'Shop'));
        const topic = new sns.CfnTopic(stack, 'Topic');
        for (const rule of ['SNS3', 'SNS9'])
          Validations.of(topic).acknowledge({ id: `AwsSolutions::AwsSolutions-${rule}`, reason: 'none' });
      });
      expect(acknowledgements.map(({ id }) => id)).toEqual(['AwsSolutions::AwsSolutions-SNS3']);
      expect(stale.map(({ id }) => id)).toEqual(['AwsSolutions::AwsSolutions-SNS9']);
    });
  });

  describe('a cluster', () => {
    type Mutation = (cluster: eks.CfnCluster) => void;
    const rulesBrokenBy = (mutate: Mutation, nested = false) => {
      const { findings: found } = validate((app) => {
        const stack = new Stack(app, 'Shop', { env: { region: 'ap-northeast-1' } });
        mutate(addCluster(nested ? new NestedStack(stack, 'Drawer') : stack));
      });
      return found.filter(({ pack }) => pack === 'ClusterRules').map(({ path, rule }) => `${path}: ${rule}`);
    };
    const [IN_STACK, IN_NESTED_STACK] = ['Shop/Cluster: EKS-', 'Shop/Drawer/Cluster: EKS-'];

    test('as it should be does not', () => {
      expect(rulesBrokenBy(() => {})).toEqual([]);
      expect(rulesBrokenBy(() => {}, true)).toEqual([]);
    });

    test.each<[string, string, Mutation]>([
      ['is public', 'PublicEndpoint', (cluster) => setEndpoint(cluster, { endpointPublicAccess: true })],
      ['is public by default', 'PublicEndpoint', (cluster) => setEndpoint(cluster, {})],
      [
        'is public for ranges that are everything',
        'PublicEndpoint',
        (cluster) => setEndpoint(cluster, { publicAccessCidrs: ['198.51.100.0/24', '0.0.0.0/0'] }),
      ],
      [
        'writes four logs',
        'Logs',
        (cluster) => {
          cluster.logging = { clusterLogging: { enabledTypes: LOGS.filter(({ type }) => type !== 'audit') } };
        },
      ],
      [
        'writes no logs',
        'Logs',
        (cluster) => {
          cluster.logging = undefined;
        },
      ],
      [
        'has no key',
        'Secrets',
        (cluster) => {
          cluster.encryptionConfig = undefined;
        },
      ],
      [
        "is its creator's",
        'CreatorIsAdministrator',
        (cluster) => {
          cluster.accessConfig = { authenticationMode: 'API' };
        },
      ],
      [
        'knows other administrators',
        'CreatorIsAdministrator',
        (cluster) => {
          cluster.accessConfig = {
            authenticationMode: 'API_AND_CONFIG_MAP',
            bootstrapClusterCreatorAdminPermissions: false,
          };
        },
      ],
    ])('that %s', (_, rule, mutate) => {
      expect(rulesBrokenBy(mutate)).toEqual([`${IN_STACK}${rule}`]);
      expect(rulesBrokenBy(mutate, true)).toEqual([`${IN_NESTED_STACK}${rule}`]);
    });

    test('but not one that is public for offices', () => {
      const rules = rulesBrokenBy((cluster) =>
        setEndpoint(cluster, { publicAccessCidrs: ['198.51.100.0/24'] }),
      );
      expect(rules).toEqual([]);
    });
  });

  test('an acknowledgement of a rule that is not broken', () => {
    const { stale } = validate((app) => {
      const stack = new CampaignSiteStack(app, 'CampaignSite', { profile: SANDBOX });
      Validations.of(stack.site.database).acknowledge({
        id: 'AwsSolutions::AwsSolutions-RDS2',
        reason: 'none',
      });
    });
    expect(stale.map(({ id }) => id)).toEqual(['AwsSolutions::AwsSolutions-RDS2']);
  });
});

function addWildcardPolicy(stack: Stack): void {
  const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') });
  role.addToPolicy(new iam.PolicyStatement({ actions: ['s3:*'], resources: ['*'] }));
}

const LOGS = ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'].map((type) => ({ type }));
const SUBNETS = ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'];

/** A cluster that breaks none of the rules about clusters. */
function addCluster(stack: Stack): eks.CfnCluster {
  return new eks.CfnCluster(stack, 'Cluster', {
    roleArn: 'arn:aws:iam::123456789012:role/Cluster',
    resourcesVpcConfig: { subnetIds: SUBNETS, endpointPublicAccess: false, endpointPrivateAccess: true },
    accessConfig: { authenticationMode: 'API', bootstrapClusterCreatorAdminPermissions: false },
    logging: { clusterLogging: { enabledTypes: LOGS } },
    encryptionConfig: [
      { provider: { keyArn: 'arn:aws:kms:ap-northeast-1:123456789012:key/shop' }, resources: ['secrets'] },
    ],
  });
}

/** Says who reaches a cluster's API. */
function setEndpoint(
  cluster: eks.CfnCluster,
  access: Omit<eks.CfnCluster.ResourcesVpcConfigProperty, 'subnetIds'>,
): void {
  cluster.resourcesVpcConfig = { subnetIds: SUBNETS, ...access };
}
