import { EncodedText } from './encoded-text.ts';
import { ENDPOINTS_PER_SERVICE_MAX, SERVICES_MAX } from './limits.ts';

export const OTHER_ROUTE = new EncodedText('other');

/**
 * Keeps the number of endpoints of a service bounded, whatever an app sends as its routes: beyond the cap, an endpoint
 * not seen before is stored under the route {@link OTHER_ROUTE}. The count starts anew each UTC day, so that junk of
 * yesterday does not hide a route deployed today.
 */
export class EndpointCap {
  private readonly endpointsMax: number;
  private readonly servicesMax: number;
  private readonly services = new Map<string, ServiceEndpoints>();
  private readonly surplus: ServiceEndpoints = { size: Number.POSITIVE_INFINITY, methods: new Map() };
  private day = -1;

  constructor(endpointsMax = ENDPOINTS_PER_SERVICE_MAX, servicesMax = SERVICES_MAX) {
    this.endpointsMax = endpointsMax;
    this.servicesMax = servicesMax;
  }

  /** Endpoints of a service; ask once for all spans of a resource. */
  of(service: string, nowMs: number): ServiceEndpoints {
    const day = Math.floor(nowMs / 86_400_000);
    if (day !== this.day) {
      this.day = day;
      this.services.clear();
    }
    const known = this.services.get(service);
    if (known !== undefined) return known;
    if (this.services.size >= this.servicesMax) return this.surplus;
    const created: ServiceEndpoints = { size: 0, methods: new Map() };
    this.services.set(service, created);
    return created;
  }

  /** Whether the endpoint is known or has room. */
  admits(endpoints: ServiceEndpoints, method: string, route: string): boolean {
    let routes = endpoints.methods.get(method);
    if (routes?.has(route)) return true;
    if (endpoints.size >= this.endpointsMax) return false;
    if (routes === undefined) {
      routes = new Set();
      endpoints.methods.set(method, routes);
    }
    routes.add(route);
    endpoints.size++;
    return true;
  }
}

export interface ServiceEndpoints {
  size: number;
  readonly methods: Map<string, Set<string>>;
}
