/** The value of an environment variable; a function that lacks one must not start. */
export function requireVariable(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`the environment variable ${name} is missing`);
  return value;
}

/** The value of an environment variable that is one of a few. */
export function requireChoice<T extends string>(name: string, choices: readonly T[]): T {
  const value = requireVariable(name);
  const choice = choices.find((each) => each === value);
  if (!choice)
    throw new Error(`the environment variable ${name} is ${value}, and not ${choices.join(' or ')}`);
  return choice;
}

/** Which files may be uploaded. */
export interface UploadRules {
  /** Bytes. */
  readonly maxFileSize: number;

  /** Media types in lower case, like 'image/png'; at least one. */
  readonly allowedFileTypes: readonly string[];
}

/** Which files the environment variables allow. */
export function requireUploadRules(): UploadRules {
  const maxFileSize = Number(requireVariable('MAX_FILE_SIZE'));
  if (!Number.isSafeInteger(maxFileSize) || maxFileSize < 1) {
    throw new Error('the environment variable MAX_FILE_SIZE is no number of bytes');
  }
  return { maxFileSize, allowedFileTypes: requireVariable('ALLOWED_FILE_TYPES').split(',') };
}
