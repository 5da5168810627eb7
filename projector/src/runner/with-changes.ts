type Changes<Content> = { readonly [Field in keyof Content]?: Content[Field] | undefined };

/** The row with the new values of the fields that an event carries; those that it leaves out stay as they are. */
export const withChanges = <Content extends object>(row: Content, changes: Changes<Content>): Content => {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  return { ...row, ...(Object.fromEntries(given) as Partial<Content>) };
};
