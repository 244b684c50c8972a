import { Construct } from 'constructs';
import type { ApplicationFrontOptions } from './application-options';
import { MicroservicesPlatform } from './microservices-platform';
import type { MicroservicesPlatformProps } from './platform-options';
import { Shop, type ShopOptions } from './shop';

/** Properties of Microservices: those of the platform and of the shop. */
export interface MicroservicesProps
  extends MicroservicesPlatformProps,
    ShopOptions,
    ApplicationFrontOptions {}

/** The shop on a platform of its own. Take MicroservicesPlatform and PlatformApplication for applications of yours. */
export class Microservices extends Construct {
  /** The cluster and what belongs to it. */
  readonly platform: MicroservicesPlatform;

  /** The six services and what they keep. */
  readonly shop: Shop;

  constructor(scope: Construct, id: string, props: MicroservicesProps = {}) {
    super(scope, id);
    this.platform = new MicroservicesPlatform(this, 'Platform', props);
    this.shop = new Shop(this, 'Shop', { ...props, platform: this.platform });
  }
}
