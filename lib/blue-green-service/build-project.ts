import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import * as codebuild from 'aws-cdk-lib/aws-codebuild';
import * as codepipeline from 'aws-cdk-lib/aws-codepipeline';
import * as actions from 'aws-cdk-lib/aws-codepipeline-actions';
import type * as ecr from 'aws-cdk-lib/aws-ecr';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { BUILD_IMAGE } from '../building-blocks/versions';
import type { Profile } from '../profile';
import type { Fetch } from './fetch';
import type { PipelineBucket } from './pipeline-bucket';

/** The severities of an image scan's findings, and `none`: no finding fails a build. */
export const SEVERITIES = ['none', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const;

/** One of them. */
export type Severity = (typeof SEVERITIES)[number];

/** Properties of BuildProject. */
export interface BuildProjectProps {
  /** Whence it gets the source, and where it leaves what it made. */
  readonly artifacts: PipelineBucket;

  /**
   * Where it pushes the image.
   *
   * @default - it makes a folder for servers, and no image
   */
  readonly repository?: ecr.IRepository;

  readonly maxSeverity: Severity;

  readonly profile: Profile;
}

/** A build, as the stages after it see it. */
export interface Build {
  readonly action: codepipeline.IAction;

  /** The folder for servers. */
  readonly output: codepipeline.Artifact;

  /** The image that was pushed, as a pipeline variable; empty where none is built. */
  readonly image: string;

  /** The version of the source. */
  readonly version: string;
}

/** The name of the reports in the buildspec. */
const REPORTS = 'unit-tests';

/** For one group of reports; the right to make it is asked of builds that name it and not its ARN. */
const REPORT_ACTIONS = [
  'codebuild:BatchPutTestCases',
  'codebuild:CreateReport',
  'codebuild:CreateReportGroup',
  'codebuild:UpdateReport',
];

/**
 * What `docker push` needs (https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html), and the look at whether
 * the image is there already and what its scan has found.
 */
const REPOSITORY_ACTIONS = [
  'ecr:BatchCheckLayerAvailability',
  'ecr:BatchGetImage',
  'ecr:CompleteLayerUpload',
  'ecr:DescribeImageScanFindings',
  'ecr:DescribeImages',
  'ecr:InitiateLayerUpload',
  'ecr:PutImage',
  'ecr:UploadLayerPart',
];

/**
 * Runs the source's own buildspec.yml on arm64: checks, tests with reports, the bundle, and the image. Not privileged: outside
 * of a VPC the build has Docker anyway (https://github.com/aws/aws-codebuild-docker-images/issues/164).
 */
export class BuildProject extends Construct {
  /** The project. */
  readonly project: codebuild.Project;

  private readonly makesImage: boolean;

  constructor(scope: Construct, id: string, props: BuildProjectProps) {
    super(scope, id);
    const { artifacts, maxSeverity, profile, repository } = props;
    this.makesImage = repository !== undefined;
    const role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('codebuild.amazonaws.com'),
      description: 'Builds and tests what the pipeline releases',
    });
    const logGroup = new logs.LogGroup(this, 'LogGroup', {
      retention: profile.logRetention,
      removalPolicy: profile.removalPolicy,
    });
    this.project = new codebuild.PipelineProject(this, 'Project', {
      description: 'Builds and tests what the pipeline releases',
      environment: { buildImage: BUILD_IMAGE, computeType: codebuild.ComputeType.SMALL },
      environmentVariables: {
        TARGET: { value: repository ? 'container' : 'servers' },
        REPOSITORY_URI: { value: repository?.repositoryUri ?? '' },
        MAX_SEVERITY: { value: maxSeverity },
      },
      timeout: Duration.minutes(30),
      queuedTimeout: Duration.hours(1),
      logging: { cloudWatch: { logGroup } },
      // aws-cdk-lib would let it write all reports and logs whose names begin like its own.
      role: role.withoutPolicyUpdates(),
    });
    logGroup.grantWrite(role);
    artifacts.grantReadWrite(role);
    role.addToPolicy(
      new iam.PolicyStatement({
        actions: REPORT_ACTIONS,
        resources: [this.createReportGroup(profile).reportGroupArn],
      }),
    );
    if (repository) allowPush(role, repository);
    if (artifacts.encryptionKey) return;
    Validations.of(this.project).acknowledge({
      id: 'AwsSolutions::AwsSolutions-CB4',
      reason:
        "What it makes is encrypted with S3's key of the account; a key of one's own costs 1 USD a month, and can be given.",
    });
  }

  /** The build of what was fetched. The buildspec exports IMAGE_URI. */
  build({ output: input, version }: Fetch): Build {
    const output = new codepipeline.Artifact('Built');
    const action = new actions.CodeBuildAction({
      actionName: 'Build',
      project: this.project,
      input,
      outputs: this.makesImage ? [] : [output],
      environmentVariables: { SOURCE_VERSION: { value: version } },
    });
    return { action, output, image: this.makesImage ? action.variable('IMAGE_URI') : '', version };
  }

  /**
   * CodeBuild takes the group whose name is made of the project's and that in the buildspec, and would make it outside of the
   * stack if it were not there (https://docs.aws.amazon.com/codebuild/latest/userguide/report-create.html).
   */
  private createReportGroup({ removalPolicy }: Profile): codebuild.ReportGroup {
    return new codebuild.ReportGroup(this, 'Reports', {
      reportGroupName: `${this.project.projectName}-${REPORTS}`,
      removalPolicy,
      deleteReports: removalPolicy === RemovalPolicy.DESTROY,
    });
  }
}

function allowPush(role: iam.Role, repository: ecr.IRepository): void {
  role.addToPolicy(
    new iam.PolicyStatement({ actions: REPOSITORY_ACTIONS, resources: [repository.repositoryArn] }),
  );
  role.addToPolicy(new iam.PolicyStatement({ actions: ['ecr:GetAuthorizationToken'], resources: ['*'] }));
  Validations.of(role).acknowledge({
    id: 'AwsSolutions::AwsSolutions-IAM5[Resource::*]',
    reason:
      'The sign-in to the registry takes no resource; what it may push where is bound to the repository.',
  });
}
