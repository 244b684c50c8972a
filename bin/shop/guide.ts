/** A step of a purchase, as a command for a POSIX shell with curl and sed. */
export interface GuideStep {
  readonly what: string;
  readonly command: string;
}

const JSON_BODY = `-H 'content-type: application/json'`;
const TOKEN = `-H "authorization: Bearer $TOKEN"`;

const body = (content: object): string => `${JSON_BODY} -d '${JSON.stringify(content)}'`;

/**
 * The way from a new customer to an order. Each command may be given again: what shall happen once has a key.
 *
 * @param url the shop's address
 */
export function guideTo(url: string, year = new Date().getFullYear() + 2): readonly GuideStep[] {
  const customer = { email: 'hanako@example.com', password: 'correct horse battery' };
  const card = {
    cardNumber: '4242424242424242',
    expiryMonth: 12,
    expiryYear: year,
    cardholder: 'HANAKO YAMADA',
  };
  return [
    {
      what: 'For the commands that follow',
      command: `SHOP=${url}; field() { sed -E "s/.*\\"$1\\":\\"([^\\"]+)\\".*/\\1/"; }`,
    },
    { what: 'Look around', command: `curl -sS -w '\\n' "$SHOP/products?category=kitchen"` },
    {
      what: 'Register',
      command: `curl -sS -w '\\n' "$SHOP/customers" -H 'idempotency-key: my-registration' ${body({ ...customer, name: 'Hanako' })}`,
    },
    {
      what: 'Sign in',
      command: `TOKEN=$(curl -sS "$SHOP/sessions" ${body(customer)} | field accessToken)`,
    },
    {
      what: 'Give a card (a test number; 4000000000000002 is one that is declined)',
      command: `CARD=$(curl -sS "$SHOP/payment-methods" ${TOKEN} -H 'idempotency-key: my-first-card' ${body(card)} | field paymentMethodId)`,
    },
    {
      what: 'Fill the cart',
      command: `curl -sS -w '\\n' -X PUT "$SHOP/cart/items/tea-bowl" ${TOKEN} ${body({ quantity: 2 })}`,
    },
    {
      what: 'Buy',
      command: `curl -sS -w '\\n' "$SHOP/cart/checkout" ${TOKEN} -H 'idempotency-key: my-first-order' ${JSON_BODY} -d "{\\"paymentMethodId\\":\\"$CARD\\"}"`,
    },
    { what: 'See the order', command: `curl -sS -w '\\n' "$SHOP/orders" ${TOKEN}` },
  ];
}
