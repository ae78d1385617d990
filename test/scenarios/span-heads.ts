export type HeadAttributes = Readonly<Record<string, string | number>>;

/** What the first word of a line makes of the rest. */
export interface Head {
  /** As in OTLP: 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number;
  readonly name: string;
  readonly scope: string;
  readonly attributes: Readonly<Record<string, string>>;
}

type MakeHead = (text: string) => Head;

const split = (text: string): [first: string, rest: string] => {
  const space = text.indexOf(' ');
  return space < 0 ? [text, ''] : [text.slice(0, space), text.slice(space + 1)];
};

/** By the stable semantic conventions, and (`-old`) by those before 1.23 (HTTP) and 1.28 (databases). */
export const HEADS: Readonly<Record<string, MakeHead>> = {
  server: (text) => {
    const [method, route] = split(text);
    const attributes = { 'http.request.method': method, 'http.route': route, 'url.path': route };
    return { kind: 2, name: text, scope: 'http', attributes };
  },
  'server-old': (text) => {
    const [method, route] = split(text);
    const attributes = { 'http.method': method, 'http.route': route, 'http.target': `${route}?page=1` };
    return { kind: 2, name: route, scope: 'http', attributes };
  },
  rpc: (text) => {
    const [service, method] = text.split('/');
    const attributes = { 'rpc.system': 'grpc', 'rpc.service': service!, 'rpc.method': method! };
    return { kind: 2, name: text, scope: 'grpc', attributes };
  },
  consumer: (text) => {
    const attributes = {
      'messaging.system': 'kafka',
      'messaging.destination.name': text,
      'messaging.operation.type': 'process',
    };
    return { kind: 5, name: `process ${text}`, scope: 'kafka', attributes };
  },
  producer: (text) => ({ kind: 4, name: `send ${text}`, scope: 'kafka', attributes: { 'messaging.system': 'kafka' } }),
  internal: (text) => ({ kind: 1, name: text, scope: 'app', attributes: {} }),
  client: (text) => ({ kind: 3, name: text, scope: 'app', attributes: {} }),
  db: (text) => {
    const [system, statement] = split(text);
    const attributes = { 'db.system.name': system, 'db.query.text': statement };
    return { kind: 3, name: split(statement)[0], scope: system, attributes };
  },
  'db-old': (text) => {
    const [system, statement] = split(text);
    return { kind: 3, name: 'query', scope: system, attributes: { 'db.system': system, 'db.statement': statement } };
  },
  http: (text) => {
    const [method, url] = split(text);
    return { kind: 3, name: method, scope: 'undici', attributes: { 'http.request.method': method, 'url.full': url } };
  },
  'http-old': (text) => {
    const [method, url] = split(text);
    return {
      kind: 3,
      name: `HTTP ${method}`,
      scope: 'requests',
      attributes: { 'http.method': method, 'http.url': url },
    };
  },
};
