import { GetApiKeysCommand, GetRestApisCommand, GetUsagePlansCommand } from '@aws-sdk/client-api-gateway';
import { GetApisCommand } from '@aws-sdk/client-apigatewayv2';
import {
  ListCachePoliciesCommand,
  ListFunctionsCommand,
  ListOriginRequestPoliciesCommand,
  ListResponseHeadersPoliciesCommand,
} from '@aws-sdk/client-cloudfront';
import { DescribeMetricFiltersCommand } from '@aws-sdk/client-cloudwatch-logs';
import { ListUserPoolsCommand } from '@aws-sdk/client-cognito-identity-provider';
import { ListBackupsCommand, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { ListScheduleGroupsCommand, ListSchedulesCommand } from '@aws-sdk/client-scheduler';
import type { Aws } from './aws';

type List = Promise<(string | undefined)[] | undefined>;

const OWN = 'custom';
const ACCOUNTS_OWN_GROUP = 'default';

/** What serves requests, signs users in, keeps items and acts by the clock in an account and region, by kind. */
export function servingLists({
  apiGateway,
  apiGatewayV2,
  cloudFront,
  cognito,
  dynamodb,
  logs,
  scheduler,
}: Aws): Record<string, List> {
  return {
    'REST API': apiGateway.send(new GetRestApisCommand({})).then(({ items }) => items?.map(({ id }) => id)),
    'HTTP API': apiGatewayV2
      .send(new GetApisCommand({}))
      .then(({ Items }) => Items?.map(({ ApiId }) => ApiId)),
    'API key': apiGateway.send(new GetApiKeysCommand({})).then(({ items }) => items?.map(({ id }) => id)),
    'usage plan': apiGateway
      .send(new GetUsagePlansCommand({}))
      .then(({ items }) => items?.map(({ id }) => id)),
    'user pool': cognito
      .send(new ListUserPoolsCommand({ MaxResults: 60 }))
      .then(({ UserPools }) => UserPools?.map(({ Id }) => Id)),
    table: dynamodb.send(new ListTablesCommand({})).then(({ TableNames }) => TableNames),
    'table backup': dynamodb
      .send(new ListBackupsCommand({}))
      .then(({ BackupSummaries }) => BackupSummaries?.map(({ BackupArn }) => BackupArn)),
    schedule: scheduler
      .send(new ListSchedulesCommand({}))
      .then(({ Schedules }) => Schedules?.map(({ Arn }) => Arn)),
    'schedule group': scheduler
      .send(new ListScheduleGroupsCommand({}))
      .then(({ ScheduleGroups }) =>
        ScheduleGroups?.filter(({ Name }) => Name !== ACCOUNTS_OWN_GROUP).map(({ Arn }) => Arn),
      ),
    'metric filter': logs
      .send(new DescribeMetricFiltersCommand({}))
      .then(({ metricFilters }) => metricFilters?.map(({ filterName }) => filterName)),
    'edge function': cloudFront
      .send(new ListFunctionsCommand({}))
      .then(({ FunctionList }) => FunctionList?.Items?.map(({ Name }) => Name)),
    'cache policy': cloudFront
      .send(new ListCachePoliciesCommand({ Type: OWN }))
      .then(({ CachePolicyList }) => CachePolicyList?.Items?.map(({ CachePolicy }) => CachePolicy?.Id)),
    'origin request policy': cloudFront
      .send(new ListOriginRequestPoliciesCommand({ Type: OWN }))
      .then(({ OriginRequestPolicyList }) =>
        OriginRequestPolicyList?.Items?.map(({ OriginRequestPolicy }) => OriginRequestPolicy?.Id),
      ),
    'response headers policy': cloudFront
      .send(new ListResponseHeadersPoliciesCommand({ Type: OWN }))
      .then(({ ResponseHeadersPolicyList }) =>
        ResponseHeadersPolicyList?.Items?.map(({ ResponseHeadersPolicy }) => ResponseHeadersPolicy?.Id),
      ),
  };
}
