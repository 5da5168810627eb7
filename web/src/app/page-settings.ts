const meta = (name: string): string => document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? '';

/** The nonce for style elements, where the server gives one: the kit and the grid add some when they start. */
export const styleNonce = (): string => meta('ims-style-nonce');

/** True where the built-in demonstration accounts exist. */
export const isDemo = (): boolean => meta('ims-demo') === 'on';
