import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { requireVariable } from './environment';

/** The table of the documents. */
export const TABLE_NAME = requireVariable('TABLE_NAME');

/** The bucket of the files. */
export const BUCKET_NAME = requireVariable('BUCKET_NAME');

/** Reads and writes the table. */
export const table = DynamoDBDocumentClient.from(new DynamoDBClient({}), {
  marshallOptions: { removeUndefinedValues: true },
});

/**
 * Reads and writes the bucket. An emulator's address has no subdomain for a bucket, so the bucket goes into the path
 * there. The content is not compared with S3's checksum here: the upload function computes SHA-256 of it itself.
 */
export const s3 = new S3Client({
  forcePathStyle: Boolean(process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL),
  responseChecksumValidation: 'WHEN_REQUIRED',
});
