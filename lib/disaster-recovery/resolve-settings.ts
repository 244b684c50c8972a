import { Duration } from 'aws-cdk-lib';
import { CompanyNews } from '../building-blocks/company-news';
import { PRODUCTION } from '../profile';
import type { Detection } from './detection-time';
import type { RecoveryOptions } from './recovery-options';
import type { RecoverySettings } from './recovery-settings';
import { SystemNames } from './system-names';

/** Puts the defaults in their places. */
export function resolveSettings(stageName: string, options: RecoveryOptions): RecoverySettings {
  const { clientRanges, hostedZone, profile = PRODUCTION, strategy = 'warm' } = options;
  const systemName = options.systemName ?? systemNameOf(stageName);
  const domainName = options.domainName ?? `intranet.${systemName}.internal`;
  const isWarm = strategy === 'warm';
  return {
    names: new SystemNames({ ...options, systemName }),
    strategy,
    profile,
    exposure: clientRanges ? 'internal' : 'internet',
    site: { ...options, clientRanges, maxCapacity: options.maxCapacity ?? 6, profile },
    application:
      options.application ??
      ((scope) => new CompanyNews(scope, 'CompanyNews', { title: 'Intranet', allowPosts: true })),
    checkPath: options.checkPath ?? '/',
    cidrs: options.cidrs ?? { primary: '10.0.0.0/16', standby: '10.1.0.0/16' },
    amiIds: options.amiIds,
    certificateArns: options.certificateArns,
    hostedZone,
    zoneName: hostedZone?.zoneName ?? domainName.slice(domainName.indexOf('.') + 1),
    domainName,
    detection: detectionOf(options),
    recoveryTimeObjective:
      options.recoveryTimeObjective ?? (isWarm ? Duration.minutes(15) : Duration.hours(4)),
    recoveryPointObjective:
      options.recoveryPointObjective ?? (isWarm ? Duration.minutes(5) : Duration.hours(26)),
    minCapacity: options.minCapacity ?? 2,
    standbyCapacity: options.standbyCapacity ?? 1,
    copyInterval: options.copyInterval ?? Duration.hours(24),
    copyRetention: Duration.days(Math.max(7, profile.backupRetention.toDays())),
    gameDay: options.gameDay ?? !profile.deletionProtection,
    alarmEmail: options.alarmEmail,
  };
}

/** The name of a system, where none is given: that of its stage, in small letters and with hyphens between its words. */
function systemNameOf(stageName: string): string {
  return stageName
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .toLowerCase();
}

function detectionOf(options: RecoveryOptions): Detection {
  const { clientRanges, failureThreshold = 3, requestInterval = Duration.seconds(30) } = options;
  const kind = options.healthCheck ?? (clientRanges ? 'alarm' : 'endpoint');
  return kind === 'alarm'
    ? { kind, evaluationPeriods: failureThreshold }
    : {
        kind: 'endpoint',
        requestInterval: requestInterval.toMilliseconds({ integral: false }) === 10_000 ? 10 : 30,
        failureThreshold,
      };
}
