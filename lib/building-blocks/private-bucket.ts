import * as s3 from 'aws-cdk-lib/aws-s3';

/** What a bucket has whose objects are nobody's but the stack's, and may be wanted back. */
export const PRIVATE_BUCKET = {
  encryption: s3.BucketEncryption.S3_MANAGED,
  blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
  objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
  enforceSSL: true,
  versioned: true,
} satisfies s3.BucketProps;
