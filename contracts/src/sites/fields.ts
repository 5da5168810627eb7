import { nameText, requiredText, storableText } from '../text.ts';

/** Name of an interaction type of a site. */
export const interactionTypeName = requiredText('Type', 50).meta({ example: 'Site visit' });

export const siteFields = {
  name: nameText('Name', 100).meta({ example: 'Brussels office' }),
  description: storableText('Description', 1_000).meta({ example: 'Meetings of the Brussels office' }),
};
