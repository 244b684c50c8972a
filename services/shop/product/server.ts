import { runService } from '../shared/run-service';
import { readProductSettings } from './settings';

runService({
  name: 'product',
  settings: readProductSettings,
  build: async (settings, context) =>
    (await import('./product-service.js')).buildProductService(settings, context),
});
