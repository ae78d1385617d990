// What stands around every page: where to go, what is narrowed, and whether the collector answers.

import { useEffect, useRef } from 'preact/hooks';
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
  const nav = useRef<HTMLElement>(null);
  // On a narrow screen the pages are more than it is wide, also on one that was turned.
  useEffect(() => {
    const element = nav.current;
    if (element === null) return;
    const resized = new ResizeObserver(() => showCurrent(element));
    resized.observe(element);
    return () => resized.disconnect();
  }, [path]);
  return (
    <header class="header">
      <a class="brand" href={to('/')}>
        <img src="/mark.svg" alt="" width="24" height="24" />
        Profiler
      </a>
      <nav ref={nav} aria-label="Pages" class="nav">
        {PAGES.filter((page) => page.nav).map((page) => (
          <a key={page.at} href={to(page.at)} aria-current={currentOf(page.at, path)}>
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

/** Sideways alone: the page itself stays where it was scrolled to. */
function showCurrent(nav: HTMLElement): void {
  const link = nav.querySelector<HTMLElement>('[aria-current]');
  if (link === null) return;
  nav.scrollLeft = link.offsetLeft - nav.offsetLeft - (nav.clientWidth - link.offsetWidth) / 2;
}

/** A page, or one thing of its list. */
function currentOf(at: string, path: string): 'page' | 'true' | undefined {
  if (path === at) return 'page';
  return at !== '/' && path.startsWith(`${at}/`) ? 'true' : undefined;
}

/** Whoever cannot see the page change hears it: the new page takes the focus, and reading starts there. */
function focusPage(): void {
  document.getElementById('main')?.focus({ preventScroll: true });
}
