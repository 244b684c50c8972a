import { Aws } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { SystemNames } from './system-names';

/** Whose files, and under which key. */
export interface FilesRightsProps {
  readonly names: SystemNames;
  readonly region: string;
  readonly key: kms.IKey;
}

/** What the servers of a region may do with the files in its bucket. */
export function filesRights({ key, names, region }: FilesRightsProps): iam.PolicyStatement[] {
  const bucket = `arn:${Aws.PARTITION}:s3:::${names.bucket(region)}`;
  return [
    new iam.PolicyStatement({ sid: 'ListFiles', actions: ['s3:ListBucket'], resources: [bucket] }),
    new iam.PolicyStatement({
      sid: 'UseFiles',
      actions: ['s3:DeleteObject', 's3:GetObject', 's3:PutObject'],
      resources: [`${bucket}/*`],
    }),
    new iam.PolicyStatement({
      sid: 'EncryptFiles',
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: [key.keyArn],
      conditions: { StringEquals: { 'kms:ViaService': `s3.${region}.amazonaws.com` } },
    }),
  ];
}
