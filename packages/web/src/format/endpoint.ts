/** `GET /orders/{id}` as the API writes an endpoint, in its two parts. A method may be empty, a route may hold blanks. */
export function splitEndpoint(endpoint: string): { method: string; route: string } {
  const blank = endpoint.indexOf(' ');
  return blank < 0
    ? { method: '', route: endpoint }
    : { method: endpoint.slice(0, blank), route: endpoint.slice(blank + 1) };
}
