/** The stages that an API may be, each a stack of its own with data of its own. */
export const STAGES = ['dev', 'stg', 'prod'] as const;

/** What an API is for: development, staging or production. API Gateway's stage bears the name. */
export type Stage = (typeof STAGES)[number];
