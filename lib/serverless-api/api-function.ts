import type { Construct } from 'constructs';
import { type FunctionOptions, optionsOver } from '../building-blocks/function-options';
import { HandlerCode } from '../building-blocks/handler-code';
import { NodeFunction } from '../building-blocks/node-function';
import { allowObjects, type Desk, deskEnvironment, rulesEnvironment } from './desk';
import { API_FUNCTION } from './function-settings';

/** Properties of ApiFunction. */
export interface ApiFunctionProps {
  readonly desk: Desk;

  /**
   * The app client whose tokens are accepted.
   *
   * @default - nobody signs in, and everyone shares all documents
   */
  readonly clientId?: string;

  readonly options?: FunctionOptions;
}

/**
 * The function that answers requests. It signs addresses for uploads and downloads, but can't read, write or delete files
 * in ways that those addresses don't allow: a signed address can do what its signer may, so it may do just that.
 */
export class ApiFunction extends NodeFunction {
  constructor(scope: Construct, id: string, { clientId, desk, options }: ApiFunctionProps) {
    super(scope, id, {
      ...optionsOver(API_FUNCTION, options),
      description: 'Answers the requests of the document desk',
      code: new HandlerCode('serverless-api', 'api'),
      profile: desk.profile,
      environment: {
        ...options?.environment,
        ...deskEnvironment(desk, 'api'),
        ...rulesEnvironment(desk),
        AUTHENTICATION: clientId ? 'required' : 'none',
        ...(clientId ? { CLIENT_ID: clientId } : {}),
      },
    });
    this.allow(
      [
        'dynamodb:GetItem',
        'dynamodb:Query',
        'dynamodb:PutItem',
        'dynamodb:UpdateItem',
        'dynamodb:DeleteItem',
      ],
      [desk.documents.table.tableArn],
    );
    allowObjects(this, desk, ['s3:PutObject'], 'incoming');
    allowObjects(this, desk, ['s3:GetObject'], 'documents');
  }
}
