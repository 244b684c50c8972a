import { CopyObjectCommand, HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CLIENT_OPTIONS } from '../shared/client-options';
import { answerWith, type CustomResourceAnswer, type CustomResourceEvent } from '../shared/custom-resource';

const client = new S3Client(CLIENT_OPTIONS);

/**
 * Puts the first source into the bucket of a pipeline, and never touches what people put there. It deletes nothing: the
 * bucket may be kept, and empties itself otherwise.
 */
export async function handler(event: CustomResourceEvent): Promise<CustomResourceAnswer> {
  const { Bucket = '', Key = '', SourceBucket = '', SourceKey = '' } = event.ResourceProperties;
  return answerWith(event, `${Bucket}/${Key}`, async (): Promise<undefined> => {
    if (event.RequestType === 'Delete' || (await exists(Bucket, Key))) return;
    await copy(Bucket, Key, [SourceBucket, ...SourceKey.split('/')].map(encodeURIComponent).join('/'));
  });
}

async function exists(Bucket: string, Key: string): Promise<boolean> {
  try {
    await client.send(new HeadObjectCommand({ Bucket, Key }));
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'NotFound') return false;
    throw error;
  }
}

/** Somebody may push in the meantime. */
async function copy(Bucket: string, Key: string, CopySource: string): Promise<void> {
  try {
    await client.send(new CopyObjectCommand({ Bucket, Key, CopySource, IfNoneMatch: '*' }));
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'PreconditionFailed') throw error;
  }
}
