import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { cancellationCodes, type Table, transact, type Writes } from '../shared/table';
import { type Customer, type CustomerChange, type Login, sameAddress } from './customer';
import { readCustomer, readLogin } from './customer-items';

const FAILED = 'ConditionalCheckFailed';

/** How a write ended. */
export type Outcome = 'done' | 'email taken' | 'meanwhile changed';

/**
 * Customers in a table: one item with what a customer says of herself, and one with what her sign-in needs, by her
 * address. The second one makes addresses unique, which no index does.
 */
export class Customers {
  constructor(private readonly table: Table) {}

  /** The customer of an id. */
  async get(customerId: string): Promise<Customer | undefined> {
    return readCustomer(await this.read(customerKey(customerId)));
  }

  /** The login of an address. */
  async login(email: string): Promise<Login | undefined> {
    return readLogin(await this.read(loginKey(email)));
  }

  /** Adds a customer, unless she is there, or somebody else has her address. */
  async add({ customerId, email, name, createdAt }: Customer, login: Login): Promise<Outcome> {
    return await this.write([
      this.put(loginKey(email), { ...login }),
      this.put(customerKey(customerId), { customerId, email, name, createdAt }),
    ]);
  }

  /** Changes a customer who is still as she was read. */
  async change(customer: Customer, login: Login, change: CustomerChange): Promise<Outcome> {
    const { email = customer.email, name = customer.name, password = login.password } = change;
    const moves = sameAddress(email) !== sameAddress(customer.email);
    const next = { ...login, password };
    const same = {
      ConditionExpression: '#password.#hash = :hash AND customerId = :id',
      ExpressionAttributeNames: { '#password': 'password', '#hash': 'hash' },
      ExpressionAttributeValues: { ':hash': login.password.hash, ':id': customer.customerId },
    };
    const TableName = this.table.name;
    const Key = loginKey(customer.email);
    return await this.write([
      ...(moves
        ? [this.put(loginKey(email), next), { Delete: { TableName, Key, ...same } }]
        : [{ Put: { TableName, Item: { ...Key, ...next }, ...same } }]),
      {
        Update: {
          TableName,
          Key: customerKey(customer.customerId),
          UpdateExpression: 'SET email = :email, #name = :name',
          ConditionExpression: 'email = :oldEmail AND #name = :oldName',
          ExpressionAttributeNames: { '#name': 'name' },
          ExpressionAttributeValues: {
            ':email': email,
            ':name': name,
            ':oldEmail': customer.email,
            ':oldName': customer.name,
          },
        },
      },
    ]);
  }

  /** The first write is the one that takes an address, where one is taken. */
  private async write(writes: Writes): Promise<Outcome> {
    try {
      await transact(this.table, writes);
      return 'done';
    } catch (error) {
      const codes = cancellationCodes(error);
      if (!codes.includes(FAILED)) throw error;
      const takesAddress = writes[0]?.Put?.ConditionExpression === NEW;
      return takesAddress && codes[0] === FAILED ? 'email taken' : 'meanwhile changed';
    }
  }

  private put(key: object, content: object) {
    return { Put: { TableName: this.table.name, Item: { ...key, ...content }, ConditionExpression: NEW } };
  }

  private async read(Key: { pk: string; sk: string }) {
    const { Item } = await this.table.documents.send(
      new GetCommand({ TableName: this.table.name, Key, ConsistentRead: true }),
    );
    return Item;
  }
}

const NEW = 'attribute_not_exists(pk)';

function customerKey(customerId: string): { pk: string; sk: string } {
  return { pk: `customer#${customerId}`, sk: 'customer' };
}

function loginKey(email: string): { pk: string; sk: string } {
  return { pk: `login#${sameAddress(email)}`, sk: 'login' };
}
