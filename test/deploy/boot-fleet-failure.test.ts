import { Validations } from 'aws-cdk-lib';
import { afterAll, expect, inject, test } from 'vitest';
import { CorporateSiteStack } from '../../lib/corporate-site/corporate-site-stack';
import { IntranetStack } from '../../lib/intranet/intranet-stack';
import type { BootedServer } from './support/boot-sandbox';
import { APPLICATION_LOG, completion, completionsOf } from './support/fleet-commands';
import { FleetTrial, WAITING_STACK } from './support/fleet-trial';
import type { WaitingMember } from './support/waiting-fleet';
import { signal } from './support/waiting-server';

const fleets = new FleetTrial(inject('emulator'));
afterAll(() => fleets.end());

test('a server without Node.js fails the deployment and never serves, after its log could be sent', () =>
  fleets.deploy(
    'FleetHasNoNode',
    (app) => {
      const stack = new CorporateSiteStack(app, 'FleetHasNoNode', { ...WAITING_STACK, keptVolumeSize: 10 });
      Validations.of(stack).acknowledge({
        id: 'Annotation::ServerFleet:KeptVolumes',
        reason: 'There are no volumes.',
      });
    },
    async ([member], deploying) => {
      if (!member) throw new Error('no server');
      const server = await fleets.boot(member, (given) => ({ ...given, missingPackages: ['nodejs24'] }));
      expect(server.exitCode).toBe(1);
      expect(server.printed).toContain('Unable to find a match: nodejs24');
      expect(server.commands.slice(2)).toEqual([
        'mkfs --type xfs /dev/sdf',
        'mount /data',
        'dnf install -y nodejs24 logrotate',
        'sleep 15',
        expect.stringMatching(
          / --exit-code 1 --reason First boot ended with exit code 1; see log group \S+$/,
        ),
        expect.stringMatching(/^aws autoscaling complete-lifecycle-action /),
      ]);
      await expectToFail(server, member, 'FleetHasNoNode', deploying);
    },
  ));

test('a server whose application does not start fails the deployment and never serves', () =>
  fleets.deploy(
    'FleetDoesNotStart',
    (app) => new IntranetStack(app, 'FleetDoesNotStart', { ...WAITING_STACK, clientRanges: ['10.0.0.0/8'] }),
    async ([member], deploying) => {
      if (!member) throw new Error('no server');
      const server = await fleets.boot(member, ({ userData, ...given }) => ({
        ...given,
        userData: userData
          .replace('--retry 30', '--retry 1')
          .replace(
            /^unzip .*$/m,
            `$&\necho "throw new Error('does not start')" > /opt/company-news/server.cjs`,
          ),
        // In vain, too: nothing may keep the hook from being completed.
        failingCommands: ['cfn-signal'],
      }));
      expect(server.exitCode).toBe(7);
      expect(server.read(APPLICATION_LOG)).toContain('does not start');
      expect(server.commands.slice(-3)).toEqual([
        'sleep 15',
        expect.stringMatching(/^cfn-signal .* --exit-code 7 /),
        expect.stringMatching(/^aws autoscaling complete-lifecycle-action /),
      ]);
      await expectToFail(server, member, 'FleetDoesNotStart', deploying);
    },
  ));

async function expectToFail(
  server: BootedServer,
  member: WaitingMember,
  stackName: string,
  deploying: Promise<unknown>,
): Promise<void> {
  expect(completionsOf(server)).toEqual([completion(member, 'first-boot', 'ABANDON')]);
  expect(server.signal).toMatchObject({
    'exit-code': `${server.exitCode}`,
    stack: stackName,
    resource: member.logicalId,
  });
  await signal(fleets.aws, stackName, member, 'FAILURE');
  // The CLI words it by what it saw first: the resource's status or the reason of it.
  await expect(deploying).rejects.toThrow(/FAILED|FAILURE signal/);
}
