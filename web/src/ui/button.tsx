import clsx from 'clsx';
import type { ComponentProps } from 'react';
import { Link } from 'react-router';
import styles from './button.module.css';

export type ButtonKind = 'primary' | 'plain' | 'quiet' | 'danger' | 'link';
type Look = { readonly kind?: ButtonKind; readonly icon?: boolean };

const look = ({ kind = 'plain', icon = false }: Look, className?: string): string =>
  clsx(styles.button, styles[kind], icon && styles.icon, className);

export const Button = ({ kind, icon, className, type = 'button', ...rest }: ComponentProps<'button'> & Look) => (
  <button {...rest} type={type} className={look({ ...(kind && { kind }), ...(icon && { icon }) }, className)} />
);

export const ButtonLink = ({ kind, icon, className, ...rest }: ComponentProps<typeof Link> & Look) => (
  <Link {...rest} className={look({ ...(kind && { kind }), ...(icon && { icon }) }, className)} />
);
