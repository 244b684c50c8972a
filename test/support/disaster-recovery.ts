import type { App } from 'aws-cdk-lib';
import { DisasterRecovery, type DisasterRecoveryProps } from '../../lib/disaster-recovery/disaster-recovery';
import { PRODUCTION, type Profile, SANDBOX } from '../../lib/profile';
import { createApp, type StackTemplate, templatesOf } from './apps';

export const PRIMARY_REGION = 'ap-northeast-1';
export const STANDBY_REGION = 'ap-northeast-3';

/** Who may use a system with load balancers of private addresses. */
export const CLIENT_RANGES = ['10.0.0.0/8', '192.168.0.0/16'];

/** What load balancers on the internet need. */
export const DOMAIN = {
  hostedZone: { hostedZoneId: 'Z0123456789ABCDEFGHIJ', zoneName: 'example.com' },
  domainName: 'shop.example.com',
};

/** The templates of a system. */
export interface RecoveryTemplates {
  readonly name: string;
  readonly isWarm: boolean;
  readonly isInternal: boolean;
  readonly profile: Profile;
  readonly base: StackTemplate;
  readonly primary: StackTemplate;
  readonly dns: StackTemplate;
  readonly standby: StackTemplate;
  readonly overview: StackTemplate;

  /** The one with the standby's servers and its database: the standby's own, or the nested one that sleeps in it. */
  readonly site: StackTemplate;
}

/** Adds a system of the name `shop` to an app. */
export function addSystem(
  app: App,
  props: Partial<DisasterRecoveryProps>,
  id = 'DisasterRecovery',
): DisasterRecovery {
  return new DisasterRecovery(app, id, {
    primaryRegion: PRIMARY_REGION,
    standbyRegion: STANDBY_REGION,
    systemName: 'shop',
    ...(props.hostedZone ? {} : { clientRanges: CLIENT_RANGES }),
    ...props,
  });
}

/** Synthesizes a system, in production where no profile is given. */
export function synthesize(props: Partial<DisasterRecoveryProps> = {}, name = 'a system'): RecoveryTemplates {
  const app = createApp();
  addSystem(app, props);
  const templates = templatesOf(app);
  const templateOf = (stack: string) => {
    const template = templates.get(`DisasterRecovery/${stack}`);
    if (!template) throw new Error(`there is no stack ${stack} in ${[...templates.keys()].join(', ')}`);
    return template;
  };
  const isWarm = props.strategy !== 'cold';
  return {
    name,
    isWarm,
    isInternal: !props.hostedZone || props.clientRanges !== undefined,
    profile: props.profile ?? PRODUCTION,
    base: templateOf('StandbyBase'),
    primary: templateOf('Primary'),
    dns: templateOf('Dns'),
    standby: templateOf('Standby'),
    overview: templateOf('Overview'),
    site: templateOf(isWarm ? 'Standby' : 'Standby/Site'),
  };
}

export const warm = synthesize({}, 'warm');
export const cold = synthesize({ strategy: 'cold' }, 'cold');
export const warmSandbox = synthesize({ profile: SANDBOX }, 'warm in a sandbox');
export const coldSandbox = synthesize({ profile: SANDBOX, strategy: 'cold' }, 'cold in a sandbox');
export const warmOnline = synthesize(DOMAIN, 'warm on the internet');
const coldOnline = synthesize({ ...DOMAIN, strategy: 'cold' }, 'cold on the internet');
const warmOnlineSandbox = synthesize({ ...DOMAIN, profile: SANDBOX }, 'warm on the internet in a sandbox');

/** Both strategies, both profiles, with private and with public load balancers. */
export const EVERY: readonly RecoveryTemplates[] = [
  warm,
  cold,
  warmSandbox,
  coldSandbox,
  warmOnline,
  coldOnline,
  warmOnlineSandbox,
];

/** The stacks to whose outputs a template refers, each once. */
export function referencesOf(template: StackTemplate): string[] {
  const found = new Set<string>();
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('Fn::GetStackOutput' in value) {
      const { Region, StackName } = value['Fn::GetStackOutput'] as Record<string, string>;
      found.add(`${StackName?.replace('DisasterRecovery-', '')} in ${Region}`);
    }
    if ('Fn::ImportValue' in value) found.add('an export');
    for (const each of Object.values(value)) walk(each);
  };
  walk(template);
  return [...found].sort();
}

/** The texts in a template, with `<id>` for what only CloudFormation knows. */
export function textsIn(value: unknown, textOf: (value: unknown) => string): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  if ('Fn::Join' in value || 'Fn::Sub' in value) return [textOf(value)];
  return Object.values(value).flatMap((each) => textsIn(each, textOf));
}
