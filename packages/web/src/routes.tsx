// A page is one file in `pages/`, a route one line here. Titles with `nav` stand in the header, in this order.

import type { ComponentType } from 'preact';
import { EndpointPage } from './pages/endpoint.tsx';
import { EndpointsPage } from './pages/endpoints.tsx';
import { FindingsPage } from './pages/findings.tsx';
import { MissingPage } from './pages/missing.tsx';
import { RegressionsPage } from './pages/regressions.tsx';
import { RequestsPage } from './pages/requests.tsx';
import { ServicesPage } from './pages/services.tsx';
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
  { at: '/findings', title: 'Findings', page: FindingsPage, nav: true },
  { at: '/regressions', title: 'Regressions', page: RegressionsPage, nav: true },
  { at: '/services', title: 'Services', page: ServicesPage, nav: true },
  { at: '/endpoints/:service/:method/:route', title: 'Endpoint', page: EndpointPage },
  { at: '/traces/:id', title: 'Trace', page: TracePage },
  { at: '*', title: 'Not found', page: MissingPage },
];
