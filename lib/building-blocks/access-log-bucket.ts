import { Aws, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct, type IDependable } from 'constructs';
import { PRODUCTION, type Profile } from '../profile';
import { silenceProviders } from './silent-providers';

/** Properties of AccessLogBucket. */
export interface AccessLogBucketProps {
  /**
   * Retention and removal policy.
   *
   * @default PRODUCTION
   */
  readonly profile?: Profile;

  /**
   * Whether CloudFront writes into it, whose standard logs are delivered by way of an ACL.
   *
   * @default true
   */
  readonly forCloudFront?: boolean;

  /**
   * Whether other buckets of the stack name it as the place of their server access logs.
   *
   * @default false
   */
  readonly forBuckets?: boolean;
}

/** A bucket for the access logs of CloudFront and load balancers, which expire with the profile's log retention. */
export class AccessLogBucket extends Construct {
  /** The bucket. */
  readonly bucket: s3.Bucket;

  constructor(scope: Construct, id: string, props: AccessLogBucketProps = {}) {
    super(scope, id);
    const { logRetention, removalPolicy } = props.profile ?? PRODUCTION;
    this.bucket = new s3.Bucket(this, 'Bucket', {
      encryption: s3.BucketEncryption.S3_MANAGED,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging-legacy-s3.html
      objectOwnership:
        (props.forCloudFront ?? true)
          ? s3.ObjectOwnership.BUCKET_OWNER_PREFERRED
          : s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      lifecycleRules: [{ expiration: Duration.days(logRetention) }],
      removalPolicy,
      autoDeleteObjects: removalPolicy === RemovalPolicy.DESTROY,
    });
    silenceProviders(this);
    // A bucket that others name needs no word for it.
    if (props.forBuckets) return;
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions::AwsSolutions-S1',
      reason: 'This bucket is where access logs go; logging the access to the logs would never end.',
    });
  }

  /** Makes a load balancer write its access logs under a prefix. */
  takeLogsOf(loadBalancer: elbv2.ApplicationLoadBalancer, prefix: string): void {
    const policy = this.admitLoadBalancers(prefix);
    loadBalancer.setAttribute('access_logs.s3.enabled', 'true');
    loadBalancer.setAttribute('access_logs.s3.bucket', this.bucket.bucketName);
    loadBalancer.setAttribute('access_logs.s3.prefix', prefix);
    loadBalancer.node.addDependency(...policy);
  }

  /**
   * Lets the load balancers of the account write their access logs under a prefix.
   *
   * Not `loadBalancer.logAccessLogs()`: that one must know the region at synthesis, for the account of Elastic Load
   * Balancing that older regions used to write with. The service's own principal does it in every region:
   * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
   *
   * @returns what must be there before a load balancer is told to: Elastic Load Balancing writes a test file when the
   *   attributes are set, and refuses them when it can't
   */
  admitLoadBalancers(prefix: string): IDependable[] {
    this.bucket.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'LoadBalancerLogs',
        principals: [new iam.ServicePrincipal('logdelivery.elasticloadbalancing.amazonaws.com')],
        actions: ['s3:PutObject'],
        resources: [this.bucket.arnForObjects(`${prefix}/AWSLogs/${Aws.ACCOUNT_ID}/*`)],
        conditions: {
          ArnLike: {
            'aws:SourceArn': Stack.of(this).formatArn({
              service: 'elasticloadbalancing',
              resource: 'loadbalancer',
              resourceName: '*',
            }),
          },
        },
      }),
    );
    return this.bucket.policy ? [this.bucket.policy] : [];
  }
}
