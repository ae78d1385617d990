import type { Attributes } from '../support/otlp.ts';
import type { Random } from './random.ts';
import type { ShopRoute, ShopService, ShopStatement } from './shop-services.ts';

/** Fifteen attributes a span, as instrumentations and an app's own code set them together. */
export const ATTRIBUTES_PER_SPAN = 15;

const USER_AGENTS = [
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile Safari/604.1',
  'okhttp/5.1.0',
  'shop-mobile/9.14 (Android 16)',
];
const REGIONS = ['eu-central-1', 'eu-west-1', 'us-east-1'];

export function resourceAttributes({ name, version }: ShopService): Attributes {
  return {
    'service.name': name,
    'service.version': version,
    'service.instance.id': `${name}-7f9c6d5b8-x2x4q`,
    'deployment.environment.name': 'production',
    'host.name': `node-${name.length}.shop.internal`,
    'os.type': 'linux',
    'process.pid': 1,
    'process.runtime.name': 'nodejs',
    'telemetry.sdk.language': 'nodejs',
    'telemetry.sdk.name': 'opentelemetry',
    'telemetry.sdk.version': '2.12.0',
  };
}

export function serverAttributes(random: Random, route: ShopRoute, number: string, statusCode: number): Attributes {
  return {
    'http.request.method': route.method,
    'http.route': route.route,
    'url.path': route.route.replace(':id', number),
    'url.scheme': 'https',
    'http.response.status_code': statusCode,
    'user_agent.original': random.pick(USER_AGENTS),
    'server.address': 'shop.example',
    'server.port': 443,
    'client.address': `10.${random.whole(0, 3)}.${random.whole(0, 255)}.${random.whole(1, 254)}`,
    'network.peer.address': `10.9.0.${random.whole(1, 12)}`,
    'network.protocol.version': '1.1',
    'enduser.id': `user-${number}`,
    ...appAttributes(random),
  };
}

export function clientAttributes(
  random: Random,
  { name }: ShopService,
  route: ShopRoute,
  number: string,
  statusCode: number,
): Attributes {
  return {
    'http.request.method': route.method,
    'url.full': `http://${name}.shop.internal:8080${route.route.replace(':id', number)}`,
    'url.template': route.route,
    'url.scheme': 'http',
    'http.response.status_code': statusCode,
    'http.request.resend_count': 0,
    'user_agent.original': 'undici',
    'server.address': `${name}.shop.internal`,
    'server.port': 8080,
    'network.peer.address': `10.9.0.${random.whole(1, 12)}`,
    'network.peer.port': 8080,
    'network.protocol.version': '1.1',
    ...appAttributes(random),
  };
}

export function queryAttributes(random: Random, { namespace }: ShopService, statement: ShopStatement): Attributes {
  return {
    'db.system.name': 'postgresql',
    'db.namespace': namespace,
    'db.query.text': statement.text,
    'db.operation.name': statement.operation,
    'db.collection.name': statement.table,
    'db.response.returned_rows': random.whole(0, 50),
    'server.address': `${namespace}.db.internal`,
    'server.port': 5432,
    'network.peer.address': `10.8.0.${random.whole(1, 4)}`,
    'network.peer.port': 5432,
    'code.function.name': `load_${statement.table}`,
    'code.file.path': `src/${namespace}/${statement.table}.ts`,
    ...appAttributes(random),
  };
}

export function internalAttributes(random: Random, { name }: ShopService, route: ShopRoute): Attributes {
  return {
    'code.function.name': `${name}.controller.${route.method.toLowerCase()}`,
    'code.file.path': `src/${name}/controller.ts`,
    'code.line.number': random.whole(10, 400),
    'app.component': 'controller',
    'app.feature.flags': 'new-checkout,fast-search',
    'app.cache.hit': random.unit() < 0.7,
    'app.cache.tier': 'redis',
    'app.attempt': 1,
    'app.items.count': random.whole(0, 30),
    'app.deadline.ms': 5000,
    'app.locale': random.pick(['de-DE', 'en-GB', 'fr-FR', 'en-US']),
    'app.currency': 'EUR',
    ...appAttributes(random),
  };
}

function appAttributes(random: Random): Attributes {
  return {
    'thread.id': random.whole(1, 8),
    'app.tenant': `tenant-${random.whole(1, 40)}`,
    'app.region': random.pick(REGIONS),
  };
}
