import { z } from 'zod';

/** A person acting for an organisation, `USER@UKPRN`: an opaque user id, because orders are in clear. */
export const Person = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,34}@[1-9]\d{7}$/);
