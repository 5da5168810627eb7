import { z } from 'zod';
import { nameText, requiredText } from '../text.ts';
import { TimeZone } from '../time-zone.ts';

export const userFields = {
  username: requiredText('Username', 50)
    .regex(/^[\p{L}\p{N}._-]*$/u, 'Username may have letters, digits, dots, dashes and underscores')
    .meta({ example: 'jdubois' }),
  email: requiredText('E-mail', 100)
    .pipe(z.email('E-mail must be an address like name@example.org'))
    .meta({ example: 'j.dubois@example.org' }),
  displayName: nameText('Name', 100).meta({ example: 'Jérémy Dubois' }),
  timezone: TimeZone,
};
