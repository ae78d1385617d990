import type { EmbeddedEngine } from '../store/embedded-engine.ts';
import { stringLiteral } from '../store/sql-literal.ts';

const RETRY_MS = 100;
const ATTEMPTS_MAX = 50;

/**
 * Ends the query of another session, which is known by its `log_comment`: the engine's own way to be told is a statement.
 * Once more while it is not over, because it may not have begun when it is first told.
 */
export async function stopQuery(engine: EmbeddedEngine, mark: string, isOver: () => boolean): Promise<void> {
  const session = engine.session();
  try {
    for (let attempt = 0; attempt < ATTEMPTS_MAX && !isOver(); attempt++) {
      await session.queryAsync(`KILL QUERY WHERE Settings['log_comment'] = ${stringLiteral(mark)} ASYNC`, {});
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  } finally {
    session.close();
  }
}
