import { PRODUCTION, type Profile, SANDBOX } from '../../lib/profile';
import { FakeRegions } from './fake-regions';
import { type Ending, type Trouble, WorkflowRunner } from './workflow-run';
import { NAMES, type SynthesizedWorkflow, synthesizeWorkflows } from './workflow-stacks';

/** The profiles by name. */
export const PROFILES: Readonly<Record<'sandbox' | 'production', Profile>> = {
  sandbox: SANDBOX,
  production: PRODUCTION,
};

/** The workflows by profile, by region and by name. */
type Workflows = Readonly<
  Record<string, Readonly<Record<string, Readonly<Record<string, SynthesizedWorkflow>>>>>
>;

const ofProfiles = (synthesize: (profile: Profile) => Workflows[string]): Workflows =>
  Object.fromEntries(Object.entries(PROFILES).map(([name, profile]) => [name, synthesize(profile)]));

/** The workflows of a system with a replica, in both regions. */
export const WARM = ofProfiles((profile) => ({
  [NAMES.primaryRegion]: synthesizeWorkflows(NAMES.primaryRegion, 'replica', profile),
  [NAMES.standbyRegion]: synthesizeWorkflows(NAMES.standbyRegion, 'replica', profile),
}));

/** The workflows of a system with copies, in the standby's region. */
export const COLD = ofProfiles((profile) => ({
  [NAMES.standbyRegion]: synthesizeWorkflows(NAMES.standbyRegion, 'copies', profile),
}));

/** A system in its two regions. */
export class RecoverySystem {
  readonly aws: FakeRegions;

  /** What was called and changed since the beginning, by region. */
  private readonly runner: WorkflowRunner;

  constructor(workflows: Workflows, profile: string, start?: string) {
    this.aws = new FakeRegions(start);
    this.aws.standby.stack.protects = profile === 'production';
    this.runner = new WorkflowRunner(this.aws, workflows[profile] ?? {});
  }

  /** Lets a region take over. */
  takeOver(region: string, mode?: string, trouble?: Trouble): Promise<Ending> {
    return this.runner.run(region, NAMES.takeOver, mode === undefined ? {} : { mode }, trouble);
  }

  /** Starts a workflow with any input. */
  start(region: string, name: string, input: Parameters<WorkflowRunner['run']>[2], trouble?: Trouble) {
    return this.runner.run(region, name, input, trouble);
  }

  /** Lets a region step back. */
  stepBack(region: string, trouble?: Trouble): Promise<Ending> {
    return this.runner.run(region, NAMES.stepBack, {}, trouble);
  }

  /** Runs what was started in the other region, and waits until nothing is going on. */
  async settle(): Promise<void> {
    await this.runner.runAsked();
    this.aws.settle();
  }

  /** What was written and is not in a region's database. */
  lostIn(region: string): number[] {
    const rows = new Set(this.aws.region(region).database?.rows);
    return this.aws.written.filter((row) => !rows.has(row));
  }

  /** How things stand, without what differs from run to run. */
  get state(): unknown {
    const { active, regions } = this.aws;
    return {
      active,
      regions: Object.values(regions).map(({ databases, group, name, parameters, serversHost, stack }) => ({
        name,
        group: { ...group },
        serversHost,
        stack: { ...stack },
        parameters: [...parameters].map(([parameter, { Value }]) => `${parameter}=${Value}`),
        databases: [...databases]
          .map(([id, { backupRetention, settings, source, status }]) => ({
            id: id.replace(/-retired-[0-9a-f]{8}$/, '-retired'),
            status,
            source,
            backupRetention,
            settings,
          }))
          .sort((a, b) => a.id.localeCompare(b.id)),
      })),
    };
  }

  /** All messages that were sent, with the region that sent them. */
  get messages(): string[] {
    return Object.values(this.aws.regions).flatMap(({ messages, name }) =>
      messages.map(({ subject, text }) => `${name}: ${subject}: ${text}`),
    );
  }
}
