import { session } from '#api/browser-session.ts';
import { setViewerZone } from '#ui/date-words.ts';

/** The zone of the signed-in person's profile is the viewer's, in every tab, as soon as it is known or changed. */
export const followViewerZone = (): (() => void) =>
  session.subscribe(() => setViewerZone(session.current()?.user.timezone));
