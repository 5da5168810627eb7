import { once } from 'node:events';
import { createServer } from 'node:net';

/** Ports of this machine that nobody uses; all are held until the last is found, so that no two are the same. */
export const freePorts = async (count: number): Promise<readonly number[]> => {
  const probes = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(probes.map((probe) => once(probe, 'listening')));
  const ports = probes.map((probe) => {
    const address = probe.address();
    if (typeof address !== 'object' || !address) throw new Error('There is no free port.');
    return address.port;
  });
  await Promise.all(
    probes.map((probe) => {
      probe.close();
      return once(probe, 'close');
    }),
  );
  return ports;
};
