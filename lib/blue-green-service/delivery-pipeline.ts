import { Duration } from 'aws-cdk-lib';
import type * as codebuild from 'aws-cdk-lib/aws-codebuild';
import * as codepipeline from 'aws-cdk-lib/aws-codepipeline';
import * as actions from 'aws-cdk-lib/aws-codepipeline-actions';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { AccessLogBucket } from '../building-blocks/access-log-bucket';
import { mailTo } from '../building-blocks/mail-to';
import { FORGET_OLD_VERSIONS } from '../building-blocks/private-bucket';
import { Problems } from '../building-blocks/problems';
import { projectFolder } from '../building-blocks/project-folder';
import { PRODUCTION, type Profile } from '../profile';
import { type Build, BuildProject, type Severity } from './build-project';
import { checkPipeline } from './check-pipeline';
import { type ConnectionSource, fetchByConnection } from './connection-source';
import { PipelineBucket } from './pipeline-bucket';
import { notifyOf, type Outcome, pipelineUrlOf } from './pipeline-notifications';
import type { ReleaseTarget } from './release-target';
import { SourceBucket } from './source-bucket';

/** Properties of DeliveryPipeline. */
export interface DeliveryPipelineProps {
  /** Where each build is released at once: the beta stage. */
  readonly target: ReleaseTarget;

  /**
   * Where it is released when somebody has approved it. Rejected when it is `target`, or has another repository: what was tested
   * is what is released.
   *
   * @default - the pipeline ends with the beta stage
   */
  readonly production?: ReleaseTarget;

  /**
   * A repository of GitHub, GitLab or Bitbucket. Rejected in regions without such sources, for example Osaka.
   *
   * @default - a zip in a bucket of the pipeline's own
   */
  readonly source?: ConnectionSource;

  /**
   * The folder with a buildspec.yml that the bucket holds at first. Rejected with `source`.
   *
   * @default - services/notice-board
   */
  readonly application?: string;

  /**
   * The findings in an image that fail its build: those of this severity and above; 'none' lets all pass. Rejected where no
   * image is built.
   *
   * @default 'CRITICAL'
   */
  readonly maxSeverity?: Severity;

  /**
   * A key that encrypts the source and what is built.
   *
   * @default - the keys of S3, which cost nothing
   */
  readonly key?: kms.IKey;

  /**
   * The topic that is told how releases end, and of approvals to be given.
   *
   * @default - a topic of its own that accepts TLS only
   */
  readonly alarmTopic?: sns.ITopic;

  /**
   * The e-mail address that receives this; its owner must confirm the subscription that SNS mails.
   *
   * @default - nobody is subscribed
   */
  readonly alarmEmail?: string;

  /**
   * The ends of an execution that the topic is told of. Rejected without FAILED.
   *
   * @default - SUCCEEDED, FAILED and CANCELED, which is one whose pipeline was changed while it ran
   */
  readonly notifiedOutcomes?: readonly Outcome[];

  /**
   * Where the person who approves can look at what is in beta. Rejected without `production`.
   *
   * @default - the request for approval has no link
   */
  readonly reviewUrl?: string;

  /**
   * Retention and removal policy.
   *
   * @default PRODUCTION
   */
  readonly profile?: Profile;
}

/** From a push to a release: Source, Build, Beta and, after an approval, Production. */
export class DeliveryPipeline extends Construct {
  /** The pipeline, to which stages can be added. */
  readonly pipeline: codepipeline.Pipeline;

  /** The bucket to which the source is pushed, where it comes by no connection. */
  readonly sourceBucket?: s3.IBucket;

  /** The command that pushes the last commit of the application into the source bucket, where there is one. */
  readonly pushCommand?: string;

  /** What builds and tests. */
  readonly buildProject: codebuild.IProject;

  /** What the stages hand to each other. */
  readonly artifactBucket: s3.IBucket;

  /** The topic that is told how releases end. */
  readonly alarmTopic: sns.ITopic;

  /** The pipeline's address in the console. */
  readonly pipelineUrl: string;

  constructor(scope: Construct, id: string, props: DeliveryPipelineProps) {
    super(scope, id);
    const problems = new Problems(this);
    checkPipeline(this, props, problems);
    problems.throwIfAny();

    const { key, production, profile = PRODUCTION, target } = props;
    const { repository } = target;
    const accessLogs = new AccessLogBucket(this, 'AccessLogs', { profile, forBuckets: true });
    const artifacts = new PipelineBucket(this, 'Artifacts', {
      accessLogs,
      accessLogsPrefix: 'artifacts/',
      key,
      // Images are in their repository. New servers fetch the last release from here, however old it is.
      lifecycleRules: repository
        ? [{ expiration: Duration.days(90) }, FORGET_OLD_VERSIONS]
        : [FORGET_OLD_VERSIONS],
      profile,
    });
    this.artifactBucket = artifacts;
    this.alarmTopic = this.topicOf(props);

    const application = props.application ?? projectFolder('services', 'notice-board');
    const source =
      props.source ?? new SourceBucket(this, 'Source', { application, accessLogs, key, profile });
    const fetch = source instanceof SourceBucket ? source.fetch() : fetchByConnection(source);
    const { maxSeverity = 'CRITICAL' } = props;
    const project = new BuildProject(this, 'Build', { artifacts, repository, maxSeverity, profile });
    this.buildProject = project.project;
    const build = project.build(fetch);
    const release = (to: ReleaseTarget, runOrder: number) =>
      to.deployAction({ actionName: 'Release', input: build.output, image: build.image, runOrder });

    this.pipeline = new codepipeline.Pipeline(this, 'Pipeline', {
      pipelineType: codepipeline.PipelineType.V2,
      // A newer version overtakes those that wait for a stage: there is no point in releasing each of them in turn.
      executionMode: codepipeline.ExecutionMode.SUPERSEDED,
      artifactBucket: artifacts,
      stages: [
        { stageName: 'Source', actions: [fetch.action] },
        { stageName: 'Build', actions: [build.action] },
        { stageName: 'Beta', actions: [release(target, 1)] },
        // One stage, and so nothing gets between what was approved and what is released.
        ...(production
          ? [{ stageName: 'Production', actions: [this.approval(build, props), release(production, 2)] }]
          : []),
      ],
    });
    this.pipelineUrl = pipelineUrlOf(this.pipeline);
    startLate(this.pipeline, [project, source, target, production]);
    if (source instanceof SourceBucket) {
      this.sourceBucket = source.bucket;
      this.pushCommand = source.pushCommand;
      source.startAtPush(this.pipeline);
    }
    const outcomes = props.notifiedOutcomes ?? ['SUCCEEDED', 'FAILED', 'CANCELED'];
    notifyOf(this, this.pipeline, outcomes, this.alarmTopic);
  }

  private topicOf({ alarmEmail, alarmTopic }: DeliveryPipelineProps): sns.ITopic {
    const topic = alarmTopic ?? new sns.Topic(this, 'Topic', { enforceSSL: true });
    const whyNoQueue = 'What no e-mail server takes still shows in the console; a queue would need a reader.';
    if (alarmEmail) mailTo(alarmEmail, topic, whyNoQueue);
    return topic;
  }

  private approval({ image, version }: Build, { reviewUrl }: DeliveryPipelineProps): codepipeline.IAction {
    return new actions.ManualApprovalAction({
      actionName: 'Approve',
      notificationTopic: this.alarmTopic,
      additionalInformation: `Beta has it. Approve to release the same to production: ${image || `source version ${version}`}`,
      externalEntityLink: reviewUrl,
      runOrder: 1,
    });
  }
}

/**
 * Makes the pipeline the last, because it starts by itself as soon as it is there: the source, the targets and all roles' rights
 * must be there before. It is also the first to go.
 */
function startLate(pipeline: codepipeline.Pipeline, parts: readonly unknown[]): void {
  const roles = pipeline.node.findAll().filter((part) => part instanceof iam.Role);
  pipeline.node.defaultChild?.node.addDependency(...roles, ...parts.filter(Construct.isConstruct));
}
