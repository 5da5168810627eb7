import type { SiteRole } from '@ims/contracts/permissions';
import type { SiteMember } from '#api/members.ts';
import { ConfirmDialog } from '#ui/confirm-dialog.tsx';
import { nameOf } from './member-words.ts';

/** What is asked back: before somebody leaves the site, and before one changes what oneself may do. */
export type MemberQuestion =
  | { readonly kind: 'remove'; readonly member: SiteMember }
  | { readonly kind: 'own-role'; readonly member: SiteMember; readonly role: SiteRole };

type QuestionProps = {
  readonly question: MemberQuestion;
  readonly siteName: string;
  readonly ownId: string;
  /** True where the person keeps administering the site through a role of the system. */
  readonly staysAdministrator: boolean;
  readonly run: () => void;
  readonly close: () => void;
};

const removalWords = ({ question, siteName, ownId }: QuestionProps): string => {
  const { member } = question;
  if (member.id === ownId)
    return `Leave ${siteName}? You lose sight of it at once; only another administrator can let you in again.`;
  if (member.invited)
    return `Take back the invitation of ${nameOf(member)} to ${siteName}? The link in the mail no longer leads there.`;
  return `Remove ${nameOf(member)} from ${siteName}? They lose sight of the site at once. What they recorded stays.`;
};

export const MemberQuestionDialog = (props: QuestionProps) => {
  const { question, siteName, ownId, staysAdministrator, run, close } = props;
  if (question.kind === 'remove') {
    const isOwn = question.member.id === ownId;
    return (
      <ConfirmDialog
        title={isOwn ? `Leave ${siteName}` : 'Remove member'}
        verb={isOwn ? 'Leave site' : 'Remove member'}
        isDestructive
        run={run}
        close={close}
      >
        <p>{removalWords(props)}</p>
      </ConfirmDialog>
    );
  }
  return (
    <ConfirmDialog title="Change your own role" verb={`Become ${question.role}`} run={run} close={close}>
      <p>
        {staysAdministrator
          ? `You become ${question.role} of ${siteName}. As an administrator of the system you can still open its administration.`
          : `You become ${question.role} of ${siteName} and leave this screen. Only another administrator can change that back.`}
      </p>
    </ConfirmDialog>
  );
};
