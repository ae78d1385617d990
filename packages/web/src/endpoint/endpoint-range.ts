/** An endpoint and what its page is narrowed by: the parameters of every question of the page. */
export interface EndpointRange {
  readonly service: string;
  /** `METHOD route`. */
  readonly endpoint: string;
  readonly environment?: string;
  readonly version?: string;
  readonly since: string;
  readonly until?: string;
}
