import { Duration } from 'aws-cdk-lib';
import { type Settings, settingsFor } from '../../../bin/settings';
import type { Use } from '../support/use';
import { access } from './support/access';
import { alarms, capacities, dashboards, publicRecords, records } from './support/both-regions';
import { coldDisaster, coldFailback } from './support/cold-takeover';
import { copyAge, copyPlan, noCopy, noVaults } from './support/copies';
import { database } from './support/database';
import {
  disaster,
  doesNothingTwice,
  failback,
  failsAtLastStep,
  goesOn,
  refusesUnknownLag,
  standbyServes,
} from './support/failover';
import { groupSettings, servers } from './support/fleet';
import { hooks } from './support/hooks';
import { healthyTargets, loadBalancer, targetGroup } from './support/load-balancer';
import { publicEntrances, verifiesFromOutside } from './support/public-names';
import { check, noStepBack, unknownMode } from './support/recovery-checks';
import { parameters, replicates, secrets } from './support/recovery-data';
import { endpointHealth, health, privateZone } from './support/recovery-dns';
import { filesFollow, replicationRules } from './support/recovery-files';
import { networks, reachedBy, serversAsk } from './support/recovery-network';
import { repeated, switched } from './support/recovery-switch';
import { awake, leadsNowhereElse, oldCopy, rehearse, sleeps, stillAwake } from './support/rehearsal';
import { followsCpu } from './support/scaling';
import { inBoth, twoRegions } from './support/two-regions';

const { disasterRecovery: SANDBOX } = settingsFor('sandbox');
const { clientRanges: _internal, ...PUBLIC } = SANDBOX;

const changed = (change: Partial<Settings['disasterRecovery']>): Pick<Settings, 'disasterRecovery'> => ({
  disasterRecovery: { ...SANDBOX, ...change },
});

const THREE = { failureThreshold: 2, minCapacity: 3 };

const use: Use = {
  patience: 900,
  exercises: {
    'both networks have the same tiers, at addresses that the other one has not': networks,
    'both load balancers are internal, over two zones, strict, and log': (stack) =>
      inBoth(stack, (region) => loadBalancer(region, { scheme: 'internal', tier: 'LoadBalancer' })),
    "only the company's networks, and what looks whether a region serves, reach them": (stack) =>
      reachedBy(stack, '10.0.0.0/8'),
    'in both regions each part reaches the next one only': (stack) => inBoth(stack, access),
    'two servers are in the primary and one in the standby, and both may become six': capacities,
    'the servers of the primary are private Graviton ones in two zones, with IMDSv2': async (stack) =>
      servers((await twoRegions(stack)).primary),
    'both groups heed their load balancers, wait for first boots and follow the CPU load': (stack) =>
      inBoth(stack, async (region) => {
        await groupSettings(region);
        await targetGroup(region);
        await healthyTargets(region);
        await hooks(region);
        await followsCpu(region, 50);
      }),
    'servers ask where their database is when they boot': serversAsk,
    'both databases are private, encrypted and take TLS only': (stack) => inBoth(stack, database),
    "the standby's is a replica of the primary's, under its own region's key": (stack) =>
      replicates(stack, 'primary', 'standby'),
    'both regions read the same password, under the key of each': secrets,
    'the parameters lead to what is there': parameters,
    'both buckets have a rule that replicates everything to the other one': replicationRules,
    'files and their deletions follow, in both directions': filesFollow,
    'both networks see the private zone': privateZone,
    'the name leads to the primary, and to the standby when that fails': records,
    'the primary is healthy while it has servers and the switch is on it': (stack) => health(stack, 3),
    'the alarms of each region notify its own topic': alarms,
    'three dashboards are there': dashboards,
    'the switch is read and set by its functions, and metric and alarm follow': switched,
    'a schedule says every minute which region serves': repeated,
    'the takeovers look at everything, report it and change nothing': check,
    'a takeover of a mode that nobody knows is refused': (stack) => unknownMode(stack),
    'the region that serves does not step back': (stack) => noStepBack(stack, 'primary'),
  },
  updates: [
    {
      name: 'three servers serve, and two minutes without one are enough',
      settings: () => ({ ...changed(THREE), alarmEmail: 'alarms@example.com' }),
      exercises: {
        'Route 53 watches another alarm, of another name': (stack) => health(stack, 2),
        'a planned takeover refuses a replica of which nobody knows how far it is behind': refusesUnknownLag,
        'a takeover that fails names its step to people, and leaves what it says': failsAtLastStep,
        'started again it goes on from there, and the primary becomes the replica': goesOn,
        'started once more it changes nothing': doesNothingTwice,
        'the users are led to the standby, which has as many servers': (stack) => standbyServes(stack, 6),
        'the standby, which serves, does not step back': (stack) => noStepBack(stack, 'standby'),
      },
    },
    {
      name: 'a deployment while the standby serves',
      settings: () => changed({ ...THREE, maxCapacity: 8 }),
      exercises: {
        'what the takeover had changed is as it was': (stack) => standbyServes(stack, 8),
        'files and their deletions follow, in both directions': filesFollow,
        "the primary's own workflow brings everything back": failback,
        'a disaster is answered without the primary, which steps back when somebody says so': disaster,
        'that is brought back, too': failback,
        'all is as it was at the beginning': async (stack) => {
          await parameters(stack);
          await secrets(stack);
          await inBoth(stack, healthyTargets);
          await inBoth(stack, database);
          await check(stack);
        },
      },
    },
    // On AWS a strategy can be changed while the primary serves: the replica has nothing that the primary has not, and the
    // copies are made by the next run of the plan.
    {
      name: 'copies take the place of the running standby',
      settings: () => changed({ strategy: 'cold' }),
      exercises: {
        'nothing of the system runs in the standby': sleeps,
        'a plan copies servers and database to the vaults of both regions': (stack) => copyPlan(stack, '19'),
        'without a copy there is no takeover': noCopy,
        'a takeover of a mode that nobody knows is refused': (stack) =>
          unknownMode(stack, 'check, rehearsal, disaster'),
        'the newest copy is found, and one that is too old is an error': copyAge,
        'a rehearsal that was stopped is started again, and builds the standby of the newest copy': rehearse,
        'it has all that the primary has': (stack) => awake(stack, 2),
        'nobody is led to it': leadsNowhereElse,
      },
    },
    {
      name: 'copies are made twice a day, which is deployed during the rehearsal',
      settings: () => changed({ strategy: 'cold', copyInterval: Duration.hours(12) }),
      exercises: {
        'the plan copies at other times': (stack) => copyPlan(stack, '7,19'),
        'the standby is awake as before': stillAwake,
        'a disaster is not answered with an older copy than the newest': oldCopy,
        'it is answered with that one when somebody says so, and the name leads there': coldDisaster,
      },
    },
    {
      name: 'a deployment while the standby serves that was built of a copy',
      settings: () => changed({ strategy: 'cold', maxCapacity: 8 }),
      exercises: {
        'the name leads to it as before': records,
        "the primary's own workflow brings everything back, and puts the standby to sleep": coldFailback,
      },
    },
    // Behind a standby that sleeps, since its record and its load balancer would hold on to the zone and the subnets that go.
    {
      name: 'the standby runs again, and all of it is on the internet under a name of its own',
      settings: (domain) => ({ domain, region: SANDBOX.primaryRegion, disasterRecovery: PUBLIC }),
      exercises: {
        'the vaults went with the copies that they held': noVaults,
        "the standby's is a replica of the primary's, under its own region's key": (stack) =>
          replicates(stack, 'primary', 'standby'),
        'both load balancers are for everyone, behind HTTPS': publicEntrances,
        'the public name leads to the primary, and to the standby when that fails': publicRecords,
        "Route 53's checkers ask the primary themselves": endpointHealth,
        'what looks whether a region serves asks from outside, by that name': verifiesFromOutside,
        'the takeovers look at everything, report it and change nothing': check,
      },
    },
  ],
};

export default use;
