// A page is one file in `pages/`, a route one line here. Titles with `nav` stand in the header, in this order.

import type { ComponentType } from 'preact';
import { EndpointPage } from './pages/endpoint.tsx';
import { EndpointsPage } from './pages/endpoints.tsx';
import { ExceptionPage } from './pages/exception.tsx';
import { ExceptionsPage } from './pages/exceptions.tsx';
import { FindingPage } from './pages/finding.tsx';
import { FindingsPage } from './pages/findings.tsx';
import { MissingPage } from './pages/missing.tsx';
import { QueriesPage } from './pages/queries.tsx';
import { QueryPage } from './pages/query.tsx';
import { RegressionsPage } from './pages/regressions.tsx';
import { RequestsPage } from './pages/requests.tsx';
import { ServicesPage } from './pages/services.tsx';
import { SetupPage } from './pages/setup.tsx';
import { TracePage } from './pages/trace.tsx';

export interface Page {
  /** `*` takes what no other took. */
  readonly at: string;
  readonly title: string;
  readonly page: ComponentType;
  readonly nav?: true;
}

export const PAGES: readonly Page[] = [
  { at: '/', title: 'Endpoints', page: EndpointsPage, nav: true },
  { at: '/requests', title: 'Requests', page: RequestsPage, nav: true },
  { at: '/queries', title: 'Queries', page: QueriesPage, nav: true },
  { at: '/findings', title: 'Findings', page: FindingsPage, nav: true },
  { at: '/exceptions', title: 'Exceptions', page: ExceptionsPage, nav: true },
  { at: '/regressions', title: 'Regressions', page: RegressionsPage, nav: true },
  { at: '/services', title: 'Services', page: ServicesPage, nav: true },
  { at: '/setup', title: 'Setup', page: SetupPage, nav: true },
  { at: '/endpoints/:service/:method/:route', title: 'Endpoint', page: EndpointPage },
  { at: '/queries/:service/:fingerprint', title: 'Query', page: QueryPage },
  { at: '/findings/:key', title: 'Finding', page: FindingPage },
  { at: '/exceptions/:key', title: 'Exception', page: ExceptionPage },
  { at: '/traces/:id', title: 'Trace', page: TracePage },
  { at: '*', title: 'Not found', page: MissingPage },
];
