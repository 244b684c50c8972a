import { Duration } from 'aws-cdk-lib';
import type * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Monitoring } from './monitoring';

/** Adds a distribution's graphs. Its metrics are in us-east-1, from where no alarm of another region reads. */
export function addDistributionGraphs(monitoring: Monitoring, distribution: cloudfront.IDistribution): void {
  const metric = (metricName: string, statistic: string) =>
    new cloudwatch.Metric({
      namespace: 'AWS/CloudFront',
      metricName,
      dimensionsMap: { DistributionId: distribution.distributionId, Region: 'Global' },
      statistic,
      period: Duration.minutes(5),
      region: 'us-east-1',
    });
  const errors = ['4xxErrorRate', '5xxErrorRate'].map((name) => metric(name, 'Average'));
  monitoring.dashboard.addWidgets(
    new cloudwatch.GraphWidget({
      title: 'CloudFront: requests',
      left: [metric('Requests', 'Sum')],
      width: 12,
      region: 'us-east-1',
    }),
    new cloudwatch.GraphWidget({
      title: 'CloudFront: errors, percent',
      left: errors,
      width: 12,
      region: 'us-east-1',
    }),
  );
}
