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
    patterns: ['BlueGreenService', 'CorporateSite', 'DisasterRecovery', 'Intranet'],
    why: 'Without a domain there is no certificate for a load balancer, and it speaks HTTP; CloudFront redirects the viewers of the corporate site. With a domain the intranet redirects, and the corporate site has no port 80. The system in two regions speaks HTTP with clientRanges alone, until it gets hostedZone or certificateArns. The service in containers redirects with a domain; its test listener, on a port of its own, has nothing to redirect.',
  },
  {
    rule: 'ALBWAFEnabled',
    patterns: ['BlueGreenService', 'CorporateSite', 'DisasterRecovery', 'Intranet'],
    why: "The corporate site's web ACL is off in the sandbox, and with a domain it is at CloudFront, before the load balancer. Only the company's own networks reach the intranet, and the system in two regions with clientRanges; on the internet that has a web ACL in production, as the service in containers has.",
  },
  {
    rule: 'CloudWatchAlarmAction',
    patterns: ['DisasterRecovery'],
    why: 'Three alarms notify nobody: two are what the health checks of Route 53 watch, and one ends an experiment. Each has a twin that notifies: StandbyServes, NoHealthyServer and ErrorRateHigh.',
  },
  {
    rule: 'CloudWatchLogGroupEncrypted',
    patterns: [
      'BlueGreenService',
      'CampaignSite',
      'CorporateSite',
      'DisasterRecovery',
      'Intranet',
      'Microservices',
      'ServerlessApi',
    ],
    why: 'CloudWatch Logs encrypts every log group with a key of its own. A key of yours costs money while idle and needs a key policy for the service: set encryptionKey on the log groups.',
  },
  {
    rule: 'CodeBuildProjectSourceRepoUrl',
    patterns: ['BlueGreenService'],
    why: 'The rule asks for a repository with OAuth in the project itself. The project builds what CodePipeline hands to it, which fetches a repository by a connection, and no token is kept anywhere.',
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
    patterns: ['BlueGreenService', 'CorporateSite', 'DisasterRecovery', 'Intranet'],
    why: 'Off in the sandbox, which must go away when it is destroyed, and at the load balancer of a cold standby, which goes when the standby falls asleep again.',
  },
  {
    rule: 'ELBv2ACMCertificateRequired',
    patterns: ['BlueGreenService', 'CorporateSite', 'DisasterRecovery', 'Intranet'],
    why: 'A certificate needs a domain whose zone can prove it: give hostedZone and domainName. A listener that only redirects to HTTPS has none. In a private zone, certificateArns takes those of a private authority.',
  },
  {
    rule: 'IAMNoInlinePolicy',
    patterns: [
      'BlueGreenService',
      'CampaignSite',
      'CorporateSite',
      'DisasterRecovery',
      'Intranet',
      'Microservices',
      'ServerlessApi',
    ],
    why: "aws-cdk-lib attaches a role's rights as inline policies, which go away with the role and can't be attached to another one.",
  },
  {
    rule: 'LambdaConcurrency',
    patterns: [
      'BlueGreenService',
      'CampaignSite',
      'CorporateSite',
      'DisasterRecovery',
      'Microservices',
      'ServerlessApi',
    ],
    why: "Functions that run at deployments need none. Of the serverless API's, only the clean-up must not run twice, and reserves in production; the others take what the account has, whose quota may be 10: set reservedConcurrentExecutions by apiFunction and uploadFunction. Those that apply manifests come from aws-cdk-lib. Those of the system in two regions and of releases run one at a time by their schedules and workflows.",
  },
  {
    rule: 'LambdaDLQ',
    patterns: [
      'BlueGreenService',
      'CampaignSite',
      'CorporateSite',
      'DisasterRecovery',
      'Microservices',
      'ServerlessApi',
    ],
    why: 'CloudFormation waits for the functions of deployments and reports their failures. Requests wait for their answer, and the queue of uploads has a dead-letter queue of its own. Workflows wait for the functions of the system in two regions, and schedules call them again. Whoever releases waits for the functions of a release.',
  },
  {
    rule: 'LambdaInsideVPC',
    patterns: [
      'BlueGreenService',
      'CampaignSite',
      'CorporateSite',
      'DisasterRecovery',
      'Microservices',
      'ServerlessApi',
    ],
    why: 'The functions call AWS APIs and nothing in a network. In a VPC they would need endpoints, paid by the hour. Those that ask a load balancer for a page from within, internal or before a release, and those that apply manifests are in the VPC.',
  },
  {
    rule: 'RDSEnhancedMonitoringEnabled',
    patterns: ['CampaignSite', 'CorporateSite', 'DisasterRecovery', 'Intranet'],
    why: 'RDS writes it to one log group for the whole account, RDSOSMetrics, which no stack owns: set monitoringInterval where that is no trouble.',
  },
  {
    rule: 'RDSInBackupPlan',
    patterns: ['CampaignSite', 'CorporateSite', 'DisasterRecovery', 'Intranet'],
    why: "RDS's own backups with point-in-time recovery are on. A central AWS Backup plan selects the database by tag, as the plan of a cold standby does, which the rule does not see.",
  },
  {
    rule: 'RDSInstanceDeletionProtectionEnabled',
    patterns: ['CampaignSite', 'CorporateSite', 'DisasterRecovery', 'Intranet'],
    why: 'Off in the sandbox only, which must go away when it is destroyed.',
  },
  ...['audit', 'error', 'general', 'slowquery'].map((log) => ({
    rule: `RDSLoggingEnabled[LogExport::${log}]`,
    patterns: ['CampaignSite', 'CorporateSite', 'DisasterRecovery', 'Intranet'],
    why: 'RDS makes the log groups of exported logs by itself, outside of the stack, and leaves them behind: set cloudwatchLogsExports where they should be kept. The audit log needs an option group with the audit plugin as well.',
  })),
  {
    rule: 'RDSMultiAZSupport',
    patterns: ['CampaignSite', 'CorporateSite', 'DisasterRecovery', 'Intranet'],
    why: "A single zone is the campaign site's stated trade, where multiAz adds the standby; the others have one in the production profile.",
  },
  {
    rule: 'RDSStorageEncrypted',
    patterns: ['DisasterRecovery'],
    why: "RDS refuses to be told so of a replica or a restored database: the replica is encrypted under the key that the template names, the standby's, and the restored one under that of its copy, the standby's vault's.",
  },
  {
    rule: 'S3BucketLoggingEnabled',
    patterns: [
      'BlueGreenService',
      'CampaignSite',
      'CorporateSite',
      'DisasterRecovery',
      'Intranet',
      'Microservices',
      'ServerlessApi',
    ],
    why: 'One bucket is where access logs go; static files are read by CloudFront only, which logs every request.',
  },
  {
    rule: 'S3BucketReplicationEnabled',
    patterns: [
      'BlueGreenService',
      'CampaignSite',
      'CorporateSite',
      'DisasterRecovery',
      'Intranet',
      'Microservices',
      'ServerlessApi',
    ],
    why: "Access logs expire, and static files come from the repository again; a second copy in another region, of the serverless API's files as well, is for trades that must keep them. The files of the system in two regions are replicated: the standby's bucket gets its rule when both are there, by a function that the rule does not see. What a pipeline builds can be built again.",
  },
  {
    rule: 'S3BucketVersioningEnabled',
    patterns: [
      'BlueGreenService',
      'CampaignSite',
      'CorporateSite',
      'DisasterRecovery',
      'Intranet',
      'Microservices',
      'ServerlessApi',
    ],
    why: 'CloudFront, S3 and load balancers write each log file once; nothing overwrites it.',
  },
  {
    rule: 'S3DefaultEncryptionKMS',
    patterns: [
      'BlueGreenService',
      'CampaignSite',
      'CorporateSite',
      'DisasterRecovery',
      'Intranet',
      'Microservices',
      'ServerlessApi',
    ],
    why: "The buckets are encrypted with keys of S3 (SSE-S3), the only ones that a load balancer's logs can have, or logs of S3. A KMS key costs money while idle and must admit the services that write or read.",
  },
  {
    rule: 'SecretsManagerRotationEnabled',
    patterns: ['BlueGreenService', 'CorporateSite', 'DisasterRecovery', 'Microservices', 'ServerlessApi'],
    why: 'The secret of the origin header is read at deployments only, so that a rotation is a deployment: originSecretGeneration. A rotation of the database of two regions reaches the standby twice, by the secret and by the database, and a loss in between would leave a password that opens nothing: rotate by hand, as the README says. The token of the notice board is known to those who post: put a new one and release. The keys by which the shop signs come from a secret that is rotated by one call, as the README says.',
  },
  {
    rule: 'SecretsManagerUsingKMSKey',
    patterns: ['BlueGreenService', 'CorporateSite', 'Microservices', 'ServerlessApi'],
    why: "The secret is encrypted with the account's own key, aws/secretsmanager, unless key is given.",
  },
  {
    rule: 'SNSEncryptedKMS',
    patterns: [
      'BlueGreenService',
      'CampaignSite',
      'CorporateSite',
      'DisasterRecovery',
      'Intranet',
      'Microservices',
      'ServerlessApi',
    ],
    why: "Alarms can't publish to a topic under the account's own SNS key; a key of yours that admits cloudwatch.amazonaws.com can be given with a topic by alarmTopic.",
  },
  {
    rule: 'VPCNoUnrestrictedRouteToIGW',
    patterns: [
      'BlueGreenService',
      'CampaignSite',
      'CorporateSite',
      'DisasterRecovery',
      'Intranet',
      'Microservices',
    ],
    why: 'A public tier is public by its route to the internet gateway. The security groups say who comes in.',
  },
  {
    rule: 'WAFv2LoggingEnabled',
    patterns: ['BlueGreenService', 'CorporateSite', 'DisasterRecovery', 'Microservices', 'ServerlessApi'],
    why: 'Metrics and samples of the web ACL are on. Full logs need a log group with a name of its own (aws-waf-logs-...) or Firehose, and are paid for: add a CfnLoggingConfiguration.',
  },
];
