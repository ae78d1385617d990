// How the apps start and end, by environment: PORT, DATABASE_URL, OWN_SIGTERM_HANDLER=1, RUN_MS.
export function listening(server) {
  const { port } = server.address();
  console.log(`listening on http://127.0.0.1:${port}`);
  if (process.env.OWN_SIGTERM_HANDLER) {
    process.on('SIGTERM', () => {
      server.closeAllConnections?.();
      server.close(() => process.exit(7));
    });
  }
}

export const POOL = { connectionString: process.env.DATABASE_URL, max: 3 };
