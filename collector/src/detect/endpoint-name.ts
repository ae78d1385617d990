/** `METHOD route`, or the route alone where there is no method. */
export function endpointName(method: string, route: string): string {
  return method === '' ? route : `${method} ${route}`;
}
