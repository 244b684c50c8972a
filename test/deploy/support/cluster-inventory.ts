import { ListOpenIDConnectProvidersCommand } from '@aws-sdk/client-iam';
import { emulatorOf } from '../uses/support/addresses';
import type { Aws } from './aws';
import { controlOf, type KnownCluster } from './control';

type List = Promise<(string | undefined)[] | undefined>;

const RECORDED = ['AWS::EKS::Addon', 'AWS::EKS::FargateProfile'];

/** What belongs to EKS clusters in an account and region of an emulator, by kind. */
export function clusterLists(aws: Aws): Record<string, List> {
  const here = scopeOf(aws);
  const ofClusters = async (list: (cluster: KnownCluster) => string[]) => {
    const { account, control, region } = await here;
    const clusters = await control.clusters();
    return clusters.filter((each) => each.account === account && each.region === region).flatMap(list);
  };
  return {
    'EKS cluster': ofClusters(({ cluster }) => [cluster.name]),
    'node group': ofClusters(({ nodeGroups }) => nodeGroups.map(({ nodegroupArn }) => nodegroupArn)),
    'access entry': ofClusters(({ accessEntries, cluster }) =>
      accessEntries.map(({ principalArn }) => `${principalArn}|${cluster.name}`),
    ),
    'pod identity association': ofClusters(({ podIdentityAssociations }) =>
      podIdentityAssociations.map(({ associationArn }) => associationArn),
    ),
    'add-on or Fargate profile': here.then(async ({ account, control, region }) =>
      (await control.records())
        .filter((each) => RECORDED.includes(each.type) && each.account === account && each.region === region)
        .map(({ id }) => id),
    ),
    'identity provider': aws.iam
      .send(new ListOpenIDConnectProvidersCommand({}))
      .then(({ OpenIDConnectProviderList }) => OpenIDConnectProviderList?.map(({ Arn }) => Arn)),
  };
}

async function scopeOf(aws: Aws) {
  const url = await emulatorOf(aws);
  if (!url) throw new Error('only an emulator tells its clusters in this way');
  const { accessKeyId } = await aws.iam.config.credentials();
  // An emulator takes the access key for the account.
  return { account: accessKeyId, control: controlOf({ url }), region: aws.region };
}
