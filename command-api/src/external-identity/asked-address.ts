/** Longer ones would not fit into the cookie; the sign-in then ends on the home page. */
const longest = 2_000;

/**
 * The address to go on to after signing in, when it is a page of ours; else the home page. Browsers drop tabs and line
 * ends from addresses and read `\` as `/`, so that only printable ASCII after a single slash stays with us.
 */
export const ownAddress = (asked: string | undefined): string => {
  if (asked === undefined || asked.length > longest) return '/';
  const isOurs =
    /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(asked) && !/^\/(?:sign-(?:in|out)|api)(?:[/?#]|$)/.test(asked);
  return isOurs ? asked : '/';
};
