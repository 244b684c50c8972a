import type { Use } from '../support/use';
import { dashboard } from './support/monitoring';
import { flowLog } from './support/network';
import { administrators, compute, identities, secretsKey, settings } from './support/shop-cluster';
import { ownDataOnly, paymentKey, signingSecret, tables } from './support/shop-data';
import { entrance, namedEntrance, paths } from './support/shop-entrance';
import { delivered, putAside } from './support/shop-events';
import { changedOnly, complete, images, inOrder, sizes } from './support/shop-objects';

const SMALLEST = [1, 2] as const;
const SIZES = {
  cart: SMALLEST,
  customer: SMALLEST,
  order: SMALLEST,
  payment: SMALLEST,
  product: SMALLEST,
  review: SMALLEST,
};

const use: Use = {
  exercises: {
    'the cluster has no public address, logs, gives its maker no rights, and is upgraded in time': settings,
    'EKS runs the nodes, in private subnets, from which NAT leads out': compute,
    'all traffic is logged, and the default security group lets nothing through': flowLog,
    "Kubernetes' secrets are encrypted by a key of the stack": secretsKey,
    'nobody administers the cluster but the stack': administrators(),
    'each service has a role, which only its service account gets': identities,
    'six images were built for arm64, each of its own service': images,
    'the objects of all services are there, under the standard `restricted`, behind a policy that denies':
      complete,
    'objects came in an order in which pods get all that they need at their start': inOrder,
    'services run in the smallest size': sizes(SIZES),
    'each service has a table, with its indexes, backups, and an end for what has expired': tables,
    'no service may touch the data of another one': ownDataOnly,
    'nobody but the payment service may use the key of its data, and only in its context': paymentKey,
    'the text behind the signatures is random, and the one before a rotation stays readable': signingSecret,
    'events reach those who subscribed to them, and nobody else': delivered,
    'an event that nobody handles is put aside after five attempts, and comes back when asked for': putAside,
    'the address of the site is that of the load balancer, which is public, logs and is strict': entrance,
    'the paths of the public APIs lead to their services': paths,
    'the dashboard is there': dashboard,
  },
  updates: [
    {
      name: 'orders get more pods, and somebody administers the cluster',
      settings: () => ({
        microservices: {
          sizes: { order: { minReplicas: 2, maxReplicas: 6 } },
          mastersRoleArn: 'arn:aws:iam::000000000000:role/Administrator',
        },
      }),
      exercises: {
        'only that service runs in another size': sizes({ ...SIZES, order: [2, 6] }),
        'beside its size only the quota of the namespace grew': changedOnly(
          'HorizontalPodAutoscaler order',
          'ResourceQuota quota',
        ),
        'the administrator administers it': administrators('Administrator'),
        'the address of the site is still that of the load balancer': entrance,
      },
    },
    {
      name: 'the shop gets a name, and only offices get in',
      settings: (domain) => ({
        domain,
        region: 'ap-northeast-1',
        microservices: { clientRanges: ['192.0.2.0/24'] },
      }),
      exercises: {
        'the name leads to the load balancer, over HTTPS, from the offices': namedEntrance(
          'shop.example.com',
          ['192.0.2.0/24'],
        ),
        'nobody administers the cluster any more': administrators(),
        'events reach those who subscribed to them': delivered,
      },
    },
  ],
};

export default use;
