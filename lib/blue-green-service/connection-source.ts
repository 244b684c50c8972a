import * as codepipeline from 'aws-cdk-lib/aws-codepipeline';
import * as actions from 'aws-cdk-lib/aws-codepipeline-actions';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Fetch } from './fetch';

/** A repository of GitHub, GitLab or Bitbucket, to which AWS CodeConnections connects. */
export interface ConnectionSource {
  /** The connection, which somebody has confirmed in the console: without that the pipeline never starts. */
  readonly connectionArn: string;

  /** The repository, like `owner/name`. Case matters. Its root holds the buildspec.yml. */
  readonly repository: string;

  /**
   * The branch whose commits are released.
   *
   * @default 'main'
   */
  readonly branch?: string;
}

/** Fetches each commit of the branch, as a zip. */
export function fetchByConnection({ branch = 'main', connectionArn, repository }: ConnectionSource): Fetch {
  const output = new codepipeline.Artifact('Source');
  const [owner = '', ...name] = repository.split('/');
  const action = new ConnectionAction({
    actionName: 'Source',
    connectionArn,
    owner,
    // GitLab has groups of groups.
    repo: name.join('/'),
    branch,
    output,
  });
  return { action, output, version: action.variables.commitId };
}

/**
 * aws-cdk-lib allows the use of the connection under the service's former name only; both are needed:
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodestarConnectionSource.html
 */
class ConnectionAction extends actions.CodeStarConnectionsSourceAction {
  constructor(private readonly options: actions.CodeStarConnectionsSourceActionProps) {
    super(options);
  }

  protected override bound(
    scope: Construct,
    stage: codepipeline.IStage,
    binding: codepipeline.ActionBindOptions,
  ): codepipeline.ActionConfig {
    binding.role.addToPrincipalPolicy(
      new iam.PolicyStatement({
        actions: ['codeconnections:UseConnection'],
        resources: [this.options.connectionArn],
      }),
    );
    return super.bound(scope, stage, binding);
  }
}
