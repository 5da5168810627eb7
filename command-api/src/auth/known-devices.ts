import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import type { MasterKey } from '@ims/platform/event-log/master-key';
import { readCookie, setHostCookie } from '@ims/platform/http/cookies';
import type { FastifyReply, FastifyRequest } from 'fastify';

export const deviceCookie = '__Host-ims-device';

/** All devices that a person never signed in from count as one. */
export const anyDevice = '';

const lifeDays = 365;
/** People who share a browser: the ones who signed in last are known by it. */
const mostPeople = 5;
const proofForm = /^([\w-]{16})\.([0-9a-z]{1,6})\.([\w-]{43})$/;

/** Devices that people signed in from, by a cookie that only we can make; it opens nothing by itself. */
export type KnownDevices = {
  /** The id of the caller's device as this user's; `anyDevice` when they never signed in from it. */
  recognize(request: FastifyRequest, userId: string): string;
  /** The user signed in: the caller's device is theirs for a year. */
  remember(reply: FastifyReply, userId: string): void;
};

const today = (): number => Math.floor(Date.now() / 86_400_000);

/** A proof is `device.day.hmac`, with the hmac over the user as well; the key follows from the master key. */
export const createKnownDevices = (masterKey: MasterKey): KnownDevices => {
  const key = Buffer.from(hkdfSync('sha256', masterKey.bytes, '', 'ims known devices', 32));
  const seal = (userId: string, device: string, day: string): Buffer =>
    createHmac('sha256', key).update(`${userId} ${device} ${day}`).digest();

  const deviceIn = (proof: string, userId: string): string | undefined => {
    const [, device = '', day = '', given = ''] = proofForm.exec(proof) ?? [];
    if (!timingSafeEqual(seal(userId, device, day), Buffer.from(given.padEnd(43, '-').slice(0, 43), 'base64url'))) {
      return undefined;
    }
    const age = today() - Number.parseInt(day, 36);
    return age >= 0 && age <= lifeDays ? device : undefined;
  };
  const proofsOf = (request: FastifyRequest): readonly string[] =>
    (readCookie(request, deviceCookie) ?? '').split('~', mostPeople).filter((proof) => proofForm.test(proof));
  const recognize = (request: FastifyRequest, userId: string): string =>
    proofsOf(request)
      .map((proof) => deviceIn(proof, userId))
      .find((device) => device !== undefined) ?? anyDevice;

  return {
    recognize,
    remember: (reply, userId) => {
      const known = recognize(reply.request, userId);
      const device = known === anyDevice ? randomBytes(12).toString('base64url') : known;
      const day = today().toString(36);
      const mine = `${device}.${day}.${seal(userId, device, day).toString('base64url')}`;
      const others = proofsOf(reply.request).filter((proof) => deviceIn(proof, userId) === undefined);
      setHostCookie(reply, {
        name: deviceCookie,
        value: [mine, ...others].slice(0, mostPeople).join('~'),
        maxAgeSeconds: lifeDays * 86_400,
      });
    },
  };
};
