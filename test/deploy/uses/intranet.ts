import assert from 'node:assert/strict';
import { Duration } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-autoscaling';
import type { Settings } from '../../../bin/settings';
import type { Scaling } from '../../../lib/intranet/scaling-options';
import type { DeployedStack } from '../support/stacks';
import type { Use } from '../support/use';
import { access } from './support/access';
import { database, databaseSecret } from './support/database';
import { certificate } from './support/distribution';
import { endpoints, noInternet, onlyNatIsPublic } from './support/endpoints';
import { groupOf, groupSettings, servers } from './support/fleet';
import { fleetAlarms } from './support/fleet-alarms';
import { hooks, leave } from './support/hooks';
import { kept } from './support/kept';
import {
  balancerGroupsOf,
  healthyTargets,
  listenersOf,
  loadBalancer,
  loadBalancerOf,
  targetGroup,
} from './support/load-balancer';
import { dashboard } from './support/monitoring';
import { flowLog, ingressOf, waysOut } from './support/network';
import { followsCpu, followsRequests, followsSteps, schedules } from './support/scaling';
import { recordsOf } from './support/zone';

const REGION = 'ap-northeast-1';
const CLIENTS = '10.0.0.0/8';

/** Two branches in place of the whole of the company. */
const BRANCHES = ['10.1.0.0/16', '192.168.0.0/24'];

const SATURDAY = { schedule: Schedule.cron({ weekDay: 'SAT', hour: '6', minute: '0' }), minCapacity: 2 };

const withoutNat = (clientRanges: string[], scaling: Scaling): Pick<Settings, 'intranet'> => ({
  intranet: { clientRanges, egress: 'endpoints', scaling: { timeZone: 'Asia/Tokyo', ...scaling } },
});

const ACCESS = {
  'only the load balancer reaches the servers, and only they the database': access,
};

const use: Use = {
  exercises: {
    'the load balancer is internal, over two zones, strict, and logs': (stack) =>
      loadBalancer(stack, { scheme: 'internal', tier: 'LoadBalancer' }),
    "only the company's networks reach it, on port 80": (stack) => clients(stack, [`${CLIENTS}:80`]),
    'its listener leads to the servers': plainListener,
    'servers are asked for their health, and let go of in time': targetGroup,
    'the servers are private Graviton ones in two zones, of the newest template, with IMDSv2': servers,
    'the servers, and no others, are healthy targets': healthyTargets,
    'the group heeds the load balancer, and replaces servers with new ones first': groupSettings,
    'servers wait for their first boot and for their last logs, and may go on by themselves': hooks,
    'two to six servers follow the CPU load': cpu,
    'more servers are there in office hours, in Japan': officeHours,
    ...ACCESS,
    'the tiers lie in two zones, and only the servers get out': tiers,
    'nothing but the NAT gateway has a public address': onlyNatIsPublic,
    'the database is private, encrypted and takes TLS only': database,
    "the database's secret can be read": databaseSecret,
    'the alarms watch the load balancer, the servers and the database, and notify the topic': (stack) =>
      fleetAlarms(stack, ['FleetAtMaximum']),
    'the flow log is on and the default security group is closed': flowLog,
    'the dashboard is there': dashboard,
  },
  updates: [
    {
      name: 'endpoints take the place of the NAT gateway',
      settings: () => withoutNat([CLIENTS], { schedules: [SATURDAY], targetCpu: 60 }),
      exercises: {
        'the network has no way to the internet': noInternet,
        'no tier leads anywhere': closedTiers,
        'AWS is reached by endpoints with its own names, which only the servers can use': endpoints,
        'network, subnets and database are the same as before': (stack) =>
          kept(stack, ['AWS::EC2::VPC', 'AWS::EC2::Subnet', 'AWS::RDS::DBInstance']),
        'the servers follow another CPU load, at other times': async (stack) => {
          await followsCpu(stack, 60);
          await schedules(stack, ['0 6 * * SAT: 2']);
        },
        'a server that leaves waits, goes on with the command of its own script, and is replaced': leave,
        ...ACCESS,
      },
    },
    {
      name: 'the servers follow the requests, and a forecast of them',
      settings: () =>
        withoutNat(BRANCHES, {
          targetRequests: 1000,
          predictive: { mode: 'forecastAndScale', schedulingBufferTime: Duration.minutes(5) },
        }),
      exercises: {
        'both aim at the same number of requests for each server': (stack) => followsRequests(stack, 1000),
        'two branches reach the load balancer': (stack) =>
          clients(
            stack,
            BRANCHES.map((range) => `${range}:80`),
          ),
        'the servers, and no others, are healthy targets': healthyTargets,
      },
    },
    {
      name: 'the intranet gets a name, and steps',
      settings: (domain) => ({
        domain,
        region: REGION,
        ...withoutNat(BRANCHES, {
          cpuSteps: [
            { upper: 20, change: -1 },
            { lower: 60, change: 1 },
            { lower: 80, change: 3 },
          ],
        }),
      }),
      exercises: {
        'the name leads to the load balancer, with a certificate of its own': siteName,
        'HTTP leads to HTTPS': redirect,
        'two branches reach both': (stack) =>
          clients(
            stack,
            BRANCHES.flatMap((range) => [`${range}:443`, `${range}:80`]),
          ),
        'servers come from 60 and 80 % on, and go at 20 %': (stack) =>
          followsSteps(stack, {
            'GreaterThanOrEqualToThreshold 60': ['0..20: 1', '20..: 3'],
            'LessThanOrEqualToThreshold 20': ['..0: -1'],
          }),
        'the servers, and no others, are healthy targets': healthyTargets,
        'network, subnets and database are the same as at the beginning': (stack) =>
          kept(stack, ['AWS::EC2::VPC', 'AWS::EC2::Subnet', 'AWS::RDS::DBInstance']),
      },
    },
  ],
};

export default use;

async function clients(stack: DeployedStack, expected: readonly string[]): Promise<void> {
  assert.deepEqual(await ingressOf(stack, await balancerGroupsOf(stack)), expected);
}

async function plainListener(stack: DeployedStack): Promise<void> {
  const listeners = await listenersOf(stack);
  assert.deepEqual(Object.keys(listeners), ['80']);
  await leadsToServers(stack, 80);
  const { DNSName = '' } = await loadBalancerOf(stack);
  assert.equal(stack.outputs.IntranetUrl?.toLowerCase(), `http://${DNSName}`.toLowerCase());
}

async function leadsToServers(stack: DeployedStack, port: number): Promise<void> {
  const listener = (await listenersOf(stack))[port];
  assert.deepEqual(
    listener?.DefaultActions?.map(({ TargetGroupArn, Type }) => [Type, TargetGroupArn]),
    [['forward', await stack.idOf('AWS::ElasticLoadBalancingV2::TargetGroup')]],
  );
}

async function cpu(stack: DeployedStack): Promise<void> {
  await followsCpu(stack, 50);
  const { MaxSize, MinSize } = await groupOf(stack);
  assert.deepEqual({ MaxSize, MinSize }, { MaxSize: 6, MinSize: 2 });
}

async function officeHours(stack: DeployedStack): Promise<void> {
  await schedules(stack, ['30 8 * * MON-FRI: 3', '0 19 * * MON-FRI: 2']);
}

async function tiers(stack: DeployedStack): Promise<void> {
  assert.deepEqual(await waysOut(stack), {
    LoadBalancer: 'nowhere',
    Server: 'NAT gateway',
    Database: 'nowhere',
    Nat: 'internet gateway',
  });
}

async function closedTiers(stack: DeployedStack): Promise<void> {
  assert.deepEqual(await waysOut(stack), {
    LoadBalancer: 'nowhere',
    Server: 'nowhere',
    Database: 'nowhere',
  });
}

async function siteName(stack: DeployedStack): Promise<void> {
  const { hostname, protocol } = new URL(stack.outputs.IntranetUrl ?? '');
  assert.equal(protocol, 'https:');
  const { DNSName = '' } = await loadBalancerOf(stack);
  const records = await recordsOf(stack, hostname);
  assert.deepEqual(
    records.map(({ AliasTarget, Type }) => [Type, AliasTarget?.DNSName?.toLowerCase().replace(/\.$/, '')]),
    [['A', `dualstack.${DNSName.toLowerCase()}`]],
  );
  const listener = (await listenersOf(stack))[443];
  assert.equal(listener?.Protocol, 'HTTPS');
  assert.match(listener.SslPolicy ?? '', /TLS13-1-2/);
  assert.equal(listener.Certificates?.length, 1);
  await certificate(stack, REGION, listener.Certificates?.[0]?.CertificateArn, hostname);
  await leadsToServers(stack, 443);
}

async function redirect(stack: DeployedStack): Promise<void> {
  const [action, ...others] = (await listenersOf(stack))[80]?.DefaultActions ?? [];
  assert.deepEqual(others, []);
  const { Port, Protocol, StatusCode } = action?.RedirectConfig ?? {};
  assert.deepEqual(
    { Port, Protocol, StatusCode },
    { Port: '443', Protocol: 'HTTPS', StatusCode: 'HTTP_301' },
  );
}
