import { Stack } from 'aws-cdk-lib';
import * as codepipeline from 'aws-cdk-lib/aws-codepipeline';
import { S3SourceAction } from 'aws-cdk-lib/aws-codepipeline-actions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ReleasedServers } from '../../lib/blue-green-service/released-servers';
import type { ReleasedServersProps } from '../../lib/blue-green-service/released-servers-options';
import { type StackTemplate, templateOf } from './apps';

/** The template of released servers in a stack of no known region. */
export function synthesizeServers(
  propsOf: (stack: Stack) => ReleasedServersProps,
  use: (servers: ReleasedServers, stack: Stack) => void = () => {},
): StackTemplate {
  return templateOf((app) => {
    const stack = new Stack(app, 'Stack');
    use(new ReleasedServers(stack, 'Servers', propsOf(stack)), stack);
    return stack;
  });
}

/** A pipeline that releases what is in a bucket, as it is. */
export function addPipeline(stack: Stack, servers: ReleasedServers, artifactBucket: s3.IBucket): void {
  const input = new codepipeline.Artifact();
  const bucket = new s3.Bucket(stack, 'Source', { versioned: true });
  new codepipeline.Pipeline(stack, 'Pipeline', {
    artifactBucket,
    stages: [
      {
        stageName: 'Source',
        actions: [
          new S3SourceAction({ actionName: 'Source', bucket, bucketKey: 'source.zip', output: input }),
        ],
      },
      {
        stageName: 'Beta',
        actions: [servers.deployAction({ actionName: 'Release', input, image: '', runOrder: 2 })],
      },
      {
        stageName: 'Production',
        actions: [servers.deployAction({ actionName: 'Release', input, image: '' })],
      },
    ],
  });
}
