import { runService } from '../shared/run-service';
import { readCustomerSettings } from './settings';

runService({
  name: 'customer',
  settings: readCustomerSettings,
  build: async (settings, context) =>
    (await import('./customer-service.js')).buildCustomerService(settings, context),
});
