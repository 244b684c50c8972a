import type * as codepipeline from 'aws-cdk-lib/aws-codepipeline';
import type * as ecr from 'aws-cdk-lib/aws-ecr';

/** Something to which a pipeline releases what it has built. */
export interface ReleaseTarget {
  /**
   * Where the build pushes the image.
   *
   * @default - the target takes no image but the bundle itself, as servers do
   */
  readonly repository?: ecr.IRepository;

  /** The pipeline's action that releases what was built. */
  deployAction(props: ReleaseActionProps): codepipeline.IAction;
}

/** What a pipeline tells a target of a release. */
export interface ReleaseActionProps {
  readonly actionName: string;

  /** The folder that the build made, for servers. With a repository no build makes it. */
  readonly input: codepipeline.Artifact;

  /** The image that the build pushed, as a pipeline variable, for containers; empty without a repository. */
  readonly image: string;

  /**
   * Where the action stands among those of its stage.
   *
   * @default 1
   */
  readonly runOrder?: number;
}
