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
    rule: 'CloudWatchLogGroupEncrypted',
    patterns: ['CampaignSite'],
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
    rule: 'IAMNoInlinePolicy',
    patterns: ['CampaignSite'],
    why: "aws-cdk-lib attaches a role's rights as inline policies, which go away with the role and can't be attached to another one.",
  },
  {
    rule: 'LambdaConcurrency',
    patterns: ['CampaignSite'],
    why: 'The function runs at deployments only. A reservation would take from the account what others need.',
  },
  {
    rule: 'LambdaDLQ',
    patterns: ['CampaignSite'],
    why: 'CloudFormation waits for the function and reports its failure.',
  },
  {
    rule: 'LambdaInsideVPC',
    patterns: ['CampaignSite'],
    why: 'The function calls an AWS API at deployments and nothing in the network.',
  },
  {
    rule: 'RDSEnhancedMonitoringEnabled',
    patterns: ['CampaignSite'],
    why: 'RDS writes it to one log group for the whole account, RDSOSMetrics, which no stack owns: set monitoringInterval where that is no trouble.',
  },
  {
    rule: 'RDSInBackupPlan',
    patterns: ['CampaignSite'],
    why: "RDS's own backups with point-in-time recovery are on. A central AWS Backup plan selects the database by tag.",
  },
  {
    rule: 'RDSInstanceDeletionProtectionEnabled',
    patterns: ['CampaignSite'],
    why: 'Off in the sandbox only, which must go away when it is destroyed.',
  },
  ...['audit', 'error', 'general', 'slowquery'].map((log) => ({
    rule: `RDSLoggingEnabled[LogExport::${log}]`,
    patterns: ['CampaignSite'],
    why: 'RDS makes the log groups of exported logs by itself, outside of the stack, and leaves them behind: set cloudwatchLogsExports where they should be kept. The audit log needs an option group with the audit plugin as well.',
  })),
  {
    rule: 'RDSMultiAZSupport',
    patterns: ['CampaignSite'],
    why: "A single zone is the pattern's stated trade; multiAz adds the standby.",
  },
  {
    rule: 'S3BucketLoggingEnabled',
    patterns: ['CampaignSite'],
    why: 'The bucket is where access logs go.',
  },
  {
    rule: 'S3BucketReplicationEnabled',
    patterns: ['CampaignSite'],
    why: 'Access logs expire; a second copy in another region is for trades that must keep them.',
  },
  {
    rule: 'S3BucketVersioningEnabled',
    patterns: ['CampaignSite'],
    why: 'CloudFront writes each log file once; nothing overwrites it.',
  },
  {
    rule: 'S3DefaultEncryptionKMS',
    patterns: ['CampaignSite'],
    why: 'The log bucket is encrypted with keys of S3 (SSE-S3). A KMS key costs money while idle and must admit the delivery service.',
  },
  {
    rule: 'SNSEncryptedKMS',
    patterns: ['CampaignSite'],
    why: "Alarms can't publish to a topic under the account's own SNS key; a key of yours that admits cloudwatch.amazonaws.com can be given with a topic by alarmTopic.",
  },
  {
    rule: 'VPCNoUnrestrictedRouteToIGW',
    patterns: ['CampaignSite'],
    why: 'A public tier is public by its route to the internet gateway. The security groups say who comes in.',
  },
];
