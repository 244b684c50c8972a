import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { queryOf, xml, xmlError } from './fake-operations';
import type { ServiceAnswer, ServiceRequest } from './local-service';
import type { Certificate } from './self-signed-certificate';

/** What a test listener was asked. */
export interface AskedPage {
  /** The load balancer's own address that was asked. */
  readonly address: string;
  readonly path: string;
  readonly host: string | undefined;

  /** The name that the client gave before it spoke, over TLS. */
  readonly servername?: string | false;
}

/** What a test listener answers at one of its addresses. */
export type AnswerPage = (asked: AskedPage, response: ServerResponse) => void;

/** A network interface of a load balancer. */
export interface FakeInterface {
  readonly address?: string;
  readonly status: string;
}

/** The name that the fake has in descriptions of network interfaces. */
export const LOAD_BALANCER = 'app/board/50dc6c495c0c9188';

/** A load balancer with a test listener on the loopback, at several addresses and one port. */
export class FakeLoadBalancer {
  readonly asked: AskedPage[] = [];

  /** What EC2 lists; each address listens. */
  interfaces: FakeInterface[];

  /** How many network interfaces a page has. */
  pageSize = 100;

  private constructor(
    private readonly servers: readonly Server[],
    readonly port: number,
  ) {
    this.interfaces = servers.map((_, index) => ({ address: addressOf(index), status: 'in-use' }));
  }

  /** Listens at as many addresses, over TLS with a certificate. */
  static async start(
    addresses: number,
    answer: AnswerPage,
    certificate?: Certificate,
  ): Promise<FakeLoadBalancer> {
    const listener = (request: IncomingMessage, response: ServerResponse) => {
      const { servername } = request.socket as { servername?: string | false };
      const asked = {
        address: `${request.socket.localAddress}`,
        path: `${request.url}`,
        host: request.headers.host,
        ...(certificate && { servername }),
      };
      balancer.asked.push(asked);
      answer(asked, response);
    };
    const servers = Array.from({ length: addresses }, () =>
      certificate ? createHttps(certificate, listener) : createHttp(listener),
    );
    let port = 0;
    for (const [index, server] of servers.entries()) {
      await new Promise<void>((resolve) => server.listen(port, addressOf(index), resolve));
      port = (server.address() as AddressInfo).port;
    }
    const balancer = new FakeLoadBalancer(servers, port);
    return balancer;
  }

  /** Stops to listen at all addresses. */
  async close(): Promise<void> {
    await Promise.all(
      this.servers.map((server) => {
        const closed = new Promise((resolve) => server.close(resolve));
        if ('closeAllConnections' in server) (server as ReturnType<typeof createHttp>).closeAllConnections();
        return closed;
      }),
    );
  }

  /** Answers as EC2 does to whom looks for the load balancer's network interfaces. */
  describe(request: ServiceRequest): ServiceAnswer {
    const { Action, NextToken = '0', ...query } = queryOf(request);
    if (Action !== 'DescribeNetworkInterfaces') return xmlError('InvalidAction', `${Action} is unknown here`);
    const isOurs =
      query['Filter.1.Name'] === 'description' && query['Filter.1.Value.1'] === `ELB ${LOAD_BALANCER}`;
    const all = isOurs ? this.interfaces : [];
    const first = Number(NextToken);
    const items = all
      .slice(first, first + this.pageSize)
      .map(
        ({ address, status }) =>
          `<item><status>${status}</status><ipv6AddressesSet><item><ipv6Address>2001:db8::1</ipv6Address></item></ipv6AddressesSet>${
            address === undefined ? '' : `<privateIpAddress>${address}</privateIpAddress>`
          }</item>`,
      );
    const next = first + this.pageSize < all.length ? `<nextToken>${first + this.pageSize}</nextToken>` : '';
    return xml(
      `<DescribeNetworkInterfacesResponse><networkInterfaceSet>${items.join('')}</networkInterfaceSet>${next}</DescribeNetworkInterfacesResponse>`,
    );
  }
}

/** Addresses of the loopback. */
const addressOf = (index: number): string => `127.0.0.${index + 1}`;
