export const usage = `Usage: npm run projector -- COMMAND

  status [--watch] [--json]              every version of every projection: state, lag, rate, dead letters
  rebuild PROJECTION|all [--site SITE] [--dry-run] [--throttle N]
                                         fills the next version from the log, verifies it, switches readers to it;
                                         --throttle: events a second at most
  pause PROJECTION|all [--version N]     stops projecting, or a rebuild that is under way
  resume PROJECTION|all [--version N]    goes on with what was paused or has stopped
  switch PROJECTION [--version N] [--site SITE]
                                         readers use another version (the newest that is ready)
  rollback PROJECTION [--site SITE]      readers use the version they used before
  verify [PROJECTION|all] [--version N] [--site SITE]
                                         compares the rows with a fresh fold of the log, names each that differs
  drop PROJECTION --version N            removes a version that nobody reads
  dead-letters list                      events that could not be projected
  dead-letters show|retry|skip ID        one of them: look at it, try again, leave it out for good

SITE is a site's id or its exact name. The command works on the database of DATABASE_URL (and the event log of
EVENTSTORE_URL, unless EVENT_LOG=postgres); without it on the product that runs on the folder IMS_HOME (./.ims).
All but status and dead-letters list|show are recorded in the event log first; the projector carries them out.

Exit codes: 0 done · 1 refused, failed, or rows differ · 2 wrong usage · 3 no database, event log or projector
answers · 130 interrupted (what was asked goes on).
`;
