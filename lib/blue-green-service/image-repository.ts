import { RemovalPolicy } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import type { Construct } from 'constructs';
import type { Profile } from '../profile';

/** How many images are kept: as many releases can be gone back. */
const KEPT_IMAGES = 30;

/** A repository whose tags can't be overwritten, that scans what arrives, and forgets what is long out of use. */
export function createRepository(scope: Construct, id: string, profile: Profile): ecr.Repository {
  const isSandbox = profile.removalPolicy === RemovalPolicy.DESTROY;
  return new ecr.Repository(scope, id, {
    imageTagMutability: ecr.TagMutability.IMMUTABLE,
    imageScanOnPush: true,
    lifecycleRules: [
      {
        description: 'Layers of pushes that never ended',
        rulePriority: 1,
        tagStatus: ecr.TagStatus.UNTAGGED,
        maxImageCount: 1,
      },
      {
        description: `The last ${KEPT_IMAGES} images`,
        rulePriority: 2,
        tagStatus: ecr.TagStatus.ANY,
        maxImageCount: KEPT_IMAGES,
      },
    ],
    removalPolicy: profile.removalPolicy,
    emptyOnDelete: isSandbox,
  });
}
