import type { Customer, Login } from './customer';

type Item = Readonly<Record<string, unknown>>;

/** What an item of the table says of a customer. */
export function readCustomer(item: Item | undefined): Customer | undefined {
  if (!item) return undefined;
  const { customerId, email, name, createdAt } = item;
  return {
    customerId: String(customerId),
    email: String(email),
    name: String(name),
    createdAt: String(createdAt),
  };
}

/** What an item of the table says of a login. */
export function readLogin(item: Item | undefined): Login | undefined {
  if (!item) return undefined;
  const { salt, hash, memory, passes, parallelism } = item.password as Item;
  return {
    customerId: String(item.customerId),
    password: {
      salt: String(salt),
      hash: String(hash),
      memory: Number(memory),
      passes: Number(passes),
      parallelism: Number(parallelism),
    },
  };
}
