import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Stack, Token } from 'aws-cdk-lib';
import type * as ecr from 'aws-cdk-lib/aws-ecr';
import type { IConstruct } from 'constructs';
import { checkAlarmEmail } from '../building-blocks/email-address';
import type { Problems } from '../building-blocks/problems';
import { SEVERITIES } from './build-project';
import type { ConnectionSource } from './connection-source';
import type { DeliveryPipelineProps } from './delivery-pipeline';
import { OUTCOMES } from './pipeline-notifications';

/**
 * Where no pipeline has a source by a connection:
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodestarConnectionSource.html
 */
const WITHOUT_CONNECTIONS = [
  'af-south-1',
  'ap-east-1',
  'ap-northeast-3',
  'ap-south-2',
  'ap-southeast-3',
  'ap-southeast-4',
  'eu-central-2',
  'eu-south-2',
  'il-central-1',
  'me-central-1',
  'me-south-1',
  'us-gov-west-1',
];

const CONNECTION =
  /^arn:aws[\w-]*:(?:codeconnections|codestar-connections):[a-z0-9-]+:\d{12}:connection\/[0-9a-f-]{36}$/;
const REPOSITORY = /^[\w.-]+(?:\/[\w.-]+)+$/;
/** What git allows, but for characters that are rare: https://git-scm.com/docs/git-check-ref-format */
const BRANCH = /^(?!refs\/)(?!.*(?:\/\/|\.\.|\.lock$))[\w@+][\w@+./-]*(?<![/.])$/;

/** Adds to `problems` what a delivery pipeline can't honour in its props. */
export function checkPipeline(scope: IConstruct, props: DeliveryPipelineProps, problems: Problems): void {
  const { alarmEmail, application, source } = props;
  if (source) checkSource(source, scope, problems);
  if (source && application !== undefined) {
    problems.add('application', application, 'is what S3 is seeded with; leave out application or source.');
  }
  if (!source && application !== undefined) checkApplication(application, problems);
  checkTargets(props, problems);
  checkSeverity(props, problems);
  checkOutcomes(props.notifiedOutcomes, problems);
  checkReviewUrl(props, problems);
  checkAlarmEmail(alarmEmail, problems);
}

function checkSource(source: ConnectionSource, scope: IConstruct, problems: Problems): void {
  const { branch, connectionArn, repository } = source;
  const { region } = Stack.of(scope);
  const form = (prop: string, value: string | undefined, pattern: RegExp, wayOut: string) => {
    if (value !== undefined && !Token.isUnresolved(value) && !pattern.test(value)) {
      problems.add(`source.${prop}`, value, wayOut);
    }
  };
  form('connectionArn', connectionArn, CONNECTION, 'is no ARN of a connection of AWS CodeConnections.');
  if (Token.isUnresolved(repository)) {
    problems.add('source.repository', 'a token', "is not known yet; write it like 'owner/name'.");
  }
  form('repository', repository, REPOSITORY, "is no repository; write it like 'owner/name'.");
  form('branch', branch, BRANCH, "is no branch; write it like 'main', without 'refs/heads/'.");
  if (WITHOUT_CONNECTIONS.includes(region)) {
    problems.add(
      'source',
      region,
      'is a region where no pipeline takes a connection; leave out source, and push to S3.',
    );
  }
}

function checkApplication(application: string, problems: Problems): void {
  if (Token.isUnresolved(application)) {
    problems.add('application', 'a token', 'is not known yet; give the path of a folder.');
  } else if (!existsSync(application) || !statSync(application).isDirectory()) {
    problems.add('application', application, 'is no folder.');
  } else if (!existsSync(join(application, 'buildspec.yml'))) {
    problems.add('application', application, 'has no buildspec.yml, which says how it is built.');
  }
}

function checkTargets({ production, target }: DeliveryPipelineProps, problems: Problems): void {
  if (!production) return;
  if (production === target) {
    problems.add(
      'production',
      'target',
      'is the target of the beta stage already; give another one, or none.',
    );
  } else if (!isSame(production.repository, target.repository)) {
    problems.add(
      'production',
      production.repository ? 'a repository of its own' : 'no repository',
      "does not take what was tested in beta; give it the target's repository.",
    );
  }
}

/** Whether two are one: the same construct, or imported twice. */
function isSame(one: ecr.IRepository | undefined, other: ecr.IRepository | undefined): boolean {
  if (!one || !other || one === other) return one === other;
  const [first, second] = [one, other].map((each) =>
    JSON.stringify(Stack.of(each).resolve(each.repositoryArn)),
  );
  // In two stacks a reference may look alike and mean two things.
  return first === second && (Stack.of(one) === Stack.of(other) || !Token.isUnresolved(one.repositoryArn));
}

function checkSeverity({ maxSeverity, target }: DeliveryPipelineProps, problems: Problems): void {
  if (maxSeverity === undefined) return;
  if (!Token.isUnresolved(maxSeverity) && !SEVERITIES.includes(maxSeverity)) {
    problems.add('maxSeverity', maxSeverity, `is not known; give one of ${SEVERITIES.join(', ')}.`);
  }
  if (!target.repository) {
    problems.add('maxSeverity', maxSeverity, 'is about an image, which servers do not get; leave it out.');
  }
}

function checkOutcomes(outcomes: DeliveryPipelineProps['notifiedOutcomes'], problems: Problems): void {
  for (const outcome of outcomes ?? []) {
    if (OUTCOMES.includes(outcome)) continue;
    problems.add('notifiedOutcomes', outcome, `is not known; give some of ${OUTCOMES.join(', ')}.`);
  }
  if (outcomes && !outcomes.includes('FAILED')) {
    problems.add('notifiedOutcomes', outcomes, 'tells nobody of a failure; add FAILED.');
  }
}

function checkReviewUrl({ production, reviewUrl }: DeliveryPipelineProps, problems: Problems): void {
  if (reviewUrl === undefined) return;
  if (!production) {
    problems.add(
      'reviewUrl',
      reviewUrl,
      'is for the approval of a production stage; leave it out, or give production.',
    );
  }
  if (!Token.isUnresolved(reviewUrl) && !/^https?:\/\/[^\s/]+/.test(reviewUrl)) {
    problems.add('reviewUrl', reviewUrl, "is no address; write it like 'https://beta.example.com'.");
  }
}
