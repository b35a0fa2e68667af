/** The API’s description (OpenAPI 3.1), from the schemas that its responses conform to. */
import { z } from 'zod';
import { environmentDetailSchema, environmentsSchema, problemSchema, renewalsSchema } from './schema.ts';

/** The version of the API, not of the program. It changes when a response changes. */
const apiVersion = '1.0.0';

type Schemas = Record<string, object>;

export function openApiDocument() {
  return {
    openapi: '3.1.1',
    info: {
      title: 'mesh-cert-monitor',
      version: apiVersion,
      description:
        'What the service knows about each environment, as JSON. Read-only. A field without a value is left out, never null. Fields may be added, so ignore any that you do not recognise.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: [{ name: 'environments' }, { name: 'renewals' }, { name: 'description' }],
    // Either is possible: the service requires a password only if `http.basic_auth` is configured.
    security: [{}, { basic: [] }],
    paths: {
      '/api/v1/environments': {
        get: operation('listEnvironments', 'environments', 'Every environment, by name', 'Environments'),
      },
      '/api/v1/environments/{name}': {
        parameters: [
          { name: 'name', in: 'path', required: true, description: 'As configured.', schema: { type: 'string' } },
        ],
        get: operation('getEnvironment', 'environments', 'One environment', 'EnvironmentDetail', {
          404: problem('No environment has that name.'),
        }),
      },
      '/api/v1/renewals': {
        get: operation('listRenewals', 'renewals', 'Every renewal on record, oldest first', 'Renewals', {
          503: problem('The record of renewals cannot be read at the moment.'),
        }),
      },
      '/api/v1/openapi.json': {
        get: {
          ...operation('getDescription', 'description', 'This document', 'Description'),
        },
      },
    },
    components: {
      schemas: { ...componentSchemas(), Description: { type: 'object', description: 'OpenAPI 3.1.' } },
      parameters: {
        IfNoneMatch: {
          name: 'If-None-Match',
          in: 'header',
          description: 'The ETag of an earlier response.',
          schema: { type: 'string' },
        },
      },
      headers: { ETag: { description: 'Changes when the response does.', schema: { type: 'string' } } },
      securitySchemes: { basic: { type: 'http', scheme: 'basic' } },
    },
  };
}

function operation(operationId: string, tag: string, summary: string, schema: string, more: object = {}) {
  return {
    operationId,
    tags: [tag],
    summary,
    parameters: [{ $ref: '#/components/parameters/IfNoneMatch' }],
    responses: {
      200: {
        description: summary,
        headers: { ETag: { $ref: '#/components/headers/ETag' } },
        content: { 'application/json': { schema: reference(schema) } },
      },
      304: {
        description: 'Not modified: the copy that you have is current.',
        headers: { ETag: { $ref: '#/components/headers/ETag' } },
      },
      401: problem('A user name and password are required.'),
      ...more,
    },
  };
}

function problem(description: string) {
  return { description, content: { 'application/problem+json': { schema: reference('Problem') } } };
}

const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` });

/** Every schema with an id becomes a component, and is used by reference. */
function componentSchemas(): Schemas {
  const all = z.object({ environmentsSchema, environmentDetailSchema, renewalsSchema, problemSchema });
  const { $defs = {} } = z.toJSONSchema(all, {
    // Clients ignore fields that they do not recognise, so the description must not forbid them.
    override: ({ jsonSchema }) => void delete jsonSchema.additionalProperties,
  });
  const sorted = Object.fromEntries(Object.entries($defs).sort(([a], [b]) => (a < b ? -1 : 1)));
  return JSON.parse(JSON.stringify(sorted).replaceAll('"#/$defs/', '"#/components/schemas/')) as Schemas;
}
