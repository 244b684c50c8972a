import {
  DescribeImageScanFindingsCommand,
  type DescribeImageScanFindingsCommandOutput,
  DescribeImagesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
} from '@aws-sdk/client-ecr';

/** Who logs in to the registry. */
export interface Login {
  readonly registry: string;
  readonly user: string;
  readonly password: string;
}

/** One weakness of an image. */
export interface Finding {
  readonly severity: string;
  /** Such as CVE-2026-0001. */
  readonly name: string;
  readonly packages: string;
}

/** What the registry says of an image's scan. */
export interface ScanReport {
  readonly status: string;
  readonly description?: string;
  /** How many there are of each severity. */
  readonly counts: Readonly<Record<string, number>>;
  readonly findings: readonly Finding[];
}

/** A repository of images in ECR. */
export class Repository {
  private readonly client = new ECRClient({});
  private readonly registry: string;
  private readonly names: { readonly registryId?: string; readonly repositoryName: string };

  constructor(readonly uri: string) {
    const slash = uri.indexOf('/');
    this.registry = uri.slice(0, slash);
    this.names = { registryId: uri.match(/^\d{12}(?=\.)/)?.[0], repositoryName: uri.slice(slash + 1) };
  }

  /** Whether it has an image with this tag. */
  async has(imageTag: string): Promise<boolean> {
    try {
      await this.client.send(new DescribeImagesCommand({ ...this.names, imageIds: [{ imageTag }] }));
      return true;
    } catch (error) {
      if (error instanceof Error && error.name === 'ImageNotFoundException') return false;
      throw error;
    }
  }

  /** A login for twelve hours. */
  async login(): Promise<Login> {
    const { authorizationData } = await this.client.send(new GetAuthorizationTokenCommand({}));
    const token = Buffer.from(authorizationData?.[0]?.authorizationToken ?? '', 'base64').toString();
    const colon = token.indexOf(':');
    if (colon < 1) throw new Error('ECR gave no authorization token');
    return { registry: this.registry, user: token.slice(0, colon), password: token.slice(colon + 1) };
  }

  /** All that the registry says of the image's scan. */
  async scan(imageTag: string): Promise<ScanReport> {
    const findings: Finding[] = [];
    let nextToken: string | undefined;
    let page: DescribeImageScanFindingsCommandOutput;
    do {
      page = await this.client.send(
        new DescribeImageScanFindingsCommand({ ...this.names, imageId: { imageTag }, nextToken }),
      );
      findings.push(...findingsOf(page));
      nextToken = page.nextToken;
    } while (nextToken);
    return {
      status: page.imageScanStatus?.status ?? 'without a status',
      description: page.imageScanStatus?.description,
      counts: page.imageScanFindings?.findingSeverityCounts ?? {},
      findings,
    };
  }
}

/** ECR's own scan and that of Amazon Inspector tell the same in two shapes. */
function findingsOf({ imageScanFindings }: DescribeImageScanFindingsCommandOutput): Finding[] {
  const { findings = [], enhancedFindings = [] } = imageScanFindings ?? {};
  return [
    ...findings.map(({ severity = '', name = '', attributes = [] }) => {
      const value = (key: string) => attributes.find((attribute) => attribute.key === key)?.value ?? '';
      return { severity, name, packages: `${value('package_name')} ${value('package_version')}`.trim() };
    }),
    ...enhancedFindings.map(({ severity = '', title = '', packageVulnerabilityDetails }) => ({
      severity,
      name: packageVulnerabilityDetails?.vulnerabilityId ?? title,
      packages: (packageVulnerabilityDetails?.vulnerablePackages ?? [])
        .map(({ name, version }) => `${name} ${version}`)
        .join(', '),
    })),
  ];
}
