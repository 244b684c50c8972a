import { queryOf, xml, xmlError } from './fake-operations';
import type { ServiceAnswer, ServiceRequest } from './local-service';

/** Tags by their keys. */
type Tags = Readonly<Record<string, string>>;

/** A load balancer of a fake account. */
export interface FakeBalancer {
  /** `app/name/id` */
  readonly fullName: string;
  readonly tags: Tags;
  readonly vpc: string;
  state: string;

  /** Why it is in its state. */
  readonly reason?: string;
}

/** A target group of a fake account. */
export interface FakeTargetGroup {
  readonly name: string;
  readonly tags: Tags;

  /** Those for functions have none. */
  readonly vpc?: string;
}

/** A security group of a fake account. */
export interface FakeSecurityGroup {
  readonly id: string;
  readonly name: string;
  readonly tags: Tags;
  readonly vpc: string;
}

/** A network interface of a fake account. */
export interface FakeInterface {
  readonly id: string;
  readonly description: string;
  readonly vpc: string;
}

const ARNS = 'arn:aws:elasticloadbalancing:ap-northeast-3:123456789012';

/** The ARN of a load balancer. */
export const balancerArn = (fullName: string): string => `${ARNS}:loadbalancer/${fullName}`;

const targetGroupArn = (name: string) => `${ARNS}:targetgroup/${name}/73e2d6bc24d8a067`;

/** Elastic Load Balancing and EC2, as far as what clusters make in networks is listed. */
export class FakeClusterNetwork {
  balancers: FakeBalancer[] = [];
  targetGroups: FakeTargetGroup[] = [];
  securityGroups: FakeSecurityGroup[] = [];
  interfaces: FakeInterface[] = [];

  /** How many things a page has. */
  pageSize = 100;

  /** What requests are answered with in place of what they ask for, in turn. */
  readonly troubles: ServiceAnswer[] = [];

  /** Answers like both services. */
  answer(request: ServiceRequest): ServiceAnswer {
    const trouble = this.troubles.shift();
    if (trouble) return trouble;
    const { Action = '', ...query } = queryOf(request);
    const page = <T>(all: readonly T[], token: string | undefined, item: (each: T) => string) => {
      const first = Number(token ?? 0);
      const next = first + this.pageSize;
      return {
        items: all.slice(first, next).map(item).join(''),
        next: next < all.length ? `${next}` : undefined,
      };
    };
    switch (Action) {
      case 'DescribeLoadBalancers':
        return listOf(Action, 'LoadBalancers', page(this.balancers, query.Marker, balancerItem));
      case 'DescribeTargetGroups':
        return listOf(Action, 'TargetGroups', page(this.targetGroups, query.Marker, targetGroupItem));
      case 'DescribeTags':
        return this.describeTags(query);
      case 'DescribeSecurityGroups': {
        const groups = this.securityGroups.filter(({ vpc }) => vpc === filterOf(query, 'vpc-id')?.[0]);
        return setOf(Action, 'securityGroupInfo', page(groups, query.NextToken, securityGroupItem));
      }
      case 'DescribeNetworkInterfaces':
        return setOf(
          Action,
          'networkInterfaceSet',
          page(this.interfacesFor(query), query.NextToken, interfaceItem),
        );
      default:
        return xmlError('InvalidAction', `${Action} is unknown here`);
    }
  }

  private interfacesFor(query: Record<string, string>): FakeInterface[] {
    const [wantedVpc] = filterOf(query, 'vpc-id') ?? [];
    const patterns = (filterOf(query, 'description') ?? ['*']).map(
      (pattern) => new RegExp(`^${pattern.replaceAll('*', '.*')}$`),
    );
    return this.interfaces.filter(
      ({ description, vpc }) => vpc === wantedVpc && patterns.some((pattern) => pattern.test(description)),
    );
  }

  private describeTags(query: Record<string, string>): ServiceAnswer {
    const arns = Object.entries(query).flatMap(([key, value]) =>
      key.startsWith('ResourceArns.member.') ? [value] : [],
    );
    if (arns.length === 0 || arns.length > 20) {
      return xmlError('ValidationError', `${arns.length} ARNs are not 1 to 20`);
    }
    if (new Set(arns.map((arn) => arn.split(':')[5]?.split('/')[0])).size > 1) {
      return xmlError('ValidationError', 'ARNs of several kinds');
    }
    const tags = new Map([
      ...this.balancers.map((each) => [balancerArn(each.fullName), each.tags] as const),
      ...this.targetGroups.map((each) => [targetGroupArn(each.name), each.tags] as const),
    ]);
    const missing = arns.find((arn) => !tags.has(arn));
    if (missing) return xmlError('LoadBalancerNotFound', `there is no ${missing}`);
    const members = arns.map(
      (arn) =>
        `<member><ResourceArn>${arn}</ResourceArn><Tags>${tagItems('member', 'Key', 'Value', tags.get(arn) ?? {})}</Tags></member>`,
    );
    return xml(
      `<DescribeTagsResponse><DescribeTagsResult><TagDescriptions>${members.join('')}</TagDescriptions></DescribeTagsResult></DescribeTagsResponse>`,
    );
  }
}

interface Page {
  readonly items: string;
  readonly next: string | undefined;
}

function listOf(action: string, list: string, { items, next }: Page): ServiceAnswer {
  const marker = next === undefined ? '' : `<NextMarker>${next}</NextMarker>`;
  return xml(
    `<${action}Response><${action}Result><${list}>${items}</${list}>${marker}</${action}Result></${action}Response>`,
  );
}

function setOf(action: string, set: string, { items, next }: Page): ServiceAnswer {
  const token = next === undefined ? '' : `<nextToken>${next}</nextToken>`;
  return xml(`<${action}Response><${set}>${items}</${set}>${token}</${action}Response>`);
}

/** The values of a filter of EC2. */
function filterOf(query: Record<string, string>, name: string): string[] | undefined {
  const [key] = Object.entries(query).find(([, value]) => value === name) ?? [];
  const prefix = key?.replace(/Name$/, 'Value.');
  if (prefix === undefined) return undefined;
  return Object.entries(query).flatMap(([each, value]) => (each.startsWith(prefix) ? [value] : []));
}

function tagItems(item: string, key: string, value: string, tags: Tags): string {
  return Object.entries(tags)
    .map(([name, text]) => `<${item}><${key}>${name}</${key}><${value}>${text}</${value}></${item}>`)
    .join('');
}

function balancerItem({ fullName, reason, state, vpc }: FakeBalancer): string {
  const [kind, name] = fullName.split('/');
  const type = kind === 'app' ? 'application' : 'network';
  const why = reason === undefined ? '' : `<Reason>${reason}</Reason>`;
  return `<member><LoadBalancerArn>${balancerArn(fullName)}</LoadBalancerArn><LoadBalancerName>${name}</LoadBalancerName><DNSName>${name}.example.com</DNSName><CanonicalHostedZoneId>Z14GRHDCWA56QT</CanonicalHostedZoneId><Type>${type}</Type><VpcId>${vpc}</VpcId><State><Code>${state}</Code>${why}</State></member>`;
}

function targetGroupItem({ name, vpc }: FakeTargetGroup): string {
  const network = vpc === undefined ? '' : `<VpcId>${vpc}</VpcId>`;
  return `<member><TargetGroupArn>${targetGroupArn(name)}</TargetGroupArn><TargetGroupName>${name}</TargetGroupName>${network}</member>`;
}

function securityGroupItem({ id, name, tags }: FakeSecurityGroup): string {
  return `<item><groupId>${id}</groupId><groupName>${name}</groupName><tagSet>${tagItems('item', 'key', 'value', tags)}</tagSet></item>`;
}

function interfaceItem({ description, id }: FakeInterface): string {
  return `<item><networkInterfaceId>${id}</networkInterfaceId><description>${description}</description></item>`;
}
