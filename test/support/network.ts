import { resourcesOf, type StackTemplate } from './apps';

/** A connection that security groups let through, from a peer to a group. */
export interface Connection {
  /** The construct's part of the logical id of the group that is entered or left. */
  readonly group: string;

  /** A range, or the logical id or custom resource of the other group. */
  readonly peer: string;

  /** A TCP port, a range of them like `1024-65535`, another protocol's like `udp/53`, or `all`. */
  readonly port: string;
}

interface Rule {
  readonly CidrIp?: string;
  readonly CidrIpv6?: string;
  readonly SourceSecurityGroupId?: unknown;
  readonly DestinationSecurityGroupId?: unknown;
  readonly SourcePrefixListId?: unknown;
  readonly FromPort?: number;
  readonly ToPort?: number;
  readonly IpProtocol: string;
  readonly GroupId?: unknown;
}

/** What security groups let in (`Ingress`) or out (`Egress`), however the template writes the rules. */
export function allowedConnections(template: StackTemplate, direction: 'Ingress' | 'Egress'): Connection[] {
  const groups = resourcesOf(template, 'AWS::EC2::SecurityGroup');
  const shorten = shortenerOf(Object.keys(groups));
  const inline = Object.entries(groups).flatMap(([id, { Properties }]) =>
    ((Properties[`SecurityGroup${direction}`] ?? []) as Rule[]).map((rule) => connection(id, rule, shorten)),
  );
  const separate = Object.values(resourcesOf(template, `AWS::EC2::SecurityGroup${direction}`)).map(
    ({ Properties }) => {
      const rule = Properties as unknown as Rule;
      return connection(nameOf(rule.GroupId), rule, shorten);
    },
  );
  // aws-cdk-lib writes this rule, which admits no traffic, for a group that lets nothing out.
  return [...inline, ...separate].filter(({ peer }) => peer !== '255.255.255.255/32');
}

/** The tier and the default route's target of each subnet: the type of the gateway, or `none`. */
export function routesOf(template: StackTemplate): Record<string, string> {
  const routes = Object.values(resourcesOf(template, 'AWS::EC2::Route'));
  return Object.fromEntries(
    Object.values(resourcesOf(template, 'AWS::EC2::SubnetRouteTableAssociation')).map(({ Properties }) => {
      const tableOf = (properties: Record<string, unknown>) => nameOf(properties.RouteTableId);
      const route = routes.find((candidate) => tableOf(candidate.Properties) === tableOf(Properties));
      const { GatewayId, NatGatewayId, DestinationCidrBlock } = route?.Properties ?? {};
      const target = template.Resources[nameOf(GatewayId ?? NatGatewayId)]?.Type ?? 'none';
      const subnet = subnetsOf(template).find(({ id }) => id === nameOf(Properties.SubnetId));
      const text = DestinationCidrBlock ? `${DestinationCidrBlock} to ${target}` : target;
      return [`${subnet?.tier} ${subnet?.zone}`, text];
    }),
  );
}

/** The subnets with their tier, zone (0, 1, ...) and range. */
export function subnetsOf(
  template: StackTemplate,
): { id: string; tier: string; zone: number; range: string }[] {
  return Object.entries(resourcesOf(template, 'AWS::EC2::Subnet')).map(([id, { Properties }]) => {
    const { AvailabilityZone, CidrBlock, Tags } = Properties as {
      AvailabilityZone: { 'Fn::Select': [number, unknown] };
      CidrBlock: string;
      Tags: { Key: string; Value: string }[];
    };
    return {
      id,
      tier: Tags.find(({ Key }) => Key === 'aws-cdk:subnet-name')?.Value ?? '',
      zone: AvailabilityZone['Fn::Select'][0],
      range: CidrBlock,
    };
  });
}

function connection(group: string, rule: Rule, shorten: (logicalId: string) => string): Connection {
  const { CidrIp, CidrIpv6, SourceSecurityGroupId, DestinationSecurityGroupId, SourcePrefixListId } = rule;
  const other = SourceSecurityGroupId ?? DestinationSecurityGroupId ?? SourcePrefixListId;
  return {
    group: shorten(group),
    peer: CidrIp ?? CidrIpv6 ?? shorten(nameOf(other)),
    port: portsOf(rule),
  };
}

function portsOf({ FromPort, ToPort, IpProtocol }: Rule): string {
  if (IpProtocol === '-1') return 'all';
  const ports = FromPort === ToPort ? `${FromPort}` : `${FromPort}-${ToPort}`;
  return IpProtocol === 'tcp' ? ports : `${IpProtocol}/${ports}`;
}

/** The logical id that a Ref or Fn::GetAtt names. */
function nameOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  const [first] = Object.values(value).flat();
  return String(first);
}

/** Takes the hash from a logical id, and the words that the ids of all groups begin with: the path of their construct. */
function shortenerOf(groups: readonly string[]): (logicalId: string) => string {
  const [first = [], ...others] = groups.map((id) => id.split(/(?=[A-Z])/));
  const end = first.findIndex((word, index) => others.some((words) => words[index] !== word));
  const path = others.length > 0 ? first.slice(0, end).join('') : '';
  return (logicalId) => {
    const name = logicalId.replace(/[0-9A-F]{8}$/, '');
    return name.startsWith(path) ? name.slice(path.length) : name;
  };
}
