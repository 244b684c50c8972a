import { Aws, Duration, Validations } from 'aws-cdk-lib';
import * as cognito from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import { globalName } from '../building-blocks/global-name';
import type { Profile } from '../profile';

/** Properties of UserDirectory. */
export interface UserDirectoryProps {
  /**
   * An existing pool. Together with `userPoolDomain`.
   *
   * @default - a new one
   */
  readonly userPool?: cognito.IUserPool;

  /** The domain with the managed login pages of the existing pool. */
  readonly userPoolDomain?: cognito.IUserPoolDomain;

  /**
   * Whether everyone may register.
   *
   * @default false: an administrator invites people
   */
  readonly selfSignUpEnabled?: boolean;

  readonly profile: Profile;
}

/** Who people are, and the pages on which they sign in. */
export class UserDirectory extends Construct {
  /** The pool. */
  readonly userPool: cognito.IUserPool;

  /** The pages' domain. */
  readonly pages: cognito.IUserPoolDomain;

  constructor(scope: Construct, id: string, props: UserDirectoryProps) {
    super(scope, id);
    this.userPool = props.userPool ?? this.createUserPool(props);
    this.pages =
      props.userPoolDomain ??
      this.userPool.addDomain('Pages', {
        // A prefix is one for all accounts of a region.
        cognitoDomain: { domainPrefix: `documents-${globalName(this)}` },
        managedLoginVersion: cognito.ManagedLoginVersion.NEWER_MANAGED_LOGIN,
      });
  }

  /** Where the tokens come from: the region of the pool, which may be another one than the stack's. */
  get issuer(): string {
    return `https://cognito-idp.${this.userPool.env.region}.${Aws.URL_SUFFIX}`;
  }

  /** What issues the tokens. */
  get authority(): string {
    return `${this.issuer}/${this.userPool.userPoolId}`;
  }

  /** Where the pages are, like `https://name.auth.region.amazoncognito.com`. */
  get pagesUrl(): string {
    return `https://${this.pages.domainName}.auth.${this.userPool.env.region}.amazoncognito.com`;
  }

  private createUserPool({ profile, selfSignUpEnabled = false }: UserDirectoryProps): cognito.UserPool {
    const userPool = new cognito.UserPool(this, 'UserPool', {
      selfSignUpEnabled,
      signInAliases: { email: true },
      signInCaseSensitive: false,
      autoVerify: { email: true },
      accountRecovery: cognito.AccountRecovery.EMAIL_ONLY,
      mfa: cognito.Mfa.OPTIONAL,
      mfaSecondFactor: { otp: true, sms: false },
      passwordPolicy: {
        minLength: 12,
        requireDigits: true,
        requireLowercase: true,
        requireUppercase: true,
        requireSymbols: true,
        tempPasswordValidity: Duration.days(3),
      },
      featurePlan: cognito.FeaturePlan.ESSENTIALS,
      deletionProtection: profile.deletionProtection,
      removalPolicy: profile.removalPolicy,
    });
    const acknowledge = (rule: string, reason: string) =>
      Validations.of(userPool).acknowledge({ id: `AwsSolutions::AwsSolutions-${rule}`, reason });
    acknowledge('COG2', 'People may add an authenticator app; to require it is a decision about the people.');
    acknowledge('COG8', 'The Plus plan is paid per user and month; Essentials has the sign-in pages.');
    return userPool;
  }
}
