/** When a process ends: at which of its calls to the outside, and whether the call has still taken effect. */
export interface Death {
  /** 1 is the first call. */
  readonly at: number;
  readonly when: 'before' | 'after';
  /** 'dies': nothing of this process happens any more. 'fails': the call throws, and the process lives on. */
  readonly how: 'dies' | 'fails';
}

/** The life of a process of a test. */
export class Life {
  calls = 0;
  /** Resolves when the process has died. */
  readonly death: Promise<'dead'>;
  private dead = false;
  private end: (dead: 'dead') => void = () => undefined;

  constructor(private readonly fate?: Death) {
    this.death = new Promise((resolve) => {
      this.end = resolve;
    });
  }

  /** Whether the fate has come. */
  get isFulfilled(): boolean {
    return this.fate !== undefined && this.calls >= this.fate.at;
  }

  /** Puts the fate into all methods of what this process calls. */
  bind<T extends object>(target: T): T {
    return new Proxy(target, {
      get: (object, name) => {
        const member: unknown = Reflect.get(object, name);
        if (typeof member !== 'function') return member;
        return (...values: unknown[]) => this.pass(async () => await Reflect.apply(member, object, values));
      },
    });
  }

  private async pass(work: () => Promise<unknown>): Promise<unknown> {
    if (this.dead) return await NEVER;
    this.calls += 1;
    const isFatal = this.calls === this.fate?.at;
    if (isFatal && this.fate?.when === 'before') return await this.meet();
    const result = await work();
    if (isFatal) return await this.meet();
    return this.dead ? await NEVER : result;
  }

  private async meet(): Promise<unknown> {
    if (this.fate?.how === 'fails') throw new Error('a fault of the test');
    this.dead = true;
    this.end('dead');
    return await NEVER;
  }
}

const NEVER = new Promise<never>(() => undefined);
