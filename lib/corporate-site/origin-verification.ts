import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import { ORIGIN_HEADER, OriginSecrets, type OriginSecretsProps } from '../building-blocks/origin-secrets';

/** Properties of OriginVerification. */
export interface OriginVerificationProps extends Omit<OriginSecretsProps, 'origin'> {
  /** The listener whose requests are checked. */
  readonly listener: elbv2.ApplicationListener;

  /** Where requests with the right header go. */
  readonly targetGroup: elbv2.ApplicationTargetGroup;
}

/** Requests that did not come by way of this site's own distribution are refused by the listener. */
export class OriginVerification extends OriginSecrets {
  /** What refuses all requests that no rule takes. */
  static readonly REFUSAL = elbv2.ListenerAction.fixedResponse(403, {
    contentType: 'text/plain',
    messageBody: 'Forbidden',
  });

  /** The rule that must be there before CloudFront sends its first request. */
  readonly rule: elbv2.ApplicationListenerRule;

  constructor(scope: Construct, id: string, props: OriginVerificationProps) {
    super(scope, id, { ...props, origin: 'the load balancer' });
    this.rule = new elbv2.ApplicationListenerRule(this, 'FromCloudFront', {
      listener: props.listener,
      priority: 1,
      conditions: [elbv2.ListenerCondition.httpHeader(ORIGIN_HEADER, [...this.accepted])],
      action: elbv2.ListenerAction.forward([props.targetGroup]),
    });
  }
}
