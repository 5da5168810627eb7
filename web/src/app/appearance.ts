export const schemes = ['auto', 'light', 'dark'] as const;

/** The appearances in words, as the account menu and the profile offer them. */
export const schemeWords = { auto: 'Follow the system', light: 'Light', dark: 'Dark' } as const;
