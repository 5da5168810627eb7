import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useNavigate } from 'react-router';
import { signOut } from '#api/auth.ts';
import { paths } from '../paths.ts';

/** Leaving has an address of its own, so that unsaved text asks first, as before every other way out. */
export const SignOutPage = () => {
  const navigate = useNavigate();
  const queries = useQueryClient();
  useEffect(() => {
    const leave = async (): Promise<void> => {
      await signOut();
      queries.clear();
      await navigate(paths.signIn(), { replace: true });
    };
    leave().catch(() => undefined);
  }, [navigate, queries]);
  return <title>Signing out · Interactions</title>;
};
