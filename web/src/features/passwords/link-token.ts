import { useEffect, useState } from 'react';
import { useLocation, useNavigate } from 'react-router';

const tokenIn = (hash: string): string | undefined => new URLSearchParams(hash.slice(1)).get('token') ?? undefined;

/** The token of the link that led here. It is taken out of the address at once, so that nobody copies it along. */
export const useLinkToken = (): string | undefined => {
  const { hash, pathname } = useLocation();
  const navigate = useNavigate();
  const [token, setToken] = useState(() => tokenIn(hash));
  useEffect(() => {
    if (!hash) return;
    setToken((before) => tokenIn(hash) ?? before);
    void navigate(pathname, { replace: true });
  }, [hash, pathname, navigate]);
  return token;
};
