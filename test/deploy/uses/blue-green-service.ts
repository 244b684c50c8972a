import type { Settings } from '../../../bin/settings';
import type { Use } from '../support/use';
import { boardName, redirected } from './support/board-name';
import { noContainers, serverReleases } from './support/board-servers';
import { badForCodeDeploy, codeDeploySettings } from './support/code-deploy-releases';
import { build, pushIsKept, pushSource, seed, stages, startsAtPush } from './support/delivery';
import { inBetween } from './support/deployments-in-between';
import { groupSettings, servers } from './support/fleet';
import { keeps, releases, unnoticed } from './support/kept-releases';
import { loadBalancer } from './support/load-balancer';
import { dashboard } from './support/monitoring';
import {
  badVersions,
  firstRelease,
  nextRelease,
  placeholder,
  refusedImages,
  wayBack,
} from './support/releases';
import { blueGreen, repository, tasks } from './support/service-settings';

const settings = (blueGreenService: Settings['blueGreenService']): Pick<Settings, 'blueGreenService'> => ({
  blueGreenService,
});

const MORE = { cpu: 512, memoryLimitMiB: 1024 };
const MOST = { cpu: 1024, memoryLimitMiB: 2048 };

const use: Use = {
  exercises: {
    'images have tags that nobody overwrites, are scanned, and the last 30 are kept': repository,
    'ECS releases blue/green, with a bake time, a circuit breaker, an alarm and the validation': blueGreen,
    'tasks are private, on arm64, of a user that can write nothing; the secret is no variable': tasks,
    'the load balancer is public, over two zones, strict, and logs': (stack) =>
      loadBalancer(stack, { scheme: 'internet-facing', tier: 'LoadBalancer' }),
    'the bucket of the source begins with the application, as a zip': seed,
    'a push starts the pipeline': startsAtPush,
    'the pipeline builds, and releases the image that was built by the workflow': (stack) => stages(stack),
    'the build runs on arm64 without privileges, and knows its repository': build,
    'the dashboard is there': dashboard,
    'somebody pushes another source': pushSource,
    'before any release a placeholder answers': placeholder,
    'a first release is tried before users get it; then notices are posted and read': firstRelease,
    'a release changes the version, and no request fails': nextRelease,
    'versions that are not ready, or are another one, are rolled back, and nobody gets them': badVersions,
    'images of others, and images that are not there, are refused': refusedImages,
    'while a release is on its way others and deployments are refused; errors lead users back': inBetween,
    'an older version is released again, once, however often it is asked for': wayBack,
  },
  updates: [
    {
      name: 'tasks get more CPU and memory',
      settings: () => settings(MORE),
      exercises: {
        'the version that was released is kept': keeps({ tag: 'release-1', cpu: '512' }),
        'another deployment is noticed by nobody': unnoticed(settings(MOST), {
          tag: 'release-1',
          cpu: '1024',
        }),
        'a deployment that touches the rules of the listeners is noticed by nobody': unnoticed(
          settings(MOST),
          { tag: 'release-1', cpu: '1024' },
          'board',
        ),
        'the next release runs with what the stack says': releases(
          { tag: 'release-4', cpu: '1024' },
          'release-1',
        ),
        'the source that was pushed is kept': pushIsKept,
      },
    },
    {
      name: 'the service gets a name',
      settings: (domain) => ({ domain, region: 'ap-northeast-1', ...settings(MOST) }),
      exercises: {
        'the name leads to the load balancer, over HTTPS with a certificate': (stack) =>
          boardName(stack, 'board.example.com'),
        'HTTP leads to HTTPS': redirected,
        'the version that was released is kept': keeps({ tag: 'release-4', cpu: '1024' }),
        'a release is tried and served over HTTPS': releases({ tag: 'release-5', cpu: '1024' }, 'release-4'),
      },
    },
    {
      name: 'servers take the place of the containers',
      settings: () => settings({ servers: {} }),
      exercises: {
        'no process and no revision of the containers is left': noContainers,
        'the servers are private Graviton ones in two zones, with IMDSv2': servers,
        'their group heeds the load balancer and replaces sick servers': groupSettings,
        'CodeDeploy releases to them in place, one at a time': serverReleases,
        'the pipeline releases by CodeDeploy': (stack) => stages(stack, 'CodeDeploy'),
      },
    },
    {
      name: 'containers that CodeDeploy releases take the place of the servers',
      settings: () => settings({ deployment: 'codeDeploy' }),
      exercises: {
        'CodeDeploy has both listeners, the alarm and the way back': codeDeploySettings,
        'before any release a placeholder answers': placeholder,
        'a first release is tried before users get it; then notices are posted and read': firstRelease,
        'a release changes the version, and no request fails': nextRelease,
        'a version that is not ready is rolled back, and nobody gets it': badForCodeDeploy('release-2'),
        'a deployment is noticed by nobody, and its settings come with the next release': unnoticed(
          settings({ deployment: 'codeDeploy', ...MORE }),
          { tag: 'release-2', cpu: '256' },
        ),
        'the next release runs with what the stack says': releases(
          { tag: 'release-3', cpu: '512' },
          'release-2',
        ),
        'the source that was pushed is kept': pushIsKept,
      },
    },
  ],
};

export default use;
