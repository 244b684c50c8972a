import { Size } from 'aws-cdk-lib';

/** Which files may be uploaded. */
export interface FileRules {
  /** The largest file. */
  readonly maxFileSize: Size;

  /** The media types that a file's content may have. */
  readonly allowedFileTypes: readonly string[];
}

/** What is allowed where nothing else is said: documents and pictures of an office, none of which runs by itself. */
export const FILE_RULES: FileRules = {
  maxFileSize: Size.mebibytes(25),
  allowedFileTypes: [
    'application/pdf',
    'image/png',
    'image/jpeg',
    'text/plain',
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  ],
};
