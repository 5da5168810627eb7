import { isIPv6 } from 'node:net';

/**
 * Whom an address belongs to, for counting: an IPv4 address itself, of an IPv6 address its /64, for whoever has one
 * address of such a network has all of them. An IPv4 address in IPv6 form is the IPv4 address.
 */
export const addressKey = (address: string): string => {
  const [plain = ''] = address.split('%', 1);
  if (!isIPv6(plain)) return address;
  const groups = groupsOf(plain);
  const isIpv4 = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (isIpv4) return [...bytesOf(groups[6]), ...bytesOf(groups[7])].join('.');
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`;
};

const bytesOf = (group = 0): readonly number[] => [group >> 8, group & 0xff];

/** The eight groups of a valid address; `::` stands for as many zeros as are missing. */
const groupsOf = (address: string): readonly number[] => {
  const [before = '', after] = address.split('::');
  const [start, end] = [partsOf(before), partsOf(after ?? '')];
  const missing = after === undefined ? 0 : 8 - start.length - end.length;
  return [...start, ...Array<number>(missing).fill(0), ...end];
};

const partsOf = (text: string): readonly number[] => (text === '' ? [] : text.split(':').flatMap(groupOf));

/** One group, or two where an IPv4 address stands at the end. */
const groupOf = (part: string): readonly number[] => {
  if (!part.includes('.')) return [Number.parseInt(part, 16)];
  const [a = 0, b = 0, c = 0, d = 0] = part.split('.').map(Number);
  return [a * 256 + b, c * 256 + d];
};
