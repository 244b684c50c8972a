import { type BootedServer, optionsOf } from './boot-sandbox';
import { DEFAULT_REGION } from './units';
import type { WaitingMember } from './waiting-fleet';

/** Where the sample application's log is on a server. */
export const APPLICATION_LOG = 'var/log/company-news/company-news.log';

/** What a server completes at which hook, as it asked for it. */
export function completionsOf({ commands }: BootedServer): Record<string, string>[] {
  return commands
    .filter((command) => command.startsWith('aws autoscaling complete-lifecycle-action '))
    .map((command) => optionsOf(command.split(' ')));
}

/** How a server must complete a hook. */
export function completion({ groupName, instanceId }: WaitingMember, hook: string, result: string) {
  return {
    region: DEFAULT_REGION,
    'auto-scaling-group-name': groupName,
    'lifecycle-hook-name': hook,
    'instance-id': instanceId,
    'lifecycle-action-result': result,
  };
}

/** The commands without the pauses between two looks at the metadata. */
export function withoutPolling({ commands }: BootedServer): string[] {
  return commands.filter((command) => command !== 'sleep 5');
}
