import { startTcpProxy, type Target, type TcpProxy } from '@ims/platform/testing/tcp-proxy';

export { through } from '@ims/platform/testing/tcp-proxy';

export type TcpGate = Pick<TcpProxy, 'port' | 'shut' | 'open'>;

/** A door in front of a real server, on a port of its own. Opened first by `open`. */
export const createTcpGate = async (target: Target): Promise<TcpGate> => {
  const gate = await startTcpProxy(() => target);
  await gate.shut();
  return gate;
};
