import { NamedError } from '../shared/named-error';
import { type ImageReference, referenceOf } from './images';

/** What is to be released. */
export interface StartReleaseEvent {
  /** The image's address with its tag, its digest, or both. */
  readonly image: string;

  /** The name of the execution that asks. Asking again under the same name releases nothing again. */
  readonly execution: string;
}

/** A request that was looked at. */
export interface ReleaseRequest extends StartReleaseEvent {
  readonly reference: ImageReference;
}

/** What was started; it is what `watch-release` is asked with. */
export interface StartedRelease {
  readonly image: string;

  /** The ARN of the revision that is released. */
  readonly taskDefinition: string;

  /**
   * ISO 8601 in UTC: no deployment of it was made before. With CodeDeploy there is none.
   */
  readonly startedAt?: string;

  /** With CodeDeploy only. */
  readonly deploymentId?: string;

  /** Where the image runs already. */
  readonly nothingToDo?: true;
}

/**
 * Looks at what is to be released.
 *
 * @throws NotOfThisRepository where the image is of another one, or has neither a tag nor a digest
 */
export function readRequest(
  { execution, image }: Partial<Record<keyof StartReleaseEvent, unknown>>,
  repositoryUri: string,
): ReleaseRequest {
  // ECS takes no other characters in a tag's value.
  if (typeof execution !== 'string' || !/^[\w.=+@-]{1,80}$/.test(execution)) {
    throw new Error(
      `the event's execution is ${JSON.stringify(execution)}; it may hold letters, digits and . = + @ _ -, 80 at most`,
    );
  }
  const reference = typeof image === 'string' ? referenceOf(image, repositoryUri) : undefined;
  if (typeof image !== 'string' || !reference) {
    throw new NamedError(
      'NotOfThisRepository',
      `The image ${JSON.stringify(image)} is none of ${repositoryUri}: give ${repositoryUri}:TAG or ${repositoryUri}@sha256:DIGEST.`,
    );
  }
  return { execution, image, reference };
}
