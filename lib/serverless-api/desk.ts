import type { Folder } from '../../lambda/serverless-api/keys';
import type { NodeFunction } from '../building-blocks/node-function';
import type { Profile } from '../profile';
import type { DocumentTable } from './document-table';
import type { FileBucket } from './file-bucket';
import type { FileRules } from './file-rules';
import type { Stage } from './stage';

/** What all functions of the document desk share: where its data is, and how they are to be run. */
export interface Desk {
  readonly stage: Stage;
  readonly documents: DocumentTable;
  readonly files: FileBucket;
  readonly fileRules: FileRules;
  readonly profile: Profile;
}

/** The environment variables of every function. */
export function deskEnvironment({ documents, files, stage }: Desk, service: string): Record<string, string> {
  return {
    TABLE_NAME: documents.table.tableName,
    BUCKET_NAME: files.bucket.bucketName,
    STAGE: stage,
    POWERTOOLS_SERVICE_NAME: service,
    POWERTOOLS_METRICS_NAMESPACE: METRICS_NAMESPACE,
  };
}

/** Where the functions' own metrics are in CloudWatch. */
const METRICS_NAMESPACE = 'DocumentDesk';

/** The environment variables of the functions that know what may be uploaded. */
export function rulesEnvironment({ fileRules }: Desk): Record<string, string> {
  return {
    MAX_FILE_SIZE: String(fileRules.maxFileSize.toBytes()),
    ALLOWED_FILE_TYPES: fileRules.allowedFileTypes.join(','),
  };
}

/** Allows a function some actions on the objects in a folder of the bucket. */
export function allowObjects(
  to: NodeFunction,
  { files: { bucket } }: Desk,
  actions: readonly string[],
  folder: Folder,
): void {
  to.allowObjects(
    actions,
    bucket,
    folder,
    "A key consists of ids that come with the documents; the folder is what tells the functions' rights apart.",
  );
}
