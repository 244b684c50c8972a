import { requireChoice, requireUploadRules, requireVariable } from './environment';

const signIn = requireChoice('AUTHENTICATION', ['required', 'none']) === 'required';

/** How this copy of the API is set up. A function with a wrong environment fails when it starts, not at its first request. */
export const settings = {
  tableName: requireVariable('TABLE_NAME'),
  bucketName: requireVariable('BUCKET_NAME'),

  /** Whether API Gateway lets only people in who signed in. */
  signIn,

  /** The app client of the site, whose tokens are taken; tokens of any client would do without it. */
  clientId: signIn ? requireVariable('CLIENT_ID') : undefined,

  uploads: requireUploadRules(),
};
