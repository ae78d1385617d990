import { usePage } from '../data/page.ts';

export function MissingPage() {
  const { path, to } = usePage('Not found');
  return (
    <section class="notice">
      <h1>No such page</h1>
      <p>
        <code>{path}</code> is no page of this dashboard. <a href={to('/')}>Go to the endpoints</a>
      </p>
    </section>
  );
}
