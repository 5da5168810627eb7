import { requiredText, storableText } from '../text.ts';

export const siteFields = {
  name: requiredText('Name', 100).meta({ example: 'Brussels office' }),
  description: storableText('Description', 1_000).meta({ example: 'Meetings of the Brussels office' }),
};
