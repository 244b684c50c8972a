import { imageTagOf } from './image-tag';

/** Severities from the least to the worst. What the registry calls otherwise, such as UNDEFINED, is below them. */
export const SEVERITIES = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const;

/** How bad a finding is. */
export type Severity = (typeof SEVERITIES)[number];

/** What a release consists of, from the environment of the build. */
export type Settings = ContainerSettings | ServersSettings;

/** A release as an image. */
export interface ContainerSettings {
  readonly target: 'container';
  /** Image tag and version in one. */
  readonly version: string;
  readonly repositoryUri: string;
  /** Findings that bad or worse refuse the image; without it none does. */
  readonly maxSeverity?: Severity;
}

/** A release as files for servers. */
export interface ServersSettings {
  readonly target: 'servers';
  readonly version: string;
}

const REPOSITORY = /^[a-z0-9.:-]+\/[a-z0-9][a-z0-9._/-]{0,255}$/;

/**
 * Reads TARGET, SOURCE_VERSION, REPOSITORY_URI and MAX_SEVERITY.
 *
 * @throws where one of them is missing or wrong
 */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const { TARGET: target, SOURCE_VERSION = '', REPOSITORY_URI = '', MAX_SEVERITY = '' } = environment;
  const version = imageTagOf(SOURCE_VERSION);
  if (target === 'servers') return { target, version };
  if (target !== 'container') throw new Error(`TARGET=${target} is neither 'container' nor 'servers'`);
  if (!REPOSITORY.test(REPOSITORY_URI)) {
    throw new Error(`REPOSITORY_URI=${REPOSITORY_URI} is not the URI of an ECR repository without a tag`);
  }
  const maxSeverity = SEVERITIES.find((severity) => severity === MAX_SEVERITY);
  if (!maxSeverity && MAX_SEVERITY !== 'none') {
    throw new Error(`MAX_SEVERITY=${MAX_SEVERITY} is not one of none, ${SEVERITIES.join(', ')}`);
  }
  return { target, version, repositoryUri: REPOSITORY_URI, maxSeverity };
}
