import { Token } from 'aws-cdk-lib';
import { checkAlarmEmail } from '../building-blocks/email-address';
import { checkClientRanges, checkNetworkRanges } from '../building-blocks/ip-ranges';
import { checkLoadBalancer } from '../building-blocks/load-balancer-options';
import { checkMySqlDatabase } from '../building-blocks/mysql-database-options';
import type { Problems } from '../building-blocks/problems';
import { checkImageId, checkServerFleet } from '../building-blocks/server-fleet-options';
import { checkWholeNumber } from '../building-blocks/whole-number';
import { checkDomain } from './check-domain';
import { checkObjectives } from './check-objectives';
import { checkRegions } from './check-regions';
import type { RecoveryOptions } from './recovery-options';
import type { RecoverySettings } from './recovery-settings';

/**
 * Adds to `problems` what can't be honoured in the props of a system in two regions.
 *
 * @param settings what the options come to with the defaults
 */
export function checkProps(options: RecoveryOptions, settings: RecoverySettings, problems: Problems): void {
  const { application: _made, ...fleet } = options;
  if (!['warm', 'cold'].includes(settings.strategy)) {
    problems.add('strategy', settings.strategy, "is none; give 'warm' or 'cold'.");
  }
  checkRegions(options, settings.gameDay, problems);
  checkSystemName(settings, problems);
  if (options.clientRanges) checkClientRanges(options.clientRanges, problems);
  checkNetworkRanges({ ...settings.cidrs }, 'cidrs', problems);
  checkDomain(options, problems);
  checkObjectives(options, settings, problems);
  checkCapacities(options, settings, problems);
  checkBackups(settings, problems);
  checkPath(settings, problems);
  checkLoadBalancer(options, problems);
  checkServerFleet(fleet, problems);
  checkImages(options, problems);
  checkMySqlDatabase(options, problems);
  checkAlarmEmail(options.alarmEmail, problems);
}

/** A bucket's name, of which the account and a region are parts, has 63 characters at most. */
function checkSystemName({ names }: RecoverySettings, problems: Problems): void {
  const { primaryRegion, standbyRegion, systemName } = names;
  const longest = Math.max(primaryRegion.length, standbyRegion.length);
  const room = 63 - '-files-123456789012-'.length - longest;
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(systemName) || /^(aws|ssm)/.test(systemName)) {
    problems.add(
      'systemName',
      systemName,
      "is no name that all services take; give small letters, digits and single hyphens, starting with a letter, and not with 'aws' or 'ssm'.",
    );
  } else if (systemName.length > room) {
    problems.add(
      'systemName',
      systemName,
      `leaves no room in the names of buckets; give at most ${room} characters.`,
    );
  }
}

function checkCapacities(options: RecoveryOptions, settings: RecoverySettings, problems: Problems): void {
  const { minCapacity, site, strategy } = settings;
  const least = Token.isUnresolved(minCapacity) ? 1 : minCapacity;
  checkWholeNumber('minCapacity', minCapacity, [1, Number.POSITIVE_INFINITY], 'servers', problems);
  checkWholeNumber('maxCapacity', site.maxCapacity, [least, Number.POSITIVE_INFINITY], 'servers', problems);
  if (strategy === 'warm') {
    const most = Token.isUnresolved(minCapacity) ? Number.POSITIVE_INFINITY : minCapacity;
    checkWholeNumber('standbyCapacity', options.standbyCapacity, [1, most], 'servers', problems);
  } else if (options.standbyCapacity !== undefined) {
    problems.add(
      'standbyCapacity',
      options.standbyCapacity,
      "servers can't run in a standby that is cold; leave it out, or give the strategy 'warm'.",
    );
  }
}

function checkImages({ amiIds }: RecoveryOptions, problems: Problems): void {
  for (const [side, amiId] of Object.entries(amiIds ?? {})) checkImageId(`amiIds.${side}`, amiId, problems);
}

/** https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.html */
function checkBackups({ profile, strategy }: RecoverySettings, problems: Problems): void {
  if (strategy !== 'warm' || profile.backupRetention.toSeconds() > 0) return;
  problems.add(
    'profile.backupRetention',
    0,
    "leaves a warm standby without a database: RDS makes no replica of one without backups. Give a day or more, or the strategy 'cold'.",
  );
}

function checkPath({ checkPath: path }: RecoverySettings, problems: Problems): void {
  if (Token.isUnresolved(path) || path.startsWith('/')) return;
  problems.add('checkPath', path, "is no path; give one that starts with '/'.");
}
