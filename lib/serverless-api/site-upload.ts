import type * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import { CacheControl, type ISource, Source } from 'aws-cdk-lib/aws-s3-deployment';
import type { StaticContent } from '../building-blocks/static-content';
import type { FileRules } from './file-rules';
import { SCOPE, type SignIn } from './sign-in';
import { withSiteFiles } from './site-files';
import type { Stage } from './stage';

/** What the site is told when it is deployed. */
export interface SiteSettings {
  readonly stage: Stage;
  readonly fileRules: FileRules;

  /** @default - nobody signs in */
  readonly signIn?: SignIn;

  /** Whether requests must bear an API key. */
  readonly apiKeyRequired: boolean;

  /**
   * The folder with the site.
   *
   * @default - the pattern's own page
   */
  readonly folder?: string;
}

/** Uploads the site and its `config.json`. Browsers ask each time whether a file is still the same. */
export function uploadSite(
  staticContent: StaticContent,
  distribution: cloudfront.Distribution,
  settings: SiteSettings,
): void {
  const { apiKeyRequired, fileRules, folder, signIn, stage } = settings;
  const config = Source.jsonData('config.json', {
    stage,
    maxFileSize: fileRules.maxFileSize.toBytes(),
    allowedFileTypes: fileRules.allowedFileTypes,
    apiKeyRequired,
    signIn: signIn
      ? {
          authority: signIn.directory.authority,
          clientId: signIn.client.userPoolClientId,
          scope: SCOPE,
          logoutUrl: `${signIn.directory.pagesUrl}/logout`,
        }
      : null,
  });
  const upload = (site: ISource) =>
    staticContent.upload([site, config], distribution, ['/*'], [CacheControl.noCache()]);
  if (folder) upload(Source.asset(folder));
  else withSiteFiles((own) => upload(Source.asset(own)));
}
