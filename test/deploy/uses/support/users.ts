import { randomBytes } from 'node:crypto';
import {
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  DescribeUserPoolClientCommand,
  UpdateUserPoolClientCommand,
  type UserPoolClientType,
} from '@aws-sdk/client-cognito-identity-provider';
import type { DeployedStack } from '../../support/stacks';

/** Somebody who can sign in. */
export interface User {
  readonly email: string;
  readonly password: string;
}

/** Adds somebody to the stack's user pool, with a password that need not be changed; a new one for whom it knows. */
export async function addUser({ aws, idOf }: DeployedStack, email: string): Promise<User> {
  const UserPoolId = await idOf('AWS::Cognito::UserPool');
  // Each kind of character that a password policy can ask for.
  const password = `aA1!${randomBytes(24).toString('base64url')}`;
  const added = aws.cognito.send(
    new AdminCreateUserCommand({
      UserPoolId,
      Username: email,
      MessageAction: 'SUPPRESS',
      UserAttributes: [
        { Name: 'email', Value: email },
        { Name: 'email_verified', Value: 'true' },
      ],
    }),
  );
  await added.catch((error: Error) => {
    if (error.name !== 'UsernameExistsException') throw error;
  });
  await aws.cognito.send(
    new AdminSetUserPasswordCommand({ UserPoolId, Username: email, Password: password, Permanent: true }),
  );
  return { email, password };
}

/** The app client of the stack's user pool, of which it has one. */
export async function appClientOf({ aws, idOf }: DeployedStack): Promise<UserPoolClientType> {
  const { UserPoolClient } = await aws.cognito.send(
    new DescribeUserPoolClientCommand({
      UserPoolId: await idOf('AWS::Cognito::UserPool'),
      ClientId: await idOf('AWS::Cognito::UserPoolClient'),
    }),
  );
  if (!UserPoolClient) throw new Error('the user pool does not know its app client');
  return UserPoolClient;
}

/** Does something while the app client has other settings; they are its own again afterwards. */
export async function withAppClient<T>(
  stack: DeployedStack,
  change: Partial<UserPoolClientType>,
  act: () => Promise<T>,
): Promise<T> {
  const {
    UserPoolId,
    ClientId,
    ClientSecret: _secret,
    CreationDate: _created,
    LastModifiedDate: _modified,
    ...settings
  } = await appClientOf(stack);
  // What an update leaves out becomes a default.
  const update = (changed: Partial<UserPoolClientType>) =>
    stack.aws.cognito.send(
      new UpdateUserPoolClientCommand({ ...settings, ...changed, UserPoolId, ClientId }),
    );
  await update(change);
  try {
    return await act();
  } finally {
    await update({});
  }
}
