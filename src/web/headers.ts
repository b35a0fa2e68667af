/** Security headers for every answer: nothing from elsewhere, nothing inline, no framing, and no cookie is ever set. */
import type { RequestHandler } from 'express';
import helmet from 'helmet';

const self = ["'self'"];
const none = ["'none'"];

const always = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: none,
      scriptSrc: self,
      styleSrc: self,
      imgSrc: self,
      fontSrc: self,
      connectSrc: self,
      formAction: self,
      baseUri: none,
      frameAncestors: none,
    },
  },
  xFrameOptions: { action: 'deny' },
  strictTransportSecurity: false,
});

// RFC 6797 §7.2: not over plain HTTP.
const overTls = helmet.hsts({ maxAge: 365 * 24 * 60 * 60, includeSubDomains: false });

export const securityHeaders: RequestHandler = (request, response, next) => {
  always(request, response, (error?: unknown) => {
    if (error || !request.secure) next(error);
    else overTls(request, response, next);
  });
};
