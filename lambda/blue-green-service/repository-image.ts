import { DescribeImagesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { CLIENT_OPTIONS } from '../shared/client-options';
import { NamedError } from '../shared/named-error';
import type { ReleaseRequest } from './release-request';

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html */
const ECR_REPOSITORY = /^(?<registryId>\d{12})\.dkr\.ecr\.(?<region>[\w-]+)\.[^/]+\/(?<repositoryName>.+)$/;

const MISSING = ['ImageNotFoundException', 'RepositoryNotFoundException'];

/**
 * Makes sure that an image is there: without it, ECS would try to start its tasks for hours. A repository that is not of
 * ECR is not asked.
 *
 * @throws NoSuchImage where it is not
 */
export async function requireImage(
  { image, reference }: ReleaseRequest,
  repositoryUri: string,
): Promise<void> {
  const { region, ...repository } = ECR_REPOSITORY.exec(repositoryUri)?.groups ?? {};
  if (!region) return;
  const client = new ECRClient({ ...CLIENT_OPTIONS, region });
  const { digest, tag } = reference;
  try {
    await client.send(
      new DescribeImagesCommand({
        repositoryName: undefined,
        ...repository,
        imageIds: [{ ...(tag && { imageTag: tag }), ...(digest && { imageDigest: digest }) }],
      }),
    );
  } catch (error) {
    if (!(error instanceof Error) || !MISSING.includes(error.name)) throw error;
    throw new NamedError('NoSuchImage', `The image ${image} does not exist: ${error.message}`, {
      cause: error,
    });
  }
}
