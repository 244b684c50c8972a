import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CfnResource } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { handlerBundles } from './handler-bundles';
import { inTemporaryFolder } from './project-folder';

/**
 * The code of a Lambda function: index.js, whose `handler` is that of lambda/<pattern>/<name>.ts, and index.js.map.
 *
 * It takes the place of NodejsFunction, which starts esbuild in a process of its own for each function.
 */
export class HandlerCode extends lambda.Code {
  readonly isInline = false;
  private asset?: lambda.AssetCode;

  /**
   * @param pattern a folder in lambda/
   * @param name a file in it, without its ending, that exports `handler`
   */
  constructor(
    private readonly pattern: string,
    private readonly name: string,
  ) {
    super();
  }

  override bind(scope: Construct): lambda.CodeConfig {
    const bundles = handlerBundles(this.pattern);
    const bundle = bundles.get(this.name);
    if (!bundle) {
      throw new Error(
        `lambda/${this.pattern}/${this.name}.ts exports no handler; those which do: ${[...bundles.keys()].join(', ')}`,
      );
    }
    return inTemporaryFolder((path) => {
      writeFileSync(join(path, 'index.js'), bundle.code);
      writeFileSync(join(path, 'index.js.map'), bundle.map);
      this.asset = lambda.Code.fromAsset(path);
      return this.asset.bind(scope);
    });
  }

  override bindToResource(resource: CfnResource, options?: lambda.ResourceBindOptions): void {
    this.asset?.bindToResource(resource, options);
  }
}
