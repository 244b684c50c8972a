import type * as apigateway from 'aws-cdk-lib/aws-apigateway';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { ManagedWebAcl, visibility } from '../building-blocks/managed-web-acl';
import { ORIGIN_HEADER, OriginSecrets } from '../building-blocks/origin-secrets';

/** Properties of ApiWebAcl. */
export interface ApiWebAclProps {
  /** What it protects. */
  readonly stage: apigateway.Stage;

  /** Which secret CloudFront shows. */
  readonly originSecretGeneration: number;

  /** Encrypts that secret. */
  readonly key?: kms.IKey;
}

/** A web ACL before a REST API: it blocks what did not come by way of this site's distribution, and what AWS's rules find. */
export class ApiWebAcl extends Construct {
  /** The header that CloudFront adds to each request. */
  readonly header: Record<string, string>;

  constructor(scope: Construct, id: string, props: ApiWebAclProps) {
    super(scope, id);
    const secrets = new OriginSecrets(this, 'Origin', {
      origin: 'the API',
      generation: props.originSecretGeneration,
      key: props.key,
    });
    this.header = secrets.header;
    const { webAcl } = new ManagedWebAcl(this, 'WebAcl', {
      scope: 'REGIONAL',
      firstRules: [
        {
          name: 'NotThroughCloudFront',
          action: { block: {} },
          statement: { notStatement: { statement: bearsOneOf(secrets.accepted) } },
          visibilityConfig: visibility('NotThroughCloudFront'),
        },
      ],
    });
    // AWS WAF keeps samples of the requests, which people may read who must know neither the secret nor anybody's token.
    // https://docs.aws.amazon.com/waf/latest/APIReference/API_DataProtectionConfig.html
    webAcl.dataProtectionConfig = {
      dataProtections: [
        {
          action: 'SUBSTITUTION',
          field: {
            fieldType: 'SINGLE_HEADER',
            fieldKeys: [ORIGIN_HEADER.toLowerCase(), 'authorization', 'x-api-key'],
          },
        },
      ],
    };
    new wafv2.CfnWebACLAssociation(this, 'Association', {
      resourceArn: props.stage.stageArn,
      webAclArn: webAcl.attrArn,
    });
  }
}

function bearsOneOf(secrets: readonly string[]): wafv2.CfnWebACL.StatementProperty {
  const statements = secrets.map((secret) => ({
    byteMatchStatement: {
      fieldToMatch: { singleHeader: { Name: ORIGIN_HEADER.toLowerCase() } },
      positionalConstraint: 'EXACTLY',
      searchString: secret,
      textTransformations: [{ priority: 0, type: 'NONE' }],
    },
  }));
  // An OR of a single statement is refused.
  const [only, ...others] = statements;
  return only && others.length === 0 ? only : { orStatement: { statements } };
}
