import { openApiDocument } from '../../src/web/api/openapi.ts';

/** What `/api/v1/openapi.json` answers, for those who look before they install. */
export const pages = () => ({ 'schema/openapi.json': `${JSON.stringify(openApiDocument(), null, 2)}\n` });
