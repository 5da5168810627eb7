import { createHash, randomBytes } from 'node:crypto';

/**
 * The UUID (version 8) that the two texts determine: SHA-256 over both, each with its length before it.
 * The same pair gives the same id for ever, so a retry finds what its first try made.
 */
export const derivedUuid = (first: string, second: string): string => {
  const hash = createHash('sha256');
  for (const text of [first, second]) {
    const bytes = Buffer.from(text, 'utf8');
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  }
  return formatUuid(hash.digest().subarray(0, 16), 8);
};

/** A random UUID (version 7) that sorts by its millisecond of birth. */
export const timeOrderedUuid = (now: number = Date.now()): string => {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now, 0, 6);
  return formatUuid(bytes, 7);
};

/** Id of a command: the same for the same user and idempotency key, else a new random one. */
export const commandIdFor = (userId: string, idempotencyKey: string | undefined): string =>
  idempotencyKey === undefined ? timeOrderedUuid() : derivedUuid(userId, idempotencyKey);

/** Id of the event at `index` (from 0) among those of a command. */
export const eventIdFor = (commandId: string, index: number): string => derivedUuid(commandId, String(index));

const formatUuid = (bytes: Buffer, version: number): string => {
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | (version << 4), 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};

/**
 * Id of the record a command creates. A random command id is time-ordered itself (version 7) and serves as the
 * record's; a derived one (version 8) is not the record's to share, so the record's id is derived from it.
 */
export const newRecordId = (commandId: string, kind: string): string =>
  commandId.charAt(14) === '7' ? commandId : derivedUuid(commandId, kind);
