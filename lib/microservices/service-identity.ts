import { CfnJson } from 'aws-cdk-lib';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct, type IDependable } from 'constructs';
import { silenceProviders } from '../building-blocks/silent-providers';

/** Properties of ServiceIdentity. */
export interface ServiceIdentityProps {
  readonly cluster: eks.Cluster;
  readonly clusterName: string;
  readonly namespace: string;

  /** The service account of the service's pods. */
  readonly serviceAccount: string;

  /** Whether EKS Pod Identity gives pods the role, in place of the cluster's OpenID Connect provider. */
  readonly podIdentity: boolean;
}

/** The role of one service. Only pods of its service account, in its namespace and its cluster, get it. */
export class ServiceIdentity extends Construct {
  /** The role. */
  readonly role: iam.Role;

  /** What must be there before a pod starts that is to have the role. */
  readonly ready: readonly IDependable[];

  constructor(scope: Construct, id: string, props: ServiceIdentityProps) {
    super(scope, id);
    this.role = new iam.Role(this, 'Role', {
      assumedBy: props.podIdentity ? podsOf(props) : this.webIdentity(props),
      description: `${props.serviceAccount} in ${props.namespace}`,
    });
    this.ready = props.podIdentity ? [this.role, this.associate(props)] : [this.role];
  }

  private associate({ cluster, namespace, serviceAccount }: ServiceIdentityProps): IDependable {
    return new eks.CfnPodIdentityAssociation(this, 'Association', {
      clusterName: cluster.clusterName,
      namespace,
      serviceAccount,
      roleArn: this.role.roleArn,
    });
  }

  /** https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html */
  private webIdentity({ cluster, namespace, serviceAccount }: ServiceIdentityProps): iam.IPrincipal {
    const provider = cluster.openIdConnectProvider;
    const issuer = provider.openIdConnectProviderIssuer;
    // The keys are known at the deployment only, and CloudFormation takes no function as a key.
    const conditions = new CfnJson(this, 'Conditions', {
      value: {
        [`${issuer}:aud`]: 'sts.amazonaws.com',
        [`${issuer}:sub`]: `system:serviceaccount:${namespace}:${serviceAccount}`,
      },
    });
    silenceProviders(this);
    return new iam.WebIdentityPrincipal(provider.openIdConnectProviderArn, { StringEquals: conditions });
  }
}

/**
 * Without conditions any association of the account could hand out the role:
 * https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
 */
function podsOf({ clusterName, namespace, serviceAccount }: ServiceIdentityProps): iam.IPrincipal {
  return new iam.ServicePrincipal('pods.eks.amazonaws.com', {
    conditions: {
      StringEquals: {
        'aws:RequestTag/eks-cluster-name': clusterName,
        'aws:RequestTag/kubernetes-namespace': namespace,
        'aws:RequestTag/kubernetes-service-account': serviceAccount,
      },
    },
  }).withSessionTags();
}
