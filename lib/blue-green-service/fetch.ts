import type * as codepipeline from 'aws-cdk-lib/aws-codepipeline';

/** How a pipeline gets its source. */
export interface Fetch {
  readonly action: codepipeline.IAction;

  /** What was fetched. */
  readonly output: codepipeline.Artifact;

  /** What tells it from all other sources, as a pipeline variable: a commit's id, or an object's version. */
  readonly version: string;
}
