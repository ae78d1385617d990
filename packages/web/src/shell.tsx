// What stands around every page: where to go, what is narrowed, and whether the collector answers.

import { LocationProvider, Route, Router } from 'preact-iso';
import { usePage } from './data/page.ts';
import { KeyList } from './parts/key-list.tsx';
import { LiveSwitch } from './parts/live-switch.tsx';
import { Outage } from './parts/outage.tsx';
import { SharedFilters } from './parts/shared-filters.tsx';
import { PAGES } from './routes.tsx';

export function Shell() {
  return (
    <LocationProvider>
      <a class="skip" href="#main">
        Skip to the page
      </a>
      <Header />
      <Outage />
      <KeyList />
      <main id="main" tabIndex={-1}>
        <Router onRouteChange={focusPage}>
          {PAGES.map(({ at, page }) =>
            at === '*' ? <Route key={at} default component={page} /> : <Route key={at} path={at} component={page} />,
          )}
        </Router>
      </main>
    </LocationProvider>
  );
}

function Header() {
  const { path, to } = usePage();
  return (
    <header class="header">
      <a class="brand" href={to('/')}>
        <img src="/mark.svg" alt="" width="24" height="24" />
        Profiler
      </a>
      <nav aria-label="Pages" class="nav">
        {PAGES.filter((page) => page.nav).map((page) => (
          <a key={page.at} href={to(page.at)} aria-current={path === page.at ? 'page' : undefined}>
            {page.title}
          </a>
        ))}
      </nav>
      <div class="header-filters">
        <SharedFilters />
        <LiveSwitch />
      </div>
    </header>
  );
}

/** Whoever cannot see the page change hears it: the new page takes the focus, and reading starts there. */
function focusPage(): void {
  document.getElementById('main')?.focus({ preventScroll: true });
}
