import type { ServiceCode } from '../../domain/serviceCodes.js';
import type { Outcome } from './deciding.js';

/** The service's code for a registration that was taken, now or before. */
export const REGISTERED: ServiceCode = 'WSRC0005';

/** The service's code for what an amendment of a learner's details led to. */
export function amendmentCode({ recorded }: Outcome): ServiceCode {
  return recorded.length === 0 ? 'WSRC0020' : 'WSRC0006';
}
