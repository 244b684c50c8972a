import { rmSync } from 'node:fs';
import type { App } from 'aws-cdk-lib';
import { SANDBOX } from '../../../lib/profile';
import { type Aws, connect } from './aws';
import type { Boot } from './boot-root';
import { type BootedServer, bootServer } from './boot-sandbox';
import { beginDeploy, destroy, emulatorEnvironment } from './cli';
import type { EmulatorAddress } from './emulator';
import { timed } from './progress';
import { explain } from './stacks';
import { DEFAULT_REGION, synthesizeApp } from './units';
import { bootOfMember, type WaitingMember, waitingMembers } from './waiting-fleet';
import { WAIT_FOR_SIGNALS } from './waiting-server';

/** What the stacks of fleets have in common here: they wait for their servers' signals. */
export const WAITING_STACK = { profile: SANDBOX, tags: WAIT_FOR_SIGNALS };

/** Deploys fleets to the emulator, and boots the servers that they launch. */
export class FleetTrial {
  readonly aws: Aws;
  private readonly env: NodeJS.ProcessEnv;
  private readonly servers: BootedServer[] = [];

  constructor(private readonly emulator: EmulatorAddress) {
    this.aws = connect(emulator, DEFAULT_REGION);
    this.env = emulatorEnvironment(emulator, DEFAULT_REGION);
  }

  /** Deploys a fleet, hands over the servers that it launches, and destroys it. */
  async deploy(
    stackName: string,
    addStack: (app: App) => void,
    use: (members: readonly WaitingMember[], deploying: Promise<unknown>) => Promise<void>,
  ): Promise<void> {
    const app = synthesizeApp(addStack);
    const { folder } = app;
    const failure = new AbortController();
    try {
      const deploying = beginDeploy(folder, [stackName], this.env, { signal: failure.signal });
      const members = await timed(stackName, 'launched', () => waitingMembers(this.aws, app));
      await use(members, deploying);
      await timed(stackName, 'destroyed', () => destroy(folder, [stackName], this.env));
    } catch (error) {
      failure.abort();
      process.stderr.write(`${await explain(this.aws, stackName, this.emulator)}\n`);
      throw error;
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  /** Boots a server with what EC2 gives to it, with changes. */
  async boot(member: WaitingMember, change: (boot: Boot) => Boot = (given) => given): Promise<BootedServer> {
    const server = await timed(member.instanceId, 'booted', async () =>
      bootServer(change(await bootOfMember(this.aws, member))),
    );
    this.servers.push(server);
    return server;
  }

  /** Ends all servers. */
  async end(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.remove()));
  }
}
