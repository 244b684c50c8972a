import { Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { checkAlarmEmail } from '../building-blocks/email-address';
import { checkNetworkRange, ipv4RangeProblem, officeRangeProblem } from '../building-blocks/ip-ranges';
import type { Problems } from '../building-blocks/problems';
import { type AddonName, KUBERNETES } from '../building-blocks/versions';
import { checkWholeNumber } from '../building-blocks/whole-number';
import { PRODUCTION } from '../profile';
import type { ComputeKind } from './compute';
import { defaultMinSize } from './node-group';
import type { MicroservicesPlatformProps } from './platform-options';
import { checkServiceRange } from './service-range';

/** The kinds of compute, and the props that mean something to one of them alone. */
const OWN_PROPS: Readonly<Record<ComputeKind, readonly (keyof MicroservicesPlatformProps)[]>> = {
  autoMode: ['cpuLimit'],
  fargate: [],
  nodeGroup: ['instanceTypes', 'minSize', 'maxSize'],
};

/** The add-ons that each kind of compute gets. */
const ADD_ONS: Readonly<Record<ComputeKind, readonly AddonName[]>> = {
  autoMode: ['amazon-cloudwatch-observability', 'metrics-server'],
  fargate: ['coredns', 'metrics-server'],
  nodeGroup: [
    'amazon-cloudwatch-observability',
    'coredns',
    'eks-pod-identity-agent',
    'kube-proxy',
    'metrics-server',
    'vpc-cni',
  ],
};

/** https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html */
const CLUSTER_NAME = /^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$/;

/** Servers of a node group, and ranges of offices: https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html */
export const MOST_NODES = 450;
const MOST_RANGES = 40;

/** Adds to `problems` what a platform can't honour in its props. */
export function checkPlatform(props: MicroservicesPlatformProps, problems: Problems): void {
  checkCompute(props, problems);
  checkAccess(props, problems);
  checkVersion(props, problems);
  checkNetwork(props, problems);
  checkAlarmEmail(props.alarmEmail, problems);
  const { clusterName } = props;
  if (clusterName !== undefined && !Token.isUnresolved(clusterName) && !CLUSTER_NAME.test(clusterName)) {
    problems.add(
      'clusterName',
      clusterName,
      'is no name of a cluster; give 1 to 100 letters, digits, hyphens and underscores, the first no hyphen.',
    );
  }
}

function checkCompute(props: MicroservicesPlatformProps, problems: Problems): void {
  const { compute = 'autoMode', instanceTypes } = props;
  if (!Object.hasOwn(OWN_PROPS, compute)) {
    problems.add('compute', compute, `is not known; choose one of: ${Object.keys(OWN_PROPS).join(', ')}.`);
    return;
  }
  for (const [kind, own] of Object.entries(OWN_PROPS)) {
    for (const prop of own.filter((name) => kind !== compute && props[name] !== undefined)) {
      problems.add(
        prop,
        props[prop],
        `means nothing to '${compute}'; leave it out, or choose compute: '${kind}'.`,
      );
    }
  }
  for (const name of Object.keys(props.addonVersions ?? {})) {
    if (ADD_ONS[compute].some((addOn) => addOn === name)) continue;
    problems.add(
      'addonVersions',
      name,
      `is no add-on of '${compute}'; choose one of: ${ADD_ONS[compute].join(', ')}.`,
    );
  }
  if (compute === 'fargate' && props.containerInsights) {
    problems.add('containerInsights', true, 'runs on servers only, and Fargate has none; leave it out.');
  }
  checkWholeNumber('cpuLimit', props.cpuLimit, [2, 1000], 'vCPUs', problems);
  checkWholeNumber('minSize', props.minSize, [1, MOST_NODES], 'servers', problems);
  const least = compute === 'nodeGroup' ? defaultMinSize(props.profile ?? PRODUCTION) : 1;
  checkWholeNumber('maxSize', props.maxSize, [props.minSize ?? least, MOST_NODES], 'servers', problems);
  if (instanceTypes?.length === 0) {
    problems.add('instanceTypes', instanceTypes, 'leaves no size to choose; give one, or leave it out.');
  }
  for (const type of instanceTypes ?? []) {
    if (Token.isUnresolved(type.toString()) || isGraviton(type)) continue;
    problems.add(
      'instanceTypes',
      type.toString(),
      'is no Graviton, for which the images are made; give one like t4g.large.',
    );
  }
}

function checkAccess(
  { publicAccessCidrs, supportType }: MicroservicesPlatformProps,
  problems: Problems,
): void {
  if (publicAccessCidrs?.length === 0) {
    problems.add(
      'publicAccessCidrs',
      publicAccessCidrs,
      'lets nobody in; leave it out, or name your ranges.',
    );
  }
  if (publicAccessCidrs && publicAccessCidrs.length > MOST_RANGES) {
    problems.add(
      'publicAccessCidrs',
      publicAccessCidrs.length,
      `ranges are too many; give at most ${MOST_RANGES}.`,
    );
  }
  for (const range of publicAccessCidrs ?? []) {
    const problem = officeRangeProblem(range);
    if (problem) problems.add('publicAccessCidrs', range, problem);
  }
  if (supportType !== undefined && !['EXTENDED', 'STANDARD'].includes(supportType)) {
    problems.add('supportType', supportType, "is not known; choose 'STANDARD' or 'EXTENDED'.");
  }
}

function checkVersion({ kubectlLayer, version }: MicroservicesPlatformProps, problems: Problems): void {
  if (!version || version.version === KUBERNETES.version || kubectlLayer) return;
  problems.add(
    'version',
    version.version,
    `needs its own kubectl: give kubectlLayer too, from @aws-cdk/lambda-layer-kubectl-v${version.version.replace('1.', '')}.`,
  );
}

function checkNetwork(props: MicroservicesPlatformProps, problems: Problems): void {
  const { loadBalancerSubnets, nodeSubnets, vpc } = props;
  checkNetworkRange(props, problems);
  const known = vpc && rangeOf(vpc);
  checkServiceRange(
    props.serviceIpv4Cidr,
    vpc ? known : (props.cidr ?? '10.0.0.0/16'),
    problems,
    vpc && 'vpc',
  );
  if (vpc && known === undefined && props.compute !== 'fargate') {
    problems.add(
      'vpc',
      vpc.vpcId,
      'does not tell its range, which network policies need; give vpcCidrBlock to Vpc.fromVpcAttributes.',
    );
  }
  for (const range of props.interfaceEndpointRanges ?? []) {
    const problem = Token.isUnresolved(range) ? undefined : ipv4RangeProblem(range);
    if (problem) problems.add('interfaceEndpointRanges', range, problem);
  }
  if (vpc) return;
  for (const [prop, subnets] of Object.entries({ loadBalancerSubnets, nodeSubnets })) {
    if (subnets) problems.add(prop, Object.keys(subnets), 'are those of an existing network; give vpc too.');
  }
}

/** The range of a network; one that is imported without it throws when it is asked. */
function rangeOf(vpc: ec2.IVpc): string | undefined {
  try {
    return vpc.vpcCidrBlock;
  } catch {
    return undefined;
  }
}

/** Whether a size is one of Graviton; one that is none throws when it is asked. */
function isGraviton(type: ec2.InstanceType): boolean {
  try {
    return type.architecture === ec2.InstanceArchitecture.ARM_64;
  } catch {
    return false;
  }
}
