// The pages with generated blocks. Each file renders the blocks of the page with the same name.
import { alertBlocks } from './alerts.ts';
import type { Blocks } from './blocks.ts';
import { cliBlocks } from './cli.ts';
import { configurationBlocks } from './configuration.ts';
import { conformanceBlocks } from './conformance.ts';
import { errorBlocks } from './errors.ts';
import { findingBlocks } from './findings.ts';
import { gettingConnectedBlocks } from './getting-connected.ts';
import { handshakeBlocks } from './handshake.ts';
import { metricBlocks } from './metrics.ts';
import { reliabilityBlocks } from './reliability.ts';
import { renewalBlocks } from './renewal.ts';
import { securityBlocks } from './security.ts';
import { serviceBlocks } from './service.ts';

export const pages: Readonly<Record<string, Blocks>> = {
  'docs/alerts.md': alertBlocks,
  'docs/cli.md': cliBlocks,
  'docs/configuration.md': configurationBlocks,
  'docs/conformance.md': conformanceBlocks,
  'docs/errors.md': errorBlocks,
  'docs/findings.md': findingBlocks,
  'docs/getting-connected.md': gettingConnectedBlocks,
  'docs/handshake.md': handshakeBlocks,
  'docs/metrics.md': metricBlocks,
  'docs/reliability.md': reliabilityBlocks,
  'docs/renewal.md': renewalBlocks,
  'docs/security.md': securityBlocks,
  'docs/service.md': serviceBlocks,
};
