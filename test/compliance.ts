/** A rule of the regulated trades' packs that patterns leave open. */
export interface OpenRule {
  /** The rule without its pack; the packs NIST 800-53 r5, PCI DSS 3.2.1 and HIPAA name the same rules alike. */
  readonly rule: string;

  /** The patterns that leave it open, by the id of their stack. */
  readonly patterns: readonly string[];

  /** Why, and what a regulated trade does about it. */
  readonly why: string;
}

/**
 * What the patterns leave open of NIST 800-53 r5, PCI DSS 3.2.1 and HIPAA, in one profile at least.
 *
 * The gate fails at a finding that is not listed here and at an entry that matches nothing.
 */
export const OPEN_RULES: readonly OpenRule[] = [
  {
    rule: 'APIGWAssociatedWithWAF',
    patterns: ['ServerlessApi'],
    why: 'Off in the sandbox only; the production profile has a web ACL.',
  },
  {
    rule: 'APIGWCacheEnabledAndEncrypted',
    patterns: ['ServerlessApi'],
    why: 'Answers are personal and change: a cache, which is paid by the hour, would hand out old ones.',
  },
  {
    rule: 'APIGWSSLEnabled',
    patterns: ['ServerlessApi'],
    why: 'A client certificate tells a backend over HTTP that API Gateway calls it. Lambda is called with credentials of IAM.',
  },
  {
    rule: 'ALBHttpToHttpsRedirection',
    patterns: ['CorporateSite', 'Intranet'],
    why: 'Without a domain there is no certificate for a load balancer, and it speaks HTTP; CloudFront redirects the viewers of the corporate site. With a domain the intranet redirects, and the corporate site has no port 80.',
  },
  {
    rule: 'ALBWAFEnabled',
    patterns: ['CorporateSite', 'Intranet'],
    why: "The corporate site's web ACL is off in the sandbox, and with a domain it is at CloudFront, before the load balancer. Only the company's own networks reach the intranet.",
  },
  {
    rule: 'CloudWatchLogGroupEncrypted',
    patterns: ['CampaignSite', 'CorporateSite', 'Intranet', 'ServerlessApi'],
    why: 'CloudWatch Logs encrypts every log group with a key of its own. A key of yours costs money while idle and needs a key policy for the service: set encryptionKey on the log groups.',
  },
  {
    rule: 'EC2InstanceDetailedMonitoringEnabled',
    patterns: ['CampaignSite'],
    why: 'One-minute metrics are paid for; the production profile has them, the sandbox has not.',
  },
  {
    rule: 'EC2InstanceNoPublicIp',
    patterns: ['CampaignSite'],
    why: "The pattern's textbook form is a server with an Elastic IP. exposure 'cloudFront' gives the server no public address.",
  },
  {
    rule: 'EC2InstancesInVPC',
    patterns: ['CampaignSite'],
    why: 'The rule reads SubnetId, which is in NetworkInterfaces where an instance says whether it gets a public address. Every instance of EC2 is in a VPC.',
  },
  {
    rule: 'ELBDeletionProtectionEnabled',
    patterns: ['CorporateSite', 'Intranet'],
    why: 'Off in the sandbox only, which must go away when it is destroyed.',
  },
  {
    rule: 'ELBv2ACMCertificateRequired',
    patterns: ['CorporateSite', 'Intranet'],
    why: 'A certificate needs a domain whose zone can prove it: give hostedZone and domainName. A listener that only redirects to HTTPS has none.',
  },
  {
    rule: 'IAMNoInlinePolicy',
    patterns: ['CampaignSite', 'CorporateSite', 'Intranet', 'ServerlessApi'],
    why: "aws-cdk-lib attaches a role's rights as inline policies, which go away with the role and can't be attached to another one.",
  },
  {
    rule: 'LambdaConcurrency',
    patterns: ['CampaignSite', 'CorporateSite', 'ServerlessApi'],
    why: "Functions that run at deployments need none. Of the serverless API's, only the clean-up must not run twice, and reserves in production; the others take what the account has, whose quota may be 10: set reservedConcurrentExecutions by apiFunction and uploadFunction.",
  },
  {
    rule: 'LambdaDLQ',
    patterns: ['CampaignSite', 'CorporateSite', 'ServerlessApi'],
    why: 'CloudFormation waits for the functions of deployments and reports their failures. Requests wait for their answer, and the queue of uploads has a dead-letter queue of its own.',
  },
  {
    rule: 'LambdaInsideVPC',
    patterns: ['CampaignSite', 'CorporateSite', 'ServerlessApi'],
    why: 'The functions call AWS APIs and nothing in a network. In a VPC they would need endpoints, paid by the hour.',
  },
  {
    rule: 'RDSEnhancedMonitoringEnabled',
    patterns: ['CampaignSite', 'CorporateSite', 'Intranet'],
    why: 'RDS writes it to one log group for the whole account, RDSOSMetrics, which no stack owns: set monitoringInterval where that is no trouble.',
  },
  {
    rule: 'RDSInBackupPlan',
    patterns: ['CampaignSite', 'CorporateSite', 'Intranet'],
    why: "RDS's own backups with point-in-time recovery are on. A central AWS Backup plan selects the database by tag.",
  },
  {
    rule: 'RDSInstanceDeletionProtectionEnabled',
    patterns: ['CampaignSite', 'CorporateSite', 'Intranet'],
    why: 'Off in the sandbox only, which must go away when it is destroyed.',
  },
  ...['audit', 'error', 'general', 'slowquery'].map((log) => ({
    rule: `RDSLoggingEnabled[LogExport::${log}]`,
    patterns: ['CampaignSite', 'CorporateSite', 'Intranet'],
    why: 'RDS makes the log groups of exported logs by itself, outside of the stack, and leaves them behind: set cloudwatchLogsExports where they should be kept. The audit log needs an option group with the audit plugin as well.',
  })),
  {
    rule: 'RDSMultiAZSupport',
    patterns: ['CampaignSite', 'CorporateSite', 'Intranet'],
    why: "A single zone is the campaign site's stated trade, where multiAz adds the standby; the others have one in the production profile.",
  },
  {
    rule: 'S3BucketLoggingEnabled',
    patterns: ['CampaignSite', 'CorporateSite', 'Intranet', 'ServerlessApi'],
    why: 'One bucket is where access logs go; static files are read by CloudFront only, which logs every request.',
  },
  {
    rule: 'S3BucketReplicationEnabled',
    patterns: ['CampaignSite', 'CorporateSite', 'Intranet', 'ServerlessApi'],
    why: "Access logs expire, and static files come from the repository again; a second copy in another region, of the serverless API's files as well, is for trades that must keep them.",
  },
  {
    rule: 'S3BucketVersioningEnabled',
    patterns: ['CampaignSite', 'CorporateSite', 'Intranet', 'ServerlessApi'],
    why: 'CloudFront and load balancers write each log file once; nothing overwrites it.',
  },
  {
    rule: 'S3DefaultEncryptionKMS',
    patterns: ['CampaignSite', 'CorporateSite', 'Intranet', 'ServerlessApi'],
    why: "The buckets are encrypted with keys of S3 (SSE-S3), the only ones that a load balancer's logs can have. A KMS key costs money while idle and must admit the services that write or read.",
  },
  {
    rule: 'SecretsManagerRotationEnabled',
    patterns: ['CorporateSite', 'ServerlessApi'],
    why: 'The secret of the origin header is read at deployments only, so that a rotation is a deployment: originSecretGeneration.',
  },
  {
    rule: 'SecretsManagerUsingKMSKey',
    patterns: ['CorporateSite', 'ServerlessApi'],
    why: "The secret is encrypted with the account's own key, aws/secretsmanager, unless key is given.",
  },
  {
    rule: 'SNSEncryptedKMS',
    patterns: ['CampaignSite', 'CorporateSite', 'Intranet', 'ServerlessApi'],
    why: "Alarms can't publish to a topic under the account's own SNS key; a key of yours that admits cloudwatch.amazonaws.com can be given with a topic by alarmTopic.",
  },
  {
    rule: 'VPCNoUnrestrictedRouteToIGW',
    patterns: ['CampaignSite', 'CorporateSite', 'Intranet'],
    why: 'A public tier is public by its route to the internet gateway. The security groups say who comes in.',
  },
  {
    rule: 'WAFv2LoggingEnabled',
    patterns: ['CorporateSite', 'ServerlessApi'],
    why: 'Metrics and samples of the web ACL are on. Full logs need a log group with a name of its own (aws-waf-logs-...) or Firehose, and are paid for: add a CfnLoggingConfiguration.',
  },
];
