import type { ServiceAnswer, ServiceRequest } from './local-service';

/** A recovery point of a fake vault. */
export interface FakePoint {
  readonly arn: string;
  status: string;
  statusMessage?: string;

  /** What a request to delete it is answered with in turn; after that it is deleted. */
  readonly refusals: ServiceAnswer[];

  /** How often it is still listed after its deletion was asked for; it is DELETING then. */
  lingers: number;
}

/** Makes a recovery point, complete and easy to delete unless it is told otherwise. */
export function pointOf(name: string, point: Partial<FakePoint> = {}): FakePoint {
  return {
    arn: `arn:aws:rds:ap-northeast-3:123456789012:snapshot:awsbackup:${name}`,
    status: 'COMPLETED',
    refusals: [],
    lingers: 0,
    ...point,
  };
}

/** An error of AWS Backup. */
export const refusal = (status: number, name: string, message: string): ServiceAnswer => ({
  status,
  headers: { 'x-amzn-errortype': name },
  body: { message },
});

/** AWS Backup with one vault, as far as its content is listed and deleted. */
export class FakeVault {
  constructor(
    readonly name: string,
    readonly points: FakePoint[],
    private readonly pageSize = 1000,
  ) {}

  /** Answers like AWS Backup. */
  answer({ method, path }: ServiceRequest): ServiceAnswer {
    const { pathname, searchParams } = new URL(path, 'http://backup');
    const [, vaults, vault, kind, arn = ''] = pathname.split('/').map(decodeURIComponent);
    if (vaults !== 'backup-vaults' || kind !== 'recovery-points' || vault !== this.name) {
      return refusal(404, 'ResourceNotFoundException', `${method} ${path} is unknown here`);
    }
    return method === 'DELETE' ? this.delete(arn) : this.list(Number(searchParams.get('nextToken') ?? 0));
  }

  private list(first: number): ServiceAnswer {
    const page = this.points.slice(first, first + this.pageSize);
    const next = first + this.pageSize;
    const isLast = next >= this.points.length;
    const body = {
      RecoveryPoints: page.map(({ arn, status, statusMessage }) => ({
        RecoveryPointArn: arn,
        Status: status,
        StatusMessage: statusMessage,
      })),
      ...(!isLast && { NextToken: `${next}` }),
    };
    if (isLast) this.forget();
    return { body };
  }

  /** After a complete look, what was on its way out is a step nearer to it. */
  private forget(): void {
    for (const point of this.points.filter(({ status }) => status === 'DELETING')) {
      point.lingers -= 1;
      if (point.lingers <= 0) this.remove(point);
    }
  }

  private delete(arn: string): ServiceAnswer {
    const point = this.points.find((each) => each.arn === arn);
    if (!point) return refusal(404, 'ResourceNotFoundException', `there is no ${arn}`);
    const refused = point.refusals.shift();
    if (refused) return refused;
    if (point.lingers > 0) point.status = 'DELETING';
    else this.remove(point);
    return {};
  }

  private remove(point: FakePoint): void {
    this.points.splice(this.points.indexOf(point), 1);
  }
}
