import { expect } from 'vitest';
import { type Resource, resourcesOf, type StackTemplate, theOnly } from './apps';
import { CLIENT_RANGES, type RecoveryTemplates } from './disaster-recovery';
import { attributesOf, textOf } from './fleet';
import { allowedConnections, routesOf, subnetsOf } from './network';

/** The connections that a site lets through, whatever the ids of its stack begin with. */
function connectionsOf(template: StackTemplate, direction: 'Ingress' | 'Egress'): string[] {
  const shorten = (name: string) =>
    /Verification/.test(name)
      ? 'Verification'
      : name.replace(/^(Standby)?(Site)?/, '').replace('SecurityGroup', '');
  return allowedConnections(template, direction)
    .map(({ group, peer, port }) => [shorten(group), shorten(peer), port])
    .map(([group, peer, port]) =>
      direction === 'Ingress' ? `${peer} to ${group} at ${port}` : `${group} to ${peer} at ${port}`,
    )
    .sort();
}

/** Who reaches what in a region with servers, and nobody else. */
export function expectReach(template: StackTemplate, { isInternal }: RecoveryTemplates, cidr: string): void {
  const clients = isInternal
    ? [...CLIENT_RANGES, 'Verification'].map((peer) => `${peer} to LoadBalancer at 80`)
    : ['0.0.0.0/0 to LoadBalancer at 443', '0.0.0.0/0 to LoadBalancer at 80'];
  const inside = ['LoadBalancer to Servers at 8080', 'Servers to Database at 3306'];
  expect(connectionsOf(template, 'Ingress')).toEqual([...clients, ...inside].sort());
  const verifies = connectionsOf(template, 'Egress').filter((each) => each.startsWith('Verification'));
  const isHere = JSON.stringify(template.Resources).includes('"GroupDescription":"Automatic security group');
  expect(verifies).toEqual(isHere ? [`Verification to ${cidr} at 80`] : []);
  expect(connectionsOf(template, 'Egress').filter((each) => !verifies.includes(each))).toEqual(
    [...inside, 'Servers to 0.0.0.0/0 at 443'].sort(),
  );
  expect(theOnly(template, 'AWS::RDS::DBInstance').Properties).toMatchObject({
    Port: '3306',
    PubliclyAccessible: false,
  });
}

/** The listeners by port, and what they do. */
function listenersOf(template: StackTemplate): string[] {
  return Object.values(resourcesOf(template, 'AWS::ElasticLoadBalancingV2::Listener'))
    .map(({ Properties }) => {
      const [action] = Properties.DefaultActions as { Type: string; RedirectConfig?: { Port: string } }[];
      const to = action?.RedirectConfig ? ` to ${action.RedirectConfig.Port}` : '';
      return `${Properties.Protocol} ${Properties.Port}: ${action?.Type}${to}`;
    })
    .sort();
}

/** How a region's load balancer speaks, from where it is reached, and what stands before it. */
export function expectLoadBalancer(
  template: StackTemplate,
  { isInternal, profile }: RecoveryTemplates,
  { isTemporary }: { readonly isTemporary: boolean },
): void {
  const balancer = theOnly(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
  expect(balancer.Properties.Scheme).toBe(isInternal ? 'internal' : 'internet-facing');
  expect(balancer.Properties.SecurityGroups).toHaveLength(1);
  expect(JSON.stringify(balancer.Properties.Subnets).match(/LoadBalancerSubnet|PublicSubnet/g)).toEqual(
    Array(2).fill(isInternal ? 'LoadBalancerSubnet' : 'PublicSubnet'),
  );
  expect(attributesOf(balancer)).toMatchObject({
    'deletion_protection.enabled': String(profile.deletionProtection && !isTemporary),
    'access_logs.s3.enabled': 'true',
  });
  expect(listenersOf(template)).toEqual(
    isInternal ? ['HTTP 80: forward'] : ['HTTP 80: redirect to 443', 'HTTPS 443: forward'],
  );
  const firewalls = Object.keys(resourcesOf(template, 'AWS::WAFv2::WebACL'));
  const associations = Object.values(resourcesOf(template, 'AWS::WAFv2::WebACLAssociation'));
  const hasFirewall = !isInternal && profile.webApplicationFirewall;
  expect(firewalls).toHaveLength(hasFirewall ? 1 : 0);
  expect(associations.map(({ Properties }) => Properties)).toEqual(
    firewalls.map((id) => ({
      WebACLArn: { 'Fn::GetAtt': [id, 'Arn'] },
      ResourceArn: { Ref: balancer.id },
    })),
  );
}

/** The tiers of a region's network and where they lead. */
export function expectTiers(
  template: StackTemplate,
  { isInternal, profile }: RecoveryTemplates,
  hasNat: boolean,
): void {
  const toNat = hasNat ? '0.0.0.0/0 to AWS::EC2::NatGateway' : 'none';
  const toInternet = '0.0.0.0/0 to AWS::EC2::InternetGateway';
  const tiers = {
    ...(isInternal && { LoadBalancer: 'none' }),
    Server: toNat,
    Database: 'none',
    Public: toInternet,
  };
  expect(routesOf(template)).toEqual(
    Object.fromEntries(
      Object.entries(tiers).flatMap(([tier, target]) => [0, 1].map((zone) => [`${tier} ${zone}`, target])),
    ),
  );
  expect(Object.keys(resourcesOf(template, 'AWS::EC2::NatGateway'))).toHaveLength(
    hasNat ? profile.natGateways : 0,
  );
  expect(Object.keys(resourcesOf(template, 'AWS::EC2::EIP'))).toHaveLength(hasNat ? profile.natGateways : 0);
}

/** The subnets' tiers, zones and places in the network's range. */
export const placesOf = (template: StackTemplate) =>
  subnetsOf(template).map(({ range, tier, zone }) => `${tier} ${zone}: ${range.replace(/^10\.[01]\./, '')}`);

/** Types of which the system consists in a region, and which are the same in both. */
const TWINS = [
  'AWS::AutoScaling::AutoScalingGroup',
  'AWS::AutoScaling::ScalingPolicy',
  'AWS::EC2::LaunchTemplate',
  'AWS::EC2::SecurityGroup',
  'AWS::EC2::SecurityGroupEgress',
  'AWS::EC2::SecurityGroupIngress',
  'AWS::ElasticLoadBalancingV2::Listener',
  'AWS::ElasticLoadBalancingV2::LoadBalancer',
  'AWS::ElasticLoadBalancingV2::TargetGroup',
  'AWS::IAM::InstanceProfile',
  'AWS::RDS::DBParameterGroup',
  'AWS::RDS::DBSubnetGroup',
  'AWS::SSM::Parameter',
  'AWS::WAFv2::WebACL',
  'AWS::WAFv2::WebACLAssociation',
];

/** What differs on purpose: where Auto Scaling waits for what, how many servers there are, and what is marked for copies. */
const OWN = ['Count', 'DependsOn', 'MinSize', 'Tags', 'TagSpecifications'];

/**
 * The site in a template as it would be in any stack of any region: without the hashes and beginnings of ids, with `<region>`
 * for its region and `<range>` for its network.
 */
export function siteIn(template: StackTemplate, region: string): Record<string, unknown> {
  const ours = Object.entries(template.Resources).filter(
    ([id, { Type }]) => TWINS.includes(Type) && /^(Standby)?Site/.test(id),
  );
  return Object.fromEntries(
    ours.map(([id, resource]) => [anonymous(id, region), neutral(resource, region)] as const),
  );
}

function neutral(value: unknown, region: string): unknown {
  if (typeof value === 'string') return anonymous(value, region);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.filter(isShared).map((each) => neutral(each, region));
  if ('Fn::GetStackOutput' in value) return referenceOf(value['Fn::GetStackOutput'], region);
  if ('Fn::Base64' in value) return bootOf(value, region);
  if ('Ref' in value) return `<${anonymous(String(value.Ref), region)}>`;
  if ('Fn::GetAtt' in value) {
    return `<${(value['Fn::GetAtt'] as string[]).map((each) => anonymous(each, region)).join('.')}>`;
  }
  if ('Fn::Join' in value) return anonymous(textOf(value), region);
  const entries = Object.entries(value as Resource).filter(([key]) => !OWN.includes(key));
  return Object.fromEntries(entries.map(([key, each]) => [key, neutral(each, region)]));
}

/** What is not shared is whether a load balancer that goes again is protected from deletion. */
function isShared(value: unknown): boolean {
  return !JSON.stringify(value).includes('"Key":"deletion_protection.enabled"');
}

/** An output of another stack stands for the resource that it tells of. */
function referenceOf(output: unknown, region: string): string {
  const { OutputName } = output as { OutputName: string };
  const [, id = '', , attribute = ''] =
    /^PublishOutput(?:Ref|FnGetAtt)(.+?)([0-9A-F]{8})(.*?)[0-9A-F]{8}$/.exec(OutputName) ?? [];
  return `<${[anonymous(id, region), attribute].filter(Boolean).join('.')}>`;
}

/** The script of the first boot; the login has another ARN in each region. */
function bootOf(value: object, region: string): string[] {
  return anonymous(textOf(value), region)
    .split('\n')
    .filter((line) => !line.startsWith('DATABASE_SECRET_ARN='));
}

function anonymous(text: string, region: string): string {
  return text
    .replaceAll(region, '<region>')
    .replaceAll(/arn:(aws|<AWS::Partition>):/g, 'arn:')
    .replaceAll(/-DisasterRecovery\w+?(Servers)[0-9A-F]{8}/g, '-$1')
    .replaceAll(/DisasterRecovery(Standby|Primary)\w*?(Site\w+)/g, '$2')
    .replace(/(from|to)Site\w*?(Servers|LoadBalancer|Database)SecurityGroup[0-9A-F]+$/, '$1$2')
    .replaceAll(/10\.[01]\.0\.0\/16/g, '<range>')
    .replaceAll(/DisasterRecovery\/[\w/]*?(?=Site\/LoadBalancer)/g, '')
    .replaceAll(/[0-9A-F]{8}(?=$|[>. ])/g, '')
    .replaceAll(/referenceto\w*(VerificationFunctionSecurityGroup)\w*(GroupId)/g, '$1.$2')
    .replaceAll(/referenceto\w*?Standby(Certificate)\w*Ref/g, '$1')
    .replaceAll(/(^|<| )Standby(?=Site)/g, '$1');
}
