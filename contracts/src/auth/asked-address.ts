/** Longer ones would not fit into a cookie; the sign-in then ends on the home page. */
const longest = 2_000;

/** Pages that lead out again, or are none. */
const notToGoTo = /^\/(?:sign-in|sign-out|change-password|api)(?:[/?#]|$)/;
/** Paths that browsers rewrite, perhaps into one that begins like another server's address. */
const isRewritten = /^[^?#]*\/(?:\/|(?:\.|%2e){1,2}(?:[/?#]|$))/i;

/**
 * The address to go on to after signing in, when it is a page of ours; else the home page. Browsers drop tabs and line
 * ends from addresses and read `\` as `/`, so that only printable ASCII after a single slash stays with us.
 */
export const ownAddress = (asked: string | null | undefined): string => {
  if (asked === undefined || asked === null || asked.length > longest) return '/';
  const isOurs = /^\/[\x21-\x5b\x5d-\x7e]*$/.test(asked) && !isRewritten.test(asked) && !notToGoTo.test(asked);
  return isOurs ? asked : '/';
};
