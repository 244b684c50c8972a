const TAG = String.raw`:(?<tag>\w[\w.-]{0,127})`;
const DIGEST = '@sha256:[0-9a-f]{64}';

/** What an image is called in a repository: by its tag, its digest, or both. */
const REFERENCE = new RegExp(`^(?:${TAG})?(?<digest>${DIGEST})?$`);

/** How a repository names one of its images. */
export interface ImageReference {
  readonly tag?: string;

  /** It begins with `sha256:`. */
  readonly digest?: string;
}

/**
 * Takes an image's address apart; undefined where it is none of the repository's.
 *
 * @param repositoryUri without a tag
 */
export function referenceOf(image: string, repositoryUri: string): ImageReference | undefined {
  if (!image.startsWith(repositoryUri) || image.length === repositoryUri.length) return undefined;
  const groups = REFERENCE.exec(image.slice(repositoryUri.length))?.groups;
  return groups && { tag: groups.tag, digest: groups.digest?.slice(1) };
}
