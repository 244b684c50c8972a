import type { EmulatorAddress } from './emulator';

/** A process of a task. */
export interface ContainerProcess {
  readonly name: string;
  readonly pid: number;
}

/** A resource of which only the properties are kept. */
export interface RecordedResource {
  readonly account: string;
  readonly region: string;
  readonly type: string;

  /** The physical one. */
  readonly id: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** An object of Kubernetes. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/** An EKS cluster, and what its API server would hold. */
export interface KnownCluster {
  readonly account: string;
  readonly region: string;

  /** As EKS describes it. */
  readonly cluster: {
    readonly name: string;
    readonly version: string;
    readonly accessConfig: object;
    readonly computeConfig?: { readonly enabled: boolean; readonly nodePools?: readonly string[] };
    readonly encryptionConfig: readonly {
      readonly provider: { readonly keyArn: string };
      readonly resources: readonly string[];
    }[];
    readonly logging: object;
    readonly resourcesVpcConfig: {
      readonly endpointPrivateAccess: boolean;
      readonly endpointPublicAccess: boolean;
      readonly subnetIds: readonly string[];
    };
    readonly upgradePolicy?: { readonly supportType: string };
  };
  readonly accessEntries: readonly {
    readonly principalArn: string;
    readonly type: string;
    readonly policies: readonly { readonly policyArn: string; readonly type: string }[];
  }[];
  readonly nodeGroups: readonly { readonly nodegroupArn: string; readonly amiType: string }[];
  readonly podIdentityAssociations: readonly {
    readonly associationArn: string;
    readonly namespace: string;
    readonly serviceAccount: string;
    readonly roleArn: string;
  }[];
  readonly objects: readonly KubernetesObject[];

  /** What Helm installed. */
  readonly releases: readonly { readonly name: string; readonly namespace: string; readonly chart: string }[];

  /** What was done with objects and releases, from the first. */
  readonly history: readonly {
    readonly act: 'configured' | 'created' | 'deleted' | 'installed' | 'uninstalled';
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;

    /** Which role the first pods of a Deployment got by an association that was there before them. */
    readonly role?: string;
  }[];

  /** The ARNs of what was made for ingresses. */
  readonly loadBalancers: readonly string[];
}

/** What an emulator can be asked and told beside what AWS can. */
export interface Control {
  /** The EKS clusters of all accounts and regions. */
  clusters(): Promise<KnownCluster[]>;

  /** The processes of all tasks that run. */
  containers(): Promise<ContainerProcess[]>;

  /**
   * Lets a minute of a deployment's bake time take so many seconds.
   *
   * @param longest the seconds that a whole bake time may take; those of before where it stays out, 10 at first
   */
  deploymentMinute(seconds: number, longest?: number): Promise<void>;

  /** The resources of which it keeps only the properties. */
  records(): Promise<RecordedResource[]>;

  /**
   * Lets containers run a command of this machine.
   *
   * @param image what the names of their images begin with
   * @param command `node` is the one of the project; `{image}`, `{tag}` and `{address}` are replaced, also in the
   * environment
   */
  image(image: string, command: readonly string[], environment?: Record<string, string>): Promise<void>;
}

/** The control paths of an emulator. */
export function controlOf({ url }: Pick<EmulatorAddress, 'url'>): Control {
  const ask = async (path: string, body?: object): Promise<unknown> => {
    const init = body && { method: 'POST', body: JSON.stringify(body) };
    const answer = await fetch(`${url}/_emulator/${path}`, init);
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  return {
    clusters: async () => (await ask('clusters')) as KnownCluster[],
    async containers() {
      const tasks = (await ask('containers')) as { processes: ContainerProcess[] }[];
      return tasks.flatMap(({ processes }) => processes);
    },
    async deploymentMinute(seconds, longest) {
      await ask('deployment-minute', { seconds, longest });
    },
    async image(image, command, environment = {}) {
      await ask('images', { image, command, environment });
    },
    records: async () => (await ask('records')) as RecordedResource[],
  };
}
