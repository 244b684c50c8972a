import type { Duration } from 'aws-cdk-lib';
import type * as ecr from 'aws-cdk-lib/aws-ecr';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as iam from 'aws-cdk-lib/aws-iam';

/** What a service's containers need of the world. A plain object is enough. */
export interface ContainerApplication {
  /**
   * Environment variables.
   *
   * @default - none
   */
  readonly environment?: Readonly<Record<string, string>>;

  /**
   * Environment variables that ECS fetches from Secrets Manager or Parameter Store when a task starts.
   *
   * @default - none
   */
  readonly secrets?: Readonly<Record<string, ecs.Secret>>;

  /**
   * Gives the application's own role the rights that it needs.
   *
   * @default - it has none
   */
  grantTo?(taskRole: iam.IRole): void;
}

/** A request that a new version must answer before users reach it. */
export interface ValidationCheck {
  /** The path, with its query, that begins with '/'. */
  readonly path: string;

  /**
   * The status that is right.
   *
   * @default 200
   */
  readonly status?: number;

  /**
   * A text that the answer must have.
   *
   * @default - any answer is right
   */
  readonly contains?: string;
}

/** The choices about one service of the cluster. */
export interface ServiceOptions {
  /**
   * What its containers need of the world.
   *
   * @default - for the service that takes all paths the notice board's table and secret, for others nothing
   */
  readonly application?: ContainerApplication;

  /**
   * Where its images are.
   *
   * @default - a new repository: tags can't be overwritten, images are scanned when they arrive, and the last 30 are kept
   */
  readonly repository?: ecr.IRepository;

  /**
   * The port on which the container answers HTTP, 1 to 65535. It finds it in the variable PORT.
   *
   * @default 8080
   */
  readonly containerPort?: number;

  /**
   * The command that the image is started with; that of the first image, before anything was released, is not affected.
   *
   * @default - the image's own
   */
  readonly command?: string[];

  /**
   * CPU units of a task, 1024 of which are a virtual CPU: what Fargate offers together with `memoryLimitMiB`.
   * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
   *
   * @default 256
   */
  readonly cpu?: number;

  /**
   * MiB of a task's memory.
   *
   * @default 512
   */
  readonly memoryLimitMiB?: number;

  /**
   * How many tasks there are at least, 1 or more; with 2 a zone may be lost.
   *
   * @default 2
   */
  readonly minCapacity?: number;

  /**
   * How many tasks there are at most.
   *
   * @default 6
   */
  readonly maxCapacity?: number;

  /**
   * The average CPU load in percent, 10 to 90, that scaling aims at.
   *
   * @default 60
   */
  readonly targetCpu?: number;

  /**
   * The requests a minute and task that scaling aims at, 1 or more.
   *
   * @default 1000
   */
  readonly targetRequests?: number;

  /**
   * The path that answers 200 as long as the container can work. It must not ask others: tasks that fail it are replaced,
   * and when a database fails over that would be all of them at once.
   *
   * @default '/healthz'
   */
  readonly healthCheckPath?: string;

  /**
   * What a new version must answer, through the test listener, before users reach it.
   *
   * @default - a path '/readyz' that answers 200
   */
  readonly validationChecks?: ValidationCheck[];

  /**
   * A path that answers JSON with the field `version`, which must be the released image's tag: it proves that the test
   * listener leads to the new version. An empty text leaves that out.
   *
   * @default '/version'
   */
  readonly versionPath?: string;

  /**
   * How long running requests may take to end on a task that leaves, 0 to 3600 whole seconds. Only then is it told to stop.
   *
   * @default Duration.seconds(30)
   */
  readonly deregistrationDelay?: Duration;

  /**
   * How long a container may take from SIGTERM to its end, 2 to 120 whole seconds.
   *
   * @default Duration.seconds(30)
   */
  readonly stopTimeout?: Duration;

  /**
   * How long a new task may fail its health checks, 0 or more whole seconds.
   *
   * @default Duration.seconds(60)
   */
  readonly healthCheckGracePeriod?: Duration;

  /**
   * Whether a shell can be opened in the containers (ECS Exec). Their root file system is writable then, which ECS Exec needs.
   *
   * @default false
   */
  readonly enableExecuteCommand?: boolean;

  /**
   * Whether a collector runs in each task, to which the application sends its traces (OTLP, port 4318) and which sends
   * them to X-Ray. It needs 100 to 200 MiB of the task's memory.
   *
   * @default false
   */
  readonly tracing?: boolean;
}

/** A service that takes some paths of the load balancer. */
export interface PathService extends ServiceOptions {
  /** The paths that it takes, 1 to 5, like '/api/*'. */
  readonly pathPatterns: string[];

  /** Which service is asked first where patterns overlap, 1 to 49999: the least number. Each one has its own. */
  readonly priority: number;
}
