import type { Caller } from '../shared/call';
import { type PaymentPartner, UnexpectedAnswer } from './partners';
import { memberOf } from './product-partner';

/** The payment service over HTTP. */
export function paymentOver(caller: Caller): PaymentPartner {
  return {
    async pay({ orderId, customerId, paymentMethodId }, { total }, origin) {
      const { status, body } = await caller.call({
        method: 'PUT',
        path: `/payments/${orderId}`,
        body: { customerId, paymentMethodId, total },
        origin,
      });
      const state = memberOf(body, 'state');
      if (status === 200 && state === 'APPROVED') return undefined;
      if (status === 200 && state === 'DECLINED') {
        const detail = memberOf(body, 'reason');
        return { reason: 'payment-declined', ...(typeof detail === 'string' && { detail }) };
      }
      // Among them 202: the acquirer has not said yet whether it pays.
      throw new UnexpectedAnswer('payment', 'pay', status, memberOf(body, 'type') ?? state);
    },

    async cancel(orderId, origin) {
      const path = `/payments/${orderId}/void`;
      const { status, body } = await caller.call({ method: 'POST', path, origin, retry: true });
      if (status !== 200) throw new UnexpectedAnswer('payment', 'void', status, memberOf(body, 'type'));
    },
  };
}
