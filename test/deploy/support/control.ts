import type { EmulatorAddress } from './emulator';

/** A process of a task. */
export interface ContainerProcess {
  readonly name: string;
  readonly pid: number;
}

/** A resource of which only the properties are kept. */
export interface RecordedResource {
  readonly type: string;

  /** The physical one. */
  readonly id: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** What an emulator can be asked and told beside what AWS can. */
export interface Control {
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
