import { Duration } from 'aws-cdk-lib';
import * as cognito from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import type { UserDirectory } from './user-directory';

/** Properties of SignIn. */
export interface SignInProps {
  readonly directory: UserDirectory;

  /** The site's address: where the sign-in pages lead back to. */
  readonly siteUrl: string;
}

/** The scope that an access token must have to be taken; it comes from the sign-in pages and from nowhere else. */
export const SCOPE = 'openid';

/**
 * The site as a client of the user pool. It is a public client, so that it has no secret; proof key for code exchange (PKCE)
 * binds a sign-in to the browser that began it.
 */
export class SignIn extends Construct {
  /** Who may sign in, and where. */
  readonly directory: UserDirectory;

  /** The client. */
  readonly client: cognito.IUserPoolClient;

  constructor(scope: Construct, id: string, { directory, siteUrl }: SignInProps) {
    super(scope, id);
    this.directory = directory;
    this.client = new cognito.UserPoolClient(this, 'Client', {
      userPool: directory.userPool,
      generateSecret: false,
      // The protocol in which a password is never sent.
      authFlows: { userSrp: true },
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [cognito.OAuthScope.OPENID],
        callbackUrls: [`${siteUrl}/`],
        logoutUrls: [`${siteUrl}/`],
      },
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      // API Gateway does not ask Cognito whether a token was revoked: it ends by itself. AWS advises against less than an hour.
      // https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
      accessTokenValidity: Duration.hours(1),
      idTokenValidity: Duration.hours(1),
      refreshTokenValidity: Duration.hours(12),
    });
    // Without a branding of its own a client has no managed login pages.
    const branding = new cognito.CfnManagedLoginBranding(this, 'Branding', {
      userPoolId: directory.userPool.userPoolId,
      clientId: this.client.userPoolClientId,
      useCognitoProvidedValues: true,
    });
    branding.node.addDependency(directory.pages);
  }
}
