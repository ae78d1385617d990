// A page of a list: its rows and the way to further ones, or why there are none.

import type { List } from '@profiler/collector/api-types';
import type { ComponentChildren } from 'preact';
import type { Resource } from '../data/resource.ts';
import { Answer } from './answer.tsx';
import { Pager } from './pager.tsx';

/** `limit` is how many rows were asked for. */
export function ListAnswer<Row>(props: {
  from: Resource<List<Row>>;
  limit: number;
  empty: ComponentChildren;
  children: (rows: readonly Row[]) => ComponentChildren;
}) {
  return (
    <Answer from={props.from} isEmpty={({ items }) => items.length === 0} empty={props.empty}>
      {({ items, nextCursor }) => (
        <>
          {props.children(items)}
          <Pager nextCursor={nextCursor} next={`Next ${props.limit}`} first="Back to the first" />
        </>
      )}
    </Answer>
  );
}
