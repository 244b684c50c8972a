import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import { Construct } from 'constructs';
import * as z from 'zod/mini';
import { documentBody, uploadBody } from '../../lambda/serverless-api/schemas';
import type { BodyName } from './api-gateway';
import type { FileRules } from './file-rules';

/** Properties of RequestModels. */
export interface RequestModelsProps {
  readonly api: apigateway.RestApi;
  readonly fileRules: FileRules;
}

/** The functions' own schemas as API Gateway's request models, so that both refuse the same. */
export class RequestModels extends Construct {
  private readonly models: Record<BodyName, apigateway.IModel>;
  private readonly validator: apigateway.IRequestValidator;

  constructor(scope: Construct, id: string, { api, fileRules }: RequestModelsProps) {
    super(scope, id);
    const model = (name: BodyName, body: z.ZodMiniType) =>
      new apigateway.Model(this, name, {
        restApi: api,
        contentType: 'application/json',
        schema: jsonSchema(body),
      });
    const { allowedFileTypes, maxFileSize } = fileRules;
    this.models = {
      document: model('document', documentBody),
      upload: model('upload', uploadBody({ allowedFileTypes, maxFileSize: maxFileSize.toBytes() })),
    };
    this.validator = new apigateway.RequestValidator(this, 'Validator', {
      restApi: api,
      validateRequestBody: true,
      validateRequestParameters: true,
    });
  }

  /** What a method is given that expects a body, or none. */
  methodOptions(body?: BodyName): apigateway.MethodOptions {
    return {
      requestValidator: this.validator,
      ...(body ? { requestModels: { 'application/json': this.models[body] } } : {}),
    };
  }
}

/** API Gateway knows draft 4, and aws-cdk-lib names it by a constant of its own. */
function jsonSchema(schema: z.ZodMiniType): apigateway.JsonSchema {
  const { $schema, ...rest } = z.toJSONSchema(schema, { target: 'draft-4' });
  return { ...rest, schema: apigateway.JsonSchemaVersion.DRAFT4 } as apigateway.JsonSchema;
}
