const longest = 50;

/** `J.Dubois+ims@example.org` → `j.dubois`: the part of an address that a person goes by, as a username may be. */
export const suggestUsername = (email: string): string => {
  const local = email.split('@')[0]?.split('+')[0] ?? '';
  return local
    .toLowerCase()
    .replace(/[^\p{L}\p{N}._-]/gu, '')
    .slice(0, longest);
};
