import { runService } from '../shared/run-service';
import { readCartSettings } from './settings';

runService({
  name: 'cart',
  settings: readCartSettings,
  build: async (settings, context) => (await import('./cart-service.js')).buildCartService(settings, context),
});
