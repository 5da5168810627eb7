// For the health checks of containers without a shell: exit 0 when the service answers that it is not DOWN.
const answer = await fetch(`http://127.0.0.1:${process.env.PORT}/api/v1/health`, {
  signal: AbortSignal.timeout(4_000),
}).catch(() => undefined);
process.exit(answer?.status === 200 ? 0 : 1);
